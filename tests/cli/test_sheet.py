"""`bench sheet`: every command on its screen's part, read back from the pages that it writes."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from bench.cli.label_parser import PAPERS, SCREENS
from bench.cli.sheet import SCREENS as VERBS
from bench.cli.sheet import TITLES, groups
from bench.datafile import data_dir
from bench.labels import sheet
from bench.labels.bitmap import Bitmap
from bench.printer_settings import PrinterSettings
from bench.scan.commands import Verb, code
from bench.scan.scanner_check import TEST_CODE
from bench.settings import Settings
from bench.workflow.catalogue import Catalogue, load_catalogue
from tests.cli.conftest import Bench
from tests.labels.pages import codes_on


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The one that bench comes with."""
    return load_catalogue(data_dir() / "bench.toml")


def settings_file(folder: Path, text: str) -> Path:
    """A settings file."""
    file = folder / "settings.toml"
    file.write_text(text, "utf-8")
    return file


def read(folder: Path, name: str) -> list[str]:
    """The codes of all pages that were written as PNG."""
    files = sorted(folder.glob(f"{name}*.png"), key=lambda one: (len(one.name), one.name))
    pages = [Bitmap.from_png(file.read_bytes(), sheet.DPI) for file in files]
    return [one.text for page in pages for one in codes_on(page)]


def test_no_command_is_missing_and_none_stands_twice_under_a_heading(catalogue: Catalogue) -> None:
    found = groups(catalogue, Settings())
    chosen = {choice.code for choice in (*catalogue.conditions, *catalogue.accessories)}
    there = {text for _, codes in found for text, _ in codes}
    assert there == {code(verb) for verb in {*Verb, *chosen}} | {TEST_CODE}
    for heading, codes in found:
        texts = [text for text, _ in codes]
        assert len(set(texts)) == len(texts), heading


def test_what_can_be_asked_for_is_what_there_is() -> None:
    assert set(SCREENS) == set(TITLES) >= set(VERBS)
    assert set(PAPERS) == set(sheet.PAPERS)


@pytest.mark.parametrize("screen", ["receive", "diagnose", "console", "ship", "vendor", "labels"])
def test_one_screen_comes_with_what_works_on_every_screen(
    catalogue: Catalogue, screen: str
) -> None:
    found = groups(catalogue, Settings(), screen)
    assert found[0][0].startswith(TITLES[screen])
    assert found[-1][0] == "Every screen"
    there = {text for _, codes in found for text, _ in codes}
    assert {code(verb) for verb in (*VERBS[screen], *VERBS["every"])} <= there


def test_conditions_and_accessories_are_those_of_receiving(catalogue: Catalogue) -> None:
    found = dict(groups(catalogue, Settings(), "receive"))
    assert len(found["Receive: condition"]) == len(catalogue.conditions)
    assert len(found["Receive: accessories"]) == len(catalogue.accessories)


def test_cables_and_printers(catalogue: Catalogue) -> None:
    settings = Settings(
        consoles={"D": "/dev/b", "B": "/dev/a"}, printers={"XD": PrinterSettings("XD", "dock")}
    )
    assert groups(catalogue, settings, "equipment") == [
        ("Console cables", [("CONSOLEB", "/dev/a"), ("CONSOLED", "/dev/b")]),
        ("Printers", [("PRINTERXD", "dock")]),
    ]
    assert groups(catalogue, settings)[-2:] == groups(catalogue, settings, "equipment")


def test_one_page_can_be_read(bench: Bench, tmp_path: Path) -> None:
    ran = bench("sheet", "--screen", "scanner", "-o", tmp_path / "s.png")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert read(tmp_path, "s") == [TEST_CODE]


def test_each_page_is_a_picture_of_its_own(bench: Bench, tmp_path: Path) -> None:
    args = ("sheet", "--screen", "labels", "--paper", "letter", "-o", tmp_path / "s.png")
    assert bench(*args).code == 0
    wanted = [code(verb) for verb in (*VERBS["labels"], *VERBS["every"])]
    assert read(tmp_path, "s-") == wanted
    assert not (tmp_path / "s.png").exists()
    (tmp_path / "s-1.png").unlink()
    ran = bench(*args)
    assert ran.code == 2
    assert "--force" in ran.err
    assert not (tmp_path / "s-1.png").exists(), "all pages or none"


@pytest.mark.parametrize(("paper", "points"), [("a4", (595, 842)), ("letter", (612, 792))])
def test_a_pdf_has_pages_of_the_papers_size(
    bench: Bench, tmp_path: Path, paper: str, points: tuple[int, int]
) -> None:
    file = tmp_path / "s.pdf"
    assert bench("sheet", "--screen", "ship", "--paper", paper, "-o", file).code == 0
    boxes = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", file.read_bytes())
    assert boxes
    for box in boxes:
        assert [round(float(side)) for side in box] == list(points)
    assert bench("sheet", "--screen", "ship", "--paper", paper, "-o", file).code == 2
    assert bench("sheet", "--screen", "ship", "-o", file, "--force").code == 0


def test_stdout_gets_a_pdf_unless_it_is_a_terminal(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = subprocess.run(
        [sys.executable, "-m", "bench", "sheet", "--screen", "scanner"],
        capture_output=True,
        check=False,
    )
    assert (made.returncode, made.stdout[:5], made.stderr) == (0, b"%PDF-", b"")
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    ran = bench("sheet", "--screen", "scanner")
    assert (ran.code, ran.out) == (2, "")
    assert "-o FILE.pdf" in ran.err


def test_what_cannot_be_written_says_why(bench: Bench, tmp_path: Path) -> None:
    wrong = settings_file(tmp_path, '[printers]\nA = "moves with the keyboard"\n')
    for args, why in (
        (("-o", tmp_path / "s.svg"), "has to end with .pdf or .png"),
        (("-o", tmp_path / "s.zpl"), "has to end with .pdf or .png"),
        (("-o", tmp_path / "none" / "s.pdf"), "No such file or directory"),
        (("--screen", "shop"), "invalid choice"),
        (("--paper", "a5"), "invalid choice"),
        (("--screen", "equipment", "-o", tmp_path / "s.pdf"), "no console cable and no printer"),
        (("--settings", wrong, "-o", tmp_path / "s.pdf"), "A may change with the keyboard layout"),
    ):
        ran = bench("sheet", *args)
        assert (ran.code, ran.out) == (2, ""), args
        assert why in ran.err
    assert [one.name for one in tmp_path.iterdir()] == ["settings.toml"]


def test_the_sheet_follows_the_sites_own_catalogue(bench: Bench, tmp_path: Path) -> None:
    mine = (data_dir() / "bench.toml").read_text("utf-8").replace('"STND"', '"FOOT"')
    (tmp_path / "bench.toml").write_text(mine, "utf-8")
    settings = settings_file(tmp_path, '[policy]\nbench = "bench.toml"\n')
    args = ("sheet", "--screen", "receive", "--settings", settings, "-o", tmp_path / "s.png")
    assert bench(*args).code == 0
    there = read(tmp_path, "s-")
    assert "BENCHFOOT" in there
    assert "BENCHSTND" not in there
