"""The recordings of an RMA for the packet: found again, proved, read, and without their secrets.

Everything here reads files, some of them large: for a thread of its own, never the screen's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from bench.evidence.capture_format import RAW, BadMeta, Kind
from bench.evidence.capture_reader import CaptureReader
from bench.evidence.packet import Output
from bench.evidence.sharing_text import Findings, Prepared, event_text, found, transcript
from bench.hardware.capture_recovery import verify
from bench.text import clean_line
from bench.workflow.cables import Cable
from bench.workflow.capture_record import CaptureRecord
from bench.workflow.console_rules import ConsoleRules
from bench.workflow.consoles import reread


class NotUsable(Exception):
    """A recording cannot be put into a packet; the text says why."""


@dataclass(frozen=True, slots=True)
class Recording:
    """A sealed recording that is as it was sealed, read to its end."""

    record: CaptureRecord
    cable: Cable
    reader: CaptureReader
    raw_sha256: str
    case: str
    """What the marks of its copies are made for: the RMA, or its own id."""


def opened(record: CaptureRecord, root: Path, rules: ConsoleRules) -> Recording:
    """A recording off the disk, proved against the seal that the RMA's history keeps.

    The reader is the caller's to close. Raises NotUsable.
    """
    folder = _folder(record, root)
    try:
        cable, meta = reread(folder, rules)
        reader = cable.reader
        assert reader is not None
        try:
            if meta.erased:
                raise NotUsable(f"its bytes were removed on {clean_line(meta.erased, 10)}")
            problems = verify(folder, record.seal)
            raw, sealed = _hashes(reader)
            if problems or meta.id != record.capture or raw != sealed:
                why = problems[0] if problems else f"{RAW} or its id is another one."
                raise NotUsable(f"it is not as it was sealed: {clean_line(why, 120)}")
        except BaseException:
            reader.close()
            raise
    except (BadMeta, OSError) as error:
        raise NotUsable(f"its files cannot be read: {clean_line(str(error), 120)}") from error
    return Recording(record, cable, reader, raw, meta.rma or meta.id)


def output_of(one: Recording, prepared: Prepared) -> Output:
    """What the packet has of a recording: its redacted transcript, and what it proves and tells."""
    record, understood = one.record, one.cable.understanding
    findings = Findings(tuple(understood.facts), understood.failures)
    told = found(one.reader, prepared, findings, True)
    first = understood.first_failure
    text = "".join(transcript(one.reader, prepared))
    began = record.started[:16].replace(":", "").replace("T", "-")
    return Output(
        name=f"{began}-{one.cable.name}".strip("-"),
        text=text,
        seal=record.seal,
        raw_sha256=one.raw_sha256,
        bytes=one.reader.size,
        started=record.started,
        ended=record.ended,
        baud=record.baud,
        capture=record.capture,
        facts={fact["kind"]: fact["value"] for fact in told["facts"]},
        failures=tuple(str(failure["title"]) for failure in told["failures"]),
        failure_row=None if first is None else _row(one.reader, prepared, text, first.line),
        redacted=prepared.redacted.counts(),
    )


def name_of(record: CaptureRecord, local: str) -> str:
    """What a recording is called on the screen; `local`: when it began, on the wall's clock."""
    return f"the recording of {local} ({clean_line(PurePosixPath(record.folder).name, 60)})"


# --- proving


def _folder(record: CaptureRecord, root: Path) -> Path:
    parts = PurePosixPath(record.folder).parts
    if not parts or ".." in parts:
        raise NotUsable("its folder is not known")
    folder = root / record.folder
    if not folder.is_dir():
        raise NotUsable("its files are not on this bench")
    return folder


def _hashes(reader: CaptureReader) -> tuple[str, str]:
    """SHA-256 of the bytes as they are now, and as the last hash record sealed them."""
    running, sealed = hashlib.sha256(), ""
    for record, data in reader.history():
        running.update(data)
        if record.kind is Kind.HASH:
            sealed = str(record.fields["raw"])
    return running.hexdigest(), sealed


def _row(reader: CaptureReader, prepared: Prepared, text: str, number: int) -> int | None:
    """The row of the transcript in which a line of the console stands."""
    lines = prepared.redacted.lines
    if not 0 <= number < len(lines):
        return None
    told = [event.offset for event in reader.records if event_text(event.record)]
    head = text.count("\n") - len(lines) - len(told)
    return head + number + sum(offset <= lines[number].offset for offset in told)
