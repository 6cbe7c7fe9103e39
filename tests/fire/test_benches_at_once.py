"""Several benches on one database at the same time: each unit is received once, and whoever comes
second is told who was first."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.fire.rig import Benches, seed

EVERY = pytest.mark.engines("sqlite", "postgresql", "serializable")
"""As CockroachDB would demand it, too."""


@EVERY
def test_each_with_its_own_units(where: Path | str) -> None:
    seed(where, 60)
    benches = Benches(where, 4, 60)
    benches.go()
    outcome = benches.end()
    assert outcome.line() == "saved 60, told 0, errors 0, lost 0, doubled 0, broken chains 0"


@EVERY
def test_all_after_the_same_units(where: Path | str) -> None:
    seed(where, 20)
    benches = Benches(where, 4, 20, shared=True)
    benches.go()
    outcome = benches.end()
    assert outcome.line() == "saved 20, told 60, errors 0, lost 0, doubled 0, broken chains 0"
    assert sorted(set(outcome.saved.values())) == sorted(outcome.saved.values())
    for what in outcome.told:
        assert "received by T-Dock " in what
        assert " at Dock " in what
