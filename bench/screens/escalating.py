"""Escalating a stalled case: the vendor's reasons, the detail, and the text to paste."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.screens.clipboard import to_clipboard
from bench.screens.dialogs import Entry, Pick
from bench.screens.text_entry import TextEntry
from bench.store.records import Rma
from bench.widgets.marks import DONE, HOLD
from bench.widgets.strips import Read
from bench.workflow import escalate
from bench.workflow.desk import Refused
from bench.workflow.views import UnitView

if TYPE_CHECKING:
    from bench.screens.vendor_doing import VendorDoing


async def ask_to_escalate(doing: VendorDoing, view: UnitView, rma: Rma) -> None:
    """Asks for reason and detail, or for the answer to the escalation before.

    Raises Refused where the vendor has no ticket, and where the customer's service level has no
    escalation, with the reason: before anybody has written a detail.
    """
    case, host = rma.vendor, doing.host
    if case is not None and case.escalated_at and case.escalation_answered_on is None:
        _ask_answer(doing, rma)
        return
    if case is None or not (case.vendor_ticket or case.vendor_rma):
        raise Refused("the vendor has no ticket yet", "open the vendor ticket first")
    table = host.rules.escalation
    if why_not := table.offered(rma.service_level):
        raise Refused(why_not, "ask the vendor in the ticket itself")

    async def chosen(reason_id: str) -> None:
        reason = table.reason(reason_id)
        if reason is None:
            return

        async def told(detail: str) -> None:
            await _save(doing, rma, reason.id, detail)

        title = f"{reason.name}. {table.hint(reason)}"
        host.ask(TextEntry(title, f"The vendor then: {reason.action}"), told)

    options = [(reason.id, f"{reason.name}: {reason.when}") for reason in table.reasons]
    host.ask(Pick("Why is the case escalated?", options, bare_enter=False), chosen)


async def _save(doing: VendorDoing, rma: Rma, reason_id: str, detail: str) -> None:
    if not detail.strip():
        raise Refused("an escalation needs a detail", "say what you need, and by when")
    saved = await doing.save(
        lambda d, op: escalate.escalate(d, op, rma.id, reason_id, detail), "escalated", HOLD
    )
    view = doing.body.view
    if saved and view is not None:
        text = str(view.events[0].data.get("text", ""))
        to_clipboard(doing.body.app, text)
        what = "the text is on the clipboard: paste it into the vendor's portal"
        doing.host.say(Read(view.unit.serial, what, DONE, "escalated"))


def _ask_answer(doing: VendorDoing, rma: Rma) -> None:
    async def answered(text: str) -> None:
        if text:
            await doing.save(
                lambda d, op: escalate.escalation_answered(d, op, rma.id, text), "answer noted"
            )

    title = "What did the vendor answer to the escalation?"
    doing.host.ask(Entry(title, "answer"), answered)
