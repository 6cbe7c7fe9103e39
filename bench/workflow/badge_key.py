"""The key that badges are hashed with: a small file, the same one on each bench of a warehouse.

Whoever has the database alone learns nothing of the badges, not even by trying all of them.
"""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from bench.scan.badge import KEY_BYTES
from bench.workflow.desk import Refused


class KeyTrouble(Refused):
    """The key of this bench cannot be used: it is missing, another one, or no key at all."""


def read_key(file: Path) -> bytes | None:
    """The key in a file; None where there is no such file. Raises KeyTrouble."""
    try:
        key = file.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise KeyTrouble(
            f"the badge key {file} cannot be read ({error.strerror})", "check its rights"
        ) from error
    if len(key) != KEY_BYTES:
        raise KeyTrouble(f"{file} is no badge key", "copy the file from a bench that has it")
    return key


def make_key(file: Path) -> bytes:
    """A new key, in a file that only its owner reads; one that is there is used. KeyTrouble."""
    key = secrets.token_bytes(KEY_BYTES)
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(key)
            stream.flush()
            os.fsync(stream.fileno())
        # A link never replaces what another program has made meanwhile, and is there as a whole.
        with contextlib.suppress(FileExistsError):
            os.link(part, file)
    except OSError as error:
        what = f"the badge key {file} cannot be made ({error.strerror})"
        raise KeyTrouble(what, "check the rights on its folder") from error
    finally:
        part.unlink(missing_ok=True)
    return read_key(file) or key


def set_aside(file: Path) -> Path | None:
    """Renames a key that is not to be used any more; its new name, None where there was none."""
    if not file.exists():
        return None
    for number in range(1, 1000):
        old = file.with_name(f"{file.name}.old-{number}")
        if not old.exists():
            file.rename(old)
            return old
    raise KeyTrouble(f"too many old badge keys beside {file}", "move them away")
