"""Serial frames: whole codes only, however the bytes are chopped up and whatever they are."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.scan.framing import LIMIT, PATIENCE, REST, SILENCE, Fault, Framer, Spoilt, text_of
from bench.settings import Suffix

ENVELOPE = b"[)>\x1e06\x1d1PT54W\x1dS3146001\x1e\x04"
FREE_TEXT = b"[)>\x1e07first\rsecond\nthird\x1e\x04"
EDI = b"[)>\x1e03ISA*00\r\nST*856\r\n\x1e\x04"


def fed(framer: Framer, *pieces: bytes, now: float = 0.0) -> list[bytes]:
    """All codes that the pieces make, a hundredth of a second apart."""
    found: list[bytes] = []
    for number, piece in enumerate(pieces):
        found += framer.feed(piece, now + number / 100)
    return found


@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_each_sort_of_enter_ends_a_code(end: bytes) -> None:
    framer = Framer(Suffix.ENTER)
    assert fed(framer, b"3146001" + end + b"3146002" + end) == [b"3146001", b"3146002"]
    assert (framer.deadline, framer.take_spoilt()) == (None, [])


def test_cr_and_lf_may_come_apart() -> None:
    assert fed(Framer(Suffix.ENTER), b"AB", b"C\r", b"\nDEF", b"\r", b"\n") == [b"ABC", b"DEF"]


@pytest.mark.parametrize(
    ("suffix", "sent", "codes"),
    [
        (Suffix.TAB, b"AB\rC\tDEF\t", [b"AB\rC", b"DEF"]),
        (Suffix.TAB, b"ABC\t\r\nDEF\t\r\n", [b"ABC", b"DEF"]),
        (Suffix.ETX, b"\x02AB\r\nC\x03\x02D\tF\x03", [b"AB\r\nC", b"D\tF"]),
        (Suffix.ETX, b"\x02ABC\x03\r\n\x02DEF\x03\r\n", [b"ABC", b"DEF"]),
    ],
)
def test_other_suffixes_let_line_ends_stand(
    suffix: Suffix, sent: bytes, codes: list[bytes]
) -> None:
    framer = Framer(suffix)
    assert fed(framer, sent) == codes
    assert framer.expire(99.0) == []
    assert framer.take_spoilt() == [], "a line end after the suffix is nothing"


def test_without_suffix_silence_ends_a_code() -> None:
    framer = Framer(Suffix.NONE)
    assert fed(framer, b"314", b"6001\r\n") == []
    assert framer.deadline == pytest.approx(0.01 + SILENCE)
    assert framer.expire(0.05) == []
    assert framer.expire(0.2) == [b"3146001"]
    assert framer.deadline is None


def test_without_suffix_a_held_up_reader_cuts_nothing() -> None:
    framer = Framer(Suffix.NONE)
    assert framer.feed(b"314", 0.0) == []
    assert framer.feed(b"6001", 3.0) == []
    assert framer.expire(3.2) == [b"3146001"]


def test_with_a_suffix_silence_ends_nothing() -> None:
    framer = Framer(Suffix.ENTER)
    assert framer.feed(b"314", 0.0) == []
    assert framer.expire(0.9) == []
    assert framer.feed(b"6001\r", 0.95) == [b"3146001"]


def test_half_a_code_is_given_up_and_told() -> None:
    framer = Framer(Suffix.ENTER)
    framer.feed(b"314", 0.0)
    assert framer.expire(PATIENCE) == []
    assert framer.take_spoilt() == [Spoilt(b"314", Fault.ENDLESS)]
    assert framer.take_spoilt() == []
    assert framer.feed(b"3146001\r", PATIENCE + REST) == [b"3146001"]


def test_the_rest_of_a_given_up_code_is_no_code() -> None:
    framer = Framer(Suffix.ENTER)
    framer.feed(b"314", 0.0)
    framer.expire(PATIENCE)
    assert fed(framer, b"60", b"01\r", b"3146002\r", now=PATIENCE + 0.1) == [b"3146002"]


def test_half_a_code_at_unplugging_never_comes_out() -> None:
    framer = Framer(Suffix.ENTER)
    assert fed(framer, b"3146001\r", b"314") == [b"3146001"]
    framer.unplugged()
    assert framer.take_spoilt() == [Spoilt(b"314", Fault.CUT)]
    assert framer.feed(b"6002\r", 0.1) == [b"6002"]


@pytest.mark.parametrize("suffix", list(Suffix))
def test_the_longest_code_passes_and_a_longer_one_does_not(suffix: Suffix) -> None:
    end = {Suffix.ENTER: b"\r", Suffix.TAB: b"\t", Suffix.ETX: b"\x03", Suffix.NONE: b""}[suffix]
    framer = Framer(suffix)
    found = framer.feed(b"x" * LIMIT + end, 0.0) + framer.expire(1.0)
    assert found == [b"x" * LIMIT]
    for extra in (1, 2, 50, 3 * LIMIT):
        found = framer.feed(b"y" * (LIMIT + extra) + end, 2.0 + extra)
        assert found + framer.expire(4.0 + extra) == []
        assert framer.take_spoilt() == [Spoilt(b"y" * 60, Fault.LONG)]
    assert framer.feed(b"3146001" + end, 1e6) + framer.expire(1e6 + 1) == [b"3146001"]


def test_the_tail_of_a_code_that_is_too_long_is_no_code() -> None:
    framer = Framer(Suffix.ENTER)
    pieces = [b"z" * 1000] * 5
    assert fed(framer, *pieces, b"tail\r", b"3146001\r") == [b"3146001"]


def test_separators_stay_inside() -> None:
    code = b"]d2 01\x1d21\x1eX\x1c\x1f\x00\x7f"
    assert fed(Framer(Suffix.ENTER), code + b"\r", ENVELOPE + b"\r") == [code, ENVELOPE]


@pytest.mark.parametrize("code", [FREE_TEXT, EDI, b"]d1" + FREE_TEXT])
@pytest.mark.parametrize("end", [b"\r", b"\n", b"\r\n"])
def test_line_ends_inside_an_envelope_end_nothing(code: bytes, end: bytes) -> None:
    framer = Framer(Suffix.ENTER)
    assert fed(framer, code[:12], code[12:] + end, b"3146001" + end) == [code, b"3146001"]


def test_an_envelope_of_data_fields_that_nothing_closes_ends_at_enter() -> None:
    sent = ENVELOPE[:-2]
    assert fed(Framer(Suffix.ENTER), sent + b"\r", b"3146001\r") == [sent, b"3146001"]


def test_an_envelope_of_free_text_that_nothing_closes_ends_with_silence_after_enter() -> None:
    framer = Framer(Suffix.ENTER)
    sent = FREE_TEXT[:-2]
    assert fed(framer, sent + b"\r\n") == []
    assert framer.expire(SILENCE) == [sent]
    framer.feed(sent, 5.0)
    assert framer.expire(5.0 + SILENCE) == []
    assert framer.expire(5.0 + PATIENCE) == []
    assert [one.why for one in framer.take_spoilt()] == [Fault.ENDLESS]


def test_an_envelope_that_is_too_long_gives_no_part_of_itself() -> None:
    framer = Framer(Suffix.ENTER)
    assert fed(framer, FREE_TEXT[:12], b"line\r" * 2000, b"tail\r") == []
    assert framer.expire(0.02 + SILENCE) == []
    assert framer.feed(b"3146001\r", 1.0) == [b"3146001"]
    assert [one.why for one in framer.take_spoilt()] == [Fault.LONG]


def test_what_began_before_is_skipped_to_its_end() -> None:
    framer = Framer(Suffix.ENTER)
    framer.skip(0.0)
    assert fed(framer, b"6001\r", b"3146002\r") == [b"3146002"]
    framer.skip(5.0)
    assert framer.expire(5.0 + PATIENCE) == []
    assert framer.feed(b"3146003\r", 7.0) == [b"3146003"]


@pytest.mark.parametrize(
    ("raw", "text"),
    [(b"T54W", "T54W"), ("Gerät".encode(), "Gerät"), (b"Ger\xe4t", "Gerät"), (b"\xff", "ÿ")],
)
def test_text_is_utf8_else_latin1(raw: bytes, text: str) -> None:
    assert text_of(raw) == text


@settings(max_examples=200)
@given(st.lists(st.binary(min_size=1, max_size=40), max_size=8), st.data(), st.sampled_from(Suffix))
def test_how_the_bytes_are_chopped_up_changes_nothing(
    codes: list[bytes], data: st.DataObject, suffix: Suffix
) -> None:
    sent = b"\r".join(codes) + b"\r"
    cuts = data.draw(st.lists(st.integers(0, len(sent)), max_size=6).map(sorted))
    whole, chopped = Framer(suffix), Framer(suffix)
    expected = whole.feed(sent, 0.0) + whole.expire(9.0)
    edges = [0, *cuts, len(sent)]
    pieces = [sent[a:b] for a, b in pairwise(edges) if b > a]
    assert fed(chopped, *pieces) + chopped.expire(9.0) == expected
    assert all(isinstance(text_of(frame), str) for frame in expected)
