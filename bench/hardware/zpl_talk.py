"""The talk with a ZPL printer, whatever the line: how it is, the label, how it is now.

A label is printed once its last command (^XZ) is there, and not before. So all but these three
bytes go first, and they follow only after the printer has taken the rest: whatever happens until
then, nothing has come out, and the label may be sent again without asking. After a label that was
cut, the next one prints as it should: ~JX makes the printer forget the part that it has, and any
caret or tilde ends a picture that is not complete (ZPL programming guide, ~JX and ^GF).
"""

from __future__ import annotations

import threading
import time
from typing import Protocol

from bench.hardware.printer_trouble import STOPPED, NotTaken, PrinterState, Receipt, Unsure
from bench.labels.zpl import CANCEL, END
from bench.labels.zpl_status import ASK, LONGEST, HostStatus, complete, parse_status

ANSWER = 1.0
"""Seconds that a printer has to say how it is."""
STALL = 20.0
"""Seconds without a byte taken after which a label is given up."""
WHOLE = 60.0
"""Seconds for a label on a slow line that goes on taking bytes."""
LAST = 10.0
"""Seconds in which the last bytes have to be taken."""
HURRY = 1.0
"""The same, once the program ends."""
_TICK, _LOOK, _FIRST_LOOK = 0.1, 0.005, 0.0005
_CHUNK = 16_384
SILENT = "no answer: look at its paper, ribbon and head"


class LineClosed(OSError):
    """The printer ended the connection in good order."""


class Line(Protocol):
    """A line to a printer. All raise OSError where it is broken, LineClosed where it was ended."""

    name: str
    """What people call the printer."""

    def put(self, data: bytes) -> int:
        """Hands bytes over without waiting; how many were taken."""
        ...

    def owed(self) -> int:
        """How much of what was handed over is not known to have reached the printer; 0: nothing,
        or the system does not tell."""
        ...

    def get(self) -> bytes:
        """What the printer has sent, b"" for nothing; does not wait."""
        ...

    def wait(self, seconds: float, to_put: bool) -> None:
        """Waits until something can be read (or put), at most so long."""
        ...

    def done(self) -> None:
        """Says that nothing more comes, and hears the printer out for a moment."""
        ...

    def trouble(self, error: OSError) -> tuple[str, str]:
        """What is wrong and what to do, in words."""
        ...


def hand_over(line: Line, label: bytes, asks: bool, stop: threading.Event) -> Receipt:
    """Sends one label, as `labels.zpl.label_zpl` made it. Raises NotTaken, Unsure."""
    if not label.endswith(END):
        raise ValueError("a label without its end")
    try:
        if asks:
            _refuse_complaint(line, ask(line, stop))
        _push(line, CANCEL + label[: -len(END)], stop)
        _finish(line)
    except OSError as error:
        raise NotTaken(*line.trouble(error)) from error
    try:
        _until_taken(line, stop)
        if asks:
            return _receipt(line, stop)
        line.done()
        return Receipt("it is not asked how it is")
    except LineClosed:
        return Receipt("it ended the connection: look whether the label came out", True)
    except OSError as error:
        what, _ = line.trouble(error)
        raise Unsure(f"{what}, right after the label", "look whether it came out") from error


def ask(line: Line, stop: threading.Event | None = None) -> HostStatus | None:
    """How the printer is; None: it does not say, or not in a way that is known here."""
    line.get()  # what came before the question is no answer
    deadline, question, said = time.monotonic() + ANSWER, ASK, b""
    while time.monotonic() < deadline and not (stop and stop.is_set()):
        question = question[line.put(question) :] if question else question
        said = (said + line.get())[-LONGEST:]
        if complete(said):
            break
        line.wait(min(_TICK, max(deadline - time.monotonic(), 0.0)), bool(question))
    try:
        return parse_status(said)
    except ValueError:
        return None


def state_by(line: Line) -> PrinterState:
    """How a printer is, by asking it. Raises OSError."""
    status = ask(line)
    if status is None:
        return PrinterState(None, SILENT)
    what, remedy = status.complaint()
    return PrinterState(False, f"{what}: {remedy}") if what else PrinterState(True, "ready")


def _refuse_complaint(line: Line, status: HostStatus | None) -> None:
    # A silent printer gets the label all the same: many that read ZPL do not know the question.
    what, remedy = status.complaint() if status else ("", "")
    if what:
        raise NotTaken(f"{line.name} says: {what}", f"{remedy}; the label waits")


def _push(line: Line, data: bytes, stop: threading.Event) -> None:
    """Hands bytes over and waits until the printer has them all. Raises NotTaken, OSError."""
    now = time.monotonic()
    moved, last, sent, owed = now, now + WHOLE, 0, 0
    while sent < len(data) or owed:
        if stop.is_set():
            raise NotTaken(*STOPPED)
        put = line.put(data[sent : sent + _CHUNK]) if sent < len(data) else 0
        sent, before = sent + put, owed
        owed = line.owed()
        now = time.monotonic()
        # With nothing handed over, fewer bytes owed are bytes that the printer took.
        moved = now if put or owed < before else moved
        if now > min(moved + STALL, last):
            remedy = "look at its display, or switch it off and on; the label waits"
            raise NotTaken(f"{line.name} takes no more of the label", remedy)
        if not put and (sent < len(data) or owed):
            # That bytes were taken is nothing that can be waited for: it is looked at often, and
            # at once more often than later.
            look = min(max(now - moved, _FIRST_LOOK), _LOOK)
            line.wait(_TICK if sent < len(data) else look, sent < len(data))
            _not_closed(line)


def _not_closed(line: Line) -> None:
    """Raises LineClosed where the printer went; what it says otherwise is not asked for here."""
    line.get()


def _finish(line: Line) -> None:
    """Hands over the three bytes that make the printer print. Raises NotTaken, OSError."""
    _not_closed(line)
    sent, deadline = 0, time.monotonic() + LAST
    while sent < len(END):
        put = line.put(END[sent:])
        sent += put
        if not put:
            if time.monotonic() > deadline:
                raise NotTaken(f"{line.name} takes no more of the label", "look at its display")
            line.wait(_TICK, True)


def _until_taken(line: Line, stop: threading.Event) -> None:
    """Waits until the printer has the last bytes. Raises Unsure, OSError."""
    began = time.monotonic()
    while line.owed():
        if time.monotonic() > began + (HURRY if stop.is_set() else LAST):
            what = f"{line.name} did not confirm the end of the label"
            raise Unsure(what, "look whether it came out")
        time.sleep(_LOOK)


def _receipt(line: Line, stop: threading.Event) -> Receipt:
    if stop.is_set():
        return Receipt("not asked any more: the program ended", True)
    status = ask(line, stop)
    if status is None:
        return Receipt(SILENT, True)
    what, remedy = status.complaint()
    return Receipt(f"{what}: {remedy}, then it prints", True) if what else Receipt("ready")
