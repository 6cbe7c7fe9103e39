"""What a scan means for the vendor case in hand: a shipment, or the unit that it waits for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.policy.vendor_plan import CaseStep
from bench.screens.dialogs import Confirm
from bench.screens.vendor_next import Awaits
from bench.store.records import Rma
from bench.text import printable
from bench.workflow import vendor
from bench.workflow.identify import Found, Known
from bench.workflow.ship import choose_replacement

if TYPE_CHECKING:
    from bench.screens.vendor_doing import VendorDoing


class VendorScans:
    """Takes the scans that a step of the case waits for."""

    def __init__(self, doing: VendorDoing) -> None:
        self.doing = doing

    async def take(self, found: Found) -> bool:
        """A tracking number for the shipment in turn; the serial that is waited for."""
        _, rma = self.doing.in_hand
        if found.known is Known.TRACKING:
            return await self._tracked(rma, found.text)
        if found.known is Known.RMA:
            return False
        serial = found.label.serial or found.text
        if self.doing.awaits is Awaits.REPLACEMENT:
            self.doing.forget()
            await self.doing.save(
                lambda d, op: choose_replacement(d, op, rma.id, serial), "replacement named"
            )
            return True
        if self.doing.awaits is Awaits.VENDOR_UNIT:
            self.doing.forget()
            await self._unit_came(rma, serial)
            return True
        if found.known is Known.STRANGER and self._may_come:
            self._ask_unit(rma, serial)
            return True
        return False

    @property
    def _may_come(self) -> bool:
        """Whether a unit that nobody knows may be the vendor's: of a phone it is the answer."""
        moves = self.doing.body.plan.moves if self.doing.body.plan else ()
        ready = any(m.step is CaseStep.VENDOR_UNIT and not m.gaps for m in moves)
        move = self.doing.body.move
        turn = (CaseStep.ANSWER, CaseStep.VENDOR_UNIT)
        return ready and move is not None and move.step in turn

    async def _tracked(self, rma: Rma, text: str) -> bool:
        moves = self.doing.body.plan.moves if self.doing.body.plan else ()
        ready = [m.step for m in moves if not m.gaps]
        chosen = self.doing.body.move
        steps = [s for s in (CaseStep.SENT_AHEAD, CaseStep.RETURN) if s in ready]
        if chosen is not None and chosen.step in steps:
            steps.insert(0, chosen.step)
        if not steps:
            return False
        await self.doing.ship(steps[0], rma.id, text)
        return True

    def _ask_unit(self, rma: Rma, serial: str) -> None:
        async def answered(answer: str) -> None:
            if answer:
                await self._unit_came(rma, serial)

        shown = printable(serial)[:40]
        question = f"Is {shown} the vendor's unit for this case?"
        self.doing.host.ask(Confirm(question, "It goes into stock under this serial."), answered)

    async def _unit_came(self, rma: Rma, serial: str) -> None:
        await self.doing.save(
            lambda d, op: vendor.receive_vendor_unit(d, op, rma.id, serial),
            "the vendor's unit is here",
        )
