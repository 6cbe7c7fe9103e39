"""The manifest beside a backup: what it is, what it holds, and how to know that it is whole."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any

from bench.store.errors import StoreError
from bench.store.whole import whole

FORMAT, VERSION = "bench-backup", 1
_LARGEST = 1 << 20


class BadManifest(StoreError):
    """A file that is no manifest, or one that cannot be right."""

    def __init__(self, file: Path, why: str) -> None:
        super().__init__(
            f"{file.name} is no manifest of a backup ({why}).", "Name the backup itself instead."
        )


@dataclass(frozen=True, slots=True)
class Manifest:
    """What stands in it. `form`: `sqlite` (a database) or `open` (JSON lines)."""

    file: str
    form: str
    database: str
    """Of which database: a file, or a name on a server. Others in the folder are not its own."""
    made_at: str
    program: str
    why: str
    """Why the backup was made."""
    schema: list[str]
    """The migrations that the database had been through."""
    rows: dict[str, int]
    units: int
    """Units with events."""
    heads: str
    """The digest of the last event of every unit."""
    sha256: str
    """Of the file."""
    size: int
    """Of the file, in bytes."""

    @property
    def events(self) -> int:
        """How many events the backup has."""
        return self.rows.get("event", 0)


def beside(backup: Path) -> Path:
    """Where the manifest of a backup is."""
    return backup.with_name(backup.name + ".json")


def write_manifest(backup: Path, manifest: Manifest) -> None:
    """Writes the manifest of a backup. Raises OSError."""
    text = json.dumps({"format": FORMAT, "version": VERSION, **asdict(manifest)}, indent=2)
    with whole(beside(backup)) as part:
        part.write_text(text + "\n", "utf-8")


def manifest_of(backup: Path) -> Manifest | None:
    """The manifest of a backup; None where it has none. Raises BadManifest."""
    file = beside(backup)
    return read_manifest(file) if file.exists() else None


def read_manifest(file: Path) -> Manifest:
    """Reads a manifest. Raises BadManifest."""
    try:
        with file.open("rb") as stream:
            found = json.loads(stream.read(_LARGEST))
    except (OSError, ValueError, RecursionError) as error:
        raise BadManifest(file, getattr(error, "strerror", None) or "not JSON") from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise BadManifest(file, "something else")
    if found.get("version") != VERSION:
        raise BadManifest(file, "made by a newer bench")
    values = {field.name: found.get(field.name) for field in fields(Manifest)}
    if wrong := [name for name, value in values.items() if not _fits(name, value)]:
        raise BadManifest(file, f"{wrong[0]} is missing or wrong")
    return Manifest(**values)  # type: ignore[arg-type]


def _fits(name: str, value: Any) -> bool:
    if name in ("units", "size"):
        return type(value) is int and value >= 0
    if name == "schema":
        return isinstance(value, list) and all(isinstance(item, str) for item in value)
    if name == "rows":
        return isinstance(value, dict) and all(type(item) is int for item in value.values())
    if name == "file":
        return isinstance(value, str) and value == Path(value).name
    return isinstance(value, str)
