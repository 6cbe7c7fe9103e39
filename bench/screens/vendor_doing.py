"""The acts of the Vendor screen: each step of a case, asked for and saved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, cast

from bench.policy.facts import Route
from bench.policy.vendor_legs import Move
from bench.policy.vendor_plan import CaseStep, Gap, Go
from bench.scan.commands import Verb
from bench.screens.dialogs import Confirm, Entry, Pick
from bench.screens.escalating import ask_to_escalate
from bench.screens.host import CONSOLE, DIAGNOSE, RECEIVE, RECORD, Host, Saving
from bench.screens.text_entry import TextEntry
from bench.screens.vendor_gives import VendorGives
from bench.screens.vendor_next import Awaits
from bench.screens.vendor_packet import Packets
from bench.screens.vendor_scans import VendorScans
from bench.store.records import Rma
from bench.text import printable
from bench.widgets.marks import DONE
from bench.widgets.strips import Read
from bench.widgets.unit_card import unit_name
from bench.workflow import advance, vendor
from bench.workflow.desk import Refused
from bench.workflow.views import Place, UnitView

if TYPE_CHECKING:
    from bench.screens.everywhere import Station
    from bench.screens.vendor import VendorBody

_SCANNED = ("number", "tracking", "serial", "amount")
"""What may stand on a label or a sheet. A scan is no answer where words are asked for."""
_PLACES = {
    Go.FACTS: RECORD,
    Go.RECEIVE: RECEIVE,
    Go.DIAGNOSE: DIAGNOSE,
    Go.CONSOLE: CONSOLE,
}
_NOTED = {
    Go.SYMPTOM: ("symptom", "What fails, as the customer told it?"),
    Go.TROUBLESHOOTING: ("troubleshooting", "What was tried with the customer?"),
}


class VendorDoing:
    """Does what is offered for the case in hand."""

    def __init__(self, body: VendorBody) -> None:
        self.body = body
        self.awaits = Awaits.NOTHING
        self.packets, self.gives = Packets(self), VendorGives(self)
        self.scans = VendorScans(self)

    @property
    def host(self) -> Host:
        """The program around the body."""
        return self.body.host

    def forget(self) -> None:
        """Another unit, or never mind: no scan is waited for any more."""
        self.awaits = Awaits.NOTHING

    @property
    def station(self) -> Station:
        """The same, with its letters."""
        return cast("Station", self.body.app)

    @property
    def in_hand(self) -> tuple[UnitView, Rma]:
        """The unit and its return. Raises Refused where none is in hand."""
        view = self.body.view
        if view is None or view.rma is None:
            raise Refused("no return is in hand", "scan the unit")
        return view, view.rma

    async def save(self, step: Saving, text: str, mark: str = DONE) -> bool:
        """Writes a step and says so; False where it was refused."""
        saved = await self.host.save(step)
        if saved is None:
            return False
        self.body.cursor = None
        await self.host.reload()
        unit = saved.view.unit
        self.host.say(Read(unit.serial, unit_name(unit), mark, text))
        return True

    # --- offers

    async def offered(self, verb: str) -> None:
        """One of the offers of `next_of`."""
        view, rma = self.in_hand
        acts: dict[str, Callable[[UnitView, Rma], Awaitable[None]]] = {
            Verb.OK: self._ok,
            Verb.NEXT: self._fill,
            Verb.NO: self._never_mind,
            Verb.GOOD: lambda v, r: self.gives.tested(r, passed=True),
            Verb.DEFECT: lambda v, r: self.gives.tested(r, passed=False),
            Verb.PUSH: lambda v, r: ask_to_escalate(self, v, r),
            Verb.NOTE: self._note_movement,
            Verb.BUNDLE: lambda v, r: self.packets.make(v),
            Verb.LETTER: lambda v, r: self.station.letters.choose(v),
        }
        if verb in acts:
            await acts[verb](view, rma)

    async def todo(self) -> None:
        """The letters that wait for somebody."""
        await self.station.letters.todo()

    async def _never_mind(self, view: UnitView, rma: Rma) -> None:
        self.forget()
        self.host.changed()

    async def _ok(self, view: UnitView, rma: Rma) -> None:
        move = self.body.move
        if move is not None and not move.gaps:
            await self._take_step(move, view, rma)

    async def _fill(self, view: UnitView, rma: Rma) -> None:
        """Goes to where the first missing condition is filled; with no step left, to the unit's."""
        move = self.body.move
        if move is None and view.place is not Place.VENDOR:
            await self.host.go(view.place)
        elif move is not None and move.gaps:
            await self._go(move.gaps[0], rma)

    async def _go(self, gap: Gap, rma: Rma) -> None:
        if gap.go in _PLACES:
            await self.host.go(_PLACES[gap.go])
        elif gap.go in _NOTED:
            name, title = _NOTED[gap.go]
            self.ask(title, name, lambda text: self._note(rma, **{name: text}))
        elif gap.go is Go.REPLACEMENT:
            await self._name_replacement(rma)
        elif gap.go is Go.OUTPUT:
            self._ask_output(rma)
        elif gap.go is Go.STEP and gap.step is not None:
            self.body.cursor = gap.step
            self.body.show()
            self.host.changed()
        else:
            raise Refused(gap.what, gap.remedy)

    async def _name_replacement(self, rma: Rma) -> None:
        if rma.vendor is None and not await self._begin(rma):
            return
        self.awaits = Awaits.REPLACEMENT
        self.host.changed()

    async def _begin(self, rma: Rma) -> bool:
        """A case that nobody has noted yet is begun with what is done for it first."""
        return await self.save(lambda d, op: vendor.note(d, op, rma.id), "vendor case begun")

    # --- steps

    async def _take_step(self, move: Move, view: UnitView, rma: Rma) -> None:
        step, rma_id = move.step, rma.id
        numbers = {
            CaseStep.SUB_TICKET: ("Number of the license-transfer sub-ticket", vendor.verified),
            CaseStep.LICENSE_TRANSFER: ("RMA Detail Number", vendor.license_transferred),
            CaseStep.EXCHANGE: ("Number of the advance-exchange", vendor.exchange_opened),
        }
        if step in numbers:
            title, use = numbers[step]
            self._ask_number(title, lambda text: lambda d, op: use(d, op, rma_id, text))
        elif step is CaseStep.VENDOR_TICKET:
            await self.packets.open_ticket(view)
        elif step is CaseStep.VENDOR_RMA:
            self._ask_rma(rma)
        elif step is CaseStep.LICENCES:
            self._ask_licences(rma_id)
        elif step in (CaseStep.SENT_AHEAD, CaseStep.RETURN):
            self.ask("Tracking number", "tracking", lambda text: self.ship(step, rma_id, text))
        elif step is CaseStep.VENDOR_UNIT:
            self.awaits = Awaits.VENDOR_UNIT
            self.host.changed()
        elif step is CaseStep.ANSWER:
            self.gives.ask_answer(view, rma_id)
        elif step is CaseStep.END:
            self._ask_end(rma_id)

    def ask(self, title: str, label: str, then: Callable[[str], Awaitable[object]]) -> None:
        """Asks for one line; codes are scanned into it, words are not."""

        async def answered(text: str) -> None:
            if text:
                await then(text)

        self.host.ask(Entry(title, label, takes_scans=label in _SCANNED), answered)

    def _ask_number(self, title: str, step: Callable[[str], Saving]) -> None:
        async def save(text: str) -> None:
            await self.save(step(text), f"{title}: noted")

        async def answered(text: str) -> None:
            await self.sure_of_number(text, save)

        self.ask(title, "number", answered)

    async def sure_of_number(self, text: str, then: Callable[[str], Awaitable[None]]) -> None:
        """Goes on with a vendor's number; asks first where it is a carrier's label by its look.

        Not refused: a vendor's number may look like one by chance.
        """
        carried = self.host.rules.carriers.recognise(text)
        if carried is None:
            await then(text)
            return

        async def answered(answer: str) -> None:
            if answer:
                await then(text)

        question = f"{printable(text)[:40]} looks like a tracking number of {carried.carrier}."
        self.host.ask(Confirm(question, "Is it the vendor's number all the same?"), answered)

    async def _note(self, rma: Rma, **texts: str) -> None:
        name = next(iter(texts))
        await self.save(lambda d, op: vendor.note(d, op, rma.id, **texts), f"{name} noted")

    def _ask_output(self, rma: Rma) -> None:
        async def chosen(answer: str) -> None:
            if answer == "console":
                await self.host.go(CONSOLE)
            elif answer == "paste":
                title = "Paste what the defective unit said, as it came with the ticket"
                self.host.ask(TextEntry(title), pasted)

        async def pasted(text: str) -> None:
            if text.strip():
                await self._note(rma, output=text)

        options = [
            ("console", "record it on the Console now"),
            ("paste", "paste what came with the customer's ticket"),
        ]
        self.host.ask(
            Pick("Where does the output of the defective unit come from?", options), chosen
        )

    def _ask_rma(self, rma: Rma) -> None:
        """The RMA number; of a distributor first its name, for there may be several."""
        case = rma.vendor
        brand = self.host.rules.tables.brand(self.in_hand[0].unit.brand)
        route = case.route if case else brand.route if brand else None

        async def named(name: str) -> None:
            if await self.save(lambda d, op: vendor.note(d, op, rma.id, vendor=name), "noted"):
                self._ask_rma_number(rma)

        if route is Route.DISTRIBUTOR and not (case and case.vendor):
            self.ask("Which distributor sold it to us?", "distributor", named)
        else:
            self._ask_rma_number(rma)

    def _ask_rma_number(self, rma: Rma) -> None:
        self._ask_number(
            "RMA number of the vendor",
            lambda text: lambda d, op: vendor.vendor_rma_given(d, op, rma.id, text),
        )

    def _ask_licences(self, rma_id: str) -> None:
        async def answered(answer: str) -> None:
            if answer:
                await self.save(lambda d, op: vendor.licences_made(d, op, rma_id), "licences made")

        question = "Has the customer made the licences for the replacement?"
        self.host.ask(
            Confirm(question, "With the RMA Detail Number, for the new serial."), answered
        )

    async def ship(self, step: CaseStep, rma_id: str, tracking: str) -> None:
        """Records a shipment of the case under the carrier's number."""
        if step is CaseStep.SENT_AHEAD:
            await self.save(
                lambda d, op: advance.send_ahead(d, op, rma_id, "", tracking), "replacement sent"
            )
        else:
            await self.save(
                lambda d, op: vendor.send_to_vendor(d, op, rma_id, tracking), "sent to the vendor"
            )

    def _ask_end(self, rma_id: str) -> None:
        async def answered(why: str) -> None:
            if why:
                await self.save(lambda d, op: vendor.end(d, op, rma_id, why), "case ended")

        reasons = ("the diagnosis asks for no replacement", "the vendor refused it")
        options = [(reason, reason) for reason in reasons]
        self.host.ask(Pick("Why does the case end?", options, free="another reason"), answered)

    async def _note_movement(self, view: UnitView, rma: Rma) -> None:
        self.ask(
            "What moved the case? (a call, a promise, an answer)",
            "movement",
            lambda text: self.save(lambda d, op: vendor.moved(d, op, rma.id, text), "noted"),
        )
