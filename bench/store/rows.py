"""Between the plain records and the rows of the database, by the records' own field types.

Text is kept in UTF-8 without NUL, moments as `YYYY-MM-DDTHH:MM:SS.ffffffZ` in UTC, days as
`YYYY-MM-DD`, yes and no as 1 and 0, lists and mappings as JSON.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import UTC, date, datetime
from enum import Enum
from types import UnionType
from typing import Any, Generic, TypeVar, Union, get_args, get_origin, get_type_hints

from bench.scan.serials import fold
from bench.store.errors import Damaged
from bench.store.records import Alias, Draft, Event, Letter, PrintJob, Rma, Technician, Unit

R = TypeVar("R")
Codec = Callable[[Any], Any]


def tidy(text: str) -> str:
    """Text as every engine can keep it: no NUL, and lone surrogates become `?`."""
    if not text.isascii():
        text = text.encode("utf-8", "replace").decode()
    return text.replace("\0", "") if "\0" in text else text


def loose(text: str) -> str:
    """Names for comparing: case and spaces do not matter."""
    return tidy("".join(text.casefold().split()))


def moment_text(moment: datetime) -> str:
    """A moment as UTC text that sorts as time does; raises ValueError for one without a zone."""
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a time zone: {moment}")
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def plain(value: Any) -> Any:
    """A value as JSON can keep it; raises TypeError for what has no JSON form."""
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, str):
        return tidy(value)
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, datetime):
        return moment_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    if isinstance(value, Mapping):
        return {tidy(str(key)): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    raise TypeError(f"{type(value).__name__} cannot be kept: {value!r:.80}")


def json_text(value: Any) -> str:
    """A list or mapping as compact JSON; raises TypeError or ValueError for what JSON lacks."""
    return json.dumps(plain(value), ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def _tuple(text: str) -> tuple[Any, ...]:
    return tuple(json.loads(text))


def _codecs(hint: Any) -> tuple[Codec | None, Codec | None]:
    """How a field of this type is written and read; None: as it is."""
    if get_origin(hint) in (Union, UnionType):
        (hint,) = (part for part in get_args(hint) if part is not type(None))
    if get_origin(hint) is tuple:
        return json_text, _tuple
    if get_origin(hint) is not None:
        return json_text, json.loads
    if isinstance(hint, type) and is_dataclass(hint):
        return _record_codec(hint)
    if issubclass(hint, Enum):
        return (lambda member: member.value), hint
    known: dict[type, tuple[Codec | None, Codec | None]] = {
        str: (tidy, None),
        bool: (int, bool),
        bytes: (None, bytes),
        datetime: (moment_text, datetime.fromisoformat),
        date: (date.isoformat, date.fromisoformat),
    }
    return known.get(hint, (None, None))


def _record_codec(kind: type) -> tuple[Codec, Codec]:
    """How a record within a record is kept: as JSON, without what is not known."""
    hints = get_type_hints(kind)
    codecs = {f.name: _codecs(hints[f.name]) for f in fields(kind)}

    def write(record: Any) -> str:
        known = {f.name: getattr(record, f.name) for f in fields(kind)}
        return json_text({name: v for name, v in known.items() if v is not None and v != ""})

    def read(text: str) -> Any:
        found = json.loads(text)
        typed = {name: (codecs[name][1] or _same)(value) for name, value in found.items()}
        return kind(**typed)

    return write, read


def _same(value: Any) -> Any:
    return value


def each(values: Sequence[Any], make: Callable[[Any], Any]) -> list[Any]:
    """What is made of each value, made once for those that are the same object."""
    once = {id(value): value for value in values}  # a member of an enumeration is slow to hash
    made = {key: make(value) for key, value in once.items()}
    return [made[id(value)] for value in values]


class Mapper(Generic[R]):
    """One record type and its table: `columns` in the order of the record's fields.

    `derived` gives the columns that the record does not have, made from it.
    """

    def __init__(
        self, kind: type[R], table: str, derived: Callable[[R], dict[str, Any]] | None = None
    ) -> None:
        hints = get_type_hints(kind)
        self.kind, self.table, self._derived = kind, table, derived
        self.columns = tuple(f.name for f in fields(kind))  # type: ignore[arg-type]
        codecs = [_codecs(hints[name]) for name in self.columns]
        self._writers = tuple(zip(self.columns, (c[0] for c in codecs), strict=True))
        self._readers = tuple(c[1] for c in codecs)

    def select(self, alias: str) -> str:
        """The columns for a SELECT, from the table known there as `alias`."""
        return ", ".join(f'{alias}."{name}"' for name in self.columns)

    def to_row(self, record: R) -> dict[str, Any]:
        """The row for a record: column to value, derived columns too."""
        row = {}
        for name, write in self._writers:
            value = getattr(record, name)
            row[name] = value if value is None or write is None else write(value)
        return row | self._derived(record) if self._derived else row

    def to_column(self, name: str, values: Sequence[Any]) -> Sequence[Any]:
        """One field of many records as `to_row` writes it; what comes again is written once."""
        write = dict(self._writers)[name]
        if write is None:
            return values
        if write is tidy and None not in values:
            whole = "".join(values)
            clean = whole.isascii() and "\0" not in whole
            return values if clean else list(map(tidy, values))
        return each(values, lambda value: None if value is None else write(value))

    def from_row(self, row: Sequence[Any], start: int = 0) -> R:
        """The record of a row whose columns begin at `start`; raises Damaged."""
        try:
            values = [
                value if value is None or read is None else read(value)
                for value, read in zip(row[start:], self._readers, strict=False)
            ]
            return self.kind(*values)
        except (ValueError, TypeError) as error:
            raise Damaged(f"a row of {self.table}: {error}") from error


UNIT_KEYS: Mapping[str, tuple[str, Callable[[str], str]]] = {
    "brand_key": ("brand", loose),
    "near_key": ("serial", lambda serial: tidy(fold(tidy(serial)))),
    "customer_key": ("customer", loose),
}
"""The columns of a unit that are made from another one: which, and how."""


def _unit_keys(unit: Unit) -> dict[str, Any]:
    return {key: make(getattr(unit, name)) for key, (name, make) in UNIT_KEYS.items()}


UNIT = Mapper(Unit, "unit", _unit_keys)
RMA = Mapper(
    Rma,
    "rma",
    lambda rma: {
        "is_open": int(rma.state.is_open),
        "case_open": int(rma.case_open),
        "advance_open": int(rma.advance_open),
    },
)
EVENT = Mapper(Event, "event")
ALIAS = Mapper(Alias, "alias")
DRAFT = Mapper(Draft, "draft")
LETTER = Mapper(Letter, "letter", lambda one: {"unfinished": int(one.state.unfinished)})
PRINT_JOB = Mapper(PrintJob, "print_job", lambda one: {"unfinished": int(one.state.unfinished)})
TECHNICIAN = Mapper(Technician, "technician", lambda person: {"name_key": loose(person.name)})
