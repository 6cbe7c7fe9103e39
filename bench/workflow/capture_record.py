"""A sealed capture as an RMA's history keeps it, and in the words of the Record screen."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import PureWindowsPath
from typing import Any

from bench.store.records import Event, Step
from bench.text import clean_line
from bench.workflow.desk import Refused
from bench.workflow.projection import WRONG_CABLE, standing

MOST = 40
"""Facts and failures of one capture that the history keeps; the files have them all."""
_ID, _SEAL = re.compile(r"[0-9a-f]{32}"), re.compile(r"[0-9a-f]{64}")
_SETTLED = {"board_swapped": "board swapped", "wrong_cable": "wrong cable"}


@dataclass(frozen=True, slots=True)
class CaptureRecord:
    """A capture that was closed and sealed."""

    capture: str
    """Its id: 32 hexadecimal digits."""
    folder: str
    """Relative to the folder of captures; absolute where it lies elsewhere."""
    seal: str
    """The end of its chain of hashes: 64 hexadecimal digits."""
    bytes: int = 0
    """What the console sent."""
    typed: int = 0
    """Bytes that were sent to the console."""
    started: str = ""
    """ISO 8601 in UTC, as `ended`."""
    ended: str = ""
    gaps: int = 0
    """Times that the cable was out."""
    lost: int | None = None
    """Faults that the cable counted; None: it cannot count."""
    baud: int = 0
    facts: Mapping[str, str] = field(default_factory=dict)
    """What the console told: serial, model, mac, firmware …; of another unit: nothing."""
    first_failure: str = ""
    failures: tuple[str, ...] = ()
    """The titles of all failures, as they came."""
    of_another_unit: bool = False
    """A technician said that the cable was in another unit."""
    op_id: str = ""
    """The event that it was kept by: `undo(…, seen=op_id)` takes it from the RMA."""


def capture_data(capture: CaptureRecord) -> dict[str, Any]:
    """The event's data, cleaned. Raises Refused for what is no sealed capture."""
    if not _ID.fullmatch(capture.capture) or not _SEAL.fullmatch(capture.seal):
        raise Refused("the capture is not sealed", "end it first, then keep it with the RMA")
    folder = clean_line(capture.folder, 400)
    if not folder or ".." in PureWindowsPath(folder).parts:
        raise Refused(f"{folder or 'nothing'} is no folder of a capture", "nothing was changed")
    facts = list(capture.facts.items())[:MOST]
    return {
        "capture": capture.capture,
        "folder": folder,
        "seal": capture.seal,
        "bytes": capture.bytes,
        "typed": capture.typed,
        "started": _moment(capture.started),
        "ended": _moment(capture.ended),
        "gaps": capture.gaps,
        "lost": capture.lost,
        "baud": capture.baud,
        "facts": {clean_line(name, 40): clean_line(value, 200) for name, value in facts},
        "first_failure": clean_line(capture.first_failure, 120),
        "failures": [clean_line(title, 120) for title in capture.failures[:MOST]],
    }


def captures_of(events: Iterable[Event]) -> list[CaptureRecord]:
    """The captures that events leave kept, in the order of the events.

    One that a technician said was of another unit stays, marked, and tells no facts.
    """
    counted = standing(events)
    others = {
        e.data.get("capture")
        for e in counted
        if e.step is Step.CONSOLE_SETTLED and e.data.get("how") == WRONG_CABLE
    }
    return [_capture(event, others) for event in counted if event.step is Step.CAPTURED]


def console_detail(event: Event) -> str:
    """What an event about the console tells, in one line for the Record screen; "" for others.

    Foreign text is in it: `printable` before it is painted.
    """
    data = event.data
    if event.step is Step.CAPTURED:
        return _told(_capture(event, set()))
    if event.step is Step.CONSOLE_DIFFERED:
        return f"console {data.get('console_serial')}, label {data.get('scanned')}"
    if event.step is Step.CONSOLE_SETTLED:
        return f"{_SETTLED.get(str(data.get('how')), '')}: console {data.get('console_serial')}"
    return ""


def _capture(event: Event, others: set[Any]) -> CaptureRecord:
    data, facts = event.data, event.data.get("facts")
    another = data.get("capture") in others
    told = facts if isinstance(facts, Mapping) and not another else {}
    lost = data.get("lost")
    return CaptureRecord(
        capture=str(data.get("capture", "")),
        folder=str(data.get("folder", "")),
        seal=str(data.get("seal", "")),
        bytes=_number(data.get("bytes")),
        typed=_number(data.get("typed")),
        started=str(data.get("started", "")),
        ended=str(data.get("ended", "")),
        gaps=_number(data.get("gaps")),
        lost=None if lost is None else _number(lost),
        baud=_number(data.get("baud")),
        facts={str(name): str(value) for name, value in told.items()},
        first_failure=str(data.get("first_failure", "")),
        failures=tuple(map(str, data.get("failures") or ())),
        of_another_unit=another,
        op_id=event.op_id,
    )


def _told(capture: CaptureRecord) -> str:
    took = _between(capture.started, capture.ended)
    gaps, lost = capture.gaps, capture.lost
    parts = (
        _size(capture.bytes) + (f" in {took}" if took else ""),
        f"{capture.baud} baud" if capture.baud else "",
        capture.first_failure,
        f"{gaps} {'gap' if gaps == 1 else 'gaps'}" if gaps else "",
        f"{lost} lost" if lost else "",
    )
    return ", ".join(filter(None, parts))


def _size(count: int) -> str:
    """Bytes in three figures or so, as people say them."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def _between(started: str, ended: str) -> str:
    """How long it took: 45 s, 14 min, 3 h 20 min; "" where that is not known."""
    try:
        took = datetime.fromisoformat(ended) - datetime.fromisoformat(started)
    except (ValueError, TypeError):
        return ""
    minutes, seconds = divmod(max(took, timedelta(0)) // timedelta(seconds=1), 60)
    if minutes < 2:
        return f"{minutes * 60 + seconds} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60} min"


def _moment(text: str) -> str:
    """An ISO time as it came; "" where it is none."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return ""
    return text


def _number(value: Any) -> int:
    return value if isinstance(value, int) else 0
