"""The scanner check: one test code through every layout, and what is put right afterwards."""

from __future__ import annotations

import string
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from bench.datafile import data_dir
from bench.labels.code128 import modules
from bench.scan.commands import SAFE_LETTERS
from bench.scan.label import LabelKind, classify
from bench.scan.layouts import LABEL, CapsRule, Layout, correct, load_layouts
from bench.scan.profile import GS, GS_ITSELF, GS_LOST, Mark, Profile
from bench.scan.scanner_check import PREFIX, TEST_CODE, DamagedCode, is_test_code, learn

LAYOUTS = load_layouts(data_dir() / "layouts.toml")
STATES = [*LAYOUTS.states()]
NAMES = [f"{layout.name}-{rule if caps else 'off'}" for layout, caps, rule in STATES]
TODAY = date(2026, 3, 1)
SUFFIXES = ("enter", "ctrl+m", "tab", "ctrl+i", "ctrl+j", "enter+ctrl+j", "none", "paste")
STAND_INS = (GS, "", "]", "|", "^", "{GS}", "<GS>", "␝", "/", "-")


def named(name: str) -> Layout:
    """A layout of the data file."""
    found = LAYOUTS.named(name)
    assert found is not None
    return found


def learned(raw: str, suffix: str = "enter") -> Profile:
    """What a scan of the test code tells."""
    return learn(raw, [0.002] * len(raw), suffix, LAYOUTS, TODAY)


def marks(profile: Profile) -> dict[str, Mark]:
    """What the check found, without its sentences."""
    return {finding.what: finding.mark for finding in profile.explain()}


def test_the_code_fits_its_label_and_carries_what_it_must() -> None:
    width = (len(modules(TEST_CODE)) + 20) * 0.33
    assert len(modules(TEST_CODE)) == 376
    assert width <= 180
    assert set(PREFIX) <= SAFE_LETTERS
    assert set(TEST_CODE) >= set(string.digits + "AYMWWYZ-./:+_" + GS)
    assert TEST_CODE.endswith(GS + "X")


@pytest.mark.parametrize(("layout", "caps", "rule"), STATES, ids=NAMES)
def test_the_code_is_known_and_learned_on_every_layout(
    layout: Layout, caps: bool, rule: CapsRule
) -> None:
    for front in ("", "]C0", "*", "*]C0", "]C0*"):
        raw = layout.typed(front + TEST_CODE, caps, rule)
        assert is_test_code(raw)
        profile = learned(raw)
        assert profile.caps == caps
        assert profile.aim == ("]C0" in front)
        assert not profile.aim_cut
        assert profile.gs == GS_ITSELF
        if not any(text in TEST_CODE for text in layout.ambiguous(caps, rule)):
            assert profile.correct(raw) == front.replace("*", "") + TEST_CODE
        as_written = {s.typed(TEST_CODE, c, r) for s, c, r in STATES if s.name == profile.layout}
        assert layout.typed(TEST_CODE, caps, rule) in as_written


def test_only_the_test_code_is_the_test_code() -> None:
    assert is_test_code(TEST_CODE)
    assert is_test_code("\x02]C0" + TEST_CODE.replace(GS, ""))
    assert is_test_code(TEST_CODE[:14])
    for text in ("BENCHGUN", "BENCHGUN\x03", "BENCHOK", "BENCHGUNOK", "0123456789", ""):
        assert not is_test_code(text), text


@given(
    state=st.sampled_from(STATES),
    aim=st.sampled_from(["", "]C0", "]d1", "]E0", "]A0"]),
    prefix=st.sampled_from(["", "*", "SCAN-", "\x02", "#1"]),
    stand_in=st.sampled_from(STAND_INS),
    suffix=st.sampled_from(SUFFIXES),
    label=st.text(alphabet=LABEL + GS, min_size=1, max_size=40),
)
@settings(max_examples=600, deadline=None)
def test_what_was_learned_puts_every_label_right(
    state: tuple[Layout, bool, CapsRule],
    aim: str,
    prefix: str,
    stand_in: str,
    suffix: str,
    label: str,
) -> None:
    layout, caps, rule = state

    def arrives(text: str) -> str:
        return layout.typed(text.replace(GS, stand_in), caps, rule)

    profile = learned(arrives(prefix + ("]C0" if aim else "") + TEST_CODE), suffix)
    assert profile.suffix == suffix
    equal = layout.ambiguous(caps, rule)
    assert set(profile.alike) == {c for c in equal if len(c) == 1}
    if not profile.gs_comes_back or profile.gs == GS_LOST:
        label = label.replace(GS, "")
    assume(not any(text in label for text in equal))
    if GS in label and stand_in != GS:
        # A dead key for GS and the letter after it may make what another key writes.
        sent = label.replace(GS, stand_in)
        assume(correct(layout.typed(sent, caps, rule), profile.fix) == sent)
    assert profile.correct(arrives(prefix + aim + label)) == aim + label


