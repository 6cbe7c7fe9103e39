"""What the tests of importing share: content in, and what the desk then knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from bench.store.records import Rma, State, Unit
from bench.workflow.desk import Desk
from bench.workflow.importing import (
    ImportOptions,
    ImportReport,
    import_file,
)

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
SHIPMENTS = "serial,brand,model,customer,channel,shipped_on,replaces\n"
EXPECTED = "ticket,serial,brand,customer,channel,opened_on,due_on,shipped_on\n"


class Importer:
    """Writes content to a new file each time and imports it."""

    def __init__(self, desk: Desk, folder: Path) -> None:
        self.desk, self.folder, self.count = desk, folder, 0

    def file(self, content: str | bytes) -> Path:
        """A new file with this content."""
        self.count += 1
        path = self.folder / f"file{self.count}.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def __call__(self, content: str | bytes, **options: object) -> ImportReport:
        """Imports this content."""
        return import_file(self.desk, self.file(content), ImportOptions(**options))  # type: ignore[arg-type]

    def counts(self, content: str | bytes, **options: object) -> tuple[int, int, int, int]:
        """The same, as the numbers of new, changed, unchanged and bad rows."""
        tally = self(content, **options).tally
        return tally.new, tally.changed, tally.unchanged, len(tally.bad)


def unit(desk: Desk, serial: str) -> Unit:
    """The one unit with this serial."""
    (found,) = desk.store.find(serial)
    return found


def rma(desk: Desk, serial: str) -> Rma:
    """The open RMA of the one unit with this serial."""
    found = desk.store.open_rma(unit(desk, serial).id)
    assert found is not None
    return found


def says(report: ImportReport) -> Sequence[str]:
    """What is said of bad rows, each with its line."""
    return [f"{note.line}: {note.text}" for note in report.tally.bad]


def close(desk: Desk, serial: str) -> None:
    """Closes the open RMA of a unit, whatever its state."""
    found = replace(rma(desk, serial), state=State.CLOSED)
    desk.store.write("", lambda tx: tx.save_rma(found))
