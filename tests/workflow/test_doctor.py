"""The line on scanners in serial mode: what is plugged in, and nothing opened."""

from __future__ import annotations

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
