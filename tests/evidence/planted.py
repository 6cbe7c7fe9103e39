"""Console logs with secrets planted in them, for the tests of redaction.

In tests/evidence/logs/*.log a secret stands between « and »; ␛ ␈ ␍ ␇ are the control characters and
\\xNN a byte. A line that begins with @80 is broken at 80 columns as a terminal does, one with
@readline as a shell does. All secrets are made up, or published examples of their kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bench.evidence.safe_text import plain_line
from bench.evidence.transcript import Line, Transcript

LOGS = Path(__file__).parent / "logs"
WIDTH = 80
_CONTROLS = str.maketrans({"␛": "\x1b", "␈": "\b", "␍": "\r", "␇": "\a"})
_MARKED = re.compile("«(.*?)»")


@dataclass(frozen=True, slots=True)
class Planted:
    """A log as its console sent it, and what must not be seen of it."""

    name: str
    data: bytes
    secrets: tuple[str, ...]
    untouched: tuple[str, ...]
    """The plain lines in which no secret stands."""

    def lines(self) -> list[Line]:
        """The log as a transcript."""
        return as_lines(self.data)


def _bytes(text: str) -> bytes:
    """The bytes of a written line, without its marks."""
    parts = re.split(r"\\x([0-9a-f]{2})", text.replace("«", "").replace("»", ""))
    encoded = [part.translate(_CONTROLS).encode() for part in parts[::2]]
    raw = [bytes.fromhex(part) for part in parts[1::2]]
    return b"".join(a + b for a, b in zip(encoded, [*raw, b""], strict=True))


def _broken(line: str) -> bytes:
    """The bytes of a line that a terminal or a shell breaks at its width."""
    how, _, text = line.partition(" ")
    data = _bytes(text)
    rows = [data[at : at + WIDTH] for at in range(0, len(data), WIDTH)]
    return (b" \r" if how == "@readline" else b"\r\n").join(rows)


def _secrets(line: str) -> Iterator[str]:
    for found in _MARKED.finditer(line):
        yield plain_line(_bytes(found[1]))


def load(name: str) -> Planted:
    """Reads a log with marks."""
    written = (LOGS / f"{name}.log").read_text("utf-8").splitlines()
    sent = [_broken(line) if line.startswith("@") else _bytes(line) for line in written]
    return Planted(
        name,
        b"".join(line + b"\r\n" for line in sent),
        tuple(secret for line in written for secret in _secrets(line)),
        tuple(
            plain_line(data)
            for line, data in zip(written, sent, strict=True)
            if "«" not in line and "@" not in line[:1]
        ),
    )


def names() -> list[str]:
    """All logs."""
    return sorted(path.stem for path in LOGS.glob("*.log"))


def pieces(secret: str) -> Iterator[str]:
    """What must not be seen of a secret: any eight characters of it, all where it is shorter."""
    size = min(8, len(secret))
    for at in range(len(secret) - size + 1):
        yield secret[at : at + size]


def as_lines(data: bytes) -> list[Line]:
    """Console bytes as the lines of a transcript."""
    transcript = Transcript(lambda offset, length: data[offset : offset + length])
    transcript.feed(data, 1_700_000_000_000_000_000)
    return list(transcript.lines(0, len(transcript)))
