"""The file of what the scanner check learned: one a bench, read at the start, written by the check.

It is written beside the old one and put into its place whole, so that a power cut leaves one or
the other. A scanner in serial mode needs none: it depends on no keyboard.
"""

from __future__ import annotations

import contextlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from bench.datafile import DataError, Table
from bench.scan.profile import Profile
from bench.text import printable
from bench.workflow.desk import Refused

VERSION = 1
LARGEST = 64 * 1024
"""Bytes; a larger file is none of ours."""
_CHECK = "scan the test code of the scanner check again"
_MICROSECONDS = 60_000_000


class ProfileTrouble(Refused):
    """What is known of the scanner cannot be read or kept."""


def load_profile(file: Path) -> Profile | None:
    """What the scanner check learned; None where it was never made. Raises ProfileTrouble."""
    text = _read(file)
    if text is None:
        return None
    try:
        values = json.loads(text)
        if not isinstance(values, dict):
            raise DataError(file, "", "a table", values)
        return _profile(Table(file, values))
    except (ValueError, RecursionError, DataError) as error:
        what = f"{file} is no file of the scanner check ({printable(str(error)):.120})"
        raise ProfileTrouble(what, _CHECK) from error


def save_profile(file: Path, profile: Profile) -> None:
    """Keeps what the scanner check learned, for its owner only. Raises ProfileTrouble."""
    part = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "wb") as stream:
            stream.write(json.dumps(_values(profile), ensure_ascii=True, indent=1).encode())
            stream.flush()
            os.fsync(stream.fileno())
        part.replace(file)
        _sync_folder(file.parent)
    except OSError as error:
        what = f"what the scanner check learned cannot be kept in {file} ({error.strerror})"
        raise ProfileTrouble(what, "check the rights on its folder, and the room there") from error
    finally:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)


def _read(file: Path) -> bytes | None:
    try:
        # A pipe would never end: it is looked at before it is opened.
        if not stat.S_ISREG(file.stat().st_mode):
            raise ProfileTrouble(f"{file} is no file of the scanner check", _CHECK)
        with file.open("rb") as stream:
            text = stream.read(LARGEST + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        what = f"{file} cannot be read ({error.strerror})"
        raise ProfileTrouble(what, "check its rights") from error
    if len(text) > LARGEST:
        raise ProfileTrouble(f"{file} is too large for a file of the scanner check", _CHECK)
    return text


def _sync_folder(folder: Path) -> None:
    """Makes the new name last through a power cut; Windows has no such thing."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _values(profile: Profile) -> dict[str, Any]:
    return {
        "version": VERSION,
        "layout": profile.layout,
        "words": profile.words,
        "caps": profile.caps,
        "fix": dict(profile.fix),
        "alike": profile.alike,
        "prefix": profile.prefix,
        "aim": profile.aim,
        "aim_cut": profile.aim_cut,
        "aim_first": dict(profile.aim_first),
        "gs": profile.gs,
        "suffix": profile.suffix,
        "median_us": round(profile.median_ms * 1000),
        "p95_us": round(profile.p95_ms * 1000),
        "learned": profile.learned,
    }


def _profile(table: Table) -> Profile:
    """A profile from its file. Raises DataError."""
    table.number("version", VERSION, VERSION)
    profile = Profile(
        layout=_short(table, "layout"),
        words=_short(table, "words", 200),
        caps=table.yes("caps"),
        fix=_mapping(table.table("fix")),
        alike=_short(table, "alike"),
        prefix=_short(table, "prefix"),
        aim=table.yes("aim"),
        aim_cut=table.yes("aim_cut"),
        aim_first=_mapping(table.table("aim_first")),
        gs=_short(table, "gs"),
        suffix=_short(table, "suffix"),
        median_ms=table.number("median_us", 0, _MICROSECONDS) / 1000,
        p95_ms=table.number("p95_us", 0, _MICROSECONDS) / 1000,
        learned=_short(table, "learned"),
    )
    table.done()
    return profile


def _short(table: Table, name: str, longest: int = 40) -> str:
    text = table.text(name)
    if len(text) > longest:
        raise table.wrong(name, f"at most {longest} characters", text)
    return text


def _mapping(table: Table) -> Mapping[str, str]:
    found = {}
    for arrived in table.names():
        sent = table.text(arrived)
        if len(arrived) != 1 or not (sent.isascii() and sent.isprintable() and 1 <= len(sent) <= 2):
            raise table.wrong(arrived, "what one character stands for: one or two of a label", sent)
        found[arrived] = sent
    return found
