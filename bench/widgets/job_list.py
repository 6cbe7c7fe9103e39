"""The labels of this bench in one line each: what still waits first, the oldest on top."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import ClassVar

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.message import Message

from bench.store.records import PrintJob
from bench.widgets.job_words import age_words, job_mark, job_state, job_title
from bench.widgets.marks import DONE, HOLD, NONE, REFUSED, SIGNS
from bench.widgets.row_list import Column, RowList, moving_keys

COLUMNS = (
    Column("LABEL", 30),
    Column("PRINTER", 7, from_width=60),
    Column("STATE", 0),
    Column("AGE", 7),
    Column("TRIES", 5, from_width=84),
)


def _local(moment: datetime) -> datetime:
    return moment.astimezone()


class JobList(RowList):
    """Some hundreds of jobs at most; tells with Opened, and Chosen when the cursor moves."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {
        "jobs--head",
        "jobs--chosen",
        "jobs--quiet",
        "jobs--done",
        "jobs--hold",
        "jobs--refused",
    }
    BINDINGS: ClassVar[list[BindingType]] = [
        *moving_keys("jobs"),
        Binding("enter", "open", "do what is next", show=False, id="jobs.open"),
    ]
    NAME, COLUMNS = "jobs", COLUMNS

    class Opened(Message):
        """Enter was pressed on a job, or it was clicked a second time."""

    class Chosen(Message):
        """Another job is under the cursor."""

    def __init__(self) -> None:
        super().__init__()
        self.jobs: Sequence[PrintJob] = ()
        self.empty = ""
        """What stands there while there is no job."""
        self._loaded = False
        self._now = datetime.min.replace(tzinfo=UTC)
        self._local: Callable[[datetime], datetime] = _local

    def load(
        self,
        jobs: Sequence[PrintJob],
        now: datetime,
        local: Callable[[datetime], datetime] = _local,
    ) -> None:
        """Shows these jobs, in their order; the cursor stays on its job wherever that is now."""
        before = self.chosen
        self.jobs, self._now, self._local, self._loaded = tuple(jobs), now, local, True
        found = (i for i, job in enumerate(jobs) if before and job.id == before.id)
        self.loaded(next(found, None))

    @property
    def row_count(self) -> int:
        """How many jobs there are."""
        return len(self.jobs)

    @property
    def chosen(self) -> PrintJob | None:
        """The job under the cursor."""
        return self.jobs[self.cursor] if self.cursor < len(self.jobs) else None

    def words(self) -> str:
        """What stands there while there is no job."""
        return self.empty if self._loaded else "Reading the labels."

    def row(self, index: int, base: Style) -> Iterator[Segment]:
        """A job: its mark, and what it is waiting for."""
        job = self.jobs[index]
        mark = job_mark(job)
        colour = base + self.colour("quiet" if mark == NONE else mark)
        quiet = base + self.colour("quiet")
        state = colour + Style(bold=mark in (HOLD, REFUSED)) if mark != DONE else base
        if mark == NONE and job.state.unfinished:
            state = base
        texts = (
            job_title(job),
            job.printer,
            job_state(job, self._now, self._local),
            age_words(job.at, self._now),
            str(job.tries),
        )
        styles = (base + Style(bold=True), base, state, quiet, quiet)
        return self.in_columns(SIGNS[mark], colour, texts, styles)

    def chose(self) -> None:
        """Tells of the job under the cursor."""
        if self._loaded:
            self.post_message(self.Chosen())

    def action_open(self) -> None:
        """Tells that something is to be done with the chosen job."""
        if self.chosen is not None:
            self.post_message(self.Opened())
