"""Labels to print in the store: each station's own queue, and what it has sent to its printers."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bench.store.errors import StaleRecord, UnknownRecord
from bench.store.link import Link
from bench.store.models import PrintJobRow
from bench.store.records import PrintJob, PrintState
from bench.store.rows import PRINT_JOB

_JOB = f"SELECT {PRINT_JOB.select('j')} FROM print_job j"
# `unfinished = …` is what lets both engines use the partial indexes.
_LEFT = "j.unfinished = 1 AND j.station = ?"
_FIRST = "ORDER BY j.at, j.id LIMIT ?"
_ALL = 100_000
"""More than a station ever has waiting."""


class PrintJobReads:
    """What can be asked of print jobs; part of all the reads."""

    _link: Link

    def _print_jobs(self, tail: str, *params: Any) -> list[PrintJob]:
        rows = self._link.rows(f"{_JOB} WHERE {tail}", params)
        return [PRINT_JOB.from_row(row) for row in rows]

    def print_job(self, job_id: str) -> PrintJob | None:
        """The print job with this id."""
        return next(iter(self._print_jobs("j.id = ?", job_id)), None)

    def print_jobs_left(self, station: str, limit: int = _ALL) -> list[PrintJob]:
        """A station's unfinished print jobs, the oldest first."""
        return self._print_jobs(f"{_LEFT} {_FIRST}", station, limit)

    def print_jobs_over(self, station: str, limit: int) -> list[PrintJob]:
        """A station's finished print jobs, the newest first."""
        tail = "j.unfinished = 0 AND j.station = ? ORDER BY j.at DESC, j.id DESC LIMIT ?"
        return self._print_jobs(tail, station, limit)

    def print_jobs_left_count(self, station: str) -> int:
        """How many of a station's print jobs are unfinished."""
        row = self._link.row(f"SELECT count(*) FROM print_job j WHERE {_LEFT}", (station,))
        return int(row[0]) if row else 0

    def print_jobs_sending(self, station: str) -> list[PrintJob]:
        """The print jobs that a program of this station holds, or held when it died."""
        return self._print_jobs(f"{_LEFT} AND j.state = ? {_FIRST}", station, _S.SENDING, _ALL)

    def print_jobs_queued(self, station: str, printer: str, limit: int = _ALL) -> list[PrintJob]:
        """What waits for one printer of a station, the next to be sent first."""
        tail = f"{_LEFT} AND j.state = ? AND j.printer = ? {_FIRST}"
        return self._print_jobs(tail, station, _S.QUEUED, printer, limit)

    def printers_waited_for(self, station: str) -> list[str]:
        """The letters of the printers that a station has queued jobs for."""
        sql = f"SELECT DISTINCT j.printer FROM print_job j WHERE {_LEFT} AND j.state = ?"
        return sorted(printer for (printer,) in self._link.rows(sql, (station, _S.QUEUED)))

    def print_jobs_of(self, rma_id: str) -> list[PrintJob]:
        """All labels of a return, of all stations, the oldest first."""
        return self._print_jobs("j.rma_id = ? ORDER BY j.at, j.id", rma_id)

    def print_family(self, job: PrintJob) -> list[PrintJob]:
        """All jobs of the same label as this one: the first, and what was printed again of it."""
        first = job.again_of or job.id
        again = self._print_jobs("j.again_of = ? AND j.again_of <> '' ORDER BY j.at, j.id", first)
        return self._print_jobs("j.id = ?", first) + again


_S = PrintState


def save(link: Link, reads: PrintJobReads, job: PrintJob) -> PrintJob:
    """Saves a changed print job; raises StaleRecord, UnknownRecord."""
    saved = replace(job, version=job.version + 1)
    mine = (PrintJobRow.id == job.id) & (PrintJobRow.version == job.version)
    if link.run(PrintJobRow.update(PRINT_JOB.to_row(saved)).where(mine)) == 0:
        lost = StaleRecord if reads.print_job(job.id) else UnknownRecord
        raise lost("print job", job.id)
    return saved


def claim(
    link: Link, reads: PrintJobReads, job_id: str, who: str, now: datetime
) -> PrintJob | None:
    """Takes a queued print job for one try; None where another program was faster.

    Asked again for the same try (the answer to a commit was lost), it gives the same job.
    """
    job = reads.print_job(job_id)
    if job is None or (job.state is _S.SENDING and job.claimed_by == who):
        return job
    if job.state is not _S.QUEUED:
        return None
    taken = replace(
        job,
        state=_S.SENDING,
        tries=job.tries + 1,
        next_try_at=None,
        claimed_by=who,
        claimed_at=now,
        version=job.version + 1,
    )
    still = (PrintJobRow.state == _S.QUEUED.value) & (PrintJobRow.version == job.version)
    query = PrintJobRow.update(PRINT_JOB.to_row(taken)).where((PrintJobRow.id == job.id) & still)
    return taken if link.run(query) == 1 else None
