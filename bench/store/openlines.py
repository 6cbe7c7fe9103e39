"""The lines of a file of the open form: read one by one, and none of them is trusted."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bench.store.errors import NewerDatabase, StoreError
from bench.store.migrate import known
from bench.store.openform import FORMAT, VERSION, Source, opened
from bench.store.proof import Mark

LONGEST = 16 * 1024 * 1024
"""Bytes that a line may have; the longest of ours has some thousand."""
_MARKS = 2000
Line = tuple[int, dict[str, Any]]


class BadFile(StoreError):
    """A file of the open form that cannot be right. Nothing of it was loaded."""

    def __init__(self, line: int, what: str) -> None:
        self.line = line
        super().__init__(f"Line {line:,} of the file: {what}.", "Nothing was written.")


def objects(stream: Source) -> Iterator[Line]:
    """The lines of a file as objects. Raises BadFile."""
    number = 0
    while True:
        number += 1
        try:
            raw = stream.readline(LONGEST + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise BadFile(number, "the packed file is damaged or cut off") from error
        if not raw:
            return
        if len(raw) > LONGEST:
            raise BadFile(number, f"it is longer than {LONGEST // 2**20} MB")
        if not raw.endswith(b"\n"):
            raise BadFile(number, "the file is cut off in it")
        try:
            line = json.loads(raw)
        except (ValueError, RecursionError) as error:
            raise BadFile(number, "it is not JSON") from error
        if not isinstance(line, dict):
            raise BadFile(number, "it is not an object")
        yield number, line


def bytes_read(stream: Any) -> int:
    """How many bytes of the file have been read, packed as they are."""
    return int(getattr(stream, "fileobj", stream).tell())


def check_header(line: dict[str, Any]) -> None:
    """Raises BadFile or NewerDatabase where the first line is not one that can be read here."""
    if line.get("format") != FORMAT:
        raise BadFile(1, f"it does not begin as {FORMAT}")
    schema = line.get("schema")
    if not isinstance(schema, list) or not all(isinstance(name, str) for name in schema):
        raise BadFile(1, "it does not say which schema the file is of")
    if line.get("version") != VERSION:
        raise NewerDatabase("in the file", f"version {shown(line.get('version'))} of the form")
    if unknown := sorted(set(schema) - known()):
        raise NewerDatabase("in the file", shown(unknown[-1]))


def value_of(number: int, name: str, value: Any, as_bytes: bool) -> Any:
    """A value as a column can keep it; bytes are written in hexadecimal. Raises BadFile."""
    if isinstance(value, str):
        try:
            value.encode()
            value = bytes.fromhex(value) if as_bytes else value
        except ValueError:
            raise BadFile(number, f"{name} is not text that can be kept") from None
        if not as_bytes and "\0" in value:
            raise BadFile(number, f"{name} has a sign that cannot be kept")
        return value
    whole = isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63
    if value is None or whole:
        return value
    raise BadFile(number, f"{name} is neither text nor a whole number")


def shown(value: Any) -> str:
    """A value out of a file, short and harmless."""
    return ascii(value)[:60]


def line_of(file: Path, op_id: str) -> int:
    """The number of the line of an event; 0 where there is none. Raises BadFile."""
    with opened(file) as stream:
        for number, line in objects(stream):
            if line.get("table") == "event" and line.get("op_id") == op_id:
                return number
    return 0


def marks_in(file: Path) -> Iterator[list[Mark]]:
    """The events of a file, a page at a time, for comparing. Raises BadFile."""
    marks: list[Mark] = []
    with opened(file) as stream:
        for number, line in objects(stream):
            if line.get("table") != "event":
                continue
            mark = line.get("unit_id"), line.get("seq"), line.get("hash")
            if [type(part) for part in mark] != [str, int, str]:
                raise BadFile(number, "it is no event")
            marks.append(mark)  # type: ignore[arg-type]
            if len(marks) == _MARKS:
                yield marks
                marks = []
    yield marks
