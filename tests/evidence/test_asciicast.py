"""The asciicast of a capture, as it was and with secrets taken out."""

from __future__ import annotations

import json
from pathlib import Path

from bench.evidence.asciicast import asciicast
from bench.evidence.capture_reader import CaptureReader
from tests.evidence.captures_by_hand import Writer
from tests.evidence.console_poison import acting


def hidden(text: str) -> str:
    """What a redaction does, in small."""
    return text.replace("hunter2", "[password-1]")


def capture(folder: Path) -> CaptureReader:
    """A log-in whose secret is cut in two by chunks and by a colour."""
    writer = Writer(folder)
    writer.said(b"login: \xc3")
    writer.said(b"\xa9ve\r\nPassword: hun\x1b[1m")
    writer.record("mark", text="typed hunter2", o=writer.size)
    writer.said(b"ter2\r\n# \xff")
    return CaptureReader(folder)


def test_as_it_was(tmp_path: Path) -> None:
    """Header, intervals in seconds, letters whole, marks."""
    header, *events = [json.loads(line) for line in asciicast(capture(tmp_path), title="A")]
    assert header["version"] == 3
    assert header["term"] == {"cols": 80, "rows": 24}
    assert (header["timestamp"], header["title"]) == (1795012000, "A")
    assert [kind for _, kind, _ in events] == ["o", "o", "m", "o"]
    assert [seconds for seconds, _, _ in events] == [0, 1, 1, 1]
    text = "".join(text for _, kind, text in events if kind == "o")
    assert text == "login: éve\r\nPassword: hun\x1b[1mter2\r\n# \\xff"


def test_redacted(tmp_path: Path) -> None:
    """Line by line: no secret, no sequence, nothing else lost."""
    lines = list(asciicast(capture(tmp_path), hidden, title="of hunter2"))
    assert "hunter2" not in "".join(lines)
    header, *events = map(json.loads, lines)
    assert header["title"] == "of [password-1]"
    text = "".join(text for _, kind, text in events if kind == "o")
    assert text == "login: éve\r\nPassword: [password-1]\r\n# \\xff"
    assert acting(text.replace("\r\n", "")) == set()
    assert [text for _, kind, text in events if kind == "m"] == ["typed [password-1]"]
