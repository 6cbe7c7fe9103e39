"""Stations that share one database: a server, or a file that is not their own."""

from __future__ import annotations

from pathlib import Path

from bench.settings import Settings
from bench.workflow.desk import open_desk
from bench.workflow.importing import ImportOptions, import_file
from tests.terminal.harness import SETTINGS, STATION, TECHNICIAN, Terminal
from tests.terminal.seeds import HEADER, Kept, Seed, kept, written


class Station(Terminal):
    """A station with a name of its own, on any database."""

    def __init__(
        self, home: Path, where: Path | str, name: str = STATION, who: str = TECHNICIAN
    ) -> None:
        super().__init__(home)
        self.where = where
        self.settings.write_text(SETTINGS.replace(STATION, name).replace(TECHNICIAN, who))

    def command(self) -> list[str]:
        """The command line that is run on the terminal."""
        return [str(self.where) if c == str(self.database) else c for c in super().command()]


def expect(where: Path | str, folder: Path, *seeds: Seed) -> None:
    """Announces units, as `bench import` would."""
    file = written(folder / "expected.csv", HEADER, seeds)
    desk = open_desk(Settings(database=where, station="Office", timezone="UTC"))
    assert not import_file(desk, file, ImportOptions()).tally.bad
    desk.store.close()


def there(where: Path | str, serial: str) -> Kept:
    """What the database knows of a serial that was received."""
    desk = open_desk(Settings(database=where, timezone="UTC"))
    found = kept(desk.store, serial)
    desk.store.close()
    assert found is not None
    return found
