"""`bench technician`: enrolling, changing, listing; a badge is shown once, or never."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

import pytest

from bench.labels.bitmap import Bitmap
from bench.labels.card import DPI
from bench.settings import default_badge_key
from tests.cli.conftest import Bench
from tests.labels.pages import codes_on

Where = Path | str


@pytest.fixture
def technician(bench: Bench, database: Where) -> Bench:
    """Runs `bench technician` on the database of this test."""

    def run(*args: str | Path, **more: Any) -> Any:
        return bench("technician", *args, "--database", database, **more)

    return run


def test_nobody_is_deleted(technician: Bench) -> None:
    technician("add", "Ana", "--badge", "EMP-0042")
    assert technician("change", "Ana", "--inactive").out == "Ana: technician, inactive\n"
    assert "inactive" in technician("list").out


def test_enrolled_listed_and_changed(technician: Bench) -> None:
    added = technician("add", "Petra V.", "--supervisor", "--badge", "EMP-0001")
    assert (added.code, added.out, added.err) == (0, "Petra V.: supervisor, active\n", "")
    assert technician("add", "Ana R.", "--badge", "EMP-0042").code == 0
    assert technician("change", "ana r.", "--name", "Ana Rivera", "--supervisor").code == 0
    assert technician("change", "petra v.", "--no-supervisor", "--no-badge").code == 0
    rows = [line.split("  ") for line in technician("list").out.splitlines()]
    cells = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert [row[:3] for row in cells[1:]] == [
        ["Ana Rivera", "supervisor", "badge"],
        ["Petra V.", "technician", "no badge"],
    ]
    assert stat.S_IMODE(default_badge_key().stat().st_mode) == 0o600


def test_a_badge_that_is_made_is_shown_once(technician: Bench) -> None:
    ran = technician("add", "Ana", "--make")
    badge = ran.out.split("badge, shown only now: ")[1].strip()
    assert (ran.code, len(badge), badge[:6]) == (0, 18, "PERSON")
    assert badge not in technician("list").out
    again = technician("add", "Jo", "--badge", badge.lower())
    assert again.code == 1
    assert "This badge is the one of Ana." in again.err
    assert badge not in again.err.upper()


@pytest.mark.parametrize("form", ["pdf", "png"])
def test_a_badge_on_its_label(technician: Bench, tmp_path: Path, form: str) -> None:
    label = tmp_path / f"ana.{form}"
    ran = technician("add", "Ana <R.>", "--make", "-o", label)
    assert ran.code == 0
    assert "PERSON" not in ran.out
    assert b"PERSON" not in label.read_bytes()
    assert "print it at full size, then delete the file" in ran.out
    assert stat.S_IMODE(label.stat().st_mode) == 0o600
    if form == "png":
        (one,) = codes_on(Bitmap.from_png(label.read_bytes(), DPI))
        taken = technician("add", "Jo", "--badge", one.text)
        assert "This badge is the one of Ana <R.>." in taken.err
    else:
        assert label.read_bytes()[:5] == b"%PDF-"


def test_without_its_label_nobody_is_enrolled(technician: Bench, tmp_path: Path) -> None:
    label = tmp_path / "ana.pdf"
    label.write_text("an older one")
    assert technician("add", "Ana", "--badge", "EMP-0042", "-o", label).code == 2
    ran = technician("add", "Ana", "--make", "-o", label)
    assert ran.code == 2
    assert "--force" in ran.err
    assert label.read_text() == "an older one"
    for wrong in ("ana.svg", "ana.zpl", "-"):
        ran = technician("add", "Ana", "--make", "-o", wrong)
        assert (ran.code, ran.out) == (2, "")
        assert "has to end with .pdf or .png" in ran.err
    assert "nobody is enrolled" in technician("list").out
    assert technician("add", "Ana", "--make", "-o", label, "--force").code == 0
    assert label.read_bytes()[:5] == b"%PDF-"


def test_a_badge_from_stdin(process: Bench, database: Where, tmp_path: Path) -> None:
    home = {"HOME": str(tmp_path / "home")}
    for name, option in (("Ana", ()), ("Jo", ("--badge", "-"))):
        args = ("technician", "add", name, *option, "--database", str(database))
        ran = process(*args, stdin=f"EMP-{name}-1\r\n".encode(), env=home)
        assert (ran.code, ran.out) == (0, f"{name}: technician, active\n")
    ran = process("technician", "add", "Kim", "--database", str(database), stdin=b"", env=home)
    assert ran.code == 1
    assert "cannot be a badge" in ran.err


def test_what_is_refused_says_why(technician: Bench) -> None:
    technician("add", "Petra", "--supervisor", "--badge", "EMP-0001")
    technician("add", "Ana", "--badge", "EMP-0042")
    for args, code, why in (
        (("add", "ANA", "--badge", "EMP-0043"), 1, "Somebody called Ana is enrolled already."),
        (("add", "Jo", "--badge", "BENCHOK"), 1, "cannot be a badge"),
        (("add", "\x1b\x07", "--badge", "EMP-0043"), 1, "a name is needed"),
        (("change", "Jo", "--supervisor"), 1, "nobody called Jo is enrolled"),
        (("change", "Petra", "--inactive"), 1, "the last supervisor"),
        (("change", "Ana"), 2, "nothing to change"),
        (("change", "Ana", "--no-badge", "--make"), 2, "--no-badge"),
        (("new-key",), 2, "say --yes"),
        (("frobnicate",), 2, "invalid choice"),
    ):
        ran = technician(*args)
        assert (ran.code, ran.out) == (code, ""), args
        assert why in ran.err


def test_a_serial_as_badge_is_warned_of(
    technician: Bench, bench: Bench, tmp_path: Path, database: Where
) -> None:
    file = tmp_path / "shipped.csv"
    file.write_text("serial,brand\nEMP-0042,Yealink\n")
    assert bench("import", file, "--kind", "shipments", "--database", database).code == 0
    ran = technician("add", "Ana", "--badge", "EMP-0042")
    assert ran.code == 0
    assert "note: a unit has this serial too" in ran.err


def test_a_new_key_takes_every_badge_away(technician: Bench) -> None:
    technician("add", "Ana", "--badge", "EMP-0042")
    before = default_badge_key().read_bytes()
    ran = technician("new-key", "--yes")
    assert ran.code == 0
    assert ": 1" in ran.out
    assert default_badge_key().read_bytes() != before
    assert "no badge" in technician("list").out
    assert technician("change", "Ana", "--badge", "EMP-0042").code == 0


def test_the_command_line_acts_without_a_badge(
    technician: Bench, bench: Bench, tmp_path: Path, database: Where
) -> None:
    technician("add", "Ana", "--badge", "EMP-0042")
    file = tmp_path / "expected.csv"
    file.write_text("serial,brand,ticket\nFOC2134X0AB,Yealink,1\n")
    assert bench("import", file, "--database", database, "--technician", "Ana").code == 0
    events = bench("export", "--what", "events", "--format", "json", "--database", database).out
    assert '"actor": "Ana"' in events
