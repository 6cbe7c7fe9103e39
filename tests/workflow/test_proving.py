"""`bench verify --deep`: each RMA is what its events add up to, or it is named."""

from __future__ import annotations

import pytest

from bench.store.proof import Fault
from bench.workflow.demo import fill_demo
from bench.workflow.desk import Desk
from bench.workflow.proving import prove
from bench.workflow.sums import COMPARED
from tests.store.histories import Hand


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """A bench in the middle of its day."""
    fill_demo(desk)
    return desk


def _differing(busy: Desk, change: str) -> Fault:
    with Hand(busy.store.where) as hand:
        rma = str(hand.run("SELECT id FROM rma WHERE state = 'ready_to_ship' ORDER BY id")[0][0])
        hand.run(f"UPDATE rma SET {change} WHERE id = ?", rma)
    findings = prove(busy.store.where, deep=True)
    assert findings.count == findings.differing.count == 1
    assert prove(busy.store.where).count == 0
    assert findings.differing.named[0].rma_id == rma
    return findings.differing.named[0]


def test_a_bench_at_work_adds_up(busy: Desk) -> None:
    findings = prove(busy.store.where, deep=True)
    assert findings.rmas == len(busy.store.rmas())
    assert findings.rmas > 10
    assert findings.count == 0


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("symptom = 'none'", "(symptom)"),
        ("outcome = 'no_trouble_found', findings = 'x'", "(findings, outcome)"),
        ("override_payer = 'us'", "(override payer)"),
        ("state = 'shipped', is_open = 0", "(state)"),
        ("received_at = '2020-01-01T00:00:00.000000Z'", "(received at)"),
        ("checks = '{}'", "(checks)"),
    ],
)
def test_a_record_changed_by_hand_is_named(busy: Desk, change: str, told: str) -> None:
    assert _differing(busy, change).what == f"its events make it otherwise {told}"


def test_a_record_that_cannot_be_read_is_named(busy: Desk) -> None:
    assert "cannot be added up" in _differing(busy, "outcome = 'lost'").what


def test_what_the_policy_of_the_day_says_is_no_fault(busy: Desk) -> None:
    with Hand(busy.store.where) as hand:
        hand.run("UPDATE rma SET rank = 1, why_here = 'x', mark = 'none', version = version + 1")
        hand.run("UPDATE rma SET state = 'on_hold' WHERE state = 'ready_to_ship'")
    assert prove(busy.store.where, deep=True).count == 0


def test_an_rma_without_any_event_is_named(busy: Desk) -> None:
    with Hand(busy.store.where) as hand:
        hand.run("UPDATE event SET rma_id = NULL WHERE rma_id = (SELECT min(id) FROM rma)")
    findings = prove(busy.store.where, deep=True)
    assert [fault.what for fault in findings.differing.named] == ["it has no events"]
    assert findings.broken.count == 1


def test_everything_that_comes_from_events_is_compared() -> None:
    assert {"state", "rank", "why_here", "mark", "since", "version"}.isdisjoint(COMPARED)
    assert {"outcome", "received_at", "held_why", "tracking", "quote_accepted"} <= set(COMPARED)
