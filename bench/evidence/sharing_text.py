"""What the copies of a capture to give away say: the transcript and the findings."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bench.evidence.capture_format import Kind, Record
from bench.evidence.capture_reader import CaptureReader
from bench.evidence.facts import Fact
from bench.evidence.failures import Failure
from bench.evidence.redaction import Redactor
from bench.evidence.redaction_result import Redacted
from bench.text import printable

_ABOUT = (
    "What the console of a returned unit said, written down by bench.",
    "Passwords, keys and other secrets were taken out. In their place stands a mark, as",
    '"[password-1 sha256:1a2b3c4d]"; the same secret has the same mark everywhere, and no mark can',
    "be turned back. Serial numbers, MAC addresses and versions are as they were.",
    "Each line has the time (UTC) at which its first byte came. Escape sequences were left out.",
)


@dataclass(frozen=True, slots=True)
class Findings:
    """What bench understood of a capture, for findings.json."""

    facts: Iterable[Fact] = ()
    failures: Iterable[Failure] = ()


@dataclass(frozen=True, slots=True)
class Prepared:
    """A capture without its secrets, ready to be looked at and written."""

    redacted: Redacted
    redactor: Callable[[], Redactor]
    """Makes a further redactor of the same key and words, which gives the same marks."""


def stamp(wall_ns: int) -> str:
    """A wall clock in ns as text, UTC: 2026-11-26 14:03:22.412; "" for one that cannot be."""
    try:
        moment = datetime.fromtimestamp(wall_ns // 1_000_000_000, UTC)
    except (OverflowError, ValueError, OSError):
        return ""
    return f"{moment:%Y-%m-%d %H:%M:%S}.{wall_ns // 1_000_000 % 1000:03d}"


def transcript(capture: CaptureReader, prepared: Prepared) -> Iterator[str]:
    """The lines of transcript.txt, each with its line feed."""
    meta = capture.meta
    clean = Cleaner(prepared)
    yield from (f"# {line}\n" for line in _ABOUT)
    counts = prepared.redacted.counts()
    hidden = ", ".join(f"{count} x {kind}" for kind, count in counts.items()) or "nothing"
    for name, value in (
        ("Unit", f"{meta.model} {meta.serial}".strip()),
        ("RMA", meta.rma),
        ("Begun", meta.started),
        ("Ended", meta.ended),
        ("Taken out", hidden),
        ("Seal", meta.seal),
    ):
        yield f"# {name}: {clean(value)}\n"
    events = iter([*capture.records])
    event = next(events, None)
    for line in prepared.redacted.lines:
        while event is not None and event.offset <= line.offset:
            yield from _event_line(event.record, clean)
            event = next(events, None)
        yield f"{stamp(line.wall_ns)}  {printable(line.text)}\n"
    for rest in (event, *events):
        if rest is not None:
            yield from _event_line(rest.record, clean)


class Cleaner:
    """Texts from elsewhere (notes, metadata): without secrets, and safe to paint."""

    def __init__(self, prepared: Prepared) -> None:
        self._redactor = prepared.redactor

    def __call__(self, text: str) -> str:
        redactor = self._redactor()
        safe = [redactor.line(printable(part))[0] for part in text.splitlines()]
        return " ".join(safe)


def _event_line(record: Record, clean: Callable[[str], str]) -> Iterator[str]:
    text = event_text(record)
    if text:
        yield f"{stamp(record.w)}  --- {clean(text)} ---\n"


def event_text(record: Record) -> str:
    """What a reader of the transcript has to know of an event; "" for nothing."""
    fields = record.fields
    if record.kind in (Kind.MARK, Kind.NOTE):
        return f"{record.kind}: {fields['text']}"
    if record.kind is Kind.BACK:
        gap = fields.get("gap_ns", 0)
        return f"cable back after {gap / 1e9:.1f} s" if type(gap) is int else "cable back"
    if record.kind is Kind.COUNTS:
        lost = {name: count for name, count in _losses(record).items() if count}
        return "lost or broken: " + ", ".join(f"{n} x {name}" for name, n in lost.items())
    if record.kind is Kind.BAUD:
        return f"{fields['baud']} baud"
    return {
        Kind.GONE: "cable out",
        Kind.BREAK: "break sent",
        Kind.UNCOUNTED: "this cable cannot report losses",
        Kind.RECOVERED: "the recording stopped here without an end",
    }.get(record.kind, "")


def _losses(record: Record) -> dict[str, int]:
    names = ("overrun", "buf_overrun", "frame", "parity", "brk")
    values = ((name, record.fields.get(name, 0)) for name in names)
    return {name: value for name, value in values if type(value) is int}


def found(
    capture: CaptureReader, prepared: Prepared, findings: Findings, looked: bool
) -> dict[str, Any]:
    """What findings.json tells."""
    meta, redacted = capture.meta, prepared.redacted
    clean = Cleaner(prepared)
    identity = {name: clean(getattr(meta, name)) for name in ("id", "started", "ended", "bench")}
    return {
        "about": _ABOUT[0],
        "unit": {name: clean(getattr(meta, name)) for name in ("serial", "model", "rma")},
        "capture": identity
        | {"bytes": capture.size, "lines": len(redacted.lines)}
        | {"seal": clean(meta.seal), "hashes": _hashes(capture)},
        "facts": list(_facts(redacted, findings.facts, clean)),
        "failures": list(_failures(redacted, findings.failures, clean)),
        "gaps": list(_gaps(capture)),
        "losses": list(_all_losses(capture)),
        "taken_out": _taken_out(redacted) | {"looked_at": looked},
    }


def _facts(redacted: Redacted, facts: Iterable[Fact], clean: Cleaner) -> Iterator[dict[str, Any]]:
    """Facts, but for one whose value was hidden in its line."""
    hidden = {hit.line for hit in redacted.hits}
    for one in facts:
        line = redacted.lines[one.line].text if one.line < len(redacted.lines) else ""
        if one.line not in hidden or one.value in line:
            texts = {"kind": one.kind.value, "value": one.value, "vendor": one.vendor}
            yield {name: clean(text) for name, text in texts.items()} | {"line": one.line + 1}


def _failures(
    redacted: Redacted, failures: Iterable[Failure], clean: Cleaner
) -> Iterator[dict[str, Any]]:
    """Failures, with the text of their line as it stands in the redacted transcript."""
    for one in failures:
        line = redacted.lines[one.line].text if one.line < len(redacted.lines) else ""
        yield {
            "id": one.id,
            "title": clean(one.title),
            "severity": str(one.severity),
            "line": one.line + 1,
            "offset": one.offset,
            "time": stamp(one.wall_ns),
            "count": one.count,
            "text": printable(line),
        }


def _gaps(capture: CaptureReader) -> Iterator[dict[str, Any]]:
    for one in capture.records:
        if one.kind in (Kind.GONE, Kind.BACK, Kind.RECOVERED, Kind.UNCOUNTED):
            what = event_text(one.record)
            yield {"time": stamp(one.record.w), "offset": one.offset, "what": what}


def _all_losses(capture: CaptureReader) -> Iterator[dict[str, Any]]:
    for one in capture.records:
        if one.kind is Kind.COUNTS:
            yield {"time": stamp(one.record.w), "offset": one.offset, **_losses(one.record)}


def _taken_out(redacted: Redacted) -> dict[str, Any]:
    places = [
        {"kind": hit.kind, "line": hit.line + 1, "offset": hit.offset, "mark": hit.token}
        for hit in redacted.hits
    ]
    asked = len(redacted.unsure) + redacted.more_unsure
    return {"counts": redacted.counts(), "places": places, "asked_about": asked}


def _hashes(capture: CaptureReader) -> dict[str, str]:
    """SHA-256 of raw.bin and the end of the chain, as the last hash record has them."""
    last: dict[str, str] = {}
    for record, _ in capture.history():
        if record.kind is Kind.HASH:
            last = {name: str(record.fields[name])[:64] for name in ("raw", "chain")}
    return last
