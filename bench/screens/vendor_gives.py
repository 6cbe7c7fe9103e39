"""What the vendor gives for a phone, and the bench test of a replacement (DOMAIN section 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.policy.vendor_case import VendorAnswer
from bench.policy.vendor_words import ANSWERS
from bench.screens.dialogs import Pick
from bench.screens.host import Saving
from bench.store.records import Rma
from bench.widgets.marks import DONE, HOLD
from bench.workflow import vendor
from bench.workflow.entry import cents_of
from bench.workflow.views import UnitView

if TYPE_CHECKING:
    from bench.screens.vendor_doing import VendorDoing


class VendorGives:
    """Asks for the vendor's answer and for the test, and saves both."""

    def __init__(self, doing: VendorDoing) -> None:
        self.doing = doing

    def ask_answer(self, view: UnitView, rma_id: str) -> None:
        """Credit, replacement, one that is shipped straight, or a refusal."""

        async def chosen(value: str) -> None:
            if not value:
                return
            answer = VendorAnswer(value)
            if answer is VendorAnswer.CREDIT:
                self.doing.ask("Amount of the credit, as 45.00", "amount", credited)
            elif answer is VendorAnswer.DROP_SHIPPED:
                self.doing.ask("Serial of the unit that the vendor ships", "serial", dropped)
            else:
                await self._answer(rma_id, answer)

        async def credited(text: str) -> None:
            await self._answer(rma_id, VendorAnswer.CREDIT, cents=cents_of(text))

        async def dropped(text: str) -> None:
            await self._answer(rma_id, VendorAnswer.DROP_SHIPPED, serial=text)

        straight = view.decision.ships_straight_to_customer is True
        kinds = [a for a in VendorAnswer if straight or a is not VendorAnswer.DROP_SHIPPED]
        options = [(answer.value, ANSWERS[answer]) for answer in kinds]
        self.doing.host.ask(Pick("What does the vendor give?", options), chosen)

    async def _answer(
        self, rma_id: str, answer: VendorAnswer, cents: int | None = None, serial: str = ""
    ) -> None:
        mark = HOLD if answer is VendorAnswer.REFUSED else DONE
        await self.doing.save(
            lambda d, op: vendor.answered(d, op, rma_id, answer, cents, serial),
            ANSWERS[answer],
            mark,
        )

    async def tested(self, rma: Rma, *, passed: bool) -> None:
        """The bench test of the replacement; what failed is asked."""
        if passed:
            step: Saving = lambda d, op: vendor.replacement_tested(d, op, rma.id, True)  # noqa: E731
            await self.doing.save(step, "the replacement passed its test")
            return

        async def failed(why: str) -> None:
            await self.doing.save(
                lambda d, op: vendor.replacement_tested(d, op, rma.id, False, why),
                "the replacement failed: it goes back to the vendor",
                HOLD,
            )

        self.doing.ask("What failed in the test of the replacement?", "findings", failed)
