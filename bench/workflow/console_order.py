"""A command script at work on a console: fed with what the unit says, sending what it asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from bench.evidence.capture_reader import CaptureReader
from bench.evidence.script import Action, Ask, Done, Failed, Progress, Runner, Script, Send
from bench.hardware.captures import NoCapture

Sending = Callable[[bytes, bool], None]
"""Sends bytes to the unit, and says whether they are secret. May raise NoCapture."""


class Order:
    """One script that the technician has started, on one capture. Times in seconds."""

    def __init__(self, script: Script, reader: CaptureReader, send: Sending, now: float) -> None:
        self.title = script.title
        self.said = ""
        """How far it is, or how it ended."""
        self.asks: Ask | None = None
        """What only the technician knows; `answer` goes on."""
        self.over = self.failed = False
        self._reader, self._send, self._fed = reader, send, reader.size
        self._runner = Runner(script, seen=_unfinished(reader))
        self._act(self._runner.start(now))

    def step(self, now: float) -> None:
        """Hands the script what came, and does what it asks for."""
        if self.over:
            return
        data = self._reader.read(self._fed, self._reader.size - self._fed)
        if data:
            self._fed += len(data)
            self._act(self._runner.feed(data, now))
        if not self.over:
            self._act(self._runner.tick(now))

    def answer(self, value: str, now: float) -> None:
        """The technician's answer to what the unit asks for."""
        if self.asks is not None:
            self.asks = None
            self._act(self._runner.give(value, now))

    def stop(self) -> None:
        """Sends nothing more."""
        if not self.over:
            self._runner.stop()
            self.over, self.said, self.asks = True, "stopped", None

    def _act(self, actions: Sequence[Action]) -> None:
        for action in actions:
            if isinstance(action, Send):
                self._try(action)
            elif isinstance(action, Progress):
                self.said = f"{action.what}, {action.done} of {action.total} done"
            elif isinstance(action, Ask):
                self.asks = action
            elif isinstance(action, Done):
                self.over, self.said = True, "done"
            elif isinstance(action, Failed):
                self.over = self.failed = True
                self.said = f"{action.what} {action.todo}"

    def _try(self, action: Send) -> None:
        try:
            self._send(action.data, action.secret)
        except NoCapture as error:
            self._runner.stop()
            self.over = self.failed = True
            self.said = str(error)


def _unfinished(reader: CaptureReader) -> bytes:
    """The last line as far as it has come: it may be the prompt that the script waits for."""
    if not len(reader.lines):
        return b""
    last = reader.lines.line(len(reader.lines) - 1)
    return b"" if last.whole else last.raw
