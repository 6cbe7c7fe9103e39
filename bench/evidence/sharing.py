"""Copies of a capture to give away: what the console said, without the secrets in it.

The files are new ones in a new folder, readable by their owner only; their names never come from
a device. The capture itself is not touched, and neither its bytes nor what was typed are copied.
"""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path

from bench.evidence.asciicast import asciicast
from bench.evidence.capture_format import Meta
from bench.evidence.capture_reader import CaptureReader
from bench.evidence.redaction import Redactor, redact
from bench.evidence.redaction_known import Known, typed
from bench.evidence.redaction_result import may_share
from bench.evidence.sharing_text import Findings, Prepared, found, transcript
from bench.text import printable

TRANSCRIPT, CAST, FINDINGS = "transcript.txt", "transcript.cast", "findings.json"
_UNFINISHED = ".unfinished"
_MOST_COPIES = 1000


class NotShared(Exception):
    """The copy was not made; the text says why and what to do."""


def known_of(capture: CaptureReader) -> tuple[Known, ...]:
    """The secrets that bench itself typed into this console."""
    secret = [one for one in capture.typed if one.secret]
    data = b"".join(capture.read_typed(one.offset, one.length) for one in secret)
    pieces = [typed(data), *(typed(capture.read_typed(one.offset, one.length)) for one in secret)]
    return tuple({one.value: one for piece in pieces for one in piece}.values())


def prepare(capture: CaptureReader, redactor: Redactor) -> Prepared:
    """Takes the secrets out of all lines of a closed capture that was read to its end.

    Nothing is written: the technician looks at `redacted.unsure` first. Where he adds words of
    his own, the capture is prepared once more with a redactor that knows them.
    """
    lines = capture.lines.lines(0, len(capture.lines))
    return Prepared(redact(lines, redactor), redactor.again)


def share(
    capture: CaptureReader,
    prepared: Prepared,
    into: Path,
    looked: bool,
    findings: Findings | None = None,
) -> Path:
    """Writes the copies into a new folder within `into`, and returns it.

    `looked`: the technician has looked at what is unsure. Raises NotShared where that is still to
    be done, and OSError where the files cannot be written; then none of them is left.
    """
    redacted = prepared.redacted
    if not may_share(redacted, looked):
        count = len(redacted.unsure) + redacted.more_unsure
        raise NotShared(f"{count} lines may still hold a secret. Look at them first.")
    folder = _new_folder(into, _name(capture.meta))
    try:
        _write(folder / TRANSCRIPT, transcript(capture, prepared))
        _write(folder / CAST, asciicast(capture, _Sanitiser(capture, prepared), "console"))
        values = found(capture, prepared, findings or Findings(), looked)
        _write(folder / FINDINGS, [json.dumps(values, indent=1, ensure_ascii=True) + "\n"])
        done = folder.with_name(folder.name.removesuffix(_UNFINISHED))
        folder.rename(done)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return done


def _name(meta: Meta) -> str:
    """The folder's name: when the capture began and eight digits of its id, nothing else."""
    digits = re.sub(r"[^0-9]", "", meta.started)[:14]
    short = re.sub(r"[^0-9a-f]", "", meta.id)[:8]
    return f"console-{digits or 'undated'}-{short or 'unknown'}"


def _new_folder(into: Path, name: str) -> Path:
    for number in range(1, _MOST_COPIES):
        wanted = into / (name if number == 1 else f"{name}-{number}")
        unfinished = wanted.with_name(wanted.name + _UNFINISHED)
        if wanted.exists() or wanted.is_symlink():
            continue
        try:
            unfinished.mkdir(0o700)
        except FileExistsError:
            continue
        return unfinished
    raise NotShared(f"There are {_MOST_COPIES} copies in {into} already. Choose another folder.")


def _write(path: Path, lines: Iterable[str]) -> None:
    """Writes a new file that only its owner may read; one that is there is never overwritten."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(path, flags, 0o600), "w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines)
        file.flush()
        os.fsync(file.fileno())


class _Sanitiser:
    """Lines for the asciicast: what was hidden in the transcript is hidden, whatever else is."""

    def __init__(self, capture: CaptureReader, prepared: Prepared) -> None:
        self._changed: dict[str, str] = {}
        safe = prepared.redacted.lines
        originals = capture.lines.lines(0, len(safe))
        for before, after in zip(originals, safe, strict=False):
            if before.text != after.text:
                self._changed[before.text] = after.text
        self._redactor = prepared.redactor()

    def __call__(self, text: str) -> str:
        """The text without secrets, safe to paint."""
        alone = self._redactor.line(text)[0]  # always: it has to follow blocks
        return printable(self._changed.get(text, alone))
