"""The log: errors of the program go to a file of the user's own, never over the screen."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from contextlib import suppress
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from bench.keeper.record import cry_file
from bench.text import printable

log = logging.getLogger("bench")


class _Plain(logging.Formatter):
    """What a scan or a file has brought in never steers the terminal that shows the log."""

    def format(self, record: logging.LogRecord) -> str:
        return "\n".join(map(printable, super().format(record).split("\n")))


def log_to(file: Path) -> None:
    """Errors of the program are written to this file, and what a signal cut off. Once is enough."""
    if log.handlers:
        return
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handler = RotatingFileHandler(file, maxBytes=1_000_000, backupCount=3, delay=True)
    except OSError:
        return
    handler.setFormatter(_Plain("%(asctime)s %(levelname)s %(name)s %(message)s"))
    log.addHandler(handler)
    with suppress(OSError):
        # Stays open as long as the program runs: the interpreter writes to it when it dies.
        faulthandler.enable(cry_file(file).open("w"))


def log_last_words(file: Path) -> None:
    """Errors that end the program or one of its threads are written down instead of painted."""
    log_to(file)

    def thread(args: threading.ExceptHookArgs) -> None:
        _write("a thread ended", args.exc_value)

    def program(kind: type[BaseException], error: BaseException, tb: TracebackType | None) -> None:
        _write("bench cannot go on", error)

    threading.excepthook, sys.excepthook = thread, program


def _write(what: str, error: BaseException | None) -> None:
    log.critical(what, exc_info=error)
