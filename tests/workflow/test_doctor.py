"""The line on scanners in serial mode: what is plugged in, and nothing opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.hardware import scanners
from bench.settings import Settings
from bench.store.health import Grade
from bench.workflow import doctor


@pytest.mark.parametrize(
    ("there", "grade", "text"),
    [
        ([], Grade.GOOD, "none in serial mode"),
        ([("Desk", True), ("Zebra", True)], Grade.GOOD, "Desk, Zebra"),
        ([("Desk", False), ("Zebra", True)], Grade.HINT, "not plugged in: Desk"),
    ],
)
def test_scanners(
    monkeypatch: pytest.MonkeyPatch, there: list[tuple[str, bool]], grade: Grade, text: str
) -> None:
    monkeypatch.setattr(scanners, "plugged_in", lambda settings: there)
    finding = doctor._scanners(Settings())
    assert (finding.name, finding.grade) == ("scanners", grade)
    assert finding.text.startswith(text)


def test_room_for_the_captures_where_they_have_a_disk_of_their_own(tmp_path: Path) -> None:
    settings = Settings(database=tmp_path / "b.db", log=tmp_path / "log", captures=Path("/dev/shm"))
    data, captures = doctor._disks(settings)
    assert "free for the data" in data.text
    assert "free for the captures (/dev/shm)" in captures.text
