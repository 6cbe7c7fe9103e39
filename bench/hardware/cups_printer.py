"""A queue of CUPS, by its own commands `lp` and `lpstat`: raw ZPL, or a PDF of the label's size.

What a queue takes is not printed yet: from there on CUPS has the label, and tells of it.
"""

from __future__ import annotations

import os
import re
import subprocess
import tempfile
import threading
import time

from bench.hardware.printer_trouble import STOPPED, NotTaken, PrinterState, Receipt, Unsure
from bench.labels.bitmap import Bitmap
from bench.text import clean_line

LIMIT = 15.0
"""Seconds for `lp` to hand a label over."""
LOOK = 3.0
"""Seconds for `lpstat` to tell of a queue."""
_QUEUE = re.compile(r"[A-Za-z0-9._][A-Za-z0-9._-]{0,126}")
_JOB = re.compile(r"request id is (\S{1,200})")
_TICK = 0.1
_ANSWER = 4096


def send(
    queue: str, name: str, data: bytes, options: list[str], title: str, stop: threading.Event
) -> Receipt:
    """Hands a label to a queue; `options` are those of `lp`. Raises NotTaken, Unsure."""
    if not _QUEUE.fullmatch(queue):
        what = f"{name} has no queue that can be used"
        raise NotTaken(what, "write at = cups:QUEUE into the settings; lpstat -e lists the queues")
    if stop.is_set():
        raise NotTaken(*STOPPED)
    command = ["lp", "-d", queue, "-t", clean_line(title, 120) or "label", *options, "-"]
    status, out, errors = _run(command, data, name, stop)
    if status:
        detail = clean_line(errors, 160) or f"lp ended with {status}"
        raise NotTaken(f"{name}: CUPS does not take it ({detail})", f"look at: lpstat -p {queue}")
    job = _JOB.search(out)
    return Receipt(f"handed to CUPS as job {clean_line(job[1], 80)}" if job else "handed to CUPS")


def raw() -> list[str]:
    """The options for bytes that go to the printer as they are."""
    return ["-o", "raw"]


def page(bitmap: Bitmap) -> list[str]:
    """The options for a page exactly as large as the label."""
    inches = f"{bitmap.width / bitmap.dpi:.4g}x{bitmap.height / bitmap.dpi:.4g}in"
    return ["-o", "print-scaling=none", "-o", f"media=Custom.{inches}"]


def state_of(queue: str) -> PrinterState:
    """What CUPS says of a queue."""
    if not _QUEUE.fullmatch(queue):
        return PrinterState(False, "this is no name of a queue")
    try:
        told = subprocess.run(
            ["lpstat", "-p", queue],
            capture_output=True,
            timeout=LOOK,
            check=False,
            env=_environment(),
            stdin=subprocess.DEVNULL,
        )
    except FileNotFoundError:
        return PrinterState(False, "this machine has no CUPS commands: install cups-client")
    except subprocess.TimeoutExpired:
        return PrinterState(None, "CUPS does not answer")
    except OSError as error:
        return PrinterState(None, f"lpstat cannot be used ({clean_line(str(error), 100)})")
    said = _text(told.stdout) if told.returncode == 0 else _text(told.stderr)
    if told.returncode or not said:
        return PrinterState(False, clean_line(said, 160) or "CUPS knows no such queue")
    return _state(said)


def _state(said: str) -> PrinterState:
    """From "printer NAME is idle. ..." and the lines under it, which give a reason."""
    first, _, rest = said.partition("\n")
    reason = clean_line(rest, 120)
    if " disabled " in first:
        return PrinterState(False, f"its queue is stopped{': ' if reason else ''}{reason}")
    if " is idle" in first:
        return PrinterState(True, reason or "its queue is ready")
    # At work, and with a reason: it waits for something, or cannot reach the printer.
    return PrinterState(None if reason else True, reason or "its queue is printing")


def _run(command: list[str], data: bytes, name: str, stop: threading.Event) -> tuple[int, str, str]:
    """Runs `lp` with the label as its input: how it ended, its two outputs.

    Files, not pipes: nothing waits for a reader. Raises NotTaken, Unsure.
    """
    with (
        tempfile.TemporaryFile() as label,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as errors,
    ):
        try:
            label.write(data)
            label.seek(0)
            process = subprocess.Popen(
                command, stdin=label, stdout=out, stderr=errors, env=_environment()
            )
        except FileNotFoundError:
            what = f"{name}: this machine has no lp command"
            raise NotTaken(what, "install cups-client") from None
        except OSError as error:
            detail = clean_line(str(error), 120)
            raise NotTaken(f"{name}: lp cannot be used ({detail})", "look at CUPS") from error
        status = _ended(process, name, stop)
        out.seek(0)
        errors.seek(0)
        return status, _text(out.read(_ANSWER)), _text(errors.read(_ANSWER))


def _ended(process: subprocess.Popen[bytes], name: str, stop: threading.Event) -> int:
    """Waits for `lp`; one that takes too long is ended, and then nobody knows."""
    deadline = time.monotonic() + LIMIT
    while True:
        try:
            return process.wait(_TICK)
        except subprocess.TimeoutExpired:
            if time.monotonic() < deadline and not stop.is_set():
                continue
        process.kill()
        process.wait()
        raise Unsure(f"{name}: CUPS did not answer in time", "look at its queue: lpstat -o")


def _environment() -> dict[str, str]:
    """This program's, but with answers in the one language that is read here."""
    return os.environ | {"LC_ALL": "C"}


def _text(data: bytes) -> str:
    return data.decode("utf-8", "replace").strip()
