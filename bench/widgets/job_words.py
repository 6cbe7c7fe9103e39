"""A label on its way, in words: what stands in its row, and beside it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import lru_cache

from bench.labels.label import LabelContent
from bench.store.records import PrintJob, PrintState
from bench.widgets.marks import DONE, HOLD, NONE, REFUSED

_S = PrintState
JOB_MARKS = {
    _S.QUEUED: NONE,
    _S.SENDING: NONE,
    _S.SENT: DONE,
    _S.UNSURE: HOLD,
    _S.FAILED: REFUSED,
    _S.CANCELLED: NONE,
}
"""The mark of each state; what waits because of trouble is on hold."""
Local = Callable[[datetime], datetime]


def is_stuck(job: PrintJob) -> bool:
    """Whether a job does not go by itself, as far as its last try says."""
    waits = job.state is _S.QUEUED and job.tries > 0
    tried = job.state is _S.SENDING and job.tries > 1
    return waits or tried or job.state in (_S.UNSURE, _S.FAILED)


def job_mark(job: PrintJob) -> str:
    """The mark whose sign stands before a job."""
    return HOLD if job.state is _S.QUEUED and is_stuck(job) else JOB_MARKS[job.state]


def job_title(job: PrintJob) -> str:
    """What the list calls a job: a reprint says so, as the label does."""
    again = reprint_of(job.content)
    return f"{job.title} REPRINT {again}" if again else job.title


@lru_cache(512)
def reprint_of(content: str) -> int:
    """The number on a reprint; 0 for a first label, and for words that cannot be read."""
    try:
        return LabelContent.from_json(content).reprint
    except ValueError:
        return 0


def trouble(job: PrintJob) -> str:
    """Why a job waits, without the name of its printer, which stands beside it."""
    return job.why.partition(" says: ")[2] or job.why


def job_state(job: PrintJob, now: datetime, local: Local) -> str:
    """How a job stands, in a technician's words. Never that it is printed: nobody knows."""
    if job.state is _S.QUEUED:
        return f"waits: {trouble(job)}" if is_stuck(job) and job.why else "waits its turn"
    if job.state is _S.SENT and job.sent_at is not None:
        return f"sent {clock_words(job.sent_at, now, local)}"
    words = {
        _S.SENDING: "being tried again" if job.tries > 1 else "being sent",
        _S.SENT: "sent",
        _S.UNSURE: "may have come out: look",
        _S.CANCELLED: "cancelled",
    }
    return words.get(job.state, f"not printed: {job.why or 'no reason is known'}")


def clock_words(moment: datetime, now: datetime, local: Local) -> str:
    """The time of day, with the day where it is not today."""
    here = local(moment)
    return f"{here:%H:%M}" if here.date() == local(now).date() else f"{here:%d %b %H:%M}"


def age_words(since: datetime, now: datetime) -> str:
    """How long ago: now, 3 min, 2 h, 4 days."""
    minutes = int((now - since).total_seconds() // 60)
    if minutes < 1:
        return "now"
    if minutes < 60:
        return f"{minutes} min"
    hours = minutes // 60
    if hours < 48:
        return f"{hours} h"
    return f"{hours // 24} days"