@given(st.text(max_size=80), st.lists(st.floats(-1, 10)))
@settings(max_examples=150, deadline=None)
def test_any_scan_is_learned_or_refused_with_a_remedy(text: str, gaps: list[float]) -> None:
    for raw in (text, PREFIX + text, TEST_CODE + text, text + TEST_CODE):
        profile, remedy = None, ""
        try:
            profile = learn(raw, gaps, "enter", LAYOUTS, TODAY)
        except DamagedCode as error:
            remedy = error.remedy
        assert profile is not None or remedy.startswith("scan ")
        if profile:
            assert is_test_code(raw)
            assert all(finding.sentence.endswith(".") for finding in profile.explain())


@pytest.mark.parametrize(("layout", "caps", "rule"), STATES, ids=NAMES)
def test_a_code_that_lost_or_doubled_a_character_is_never_learned(
    layout: Layout, caps: bool, rule: CapsRule
) -> None:
    raw = layout.typed(TEST_CODE, caps, rule)
    start, end = len(PREFIX), raw.index(GS)
    for place in range(start, end):
        with pytest.raises(DamagedCode):
            learned(raw[:place] + raw[place + 1 :])
        with pytest.raises(DamagedCode):
            learned(raw[:place] + raw[place] + raw[place:])
    for place in range(start, end - 1):
        exchanged = raw[:place] + raw[place + 1] + raw[place] + raw[place + 2 :]
        with pytest.raises(DamagedCode):
            learned(exchanged)


@pytest.mark.parametrize(
    ("raw", "what"),
    [
        ("805EC0A1B2C3", "not the test code"),
        (TEST_CODE[:20], "missing"),
        (TEST_CODE[:-1], "the end"),
        (TEST_CODE * 2, "more came"),
        ("7" * 40 + TEST_CODE, "in front"),
        (TEST_CODE.replace("0123", "0023"), "lost or exchanged"),
        (TEST_CODE.replace("-./", "./-"), "lost or exchanged"),
        (TEST_CODE.replace("AYM", "AYm"), "lost or exchanged"),
        (TEST_CODE.replace("+E", "+e"), "the same way"),
    ],
)
def test_a_damaged_code_says_what_is_wrong(raw: str, what: str) -> None:
    with pytest.raises(DamagedCode, match=what) as caught:
        learned(raw)
    assert isinstance(caught.value, ValueError)
    assert "scan" in caught.value.remedy


def test_a_good_scanner_has_nothing_to_improve() -> None:
    profile = learned(TEST_CODE)
    assert profile == Profile("us", "US", False, median_ms=2.0, p95_ms=2.0, learned="2026-03-01")
    assert set(marks(profile).values()) == {Mark.DONE}
    assert (profile.median, profile.p95) == (0.002, 0.002)
    assert "2 ms a character" in profile.explain()[-1].sentence


def test_a_us_scanner_on_a_french_computer() -> None:
    profile = learned(named("fr").typed("]C0" + TEST_CODE))
    assert (profile.layout, profile.words, profile.aim) == ("fr", "French", True)
    label = classify(profile.correct("$C&é&QBC)à"))
    assert (label.kind, label.aim, label.serial) == (LabelKind.CODE, "]C1", "ABC-0")
    first = profile.explain()[0]
    assert first.mark is Mark.HOLD
    assert first.sentence.startswith("The scanner is set to US and the computer to French: bench")


def test_caps_lock_that_changes_later_leaves_digits_right() -> None:
    french = named("fr")
    off, on = learned(french.typed(TEST_CODE)), learned(french.typed(TEST_CODE, True))
    assert marks(on)["Caps Lock"] is Mark.HOLD
    assert "Caps Lock" not in marks(off)
    for profile, caps in ((off, True), (on, False)):
        arrived = french.typed("ABMQ0123456789-", caps)
        assert profile.correct(arrived).upper() == "ABMQ0123456789-"


def test_layouts_that_cannot_be_told_apart_are_all_named() -> None:
    profile = learned(named("fi").typed(TEST_CODE))
    assert profile.words == "Swedish or Finnish"
    assert profile.correct(named("fi").typed("AB-1/2_3")) == "AB-1/2_3"


def test_a_layout_that_is_not_known_is_learned_from_the_code_alone() -> None:
    other = replace(
        named("us"),
        plain="^ðłþ¶øæħŋµ×÷=qwertzuiop[]\\asdfghjkl;'yxcvbnm,.-",
        shifted='~!@#$%&*()€§`QWERTZUIOP{}|ASDFGHJKL:"YXCVBNM<>?',
    )
    profile = learned(other.typed("]C0" + TEST_CODE))
    assert (profile.layout, profile.words, profile.aim) == ("", "", True)
    sent = "]C0AZY0123456789-./:+_az"
    assert profile.correct(other.typed(sent)) == sent
    assert "does not know" in profile.explain()[0].sentence
    locked = learned(other.typed(TEST_CODE, True))
    assert locked.caps
    assert locked.correct(other.typed("AZ09-bf", True)) == "AZ09-bf"


def test_two_layouts_alike_but_for_a_sign_are_taken_for_variants() -> None:
    german = named("de")
    variant = replace(german, plain=german.plain.replace("ß", "ŝ"), caps=())
    profile = learned(variant.typed(TEST_CODE))
    assert profile.layout == "de"
    assert profile.correct(variant.typed("YZ-1")) == "YZ-1"


