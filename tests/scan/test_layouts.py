"""Keyboard layouts: every table taken back, what cannot be told apart, what is noticed."""

from __future__ import annotations

import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.datafile import DataError, data_dir
from bench.scan.commands import SAFE_LETTERS
from bench.scan.layouts import (
    LABEL,
    CapsRule,
    Layout,
    Layouts,
    correct,
    foreign,
    guesses,
    load_layouts,
)

LAYOUTS = load_layouts(data_dir() / "layouts.toml")
STATES = [*LAYOUTS.states()]
NAMES = [f"{layout.name}-{rule if caps else 'off'}" for layout, caps, rule in STATES]
SERIAL = string.digits + string.ascii_letters + "-"


def layout(name: str) -> Layout:
    """A layout of the data file."""
    found = LAYOUTS.named(name)
    assert found is not None
    return found


# What a layout makes equal, and nothing else: an accented letter that has a key of its own is also
# what the dead key of the plus and a letter write; and with Caps Lock the console writes ? for both
# the hyphen and the underscore of a German keyboard.
SWISS, CZECH, SLOVAK = {"+a", "+e"}, {"+c", "+e", "+r", "+s", "+y"}, set("clnsty")
SHIFT_LOCKED = {"+A", "+E", "+I", "+U", "+Z"}
EQUAL: dict[tuple[str, bool, CapsRule], set[str]] = {
    ("de", True, CapsRule.LETTER_KEYS): {"-", "_", "+-", "+_"},
    ("ch", False, CapsRule.CAPITALS): SWISS,
    ("ch", True, CapsRule.CAPITALS): SWISS,
    ("ch", True, CapsRule.LETTER_KEYS): {"+A", "+E"},
    ("ch-fr", False, CapsRule.CAPITALS): SWISS,
    ("ch-fr", True, CapsRule.CAPITALS): SWISS,
    ("ch-fr", True, CapsRule.LETTER_KEYS): {"+A", "+E"},
    ("cz", False, CapsRule.CAPITALS): CZECH,
    ("cz", True, CapsRule.CAPITALS): CZECH,
    ("cz", True, CapsRule.ALL_KEYS): SHIFT_LOCKED,
    ("sk", False, CapsRule.CAPITALS): {f"+{letter}" for letter in SLOVAK},
    ("sk", True, CapsRule.CAPITALS): {f"+{letter}" for letter in SLOVAK},
    ("sk", True, CapsRule.ALL_KEYS): SHIFT_LOCKED,
}


@pytest.mark.parametrize(("layout", "caps", "rule"), STATES, ids=NAMES)
def test_every_table_can_be_taken_back(layout: Layout, caps: bool, rule: CapsRule) -> None:
    equal = EQUAL.get((layout.name, caps, rule), set())
    assert layout.ambiguous(caps, rule) == equal
    back = layout.inverse(caps, rule)
    lost = {c for c in SERIAL if correct(layout.typed(c, caps, rule), back) != c}
    assert lost == equal & set(SERIAL)
    if not lost:
        assert correct(layout.typed(SERIAL, caps, rule), back) == SERIAL


@pytest.mark.parametrize(("layout", "caps", "rule"), STATES, ids=NAMES)
def test_no_layout_moves_the_letters_of_commands(
    layout: Layout, caps: bool, rule: CapsRule
) -> None:
    letters = "".join(sorted(SAFE_LETTERS))
    assert layout.typed(letters, caps, rule) == (letters.lower() if caps else letters)


@given(st.sampled_from(STATES), st.text(alphabet=SERIAL + "./:_", max_size=60))
def test_any_text_of_a_label_comes_back(state: tuple[Layout, bool, CapsRule], text: str) -> None:
    layout, caps, rule = state
    kept = "".join(c for c in text if c not in layout.ambiguous(caps, rule))
    assert correct(layout.typed(kept, caps, rule), layout.inverse(caps, rule)) == kept


@given(st.sampled_from(STATES), st.text(max_size=40))
def test_any_text_at_all_has_an_answer(state: tuple[Layout, bool, CapsRule], text: str) -> None:
    layout, caps, rule = state
    arrived = layout.typed(text, caps, rule)
    assert len(correct(arrived, layout.inverse(caps, rule))) >= len(arrived)
    assert foreign(text) in (True, False)
    assert all(guess.text != text for guess in guesses(text, LAYOUTS))


@pytest.mark.parametrize(
    ("name", "sent", "arrived"),
    [
        ("us", "AB-1./:_+", "AB-1./:_+"),
        ("fr", "0123456789-AQWZM.", "à&é\"'(-è_ç)QAZW?:"),
        ("be", "68-", "§!)"),
        ("de", "YZ-/_:", "ZYß-?Ö"),
        ("cz", "1234567890-", "+ěščřžýáíé="),
        ("tr", "Ii-.", "Iı*ç"),
        ("hu", "0`", "ö0"),
        ("de", "+E", "È"),
        ("de", "+1", "`1"),
        ("de", "++", "``"),
        ("de", "A+", "A`"),
        ("ch", "]C1", "¨C1"),
        ("ch", "]E0", "Ë0"),
        ("pt", "]C1", "Ć1"),
        ("fr", "]C1", "$C&"),
        ("it", "\x1dé", "\x1dé"),
    ],
)
def test_what_arrives(name: str, sent: str, arrived: str) -> None:
    assert layout(name).typed(sent) == arrived
    assert correct(arrived, layout(name).inverse()) == sent.replace("é", "{")


