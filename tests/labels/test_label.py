"""What a label says, to the store and back."""

from __future__ import annotations

import json

import pytest

from bench.labels.label import LONGEST_FIELD, LabelContent
from bench.printer_settings import LabelSort
from tests.labels.label_samples import sample


@pytest.mark.parametrize("sort", list(LabelSort))
def test_a_label_comes_back_from_json(sort: LabelSort) -> None:
    content = sample(sort, reprint=3)
    assert LabelContent.from_json(content.to_json()) == content


def test_hostile_text_comes_back_as_it_was() -> None:
    """A code is never changed on its way; what is drawn as text is made safe when it is drawn."""
    hostile = '\x1b[2J\x00"\u202e\ud800 \U0001f600\n\x1d'
    text = sample(LabelSort.RMA, serial=hostile).to_json()
    assert text.isascii()
    assert LabelContent.from_json(text).fields["serial"] == hostile


def test_what_is_endless_is_cut_to_more_than_any_code_holds() -> None:
    kept = LabelContent.from_json(sample(LabelSort.RMA, serial="7" * 10_000).to_json())
    assert kept.fields["serial"] == "7" * LONGEST_FIELD


def test_empty_fields_are_not_kept() -> None:
    assert "model" not in LabelContent.from_json(sample(LabelSort.RMA, model="").to_json()).fields


GOOD = {"sort": "badge", "title": "badge", "fields": {"name": "Ana"}, "reprint": 0}


@pytest.mark.parametrize(
    "wrong",
    [
        {"sort": "poster"},
        {"title": 7},
        {"fields": {"serial": "1"}},
        {"fields": {"name": 1}},
        {"fields": ["name"]},
        {"fields": {"name": "x" * 5000}},
        {"reprint": -1},
        {"reprint": True},
        {"reprint": "1"},
        {"more": 1},
    ],
)
def test_anything_else_is_refused(wrong: dict[str, object]) -> None:
    assert LabelContent.from_json(json.dumps(GOOD)).fields == {"name": "Ana"}
    with pytest.raises(ValueError, match=r"label|LabelSort"):
        LabelContent.from_json(json.dumps(GOOD | wrong))


@pytest.mark.parametrize("text", ["", "[]", "null", "{}", "RMA", "[" * 100_000])
def test_what_is_no_label_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"label|Expecting"):
        LabelContent.from_json(text)
