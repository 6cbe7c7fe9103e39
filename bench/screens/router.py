"""Where a scan leads: commands to what is in front, codes to their unit's next step."""

from __future__ import annotations

from bench.scan.commands import WORDS, Verb, code
from bench.scan.label import Label, LabelKind
from bench.scan.serials import canonical
from bench.screens.dialogs import Dialog
from bench.screens.doubts import Doubts
from bench.screens.equipment import SORTS
from bench.screens.everywhere import Everywhere, Station
from bench.screens.host import (
    CONSOLE,
    DIAGNOSE,
    LABELS,
    POLICY,
    QUEUE,
    RECEIVE,
    RECORD,
    SHIP,
    VENDOR,
    Session,
)
from bench.screens.once_more import OnceMore
from bench.screens.one_pull import DIFFERS, OnePull
from bench.store.records import State
from bench.text import printable
from bench.widgets.marks import DONE, HOLD, REFUSED
from bench.widgets.strips import Read
from bench.widgets.unit_card import state_name, unit_name
from bench.workflow.agreement import disagreements
from bench.workflow.aliases import read_as
from bench.workflow.desk import Refused
from bench.workflow.drafts import parked
from bench.workflow.identify import Found, Known, identify
from bench.workflow.views import UnitView, stranger_key

PLACES = {
    Verb.DESK: QUEUE,
    Verb.BOX: RECEIVE,
    Verb.TEST: DIAGNOSE,
    Verb.PORT: CONSOLE,
    Verb.SEND: SHIP,
    Verb.VENDOR: VENDOR,
    Verb.LOG: RECORD,
    Verb.RULES: POLICY,
    Verb.SPOOL: LABELS,
}


