"""Badges: their form, what is compared, and the keyed hash that is kept instead of them."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.scan.badge import badge_hash, badge_text, fingerprint, is_ours, make_badge
from bench.scan.commands import SAFE_LETTERS
from bench.scan.label import A_BADGE, LabelKind, classify

KEY = bytes(range(32))


def test_a_badge_of_ours_can_be_scanned_on_every_keyboard_layout() -> None:
    badge = make_badge()
    assert len(badge) == 18
    assert set(badge) <= SAFE_LETTERS
    assert is_ours(badge)


def test_no_two_badges_are_alike() -> None:
    assert len({make_badge() for _ in range(1000)}) == 1000


@pytest.mark.parametrize(
    ("text", "badge"),
    [
        ("emp-0042", "EMP-0042"),
        ("\x02EMP-0042\x03\r\n", "EMP-0042"),
        ("]C0EMP-0042", "EMP-0042"),
        (" 0004 7711 ", "00047711"),
        ("12345", None),
        ("", None),
        ("------", None),
        ("x" * 65, None),
    ],
)
def test_what_is_compared(text: str, badge: str | None) -> None:
    assert badge_text(text) == badge


def test_the_hash_is_hmac_sha256_of_the_badge_in_its_compared_form() -> None:
    said = hmac.new(KEY, b"EMP-0042", hashlib.sha256).hexdigest()
    assert badge_hash(KEY, "emp-0042") == said
    assert badge_hash(b"\0" * 32, "emp-0042") != said


def test_the_fingerprint_tells_keys_apart_and_is_no_badge() -> None:
    assert len(fingerprint(KEY)) == 16
    assert fingerprint(KEY) != fingerprint(b"\0" * 32)


@given(st.text())
def test_any_text_has_a_hash_or_is_no_badge(text: str) -> None:
    if badge_text(text) is None:
        with pytest.raises(ValueError, match="no badge"):
            badge_hash(KEY, text)
    else:
        assert len(badge_hash(KEY, text)) == 64


@pytest.mark.parametrize("text", ["PERSONBCDEFGHJKLNO", "personbcdefghjklno", "]C0PERSONBC\r"])
def test_a_badge_is_a_label_of_its_own_and_never_a_serial(text: str) -> None:
    label = classify(text)
    assert (label.kind, label.raw, label.serial) == (LabelKind.BADGE, A_BADGE, "")
    assert badge_text(label.badge) == badge_text(text)
    assert "PERSON" not in repr(label).upper()


def test_a_serial_may_be_a_companys_badge_but_a_command_may_not() -> None:
    assert classify("EMP-0042").badge == "EMP-0042"
    assert classify("https://id.example/7711").badge
    assert not classify("BENCHLOCK").badge
    assert not classify("RBKVLVRFV").badge
    assert not classify("R26004812K").badge
    assert classify("PERSON123").kind is LabelKind.CODE
