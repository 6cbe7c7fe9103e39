"""Reading TOML data with errors a person can act on: which file, which key, what was expected."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

E = TypeVar("E", bound=StrEnum)


class DataError(Exception):
    """A data or settings file cannot be used: names file, key, what was expected and found."""

    def __init__(self, file: str | Path, key: str, expected: str, found: object = None) -> None:
        self.file, self.key, self.expected, self.found = str(file), key, expected, found
        place = f"{self.file}: {key}" if key else self.file
        tail = "" if found is None else f", found {found!r:.80}"
        super().__init__(f"{place}: expected {expected}{tail}")


def data_dir() -> Path:
    """Where the data files that ship with bench are: inside a wheel, or beside the sources."""
    inside = Path(__file__).parent / "_data"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "data"


class Table:
    """One TOML table that remembers where it stands, so that each complaint names file and key.

    Every getter raises `DataError`; `done()` refuses keys that nobody asked for, so that a
    misspelt key never passes in silence.
    """

    def __init__(self, file: str | Path, values: Mapping[str, Any], key: str = "") -> None:
        self.file, self.key, self._values, self._asked = file, key, values, set[str]()

    @classmethod
    def read(cls, file: Path) -> Table:
        """Reads a TOML file; raises DataError where it is missing, unreadable or not TOML."""
        try:
            with file.open("rb") as stream:
                return cls(file, tomllib.load(stream))
        except FileNotFoundError:
            raise DataError(file, "", "this file, which is not there") from None
        except (OSError, UnicodeDecodeError) as error:
            raise DataError(file, "", f"a readable file ({error})") from error
        except tomllib.TOMLDecodeError as error:
            raise DataError(file, "", f"TOML ({error})") from error

    def _path(self, name: str) -> str:
        return f"{self.key}.{name}" if self.key else name

    def _get(self, name: str, kind: type | tuple[type, ...], what: str, default: Any) -> Any:
        self._asked.add(name)
        if name not in self._values:
            if default is not ...:
                return default
            raise DataError(self.file, self._path(name), f"{what}, which is missing")
        value = self._values[name]
        if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
            raise DataError(self.file, self._path(name), what, value)
        return value

    def has(self, name: str) -> bool:
        """Whether the key stands in the table at all."""
        return name in self._values

    def names(self) -> list[str]:
        """The keys of this table, as written."""
        return list(self._values)

    def text(self, name: str, default: Any = ...) -> str:
        """A text."""
        return str(self._get(name, str, "a text", default))

    def yes(self, name: str, default: Any = ...) -> bool:
        """true or false."""
        return bool(self._get(name, bool, "true or false", default))

    def number(self, name: str, low: int, high: int, default: Any = ...) -> int:
        """A whole number from `low` to `high`."""
        what = f"a whole number from {low} to {high}"
        value = self._get(name, int, what, default)
        if not low <= value <= high:
            raise DataError(self.file, self._path(name), what, value)
        return int(value)

    def day(self, name: str, default: Any = ...) -> date:
        """A calendar day."""
        value: date = self._get(name, date, "a day as YYYY-MM-DD", default)
        return value

    def one_of(self, name: str, kind: type[E], default: Any = ...) -> E:
        """A member of an enumeration, by its value."""
        what = "one of " + ", ".join(m.value for m in kind)
        value = self._get(name, str, what, default)
        try:
            return kind(value)
        except ValueError:
            raise DataError(self.file, self._path(name), what, value) from None

    def texts(self, name: str, default: Any = ...) -> tuple[str, ...]:
        """A list of texts."""
        found = self._get(name, list, "a list of texts", default)
        if not all(isinstance(item, str) for item in found):
            raise DataError(self.file, self._path(name), "a list of texts", found)
        return tuple(found)

    def numbers(self, name: str, low: int, high: int, default: Any = ...) -> tuple[int, ...]:
        """A list of whole numbers from `low` to `high`."""
        what = f"a list of whole numbers from {low} to {high}"
        found = self._get(name, list, what, default)
        if not all(type(item) is int and low <= item <= high for item in found):
            raise DataError(self.file, self._path(name), what, found)
        return tuple(found)

    def table(self, name: str, default: Any = ...) -> Table:
        """A sub-table."""
        return Table(self.file, self._get(name, dict, "a table", default), self._path(name))

    def tables(self, name: str, default: Any = ...) -> list[Table]:
        """A list of tables ([[name]])."""
        found = self._get(name, list, "a list of tables", default)
        if not all(isinstance(item, dict) for item in found):
            raise DataError(self.file, self._path(name), "a list of tables", found)
        return [
            Table(self.file, item, f"{self._path(name)}[{i}]") for i, item in enumerate(found, 1)
        ]

    def wrong(self, name: str, expected: str, found: object = None) -> DataError:
        """The error for a value that is of the right type but cannot be right."""
        return DataError(self.file, self._path(name), expected, found)

    def done(self, also: Iterable[str] = ()) -> None:
        """Raises DataError for the first key that was never asked for."""
        for name in self._values:
            if name not in self._asked and name not in also:
                known = ", ".join(sorted(self._asked | set(also)))
                raise DataError(self.file, self._path(name), f"only these keys: {known}")