class Router:
    """Takes labels one after the other, in the order they were scanned."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.everywhere = Everywhere(station)
        self.doubts = Doubts(station, self._opened, self._stranger)
        self.pull = OnePull(station, self.doubts)
        self._once_more = OnceMore(station)

    async def label(self, label: Label) -> None:
        """One scan. Raises Refused, naming what was scanned."""
        if label.kind is LabelKind.COMMAND:
            self.pull.end()
            if label.value == Verb.STOP or self._once_more.sure(label):
                await self.command(label.value)
            return
        self._once_more.forget()
        if label.kind in SORTS:
            self.pull.end()
            self._refuse_question(label)
            self.station.equipment.scanned(label)
            if label.kind is LabelKind.CONSOLE:
                await self.station.recording.plugged(label.value)
            self.station.changed()
            return
        if label.kind is LabelKind.UNREADABLE:
            await self._unreadable(label)
        else:
            await self._code(label)
        self.pull.asked = label if self.station.dialog() is not None else None

    async def _unreadable(self, label: Label) -> None:
        """Says why; the keyboard may be the reason."""
        first = self.pull.first(label)
        if first is not None:
            self.pull.companion(label, first)
        elif not self._from_keyboard(label) or not await self._layout(None, label):
            raise Refused(f"unreadable: {label.why}", "scan the label again")

    def _from_keyboard(self, label: Label) -> bool:
        return not label.source and label.started > 0

    async def _layout(self, found: Found | None, label: Label) -> bool:
        if self.station.dialog() is not None:
            return False
        layouts = await self.station.layouts()
        return await self.doubts.ask_layout(found, label, layouts)

    async def command(self, verb: str) -> None:
        """A command goes to the dialog on top, else to the body, else to the program."""
        station = self.station
        question = self._question()
        if question is not None:
            if verb == Verb.SEEN:
                station.show_scans()
            elif not question.command(verb):
                raise Refused(f"{code(verb)} is not possible here", "answer the question first")
            return
        body = station.frame.body
        if body.next().offer(verb) is not None and verb not in (Verb.HOLD, *PLACES):
            await body.offered(verb)
        elif verb == Verb.END:
            await self.station.action_leave()
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
        station, pull = self.station, self.pull
        question = self._question()
        if question is not None and question.typed(label.serial or label.raw):
            return
        if question is not None and pull.is_asked(label):
            if not await pull.settles(label):
                return
            question.dismiss("")
        self._refuse_question(label)
        first, early = pull.begin(label)
        try:
            found = await station.in_store(lambda desk: identify(desk, label))
        except Refused:
            if first is None:
                pull.early = [*early, label]
                raise
            pull.companion(label, first)
            return
        if await station.frame.body.take(found):
            station.changed()
        elif first is None or not pull.goes_with(found, first):
            await self._found(found)
            asked = self._question() is not None
            pull.opened_by(found, first, early, asked)

    def _refuse_question(self, label: Label) -> None:
        """While a question is open, a code that does not answer it is refused."""
        if self._question() is not None:
            shown = printable(label.raw)[:40]
            raise Refused(f"{shown}: a question is open", "answer it first, or scan BENCHNO")

    def _question(self) -> Dialog | None:
        """The question on top; dialogs that only show something go away first."""
        while (dialog := self.station.dialog()) is not None and dialog.PASSES_SCANS:
            dialog.dismiss("")
        return dialog

    async def _found(self, found: Found) -> None:
        strange = found.known in (Known.STRANGER, Known.NEAR)
        if strange and self._from_keyboard(found.label) and await self._layout(found, found.label):
            return
        if found.known in (Known.UNIT, Known.RMA) and found.view is not None:
            await self._open(found.view, found)
        elif found.known is Known.STRANGER:
            await self._stranger(found)
        elif found.known is Known.TRACKING and found.tracking is not None:
            what = f"{found.text} is a tracking number of {found.tracking.carrier}"
            raise Refused(what, "scan the unit first, then its tracking number")
        elif found.known is Known.NEAR:
            self.doubts.ask_near(found)
        else:
            self.doubts.ask_which(found)

    async def _open(self, view: UnitView, found: Found | None, place: str | None = None) -> None:
        station = self.station
        await station.open_unit(view, place)
        if found is not None and found.known is not Known.RMA:
            station.session.scanned = found.label.came or found.label.raw
        if found is not None and found.disagrees:
            station.session.disagrees = found.disagrees
            station.frame.body.show()
        by_number = found is not None and found.known is Known.RMA
        awaits = view.rma is not None and view.rma.state is State.EXPECTED
        if by_number and awaits:
            station.session.unproved = True
            await station.reload()
        station.say(_read_of(view, found))

    async def _opened(self, view: UnitView, label: Label) -> None:
        """A person has said which unit a label means."""
        said = disagreements(label, view.unit, self.station.rules)
        known = Found(Known.UNIT, view.unit.serial, label, view=view, disagrees=tuple(said))
        await self._open(view, known)

    async def _stranger(self, found: Found) -> None:
        station = self.station
        key = stranger_key(canonical(found.text))
        draft = await station.in_store(lambda desk: parked(desk, key))
        station.session = Session(
            stranger=found.text,
            scanned=found.label.came or found.label.raw,
            stranger_mac=found.label.mac,
            stranger_model=found.label.model,
            stranger_fields=dict(draft.fields) if draft else {},
        )
        await station.go(RECEIVE)
        what = "half entered before" if draft else "nobody has entered it before"
        if found.suggests and not draft:
            what = f"its maker would write {found.suggests}: look at the label"
        station.say(Read(found.text, what, HOLD, "unknown serial"))


def _read_of(view: UnitView, found: Found | None) -> Read:
    unit, rma = view.unit, view.rma
    text = found.text if found else unit.serial
    name = unit_name(unit)
    if found is not None and found.disagrees:
        return Read(text, found.disagrees[0], HOLD, DIFFERS)
    if found is not None and read_as(view, text) is not None:
        name = f"{name} {unit.serial}, by a label that was remembered"
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
