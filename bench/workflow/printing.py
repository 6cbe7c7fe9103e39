"""Labels that a station prints: asked for, kept in its queue, and what a person does with them.

Receiving never waits for a printer: a label is words in the store until a worker (`Printing`) gets
it out. Nothing is printed twice without saying so: what may have come out goes to no second try by
itself, and what a person has printed again says REPRINT.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from bench.labels.label import LabelContent
from bench.scan.equipment import check_name
from bench.store.records import PrintJob, PrintState
from bench.text import clean_line
from bench.workflow.desk import Desk, Refused
from bench.workflow.people import refuse_nobody
from bench.workflow.print_talks import Printing, Result

if TYPE_CHECKING:
    from bench.store.queries import Reads
    from bench.store.store import Tx

__all__ = [
    "Printing",
    "Result",
    "came_out",
    "cancel",
    "enqueue",
    "jobs",
    "move",
    "reprint",
    "retry",
    "waiting",
]
_S = PrintState
_TITLE = 100


def enqueue(
    desk: Desk,
    op_id: str,
    content: LabelContent,
    printer: str,
    unit_id: str | None = None,
    rma_id: str | None = None,
) -> PrintJob:
    """Keeps a label for the printer with these letters; the worker sends it when it can.

    The same op id makes no second label. Asks for nobody's badge: a label may follow by itself from
    a step that is saved already. Raises Refused for letters that no printer has; StoreError kinds.
    """
    _check_printer(printer)

    def work(tx: Tx) -> PrintJob:
        known = tx.print_job(op_id)
        return known or tx.add_print_job(_new(desk, op_id, content, printer, unit_id, rma_id))

    return desk.store.write(op_id, work)


def _new(
    desk: Desk,
    op_id: str,
    content: LabelContent,
    printer: str,
    unit_id: str | None,
    rma_id: str | None,
) -> PrintJob:
    now = desk.clock.now()
    return PrintJob(
        id=op_id,
        sort=content.sort,
        title=clean_line(content.title, _TITLE) or f"{content.sort} label",
        content=content.to_json(),
        station=desk.station,
        printer=printer,
        unit_id=unit_id,
        rma_id=rma_id,
        state=_S.QUEUED,
        at=now,
        actor=desk.actor,
        next_try_at=now,
    )


def jobs(desk: Desk, limit: int = 200) -> list[PrintJob]:
    """This station's labels: the unfinished ones, the oldest first; then what is finished, the
    newest first; `limit` in all."""
    left = desk.store.print_jobs_left(desk.station, limit)
    return left + desk.store.print_jobs_over(desk.station, limit - len(left))


def waiting(desk: Desk) -> int:
    """How many labels of this station are unfinished."""
    return desk.store.print_jobs_left_count(desk.station)


# --- what a person does with a label


def cancel(desk: Desk, op_id: str, job_id: str) -> PrintJob:
    """The label is not wanted any more. Raises Refused where it was sent, or is being sent."""

    def change(tx: Tx, job: PrintJob) -> PrintJob:
        why = f"cancelled by {desk.actor}"
        return replace(job, state=_S.CANCELLED, why=why, next_try_at=None)

    return _change(desk, op_id, job_id, (_S.QUEUED, _S.FAILED, _S.UNSURE), _S.CANCELLED, change)


def came_out(desk: Desk, op_id: str, job_id: str) -> PrintJob:
    """A person has the label that may have come out. Raises Refused where that is no question."""
    now = desk.clock.now()

    def change(tx: Tx, job: PrintJob) -> PrintJob:
        return replace(job, state=_S.SENT, sent_at=now, why=f"it came out, says {desk.actor}")

    return _change(desk, op_id, job_id, (_S.UNSURE,), _S.SENT, change)


def retry(desk: Desk, op_id: str, job_id: str) -> PrintJob:
    """The label is tried at once: it waited, or failed, or a person says that it did not come out.

    In the last case it says REPRINT, for the first may still turn up. Raises Refused.
    """
    now = desk.clock.now()

    def change(tx: Tx, job: PrintJob) -> PrintJob:
        _wake(desk, tx, job)
        if job.state is _S.UNSURE:
            # What an earlier try still finds out is no news of this one: it has no claim any more.
            why = f"did not come out, says {desk.actor}"
            job = replace(job, content=_again(tx, job).to_json(), claimed_by="", why=why)
        return replace(job, state=_S.QUEUED, tries=0, next_try_at=now)

    return _change(desk, op_id, job_id, (_S.QUEUED, _S.FAILED, _S.UNSURE), None, change)


def move(desk: Desk, op_id: str, job_id: str, printer: str) -> PrintJob:
    """Another printer gets the label. Raises Refused where it may have come out of the first.

    That the printer is set up, and takes such labels, is for the caller to see.
    """
    _check_printer(printer)
    now = desk.clock.now()

    def change(tx: Tx, job: PrintJob) -> PrintJob:
        if job.printer == printer:
            return job
        again = replace(job, state=_S.QUEUED, tries=0, next_try_at=now)
        return replace(again, printer=printer, why=f"moved from {job.printer} by {desk.actor}")

    return _change(desk, op_id, job_id, (_S.QUEUED, _S.FAILED), None, change)


def reprint(desk: Desk, op_id: str, job_id: str, printer: str = "") -> PrintJob:
    """The same label once more, as a job of its own that says REPRINT; "": on the same printer.

    Of one that waits still there is none to print again: Refused. The same op id makes no second.
    """
    if printer:
        _check_printer(printer)

    def work(tx: Tx) -> PrintJob:
        known = tx.print_job(op_id)
        if known is not None:
            return known
        refuse_nobody(desk, tx)
        job = _found(desk, tx, job_id)
        if job.state in (_S.QUEUED, _S.SENDING):
            raise _refusal(job)
        content = _again(tx, job)
        more = _new(desk, op_id, content, printer or job.printer, job.unit_id, job.rma_id)
        return tx.add_print_job(replace(more, again_of=job.again_of or job.id))

    return desk.store.write(op_id, work)


_IS = {
    _S.QUEUED: "waits for its printer",
    _S.SENDING: "is being sent right now",
    _S.SENT: "was sent",
    _S.FAILED: "cannot be printed like this",
    _S.UNSURE: "may have come out",
    _S.CANCELLED: "was cancelled",
}
_THEN = {
    _S.QUEUED: "cancel it, or have it tried at once",
    _S.SENDING: "wait a moment, then look again",
    _S.SENT: "print it again if it did not come out",
    _S.UNSURE: "look at the printer, and say first whether it did",
    _S.CANCELLED: "print it again if it is wanted after all",
}


def _refusal(job: PrintJob) -> Refused:
    return Refused(f"{job.title} {_IS[job.state]}", _THEN.get(job.state, "nothing was changed"))


def _check_printer(letters: str) -> None:
    if wrong := check_name(letters):
        what = f"no printer can be called {clean_line(letters, 20)!r}: {wrong}"
        raise Refused(what, "scan the label of a printer")


def _found(desk: Desk, reads: Reads, job_id: str) -> PrintJob:
    job = reads.print_job(job_id)
    if job is None:
        raise Refused("this label is not in the database any more", "look at the list again")
    if job.station != desk.station:
        raise Refused(f"{job.title} belongs to {job.station}", "see to it there")
    return job


def _change(
    desk: Desk,
    op_id: str,
    job_id: str,
    may: tuple[PrintState, ...],
    done: PrintState | None,
    change: Callable[[Tx, PrintJob], PrintJob],
) -> PrintJob:
    """Saves a change that jobs in the states `may` can go through; one in the state `done` has been
    through it, which is no error."""

    def work(tx: Tx) -> PrintJob:
        job = _found(desk, tx, job_id)
        if job.state is done:
            return job
        refuse_nobody(desk, tx)
        if job.state not in may:
            raise _refusal(job)
        changed = change(tx, job)
        return job if changed == job else tx.save_print_job(changed)

    return desk.store.write(op_id, work)


def _again(tx: Tx, job: PrintJob) -> LabelContent:
    """The words of a label for its next printing: its number is one more than any of its family."""
    try:
        content = LabelContent.from_json(job.content)
    except ValueError:
        remedy = "print it from its unit instead"
        raise Refused(f"the words of {job.title} cannot be read any more", remedy) from None
    numbers = [content.reprint]
    for other in tx.print_family(job):
        try:
            numbers.append(LabelContent.from_json(other.content).reprint)
        except ValueError:  # it never came out either
            continue
    return replace(content, reprint=1 + max(numbers))


def _wake(desk: Desk, tx: Tx, job: PrintJob) -> None:
    """Whoever has one label tried at once has mended the printer: its first one waits no more."""
    now = desk.clock.now()
    for first in tx.print_jobs_queued(desk.station, job.printer, 1):
        if first.id != job.id and first.next_try_at is not None and first.next_try_at > now:
            tx.save_print_job(replace(first, next_try_at=now))
