"""The answers to choose from: one line each, few enough to have a key of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.datafile import DataError
from bench.policy.letter_answers import letter_answers_file, load_letter_answers


def test_the_answers_that_bench_comes_with() -> None:
    answers = load_letter_answers(letter_answers_file()).failed_on_site
    assert len(answers) >= 4
    assert len(set(answers)) == len(answers)


@pytest.mark.parametrize(
    "text",
    [
        "failed_on_site = []",
        'failed_on_site = ["a", "b", "c", "d", "e", "f", "g", "h", "i"]',
        'failed_on_site = [""]',
        'failed_on_site = ["two\\nlines"]',
        f'failed_on_site = ["{"x" * 67}"]',
        'failed_on_site = ["a"]\nfailed_on_sight = ["b"]',
        "failed_on_site = [1]",
    ],
)
def test_a_wrong_file_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "answers.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match="failed_on_si"):
        load_letter_answers(file)
