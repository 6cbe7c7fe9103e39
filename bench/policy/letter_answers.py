"""Answers to choose from for the letters, from `letter_answers.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.datafile import Table, data_dir
from bench.text import clean_line

MOST, LONGEST = 8, 66
"""Answers, so that each has a key of its own beside "another one"; and the characters of one, so
that it stands in one row of a dialog on 80 columns."""
QUESTION = "Why did it fail on site, if it was tested here?"
"""What management is told of every early return (DOMAIN section 3)."""


@dataclass(frozen=True, slots=True)
class LetterAnswers:
    """What can be chosen, in the order of the file."""

    failed_on_site: tuple[str, ...]


def letter_answers_file() -> Path:
    """The file that bench comes with."""
    return data_dir() / "letter_answers.toml"


def load_letter_answers(file: Path) -> LetterAnswers:
    """Reads and checks the answers. Raises DataError naming file, key and what was expected."""
    table = Table.read(file)
    found = table.texts("failed_on_site")
    fit = all(0 < len(text) <= LONGEST and clean_line(text) == text for text in found)
    if not fit or not 1 <= len(found) <= MOST:
        what = f"1 to {MOST} answers of one line, up to {LONGEST} characters each"
        raise table.wrong("failed_on_site", what, list(found))
    table.done()
    return LetterAnswers(found)
