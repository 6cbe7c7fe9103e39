"""Where a scan leads: commands to what is in front, codes to their unit's next step."""

from __future__ import annotations

from bench.scan.commands import WORDS, Verb, code
from bench.scan.label import Label, LabelKind
from bench.scan.serials import canonical, difference
from bench.screens.dialogs import Pick
from bench.screens.everywhere import Everywhere, Station
from bench.screens.host import DIAGNOSE, POLICY, QUEUE, RECEIVE, RECORD, SHIP, Session
from bench.store.records import State, Unit
from bench.text import printable
from bench.widgets.marks import DONE, HOLD, REFUSED
from bench.widgets.strips import Read
from bench.widgets.unit_card import state_name, unit_name
from bench.workflow.desk import Refused
from bench.workflow.drafts import parked
from bench.workflow.identify import Found, Known, identify
from bench.workflow.views import UnitView, stranger_key, view_of

PLACES = {
    Verb.DESK: QUEUE,
    Verb.BOX: RECEIVE,
    Verb.TEST: DIAGNOSE,
    Verb.SEND: SHIP,
    Verb.LOG: RECORD,
    Verb.RULES: POLICY,
}


class Router:
    """Takes labels one after the other, in the order they were scanned."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.everywhere = Everywhere(station)

    async def label(self, label: Label) -> None:
        """One scan. Raises Refused, naming what was scanned."""
        if label.kind is LabelKind.COMMAND:
            await self.command(label.value)
        elif label.kind is LabelKind.UNREADABLE:
            raise Refused(f"unreadable: {label.why}", "scan the label again")
        else:
            await self._code(label)

    async def command(self, verb: str) -> None:
        """A command goes to the dialog on top, else to the body, else to the program."""
        station = self.station
        dialog = station.dialog()
        if dialog is not None and not dialog.PASSES_SCANS:
            if not dialog.command(verb):
                raise Refused(f"{code(verb)} is not possible here", "answer the question first")
            return
        if dialog is not None:
            dialog.dismiss("")
        body = station.frame.body
        if body.next().offer(verb) is not None and verb not in (Verb.HOLD, *PLACES):
            await body.offered(verb)
        elif verb in PLACES:
            await self._place(PLACES[Verb(verb)])
        elif not await self.everywhere.run(verb):
            self._refuse(verb)
        station.changed()

    def _refuse(self, verb: str) -> None:
        known = [f"{code(o.verb)} {o.word}" for o in self.station.frame.body.next().offers]
        possible = ", ".join(known[:3]) or "scan a unit"
        if verb in set(Verb):
            what = f"{code(verb)} ({WORDS[Verb(verb)]}) is not possible here"
        else:
            what = f"{printable(code(verb))[:24]} is no command"
        raise Refused(what, f"possible: {possible}")

    async def _place(self, place: str) -> None:
        station, session = self.station, self.station.session
        if place == QUEUE:
            station.session = Session()
        if place == RECEIVE and session.view is not None and session.view.rma is not None:
            rma = session.view.rma
            if not rma.state.is_open:
                await self._open(session.view, None, RECEIVE)
                return
        await station.go(place)

    # --- codes

    async def _code(self, label: Label) -> None:
        station = self.station
        dialog = station.dialog()
        if dialog is not None:
            if dialog.typed(label.serial or label.raw):
                return
            if not dialog.PASSES_SCANS:
                shown = printable(label.raw)[:40]
                raise Refused(f"{shown}: a question is open", "answer it first, or scan BENCHNO")
            dialog.dismiss("")
        found = await station.in_store(lambda desk: identify(desk, label))
        if await station.frame.body.take(found):
            station.changed()
            return
        await self._found(found)

    async def _found(self, found: Found) -> None:
        if found.known in (Known.UNIT, Known.RMA) and found.view is not None:
            await self._open(found.view, found)
        elif found.known is Known.STRANGER:
            await self._stranger(found)
        elif found.known is Known.TRACKING and found.tracking is not None:
            what = f"{found.text} is a tracking number of {found.tracking.carrier}"
            raise Refused(what, "scan the unit first, then its tracking number")
        elif found.known is Known.NEAR:
            self._ask_near(found)
        else:
            self._ask_which(found)

    async def _open(self, view: UnitView, found: Found | None, place: str | None = None) -> None:
        station = self.station
        await station.open_unit(view, place)
        by_number = found is not None and found.known is Known.RMA
        awaits = view.rma is not None and view.rma.state is State.EXPECTED
        if by_number and awaits:
            station.session.unproved = True
            await station.reload()
        station.say(_read_of(view, found))

    async def _stranger(self, found: Found) -> None:
        station = self.station
        key = stranger_key(canonical(found.text))
        draft = await station.in_store(lambda desk: parked(desk, key))
        station.session = Session(
            stranger=found.text,
            stranger_mac=found.label.mac,
            stranger_model=found.label.model,
            stranger_fields=dict(draft.fields) if draft else {},
        )
        await station.go(RECEIVE)
        what = "half entered before" if draft else "nobody has entered it before"
        station.say(Read(found.text, what, HOLD, "unknown serial"))

    def _ask_near(self, found: Found) -> None:
        async def answered(unit_id: str) -> None:
            if unit_id == NEW:
                await self._stranger(found)
            elif unit_id:
                await self._open_id(unit_id)

        options = [(u.id, f"{unit_name(u)}  {_marked(found.text, u)}") for u in found.units]
        shown = printable(found.text)[:40]
        title = f"{shown} is not known, but something close is. Is it one of these?"
        dialog = Pick(title, [*options, (NEW, f"none of them: {shown} is another unit")])
        self.station.ask(dialog, answered)
        self.station.say(Read(found.text, "only a near match", HOLD, "is it one of these?"))

    def _ask_which(self, found: Found) -> None:
        async def answered(unit_id: str) -> None:
            if unit_id:
                await self._open_id(unit_id)

        options = [
            (u.id, f"{unit_name(u)}  {printable(u.serial)}  {printable(u.customer)}")
            for u in found.units
        ]
        title = f"Units of several brands carry {printable(found.text)[:40]}. Which is it?"
        self.station.ask(Pick(title, options), answered)
        self.station.say(Read(found.text, "several brands carry it", HOLD, "which is it?"))

    async def _open_id(self, unit_id: str) -> None:
        view = await self.station.in_store(lambda desk: view_of(desk, unit_id))
        if view is not None:
            await self._open(view, None)


NEW = "new"


def _marked(scanned: str, unit: Unit) -> str:
    """The stored serial with what differs from the scan in brackets of its own."""
    runs = difference(scanned, unit.serial)
    return "".join(f"‹{printable(run)}›" if differs else printable(run) for run, differs in runs)


def _read_of(view: UnitView, found: Found | None) -> Read:
    unit, rma = view.unit, view.rma
    text = found.text if found else unit.serial
    name = unit_name(unit)
    if rma is None:
        return Read(text, name, HOLD, "known, no return expected")
    if rma.state is State.EXPECTED:
        if found is not None and found.known is Known.RMA:
            return Read(text, f"{name}, expected", HOLD, "now scan the unit itself")
        return Read(text, name, DONE, f"expected on RMA {rma.number}")
    if not rma.state.is_open:
        return Read(text, name, HOLD, f"last RMA {rma.number} is {state_name(rma.state)}")
    mark = REFUSED if rma.mark == REFUSED else DONE
    return Read(text, name, mark, f"already here: {state_name(rma.state)}, RMA {rma.number}")
