"""The lock, in pictures; look at them when they change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.app import BenchApp
from bench.policy.facts import Outcome
from bench.workflow.enrolling import enrol
from tests.screens.helpers import Bench
from tests.screens.test_pictures import SERIAL, SMALL, WIDE, Compare, after

ANA = "EMP-0042"


@pytest.fixture
def guarded(tmp_path: Path) -> Bench:
    """A bench with a held swap on it, and Ana enrolled."""
    bench, key = Bench(tmp_path / "bench.db"), tmp_path / "badge.key"
    bench.diagnosed(SERIAL, Outcome.REPLACE, 12, False)
    with bench.desk() as desk:
        enrol(replace(desk, badge_key=key), "Ana R.", ANA)
        enrol(replace(desk, badge_key=key), "Petra V.", "EMP-0001", supervisor=True)
    return bench


def app(guarded: Bench, theme: str = "dark") -> BenchApp:
    """The program at this bench."""
    assert isinstance(guarded.database, Path)
    return guarded.app(badge_key=guarded.database.with_name("badge.key"), theme=theme)


def test_locked_small(guarded: Bench, snap_compare: Compare) -> None:
    """Nothing but the word, what to do, where and when."""
    assert snap_compare(app(guarded), terminal_size=SMALL, run_before=after())


def test_locked_wide(guarded: Bench, snap_compare: Compare) -> None:
    """A unit is on the bench, unseen; the badge was nobody's."""
    scans = after(ANA, SERIAL, "BENCHLOCK", "EMP-9999")
    assert snap_compare(app(guarded), terminal_size=WIDE, run_before=scans)


def test_locked_contrast(guarded: Bench, snap_compare: Compare) -> None:
    """In high contrast, with something refused."""
    scans = after("BENCHDESK")
    assert snap_compare(app(guarded, "contrast"), terminal_size=SMALL, run_before=scans)


def test_supervisors_badge(guarded: Bench, snap_compare: Compare) -> None:
    """The question over the unit; the key line shows the lock."""
    scans = after(ANA, SERIAL, "BENCHPUT")
    assert snap_compare(app(guarded), terminal_size=WIDE, run_before=scans)