def test_caps_lock_by_its_three_rules() -> None:
    french, german, turkish = layout("fr"), layout("de"), layout("tr")
    digits = string.digits
    assert french.typed(digits, True) == "À&É\"'(-È_Ç"
    assert french.typed(digits, True, CapsRule.LETTER_KEYS) == "0&2\"'(-7_9"
    assert french.typed(digits, True, CapsRule.ALL_KEYS) == digits
    assert german.typed("-_a", True) == "ẞ?A"
    assert german.typed("-_a", True, CapsRule.LETTER_KEYS) == "??A"
    assert german.typed("-_a", True, CapsRule.ALL_KEYS) == "?ßA"
    assert turkish.typed("I", True) == "ı"


def test_a_serial_of_a_wrong_layout_is_noticed() -> None:
    for text in ("àà&\"'", "ABßC", "É12", "+ěščř", "&\"'(-", "805EC0§", "ıD"):
        assert foreign(text), text


@pytest.mark.parametrize(
    "text",
    [
        "805EC0A1B2C3",
        "RMA-26/00123_a.b:c+d",
        "]C1010950600013435221ABC\x1d10LOT",
        "[)>\x1e06\x1dSABC\x1d1PX\x1e\x04",
        "[)>␞06␝SABC",
        '{"SN":"ABC","MAC":"805EC0A1B2C3"}',
        "(01)09506000134352(21)ABC",
        "https://example.org/?sn=ABC&mac=12",
        "ABC–12−3",
        "",
    ],
)
def test_labels_are_not_foreign(text: str) -> None:
    assert not foreign(text)


def test_guesses_name_every_layout_that_explains_a_text_once() -> None:
    german = guesses("80ZECß1", LAYOUTS)
    assert (german[0].layout.name, german[0].caps, german[0].text) == ("de", False, "80YEC-1")
    exchanged = guesses("ABY123", LAYOUTS)
    # The French one with Shift Lock, which leaves digits in place.
    explained = [(g.layout.name, g.caps, g.text) for g in exchanged]
    assert explained == [("de", False, "ABZ123"), ("fr", True, "qby123")]
    french = guesses("çàéQB", LAYOUTS)
    assert ("fr", "902AB") in [(g.layout.name, g.text) for g in french]
    locked = guesses("àé&qb".upper(), LAYOUTS)
    assert ("fr", True, "021ab") in [(g.layout.name, g.caps, g.text) for g in locked]
    texts = [guess.text.upper() for guess in german]
    assert len(texts) == len(set(texts))


def test_nothing_is_guessed_where_no_layout_explains_anything() -> None:
    assert guesses("BCD0123", Layouts((layout("us"), layout("de")))) == []
    assert guesses("漢字漢字", LAYOUTS) == []
    assert guesses("", LAYOUTS) == []


ENTRY = """
[[layout]]
name = "xx"
words = "Some"
plain = '''`1234567890-=qwertyuiop[]\\asdfghjkl;'zxcvbnm,./'''
shifted = '''~!@#$%^&*()_+QWERTYUIOP{}|ASDFGHJKL:"ZXCVBNM<>?'''
dead = '`'
"""


def load(folder: Path, text: str) -> Layouts:
    """The layouts of a file with this text."""
    file = folder / "layouts.toml"
    file.write_text(text, "utf-8")
    return load_layouts(file)


def test_a_small_file(tmp_path: Path) -> None:
    only = load(tmp_path, ENTRY).entries[0]
    assert only.typed("`E1`") == "È1`"
    assert only.ambiguous() == frozenset()
    assert set(LABEL) <= set(only.inverse())


@pytest.mark.parametrize(
    ("old", "new", "key"),
    [
        ('name = "xx"', 'name = ""', "name"),
        ('words = "Some"', 'words = "a\\u001b"', "words"),
        ("plain = '''`", "plain = '''", "plain"),
        ("shifted = '''~", "shifted = ''' ", "shifted"),
        ("dead = '`'", "dead = 'é'", "dead"),
        ("dead = '`'", "dead = '1'", "dead"),
        ("dead = '`'", 'caps = { "é" = "x" }', "caps"),
        ("dead = '`'", 'caps = { "a" = "xy" }', "a"),
        ("dead = '`'", "deaf = '`'", "deaf"),
        ("[[layout]]", "x = 1\n[[layout]]", "x"),
        ("[[layout]]", "[[layouts]]", "layout"),
    ],
)
def test_data_errors_name_the_key(tmp_path: Path, old: str, new: str, key: str) -> None:
    with pytest.raises(DataError) as caught:
        load(tmp_path, ENTRY.replace(old, new))
    assert caught.value.key.split(".")[-1] == key


def test_no_two_layouts_have_the_same_name_and_none_is_too_few(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no other layout"):
        load(tmp_path, ENTRY + ENTRY)
    with pytest.raises(DataError, match="at least one"):
        load(tmp_path, "layout = []")
