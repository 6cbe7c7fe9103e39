"""What a scanner check adds to the gate's figures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bench.scan.gate import SILENCE, Gate, Scanned
from bench.scan.timing import CHECKING, LONGEST_PAUSE, SHORTEST_HOLD, SLOWEST, Timing, learned
from tests.scan.test_gate import SERIAL, every, keys, released, run, scans


def test_a_quick_scanner_that_is_alone_lets_keys_act_sooner() -> None:
    assert learned(0.001, 0.002, silence=False) == Timing(), "another scanner may be slower"
    quick = learned(0.001, 0.002, silence=False, alone=True)
    assert quick == replace(Timing(), hold=SHORTEST_HOLD)
    assert learned(0.005, 0.02, silence=False, alone=True).hold == 0.08
    assert learned(0.03, 0.06, silence=False, alone=True).hold == Timing().hold
    assert learned(0.001, 0.002, silence=True, alone=True).hold == Timing().hold


def test_a_slower_scanner_beside_the_quick_one_makes_keys_wait_again() -> None:
    gate = Gate(learned(0.001, 0.002, silence=False, alone=True))
    pressed = keys([*SERIAL, "enter"], every(0.004))
    assert scans(run(pressed, gate)) == [SERIAL]
    assert gate.timing.hold == SHORTEST_HOLD
    assert scans(run(keys([*SERIAL, "enter"], every(0.03), 10.0), gate)) == [SERIAL]
    assert gate.timing.hold == Timing().hold


def test_a_slow_scanner_is_heard_and_there_are_bounds() -> None:
    text = [*SERIAL, "enter"]
    assert scans(run(keys(text, every(0.075)))) == []
    slow = learned(0.075, 0.08, silence=False)
    assert scans(run(keys(text, every(0.075)), Gate(slow))) == [SERIAL]
    bound = learned(9.0, 9.0, silence=True)
    assert (bound.median, bound.patience) == (SLOWEST, LONGEST_PAUSE)
    assert bound.even == 2 * Timing().even


@pytest.mark.parametrize("gap", [0.0, 0.005, 0.02])
def test_a_scanner_without_a_suffix_is_heard_by_its_silence(gap: float) -> None:
    timing = learned(gap, gap, silence=True)
    pressed = keys(SERIAL, every(gap))
    (out,) = run(pressed, Gate(timing))
    assert isinstance(out, Scanned)
    assert (out.text, out.suffix) == (SERIAL, SILENCE)
    assert out.ended == pressed[-1].time


def test_without_a_check_silence_ends_nothing() -> None:
    pressed = keys(SERIAL, every(0.005))
    assert released(run(pressed)) == pressed


def test_typed_letters_before_a_silence_are_no_scan() -> None:
    timing = learned(0.005, 0.008, silence=True)
    pressed = keys("dead phone", every(0.12))
    assert released(run(pressed, Gate(timing))) == pressed
    short = keys("hums", every(0.01))
    assert released(run(short, Gate(timing))) == short


def test_what_follows_a_silence_at_once_is_the_rest_of_a_torn_scan() -> None:
    timing = learned(0.005, 0.008, silence=True)
    first = keys(SERIAL[:8], every(0.005))
    rest = keys(SERIAL[8:], every(0.005), first[-1].time + 0.5)
    assert scans(run([*first, *rest], Gate(timing))) == [SERIAL[:8]]


def test_while_it_is_checked_the_slowest_scanner_is_heard() -> None:
    assert scans(run(keys([*SERIAL, "enter"], every(0.2)), Gate(CHECKING))) == [SERIAL]
