"""A capture as an asciicast (version 3), for people to watch: never the evidence itself.

The format is that of docs.asciinema.org/manual/asciicast/v3: a header, then one JSON array a line
with the seconds since the line before, a kind ("o" what the console said, "m" a marker) and a text.
Bytes that are no UTF-8 become "\\x9b" and the like, so the exact bytes cannot be had back from it.
"""

from __future__ import annotations

import codecs
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Protocol

from bench.evidence.capture_format import BadMeta, Kind, Meta, Record
from bench.evidence.safe_text import plain_line
from bench.evidence.transcript import LONGEST

COLUMNS, ROWS = 80, 24


class History(Protocol):
    """What is needed of a capture (see CaptureReader)."""

    @property
    def meta(self) -> Meta:
        """What the capture is of; raises BadMeta."""
        ...

    def history(self) -> Iterator[tuple[Record, bytes]]:
        """All records in order, data records with their bytes."""
        ...


def asciicast(
    capture: History, sanitise: Callable[[str], str] | None = None, title: str = ""
) -> Iterator[str]:
    """The lines of the asciicast, each with its line feed.

    With `sanitise` each line of the console, each mark and each note passes through it as plain
    text (without escape sequences, in which a secret could hide) before it is written: this is
    the only form to give away. Without, everything that the console said is in it as it was.
    """
    cast = _Redacted(sanitise) if sanitise else _Cast()
    yield _json(_header(capture, sanitise(title) if sanitise else title))
    yield from cast.lines(capture)


def _header(capture: History, title: str) -> dict[str, Any]:
    header: dict[str, Any] = {"version": 3, "term": {"cols": COLUMNS, "rows": ROWS}}
    try:
        begun = datetime.fromisoformat(capture.meta.started)
        header["timestamp"] = int(begun.replace(tzinfo=begun.tzinfo or UTC).timestamp())
    except (BadMeta, ValueError, OverflowError):
        pass  # a header needs no time
    return header | ({"title": title} if title else {})


def _json(value: Any) -> str:
    return json.dumps(value, separators=(", ", ": ")) + "\n"


class _Cast:
    """Everything as it was."""

    def __init__(self) -> None:
        self._last_ns: int | None = None
        self._decoder = codecs.getincrementaldecoder("utf-8")("backslashreplace")

    def lines(self, capture: History) -> Iterator[str]:
        """The lines after the header."""
        record = None
        for record, data in capture.history():
            if record.kind is Kind.DATA:
                yield from self._said(record, data)
            elif label := _label(record):
                yield self._event(record, "m", self._marked(label))
        if record is not None:
            yield from self._ended(record)

    def _said(self, record: Record, data: bytes) -> Iterator[str]:
        if text := self._decoder.decode(data):
            yield self._event(record, "o", text)

    def _marked(self, label: str) -> str:
        return label

    def _ended(self, record: Record) -> Iterator[str]:
        if text := self._decoder.decode(b"", final=True):
            yield self._event(record, "o", text)

    def _event(self, record: Record, kind: str, text: str) -> str:
        passed = 0 if self._last_ns is None else max(0, record.t - self._last_ns)
        self._last_ns = max(record.t, self._last_ns or 0)
        return _json([round(passed / 1e9, 6), kind, text])


class _Redacted(_Cast):
    """Line by line, each when it is whole, through the function that takes secrets out."""

    def __init__(self, sanitise: Callable[[str], str]) -> None:
        super().__init__()
        self._sanitise = sanitise
        self._rest = b""

    def _said(self, record: Record, data: bytes) -> Iterator[str]:
        *whole, self._rest = (self._rest + data).split(b"\n")
        while len(self._rest) > LONGEST:
            whole.append(self._rest[:LONGEST])
            self._rest = self._rest[LONGEST:]
        if whole:
            text = "".join(f"{self._sanitise(plain_line(line))}\r\n" for line in whole)
            yield self._event(record, "o", text)

    def _marked(self, label: str) -> str:
        return self._sanitise(label)

    def _ended(self, record: Record) -> Iterator[str]:
        if self._rest:
            yield self._event(record, "o", self._sanitise(plain_line(self._rest)))


def _label(record: Record) -> str:
    """What a marker says of an event; "" for what a watcher need not know."""
    fields = record.fields
    if record.kind in (Kind.MARK, Kind.NOTE):
        return str(fields["text"])
    if record.kind is Kind.BAUD:
        return f"{fields['baud']} baud"
    return {Kind.GONE: "cable out", Kind.BACK: "cable back", Kind.BREAK: "break sent"}.get(
        record.kind, ""
    )