def test_characters_that_became_one_are_told() -> None:
    profile = learned(named("de").typed(TEST_CODE, True, CapsRule.LETTER_KEYS))
    assert profile.alike == "-_"
    assert profile.correct("??A") == "??a", "rather unknown than wrong"
    found = profile.explain()[0]
    assert (found.mark, found.what) == (Mark.REFUSED, "characters")
    assert found.sentence.startswith("- and _ arrive as the same")


@pytest.mark.parametrize(
    ("stand_in", "gs", "mark"),
    [
        (GS, GS_ITSELF, Mark.DONE),
        ("", GS_LOST, Mark.REFUSED),
        ("]", "]", Mark.DONE),
        ("{GS}", "{GS}", Mark.DONE),
        ("␝", "␝", Mark.DONE),
        ("\x1e", "\x1e", Mark.DONE),
        ("/", "/", Mark.REFUSED),
        (" ", " ", Mark.REFUSED),
        ("gs", "GS", Mark.REFUSED),
    ],
)
def test_what_arrives_instead_of_gs(stand_in: str, gs: str, mark: Mark) -> None:
    for layout in LAYOUTS:
        if stand_in[:1] == "{" and "{" in layout.dead:
            continue  # it puts its accent on the G
        profile = learned(layout.typed(TEST_CODE.replace(GS, stand_in)))
        assert profile.gs == gs
        assert marks(profile)["labels with several fields"] is mark
    profile = learned(TEST_CODE.replace(GS, stand_in))
    sent = f"21ABC{stand_in}10LOT/7"
    assert profile.correct(sent) == ("21ABC\x1d10LOT/7" if mark is Mark.DONE else sent)


def test_a_bracket_for_gs_is_no_aim_identifier() -> None:
    profile = learned(TEST_CODE.replace(GS, "]"))
    assert profile.correct("ABC]S1]C1") == "ABC\x1dS1\x1dC1"
    with_aim = learned("]C0" + TEST_CODE.replace(GS, "]"))
    assert with_aim.correct("]C121ABC]10X") == "]C121ABC\x1d10X"


def test_a_dead_key_that_swallows_most_of_the_aim_identifier() -> None:
    swedish = named("se")
    profile = learned("0" + swedish.typed(TEST_CODE.replace(GS, "")))
    assert (profile.aim, profile.aim_cut, profile.prefix) == (True, True, "")
    assert profile.correct("1ABC+1") == "ABC-1"
    assert marks(profile)["sort of code"] is Mark.HOLD
    # The same key swallows GS, with the letter after it.
    assert learned(swedish.typed(TEST_CODE)[:-2]).gs == GS_LOST


def test_a_dead_key_that_makes_another_character_of_the_aim_identifier() -> None:
    swedish = named("se")
    assert swedish.typed("]A0") == "Ä0"
    profile = learned(swedish.typed("]C0" + TEST_CODE))
    assert profile.correct("Ä0ABC") == "]A0ABC"
    assert learned(swedish.typed(TEST_CODE)).correct("Ä0ABC") == '"0ABC'


@pytest.mark.parametrize(
    ("suffix", "mark", "words"),
    [
        ("enter", Mark.DONE, "Enter comes"),
        ("ctrl+m", Mark.DONE, "Enter comes"),
        ("tab", Mark.DONE, "Tab comes"),
        ("ctrl+j", Mark.DONE, "A line feed comes"),
        ("enter+ctrl+j", Mark.DONE, "Enter and a line feed come"),
        ("paste", Mark.DONE, "in one piece"),
        ("none", Mark.REFUSED, "No Enter comes"),
        ("silence", Mark.REFUSED, "No Enter comes"),
    ],
)
def test_what_ends_a_scan(suffix: str, mark: Mark, words: str) -> None:
    found = next(f for f in learned(TEST_CODE, suffix).explain() if f.what == "end of a scan")
    assert found.mark is mark
    assert words in found.sentence


def test_a_prefix_is_told_and_nothing_foreign_reaches_the_screen() -> None:
    profile = learned("\x1b[31m" + TEST_CODE)
    sentences = " ".join(finding.sentence for finding in profile.explain())
    assert marks(profile)["prefix"] is Mark.HOLD
    assert "␛[31m" in sentences
    assert "\x1b" not in sentences
    assert profile.correct("\x1b[31mABC") == "ABC"
    assert profile.correct("ABC") == "ABC"


def test_speed() -> None:
    slow = learn(TEST_CODE, [0.07] * 30 + [0.2], "enter", LAYOUTS, TODAY)
    assert (slow.median_ms, slow.p95_ms) == (70.0, 70.0)
    assert marks(slow)["speed"] is Mark.REFUSED
    uneven = learn(TEST_CODE, [0.001] * 18 + [0.05, 0.05], "enter", LAYOUTS, TODAY)
    assert (uneven.median_ms, uneven.p95_ms) == (1.0, 50.0)
    assert "speed" not in marks(learn(TEST_CODE, [], "paste", LAYOUTS, TODAY))
