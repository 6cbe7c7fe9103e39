"""The scan gate: scans of all speeds and ends come whole, typing comes back as it was typed."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scan.gate import Gate, Key, Released, Scanned, paste
from bench.scan.timing import Timing

ENDS = {"CR": ["enter"], "LF": ["ctrl+j"], "CRLF": ["enter", "ctrl+j"], "TAB": ["tab"]}
SERIAL = "805EC0A1B2C3-4567X90"
NAMES = {"\x1d": "ctrl+right_square_bracket", "\x1e": "ctrl+circumflex_accent", "\x04": "ctrl+d"}


def keys(names: Iterable[str], gaps: Iterator[float], start: float = 1.0) -> list[Key]:
    """Keys (a character or a key's name each) with those gaps; each its own token."""
    out, time = [], start
    for name in names:
        out.append(Key(name, name if len(name) == 1 else None, time, object()))
        time += next(gaps)
    return out


def every(gap: float) -> Iterator[float]:
    while True:
        yield gap


def run(pressed: Iterable[Key], gate: Gate | None = None) -> list[Scanned | Released]:
    """What comes out when a timer calls expire at each deadline, and once at the end."""
    gate = gate or Gate()
    out: list[Scanned | Released] = []
    for key in pressed:
        if gate.deadline is not None and gate.deadline < key.time:
            out += gate.expire(gate.deadline)
        out += gate.feed(key)
    if gate.deadline is not None:
        out += gate.expire(gate.deadline)
    assert gate.deadline is None
    return out


def scans(out: Iterable[Scanned | Released]) -> list[str]:
    return [item.text for item in out if isinstance(item, Scanned)]


def released(out: Iterable[Scanned | Released]) -> list[Key]:
    return [key for item in out if isinstance(item, Released) for key in item.keys]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("gap", [0.0, 0.001, 0.005, 0.02, 0.04])
@pytest.mark.parametrize("text", [SERIAL, "BENCHOK", "1234"])
def test_scans_of_each_speed_and_end(gap: float, end: str, text: str) -> None:
    out = run(keys([*text, *ENDS[end]] * 5, every(gap)))
    assert scans(out) == [text] * 5
    assert not released(out)


@pytest.mark.parametrize("end", ENDS)
def test_scans_with_jitter(end: str) -> None:
    rng = random.Random(7)
    gaps = iter(lambda: rng.uniform(0.005, 0.058), None)
    out = run(keys([*SERIAL, *ENDS[end]] * 200, gaps))
    assert scans(out) == [SERIAL] * 200
    assert not released(out)


def test_scans_that_a_network_bunches() -> None:
    rng = random.Random(8)
    for _ in range(200):
        gaps = iter(lambda: rng.choice([*[0.0] * 10, 0.03, 0.15]), None)
        pressed = keys(SERIAL[:3], every(0.0)) + keys([*SERIAL[3:], "enter"], gaps, 1.01)
        assert scans(run(pressed)) == [SERIAL]


def test_a_scan_carries_its_times_and_end() -> None:
    out = run(keys([*"ABCD1", "tab"], every(0.25)), Gate(Timing(hold=1, patience=1, median=1)))
    assert out == [Scanned("ABCD1", 1.0, 2.25, "tab", (0.25,) * 5)]


def typed(line: str, words: int, rng: random.Random) -> list[Key]:
    """A person's keys: log-normal gaps around the mean of that many words a minute."""
    mean = 12 / words
    gaps = iter(lambda: rng.lognormvariate(math.log(mean) - 0.125, 0.5), None)
    return keys([*line, "enter"], gaps)


@pytest.mark.parametrize(("words", "most"), [(52, 0), (100, 0), (150, 3)])
def test_typing_is_no_scan_and_loses_nothing(words: int, most: int) -> None:
    """At 150 words a minute a few lines in a thousand are as quick as a scanner; see Timing."""
    rng = random.Random(words)
    lines = ["RMA bkvl", "bkvl-vrfv", "no dial tone", "broken display", "yes it rings"] * 200
    wrong = 0
    for line in lines:
        pressed = typed(line, words, rng)
        out = run(pressed)
        if scans(out):
            wrong += 1
        else:
            assert released(out) == pressed
    assert wrong <= most


def test_held_typing_comes_back_soon() -> None:
    """A quick typist sees the text before the end of the line."""
    gate, pressed = Gate(), keys("abcdefghij", every(0.1))
    seen = [len(released(gate.feed(key))) for key in pressed]
    assert sum(seen) == 9
    quick = iter([0.01, 0.01, *[0.09] * 9])
    gate, pressed = Gate(), keys("abcdefghij", quick)
    assert [len(released(gate.feed(key))) for key in pressed] == [0] * 7 + [8, 0, 0]


def test_key_repeat_is_typing() -> None:
    pressed = keys(["a"] * 30 + ["enter"], every(0.033))
    assert released(run(pressed)) == pressed


def test_short_bursts_are_typing() -> None:
    pressed = keys([*"123", "enter"], every(0.0))
    assert released(run(pressed)) == pressed


def test_a_scan_without_end_is_typing() -> None:
    pressed = keys(SERIAL, every(0.001))
    assert released(run(pressed)) == pressed


def test_typing_then_scan() -> None:
    slow = keys("ab", every(0.3))
    out = run(slow + keys([*SERIAL, "enter"], every(0.002), 2.0))
    assert released(out) == slow
    assert scans(out) == [SERIAL]


def test_the_quick_end_of_a_typed_word_is_no_scan() -> None:
    slow = keys("no dial", every(0.25))
    quick = keys([*"tone", "enter"], every(0.01), slow[-1].time + 0.21)
    assert released(run(slow + quick)) == slow + quick


def test_a_scan_that_stalls_too_long_is_given_back_whole() -> None:
    """Half a serial would be worse than none."""
    pressed = keys([*SERIAL, "enter"], iter([0.001] * 8 + [0.25] + [0.001] * 20))
    assert released(run(pressed)) == pressed


def test_a_scan_right_after_a_typed_line_is_a_scan() -> None:
    line = keys([*"no", "enter"], every(0.2))
    out = run(line + keys([*SERIAL, "enter"], every(0.001), line[-1].time + 0.01))
    assert (released(out), scans(out)) == (line, [SERIAL])


def test_late_keys_release_by_their_own_time() -> None:
    """Without any timer: the next key's own time tells that the held ones were typed."""
    gate, pressed = Gate(), keys("ab", every(0.5))
    assert gate.feed(pressed[0]) == []
    assert gate.feed(pressed[1]) == [Released((pressed[0],))]
    assert gate.expire(pressed[1].time + 0.01) == []
    assert gate.expire(pressed[1].time + 0.1) == [Released((pressed[1],))]
    assert gate.expire(99.0) == []


def test_the_second_end_of_cr_lf_is_swallowed_once_and_only_soon() -> None:
    scan = keys([*SERIAL, "enter"], every(0.001))
    end = scan[-1].time
    for name in ("ctrl+j", "enter"):
        gate = Gate()
        run(scan, gate)
        assert gate.feed(Key(name, None, end + 0.05)) == []
        again = Key(name, None, end + 0.06)
        assert gate.feed(again) == [Released((again,))]
        gate = Gate()
        run(scan, gate)
        late = Key(name, None, end + 0.2)
        assert gate.feed(late) == [Released((late,))]


def test_enter_after_a_scan_that_tab_ended_is_handed_on() -> None:
    pressed = keys([*SERIAL, "tab", "enter"], every(0.001))
    assert released(run(pressed)) == [pressed[-1]]


def test_shift_keys_of_the_terminal_do_not_break_a_burst() -> None:
    names = [n for c in SERIAL for n in (("left_shift", c) if c.isalpha() else (c,))]
    out = run(keys([*names, "right_shift", "enter"], every(0.001)))
    assert scans(out) == [SERIAL]
    assert not released(out)


@pytest.mark.parametrize("kitty", [True, False])
def test_control_characters_inside_a_burst(kitty: bool) -> None:
    text = "[)>\x1e06\x1dS3146019\x1d1PT54W\x1e\x04"
    pressed = [
        Key(NAMES.get(c, c), None if kitty and c in NAMES else c, 1 + i / 1000)
        for i, c in enumerate(text)
    ]
    out = run([*pressed, Key("enter", "\r", 1.1)])
    assert scans(out) == [text]


@pytest.mark.parametrize(
    ("name", "character"),
    [
        ("ctrl+@", "\x00"), ("ctrl+b", "\x02"), ("ctrl+c", "\x03"), ("ctrl+q", "\x11"),
        ("ctrl+backslash", "\x1c"), ("ctrl+underscore", "\x1f"), ("ctrl+p", "\x10"),
    ],
)  # fmt: skip
def test_no_control_character_gets_out_of_a_burst(name: str, character: str) -> None:
    out = run(keys([*"AB", name, *"CD", "enter"], every(0.001)))
    assert scans(out) == [f"AB{character}CD"]
    assert not released(out)


@pytest.mark.parametrize("name", ["escape", "up", "shift+tab", "backspace", "delete", "alt+x"])
@pytest.mark.parametrize("before", ["", "a"])
def test_keys_of_a_person_pass_at_once_after_what_was_held(name: str, before: str) -> None:
    gate, pressed = Gate(), keys([*before, name], every(0.001))
    out = [item for key in pressed for item in gate.feed(key)]
    assert out == [Released(tuple(pressed))]


def test_other_keys_break_a_burst() -> None:
    pressed = keys([*"ABCDEF", "escape", "enter"], every(0.001))
    assert released(run(pressed)) == pressed


def test_alt_codes_of_control_characters() -> None:
    out = run(keys([*"[)>º£º06º™ªS123ºº™ªQ1º£ººº¢", "enter"], every(0.001)))
    assert scans(out) == ["[)>\x1e06\x1dS123\x1dQ1\x1e\x04"]


def test_a_burst_without_end_is_given_back() -> None:
    pressed = keys(["a", "b"] * 3000, every(0.0))
    out = run(pressed)
    assert released(out) == pressed
    assert len(out) == 2
    assert Timing().longest == 4096


NAME = st.sampled_from([*"aB1-", "enter", "tab", "ctrl+j", "ctrl+d", "escape", "left_shift", "é"])
GAP = st.sampled_from([0.0, 0.001, 0.02, 0.06, 0.08, 0.15, 0.5])


@given(st.lists(st.tuples(NAME, GAP), max_size=60), st.booleans())
def test_nothing_is_lost_or_reordered(pressed: list[tuple[str, float]], timer: bool) -> None:
    """Each key comes back in order, or is in a scan, or is a modifier or an echo."""
    made = keys([n for n, _ in pressed], iter([g for _, g in pressed]))
    gate = Gate()
    out = run(made, gate) if timer else [item for key in made for item in gate.feed(key)]
    out += gate.expire(math.inf)
    pending = [k for k in made if k.name != "left_shift"]
    for item in out:
        if isinstance(item, Released):
            for key in item.keys:
                while pending[0] is not key:
                    assert pending.pop(0).name in ("enter", "ctrl+j")
                pending.pop(0)
        else:
            while pending[0].time < item.started:
                assert pending.pop(0).name in ("enter", "ctrl+j")
            took = len(item.text) + 1
            del pending[:took]
    assert all(key.name in ("enter", "ctrl+j") for key in pending)


def test_paste_gives_a_scan_for_each_line() -> None:
    text = "805EC0A1B2C3\r\n\r\n  \n[)>\x1e06\x1dS1\x1e\x04\rlast"
    assert scans(paste(text)) == ["805EC0A1B2C3", "[)>\x1e06\x1dS1\x1e\x04", "last"]
    assert paste("") == []
