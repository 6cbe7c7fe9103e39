"""Labels that a step calls for or somebody asks for: which one, and never one twice unsaid."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import Enum

from bench.labels.label import LabelContent
from bench.printer_settings import LabelSort
from bench.store.records import PrintJob, PrintState, State, Step
from bench.workflow import printing
from bench.workflow.desk import Desk, Rules
from bench.workflow.label_contents import packet_label, rma_label, ship_label, vendor_label
from bench.workflow.views import UnitView

_S = PrintState
_ON_ITS_WAY = (_S.QUEUED, _S.SENDING)
_VENDOR_STEPS = (Step.VENDOR_RMA_GIVEN, Step.EXCHANGE_OPENED)
"""The steps that give a number which stands outside the box to the vendor."""
NAMES = {
    LabelSort.RMA: "RMA label",
    LabelSort.SHIP: "ship label",
    LabelSort.VENDOR: "vendor return label",
    LabelSort.PACKET: "packet cover",
}
"""The sorts that a unit in hand has, as people call them."""


class Asked(Enum):
    """What became of a wish for a label."""

    NEW = "queued"
    AGAIN = "queued once more, marked REPRINT"
    WAITS = "waits already"
    MOVED = "moved"
    LEFT = "printed before"


@dataclass(frozen=True, slots=True)
class Wish:
    """A label that is wanted of a printer."""

    content: LabelContent
    printer: str
    """Its letters."""
    unit_id: str
    rma_id: str


def content_of(sort: LabelSort, view: UnitView, rules: Rules) -> LabelContent:
    """What the label of this sort says of a unit. Raises Refused where there is nothing to say."""
    if sort is LabelSort.RMA:
        return rma_label(view, rules)
    return {
        LabelSort.SHIP: ship_label,
        LabelSort.VENDOR: vendor_label,
        LabelSort.PACKET: packet_label,
    }[sort](view)


def vendor_sorts(view: UnitView) -> list[LabelSort]:
    """The labels that a case with a vendor has; the one for the box where it has none yet, since
    that is the one that says what is missing."""
    case = view.rma.vendor if view.rma else None
    cover = [LabelSort.PACKET] if case is not None and case.packet else []
    numbered = case is not None and bool(case.vendor_rma or case.exchange_ticket)
    return [LabelSort.VENDOR, *cover] if numbered or not cover else cover


def due_labels(
    step: Step, now: UnitView, before: UnitView | None, automatic: Collection[LabelSort]
) -> list[LabelSort]:
    """The labels that a step just saved calls for, of those that print by themselves.

    `before`: the unit as it lay in hand. A ship label is due when the unit becomes ready to ship,
    and when its speed changes then: a box must not carry the old one. An undo calls for none.
    """
    due = []
    if step is Step.RECEIVED:
        due.append(LabelSort.RMA)
    if step in _VENDOR_STEPS:
        due.append(LabelSort.VENDOR)
    if step is not Step.UNDONE and _ready(now) and not _as_before(now, before):
        due.append(LabelSort.SHIP)
    return [sort for sort in due if sort in automatic]


def _ready(view: UnitView) -> bool:
    return view.rma is not None and view.rma.state is State.READY_TO_SHIP


def _as_before(now: UnitView, before: UnitView | None) -> bool:
    same = before is not None and before.unit.id == now.unit.id and _ready(before)
    return same and before is not None and before.shipping.speed is now.shipping.speed


def step_label_id(op_id: str, sort: LabelSort) -> str:
    """The op id of the label that a step calls for: the same, however often it is asked for."""
    return f"{op_id}-{sort.value}"


def want(desk: Desk, op_id: str, wish: Wish) -> tuple[PrintJob, Asked]:
    """Queues a label that somebody asks for; one that was sent before says REPRINT.

    One that still waits is not queued twice: with another printer it moves there. Raises Refused
    and StoreError kinds.
    """
    done = desk.store.print_job(op_id)
    if done is not None:
        return done, Asked.AGAIN if done.again_of else Asked.NEW
    known = _same(desk, wish)
    if known is None:
        return _fresh(desk, op_id, wish), Asked.NEW
    if known.state is _S.SENDING:
        return known, Asked.WAITS
    if known.state in (_S.QUEUED, _S.FAILED) and known.printer != wish.printer:
        return printing.move(desk, op_id, known.id, wish.printer), Asked.MOVED
    if known.state is _S.QUEUED:
        return known, Asked.WAITS
    if known.state is _S.FAILED:
        return printing.retry(desk, op_id, known.id), Asked.NEW
    return printing.reprint(desk, op_id, known.id, wish.printer), Asked.AGAIN


def want_once(desk: Desk, op_id: str, wish: Wish) -> tuple[PrintJob, Asked]:
    """Queues a label that a step calls for, unless the very same one was asked for before."""
    known = desk.store.print_job(op_id) or _same(desk, wish)
    if known is not None:
        return known, Asked.LEFT
    return _fresh(desk, op_id, wish), Asked.NEW


def withdraw(desk: Desk, op_id: str, undone: str) -> list[str]:
    """Cancels the labels that a step called for which is undone now, as far as they still wait.

    Gives the ids of those that are being tried right now: they may wait again in a moment.
    """
    tried = []
    for sort in NAMES:
        job = desk.store.print_job(step_label_id(undone, sort))
        if job is None or job.station != desk.station:
            continue
        if job.state is _S.QUEUED:
            printing.cancel(desk, step_label_id(op_id, sort), job.id)
        elif job.state is _S.SENDING:
            tried.append(job.id)
    return tried


def _fresh(desk: Desk, op_id: str, wish: Wish) -> PrintJob:
    """A new label; what still waits and says something else of the same unit goes."""
    for job in _of_sort(desk, wish):
        if job.state is _S.QUEUED and job.station == desk.station:
            printing.cancel(desk, f"{op_id}-{job.id}"[:80], job.id)
    return printing.enqueue(desk, op_id, wish.content, wish.printer, wish.unit_id, wish.rma_id)


def _same(desk: Desk, wish: Wish) -> PrintJob | None:
    """This bench's newest job for a label that says the same."""
    fields = LabelContent.from_json(wish.content.to_json()).fields
    for job in reversed(_of_sort(desk, wish)):
        if job.station == desk.station and LabelContent.from_json(job.content).fields == fields:
            return job
    return None


def _of_sort(desk: Desk, wish: Wish) -> list[PrintJob]:
    """The labels of this sort that a return has had, the oldest first."""
    of_rma = desk.store.print_jobs_of(wish.rma_id)
    sort = wish.content.sort
    return [job for job in of_rma if job.sort is sort and job.state is not _S.CANCELLED]
