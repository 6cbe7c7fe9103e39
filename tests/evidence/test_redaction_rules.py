"""The table of secrets: what is refused while it is read, and that no pattern takes too long."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.datafile import DataError, data_dir
from bench.evidence.redaction_rules import load_rules

TABLE = data_dir() / "redaction.toml"


def changed(tmp_path: Path, old: str, new: str) -> Path:
    text = TABLE.read_text("utf-8")
    assert old in text
    path = tmp_path / "redaction.toml"
    path.write_text(text.replace(old, new, 1), "utf-8")
    return path


def test_the_table_that_ships_is_right() -> None:
    rules = load_rules(TABLE)
    assert len(rules.rules) > 60
    assert {block.kind for block in rules.blocks} == {"private key"}


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('id = "enable"', 'id = "enable"\nkinds = "x"', "only these keys"),
        ('id = "enable"', 'id = "pem"', "stands twice"),
        ("(?P<secret>eyJ", "(?P<secrets>eyJ", "the group secret"),
        ("(?P<secret>eyJ", "(?P<secret>(eyJ", "a regular expression"),
        ("(?P<secret>eyJ", "(?P<secret>eyQ", "is hidden"),
        ('needs = ["eyj"]', 'needs = ["eyJ"]', "in lower case"),
        ('needs = ["eyj"]', 'needs = ["qqq"]', "holds one of its needs"),
        ("hides = ['Wicker44']", "hides = ['Wicker55']", "parts of the example"),
        ('widths = ["79"', 'widths = ["7"', "columns of terminals"),
    ],
)
def test_mistakes_are_refused(tmp_path: Path, old: str, new: str, complaint: str) -> None:
    with pytest.raises(DataError, match=complaint):
        load_rules(changed(tmp_path, old, new))
