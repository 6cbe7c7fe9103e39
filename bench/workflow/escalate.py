"""Escalating a stalled case: the vendor's reasons, the text to paste, and its answer (DOMAIN 7)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.policy.escalation import DETAIL_LIMIT, NoDetail, escalation_text
from bench.policy.words import day
from bench.store.records import Step
from bench.text import clean_text, printable
from bench.workflow.case_steps import Data, record_case, refuse_ended, the_case
from bench.workflow.desk import Desk, Refused
from bench.workflow.ship import needed
from bench.workflow.steps import Saved
from bench.workflow.views import UnitView

if TYPE_CHECKING:
    from bench.store.store import Tx


def escalate(desk: Desk, op_id: str, rma_id: str, reason_id: str, detail: str) -> Saved:
    """Asks the vendor to move the case; the text to paste is kept with it (DOMAIN section 7).

    Raises Refused where the customer's service level has no escalation, for an unknown reason,
    and without a detail.
    """

    def data(tx: Tx, view: UnitView) -> Data:
        text = text_of_escalation(desk, view, reason_id, detail)
        found = desk.rules.escalation.reason(reason_id)
        name = found.name if found else reason_id
        kept = clean_text(detail, DETAIL_LIMIT)
        return {"reason": reason_id, "why": name, "detail": kept, "text": text}

    return record_case(desk, op_id, rma_id, Step.ESCALATED, data)


def text_of_escalation(desk: Desk, view: UnitView, reason_id: str, detail: str) -> str:
    """The text to paste into the vendor's portal. Raises Refused as `escalate` does."""
    case, rma = the_case(view), view.rma
    refuse_ended(view)
    if why_not := desk.rules.escalation.offered(rma.service_level if rma else ""):
        raise Refused(why_not, "ask the vendor in the ticket itself")
    reason = desk.rules.escalation.reason(reason_id)
    if reason is None:
        raise Refused(f"{printable(reason_id)[:40]} is no reason of the vendor", "choose another")
    if not (case.vendor_ticket or case.vendor_rma):
        raise Refused("the vendor has no ticket yet", "open the vendor ticket first")
    unit = view.unit
    local = desk.clock.local(case.moved_at) if case.moved_at else None
    try:
        return escalation_text(
            reason,
            vendor_ticket=case.vendor_ticket,
            serial=unit.serial,
            brand=unit.brand,
            model=unit.model,
            vendor_rma=case.vendor_rma or case.exchange_ticket,
            detail=detail,
            technician=desk.actor,
            opened_on=case.opened_on or case.noted_on,
            last_moved=day(local.date()) if local else "",
        )
    except NoDetail as error:
        raise Refused(str(error), "say what you need, and by when") from None


def escalation_answered(desk: Desk, op_id: str, rma_id: str, answer: str) -> Saved:
    """What the vendor answered to the last escalation."""
    text = needed(answer, "the vendor's answer")

    def data(tx: Tx, view: UnitView) -> Data:
        case = the_case(view)
        if case.escalated_at is None or case.escalation_answered_on is not None:
            raise Refused("no escalation waits for an answer", "nothing was changed")
        return {"answer": text}

    return record_case(desk, op_id, rma_id, Step.ESCALATION_ANSWERED, data)
