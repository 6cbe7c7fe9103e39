"""What the Labels screen says beside its list: the chosen label, and how the printers are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from textual.content import Content

from bench.hardware.printing import PrinterState
from bench.labels.label import LabelContent
from bench.printer_settings import PrinterSettings
from bench.store.records import PrintJob, PrintState
from bench.text import printable
from bench.widgets.job_words import Local, age_words, clock_words, job_mark, job_state
from bench.widgets.marks import DONE, HOLD, NONE, STYLES, sign
from bench.widgets.unit_card import heading, line

_S = PrintState
NOT_SET_UP = """No label has been printed here yet.

No printer is set up, so labels can only be written to files: bench label. To print at the bench, \
add a printer to the settings:

    [printers.B]
    name = "Zebra at the door"
    at = "tcp://192.0.2.7"

at may also be usb:/dev/usb/lp0, cups:QUEUE or file:FOLDER. What prints by itself at receiving \
stands in [labels] automatic."""
NOTHING_YET = """No label has been printed here yet.

A unit in hand gets its label with BENCHPRINT; what prints by itself stands in the settings, \
[labels] automatic. Labels that a printer cannot take wait here and hold up nothing else."""


def content_of_job(job: PrintJob) -> LabelContent | None:
    """The words of a job; None where they cannot be read."""
    try:
        return LabelContent.from_json(job.content)
    except ValueError:
        return None


def job_facts(
    job: PrintJob, printers: Mapping[str, PrinterSettings], now: datetime, local: Local
) -> Content:
    """Everything on one label, in lines; nothing of it acts."""
    content, printer = content_of_job(job), printers.get(job.printer)
    fields = content.fields if content else {}
    name = f"{job.printer} {printer.name}" if printer else f"{job.printer}, not in the settings"
    style = f"bold {STYLES[job_mark(job)]}" if job_mark(job) != NONE else ""
    rows = [
        Content.styled(printable(job.title), "bold"),
        line("state", Content.styled(printable(job_state(job, now, local)), style)),
        line("printer", name),
    ]
    about = "  ".join(filter(None, (fields.get("serial", ""), fields.get("customer", ""))))
    if about:
        rows.append(line("for", about))
    if content is not None and content.reprint:
        rows.append(line("marked", f"REPRINT {content.reprint}", "bold"))
    rows.append(line("asked", _asked(job, now, local)))
    if job.state is _S.SENT and job.why:
        rows.append(line("it said", job.why))
    if job.state is _S.UNSURE and job.why:
        rows.append(line("why", job.why))
    if job.tries > 1 or (job.state is _S.QUEUED and job.tries):
        rows.append(line("tries", _tries(job, now, local)))
    return Content("\n").join(rows)


def job_brief(
    job: PrintJob, printers: Mapping[str, PrinterSettings], now: datetime, local: Local
) -> Content:
    """The same in two lines, for a small screen."""
    content, printer = content_of_job(job), printers.get(job.printer)
    again = f" · REPRINT {content.reprint}" if content is not None and content.reprint else ""
    serial = content.fields.get("serial", "") if content else ""
    first = Content.assemble(
        (printable(job.title), "bold"), (printable(f"  {serial}{again}"), "$quiet")
    )
    name = printable(printer.name) if printer else "not in the settings"
    state = printable(job_state(job, now, local))
    if job.state is _S.UNSURE and job.why:
        state = printable(job.why)
    style = STYLES[job_mark(job)] if job_mark(job) != NONE else ""
    second = Content.assemble((state, style), (f"  {job.printer} {name}", "$quiet"))
    return Content("\n").join([first, second])


def _asked(job: PrintJob, now: datetime, local: Local) -> str:
    who, age = f" by {job.actor}" if job.actor else "", age_words(job.at, now)
    ago = "" if age == "now" else f", {age} ago"
    return f"{clock_words(job.at, now, local)}{who}{ago}"


def _tries(job: PrintJob, now: datetime, local: Local) -> str:
    again = ""
    if job.state is _S.QUEUED and job.next_try_at is not None:
        again = f", again at {local(job.next_try_at):%H:%M:%S}"
    return f"{job.tries}{again}"


def printer_rows(
    printers: Sequence[PrinterSettings], states: Mapping[str, PrinterState | None], chosen: str
) -> list[Content]:
    """A line for each printer: its sign, its letters and name, and its own word of itself."""
    rows = [heading("PRINTERS")] if printers else []
    for printer in printers:
        mark, says = _state(printer, states)
        here = "  in use" if printer.letters == chosen else ""
        rows.append(
            Content.assemble(
                sign(mark),
                (f" {printer.letters} ", "bold"),
                printable(printer.name),
                (here, "$quiet"),
            )
        )
        rows.append(Content.styled(f"  {printable(says)}", "$quiet"))
    return rows


def printer_brief(
    printers: Sequence[PrinterSettings], states: Mapping[str, PrinterState | None]
) -> Content:
    """All printers in one line, for a small screen."""
    parts = []
    for printer in printers:
        mark, says = _state(printer, states)
        parts.append(
            Content.assemble(
                sign(mark), (f" {printer.letters} ", "bold"), (printable(says), "$quiet")
            )
        )
    return Content("   ").join(parts)


def _state(printer: PrinterSettings, states: Mapping[str, PrinterState | None]) -> tuple[str, str]:
    """The mark of a printer, and what it says."""
    if not printer.at:
        return NONE, "only named: the settings say no address"
    state = states.get(printer.letters)
    if state is None:
        return NONE, "being asked"
    marks = {True: DONE, False: HOLD, None: NONE}
    return marks[state.ready], state.says
