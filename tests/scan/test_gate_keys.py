"""The gate and keys that act: a label presses none, a person's still do, a moment later at most."""

from __future__ import annotations

from itertools import pairwise

import pytest

from bench.scan import gate as gate_module
from bench.scan.gate import Gate, Key, Released, Scanned
from tests.scan.test_gate import SERIAL, every, keys, released, run, scans

CONTROLS = {
    "ctrl+@": "\x00",
    "ctrl+b": "\x02",
    "ctrl+l": "\x0c",
    "ctrl+q": "\x11",
    "ctrl+z": "\x1a",
    "ctrl+backslash": "\x1c",
    "ctrl+right_square_bracket": "\x1d",
}


@pytest.mark.parametrize(("name", "character"), CONTROLS.items())
@pytest.mark.parametrize("before", ["", "A"])
@pytest.mark.parametrize("gap", [0.0, 0.005, 0.025, 0.05])
def test_a_control_character_first_or_second_is_part_of_the_label(
    name: str, character: str, before: str, gap: float
) -> None:
    out = run(keys([*before, name, *SERIAL, "enter"], every(gap)))
    assert scans(out) == [f"{before}{character}{SERIAL}"]
    assert not released(out)


@pytest.mark.parametrize("name", [*CONTROLS, "f1", "f10"])
def test_a_person_presses_it_and_it_acts_a_moment_later(name: str) -> None:
    gate, pressed = Gate(), Key(name, None, 1.0)
    assert gate.feed(pressed) == []
    assert gate.expire(1.0 + gate.timing.hold) == [Released((pressed,))]


@pytest.mark.parametrize("name", CONTROLS)
def test_after_typed_letters_it_acts_at_once(name: str) -> None:
    typed = [
        Key(n, n if len(n) == 1 else None, 1 + k * 0.15, shown=len(n) == 1)
        for k, n in enumerate(["a", "b", name])
    ]
    gate = Gate()
    out = [item for key in typed for item in gate.feed(key)]
    assert released(out) == typed
    assert gate.deadline is None


@pytest.mark.parametrize("name", ["up", "f1", "delete", "alt+x", "shift+tab", "escape", "home"])
@pytest.mark.parametrize("at", [2, 5, 10])
def test_no_key_amid_a_label_is_handed_to_anybody(name: str, at: int) -> None:
    names = [*SERIAL[:at], name, *SERIAL[at:], "enter"]
    (out,) = run(keys(names, every(0.004)))
    assert isinstance(out, Released)
    assert (out.spoilt, out.foul, out.pressed) == (True, True, True)
    assert out.text == SERIAL


@pytest.mark.parametrize("name", ["f1", "f10"])
def test_a_label_that_begins_with_a_key_is_refused_whole(name: str) -> None:
    (out,) = run(keys([name, *SERIAL, "enter"], every(0.004)))
    assert isinstance(out, Released)
    assert (out.foul, out.pressed) == (True, True)


def test_letters_of_the_kitty_protocol_count_as_they_are_meant() -> None:
    pressed = [Key(f"shift+{c}", None, 1 + n / 1000) for n, c in enumerate("abcdef")]
    assert scans(run([*pressed, Key("enter", "\r", 1.006)])) == ["ABCDEF"]


# --- shown at once


def test_shown_keys_are_held_longer_for_they_disturb_nobody() -> None:
    gate = Gate()
    gate.feed(Key("a", "a", 1.0))
    assert gate.deadline == 1.0 + gate.timing.hold
    shown = Gate()
    shown.feed(Key("a", "a", 1.0, shown=True))
    assert shown.deadline == 1.0 + shown.timing.patience


def test_a_scan_says_that_some_of_it_was_shown() -> None:
    (scan,) = run([*keys(SERIAL, every(0.001)), Key("enter", "\r", 1.02)])
    assert isinstance(scan, Scanned)
    assert not scan.shown
    first = Key("8", "8", 1.0, shown=True)
    (scan,) = run([first, *keys([*SERIAL, "enter"], every(0.001), 1.001)])
    assert isinstance(scan, Scanned)
    assert (scan.shown, scan.text) == (True, "8" + SERIAL)


# --- times that a busy computer spreads


def test_a_late_reader_does_not_break_a_scan() -> None:
    """It slept for 0.4 s and then read the rest at once: the gap was not the scanner's."""
    first = keys(SERIAL[:6], every(0.005))
    rest = [Key(c, c, 1.43, late=0.4) for c in SERIAL[6:]]
    gate = Gate()
    pressed = [*first, *rest, Key("enter", "\r", 1.43, late=0.4)]
    assert scans(item for key in pressed for item in gate.feed(key)) == [SERIAL]


def test_words_that_a_late_reader_got_at_once_are_typing_all_the_same() -> None:
    spread = [Key(c, c, 1 + n * 0.1, late=0.09) for n, c in enumerate("dead line")]
    out = run([*spread, Key("enter", "\r", 1.9, late=0.09)])
    assert scans(out) == []


@pytest.mark.parametrize("pause", [0.26, 0.5, 0.9])
@pytest.mark.parametrize("at", [2, 3, 6, 12])
def test_the_rest_of_a_scan_that_stalled_is_never_a_scan(pause: float, at: int) -> None:
    first = keys(SERIAL[:at], every(0.002))
    rest = keys([*SERIAL[at:], "enter"], every(0.002), first[-1].time + pause)
    assert scans(run([*first, *rest])) == []


def test_after_a_stalled_scan_the_next_pull_counts_again() -> None:
    first = keys(SERIAL[:6], every(0.002))
    rest = keys([*SERIAL[6:], "enter"], every(0.002), first[-1].time + 0.4)
    again = keys([*SERIAL, "enter"], every(0.002), rest[-1].time + 1.2)
    assert scans(run([*first, *rest, *again])) == [SERIAL]


# --- what the text tells


@pytest.mark.parametrize(
    "text",
    ["BENCHOK", "benchok", "PERSONBCDFGHJ", "RBKVLVRFV", "rbkvlvrfv", "R26004812K"],
)
def test_our_own_codes_count_however_they_are_bunched(text: str) -> None:
    gaps = iter([0.08, 0.0, 0.0, 0.1, 0.0, 0.08, 0.0, 0.1, 0.0, 0.08, 0.0, 0.08, 0.0, 0.08, 0.0])
    assert scans(run(keys([*text, "enter"], gaps))) == [text]


@pytest.mark.parametrize("text", ["hums", "no dial tone", "Broken display", "rev B2"])
def test_words_need_a_quicker_scanner_than_codes(text: str) -> None:
    assert scans(run(keys([*text, "enter"], every(0.04)))) == []
    assert scans(run(keys([*text, "enter"], every(0.005)))) == [text]


def test_a_very_long_burst_costs_each_key_a_look_at_few_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Ten thousand letters once kept the program busy for so long that no key did anything."""
    looked = 0

    def counted(keys: list[Key]) -> list[tuple[Key, Key]]:
        nonlocal looked
        looked += len(keys)
        return list(pairwise(keys))

    monkeypatch.setattr(gate_module, "pairwise", counted)
    letters = [Key(n, n, 1 + k / 1e6) for k, n in enumerate(["é", "-", "R", "ctrl+d"] * 1000)]
    run([*letters, Key("enter", "\r", 1.1)])
    assert looked < 30 * len(letters)
