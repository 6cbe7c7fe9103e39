"""Whether a technician has looked at what is unsure in a recording, told by the copies of it.

A copy is written only after somebody looked (see `sharing.share`), and says so. The words that the
technician had hidden besides stand in it as keyed hashes; by these they are found again in the
recording, so that a packet hides them too.
"""

from __future__ import annotations

import hmac
import json
import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from bench.evidence.capture_reader import CaptureReader
from bench.evidence.redaction_known import WORD
from bench.evidence.sharing import FINDINGS
from bench.workflow.capture_record import CaptureRecord
from bench.workflow.copies import COPIES

_FINDINGS_LIMIT = 1 << 25
_MOST_COPIES, _TRIES = 50, 3
_LONGEST_WORD, _LOOKED_THROUGH = 100, 400
"""Characters of a hidden word, and of its line, in which it is looked for."""
_DIGITS = 8
"""Of the hash in a mark."""
Marks = dict[str, list[int]]
"""The marks of hidden words, each with lines in which it stands, from 1."""


def hidden_words(
    reader: CaptureReader, record: CaptureRecord, root: Path, key: bytes
) -> tuple[str, ...] | None:
    """The words that were hidden in copies at which somebody looked; None: nobody has looked.

    `key` is that of the marks (`key_for`). A copy with a word that is not found again (another
    key, or typed in another mixture of capitals) does not count as looked at.
    """
    words: dict[str, None] = {}
    looked = False
    for marks in _looked_at(record, root):
        again = [_word_of(reader, mark, lines, key) for mark, lines in marks.items()]
        if None not in again:
            looked = True
            words.update(dict.fromkeys(word for word in again if word))
    return tuple(words) if looked else None


def _looked_at(record: CaptureRecord, root: Path) -> Iterator[Marks]:
    """The marks of hidden words of each copy at which a technician has looked."""
    with suppress(OSError):
        files = sorted((root / COPIES).glob(f"console-*-{record.capture[:8]}*/{FINDINGS}"))
        for told in map(_findings, files[-_MOST_COPIES:]):
            about, out = told.get("capture"), told.get("taken_out")
            if not isinstance(about, dict) or not isinstance(out, dict):
                continue
            same = about.get("id") == record.capture and about.get("seal") == record.seal
            if same and out.get("looked_at") is True:
                yield _marks(out.get("places"))


def _marks(places: object) -> Marks:
    marks: Marks = {}
    for place in places if isinstance(places, list) else ():
        if isinstance(place, dict) and place.get("kind") == WORD:
            line = place.get("line")
            lines = marks.setdefault(str(place.get("mark")), [])
            if type(line) is int and line > 0 and len(lines) < _TRIES:
                lines.append(line)
    return marks


def _findings(file: Path) -> dict[str, Any]:
    flags = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
    try:
        with os.fdopen(os.open(file, flags), "rb") as stream:
            if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                return {}
            told = json.loads(stream.read(_FINDINGS_LIMIT))
    except (OSError, ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _word_of(reader: CaptureReader, mark: str, lines: list[int], key: bytes) -> str | None:
    """The word behind a mark: the piece of its lines that has the mark's hash."""
    wanted = mark.removesuffix("]")[-_DIGITS:]
    for line in lines:
        texts = [one.text[:_LOOKED_THROUGH] for one in reader.lines.lines(line - 1, 2)]
        for text in dict.fromkeys((*texts[:1], "".join(texts))):
            for piece in _pieces(text):
                if _hash(key, piece) == wanted:
                    return piece
    return None


def _hash(key: bytes, text: str) -> str:
    return hmac.digest(key, text.encode("utf-8", "surrogatepass"), "sha256").hex()[:_DIGITS]


def _pieces(text: str) -> Iterator[str]:
    """All runs of two characters and more, the short ones first, as they may have been typed."""
    for length in range(2, min(len(text), _LONGEST_WORD) + 1):
        for at in range(len(text) - length + 1):
            piece = text[at : at + length]
            yield from {piece, piece.lower(), piece.upper(), piece.capitalize()}
