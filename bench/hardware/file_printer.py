"""A folder instead of a printer: each label a file of its own, whole or not there at all."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import tempfile
from datetime import datetime
from pathlib import Path

from bench.hardware.printer_trouble import NotTaken, PrinterState, Receipt
from bench.text import clean_line

_UNSAFE = re.compile(r"[^A-Za-z0-9]+")
_MOST = 1000
_FULL = {errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)}
_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}


def send(folder: Path, data: bytes, title: str, ending: str, at: datetime) -> Receipt:
    """Writes one label as TIME-TITLE.ending, beside whatever is there. Raises NotTaken."""
    stem = f"{at:%Y%m%d-%H%M%S}-{_UNSAFE.sub('-', title)[:60].strip('-') or 'label'}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        made = _written(folder, stem, ending, data)
    except OSError as error:
        raise NotTaken(*_words(folder, error)) from error
    return Receipt(f"written to {made}")


def state_of(folder: Path) -> PrinterState:
    """Whether files can be written there; nothing is made."""
    try:
        there = next(one for one in (folder, *folder.parents) if one.exists())
        if not there.is_dir():
            return PrinterState(False, f"{there} is no folder")
    except (OSError, StopIteration) as error:
        return PrinterState(False, f"{folder} cannot be used ({clean_line(str(error), 100)})")
    if not os.access(there, os.W_OK | os.X_OK):
        return PrinterState(False, f"this user may not write to {there}")
    return PrinterState(True, f"writes to {folder}")


def _written(folder: Path, stem: str, ending: str, data: bytes) -> Path:
    """Under a name of its own first, so that who watches the folder sees whole labels only."""
    handle, made = tempfile.mkstemp(prefix=".label-", dir=folder)
    temporary = Path(made)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.chmod(0o644)
        place = _placed(temporary, folder, stem, ending)
    finally:
        temporary.unlink(missing_ok=True)
    _sync(folder)
    return place


def _placed(temporary: Path, folder: Path, stem: str, ending: str) -> Path:
    """Gives the file its name; never that of another file."""
    for number in range(1, _MOST):
        place = folder / f"{stem}{f'-{number}' if number > 1 else ''}.{ending}"
        try:
            place.hardlink_to(temporary)
        except FileExistsError:
            continue
        except OSError:
            # A file system without links, as on most sticks: the name is taken first, then filled.
            try:
                with place.open("xb"):
                    pass
            except FileExistsError:
                continue
            temporary.replace(place)
        return place
    raise FileExistsError(errno.EEXIST, f"{_MOST} labels of this name in one second")


def _sync(folder: Path) -> None:
    with contextlib.suppress(OSError):  # not every system can, and the file itself is safe
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _words(folder: Path, error: OSError) -> tuple[str, str]:
    if error.errno in _FULL:
        return f"the disk of {folder} is full", "make room there; the label waits"
    if error.errno in _DENIED:
        return f"this user may not write to {folder}", "change its rights, or name another folder"
    detail = clean_line(error.strerror or str(error), 100)
    return f"{folder} cannot be used ({detail})", "name another folder in the settings"
