"""`bench label`: each sort into a file, or to a printer at once; what is refused writes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from bench.hardware.simulated_printer import SimulatedPrinter
from bench.labels.bitmap import Bitmap
from bench.labels.zpl import bitmaps_of
from bench.scan.rma_number import barcode_text
from bench.settings import Settings
from bench.workflow.desk import open_desk
from tests.cli.conftest import Bench
from tests.labels.reading import codes
from tests.workflow.helpers import World, new_clock
from tests.workflow.vendor_acts import RMA, act, phone

pytestmark = pytest.mark.engines("sqlite")
SERIAL = "AB-0001"


@contextmanager
def at_work(database: Path) -> Iterator[World]:
    """A technician at the database, who goes home before the command line looks at it."""
    clock = new_clock()
    desk = open_desk(Settings(station="Bench 2", technician="Ana", database=database), clock=clock)
    with closing(desk.store):
        yield World(desk, clock)


@pytest.fixture
def number(database: Path) -> str:
    """The number of a phone that goes to the distributor, who gave DX-9 for it."""
    with at_work(database) as world:
        rma_id = phone(world, SERIAL)
        act(world, rma_id, RMA)
        return world.rma(rma_id).number


@pytest.fixture
def label(bench: Bench, database: Path, tmp_path: Path) -> Bench:
    """Runs `bench label` on the database and the settings file of this test."""

    def run(*args: str | Path) -> Any:
        file = tmp_path / "settings.toml"
        file.touch()
        sort, *others = args
        return bench("label", sort, "--settings", file, "--database", database, *others)

    return run


def settings(tmp_path: Path, text: str) -> None:
    """Writes the settings file of this test."""
    (tmp_path / "settings.toml").write_text(text, "utf-8")


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    """A printer B for RMA labels, beside C that only has a name."""
    with SimulatedPrinter(tmp_path / "printed") as there:
        settings(
            tmp_path,
            f'[printers]\nC = "named"\n[printers.B]\nname = "Zebra"\nat = "{there.at}"\n'
            'labels = ["rma", "printer"]\n',
        )
        yield there


def read(path: Path, dpi: int = 203) -> list[bytes]:
    """The bars of a label that was written as PNG."""
    return codes(Bitmap.from_png(path.read_bytes(), dpi)).get("Code 128", [])


# --- into a file


def test_a_label_by_number_serial_and_barcode(label: Bench, number: str, tmp_path: Path) -> None:
    text = barcode_text(number)
    for place, named in enumerate((number, SERIAL, text, text.lower())):
        file = tmp_path / f"{place}.png"
        ran = label("rma", named, "-o", file)
        assert (ran.code, ran.out, ran.err) == (0, "", "")
        assert read(file) == [text.encode()]


@pytest.mark.parametrize(("size", "dpi", "dots"), [("2x1", 203, (406, 203)), ("4x6", 300, None)])
def test_size_and_resolution(
    label: Bench, number: str, tmp_path: Path, size: str, dpi: int, dots: tuple[int, int] | None
) -> None:
    file = tmp_path / "one.png"
    args = ("--size", size, "--dpi", str(dpi)) if size != "2x1" else ()
    assert label("rma", number, "-o", file, *args).code == 0
    drawn = Bitmap.from_png(file.read_bytes(), dpi)
    assert (drawn.width, drawn.height) == (dots or (1200, 1800))


def test_each_form_holds_the_same_label(label: Bench, number: str, tmp_path: Path) -> None:
    files = [tmp_path / f"one.{form}" for form in ("png", "zpl", "pdf")]
    for file in files:
        assert label("vendor", number, "-o", file).code == 0
    (drawn,) = bitmaps_of(files[1].read_bytes(), 203)
    assert drawn == Bitmap.from_png(files[0].read_bytes(), 203)
    assert codes(drawn)["Code 128"] == [b"DX-9"]
    assert files[2].read_bytes()[:5] == b"%PDF-"


def test_what_there_is_nothing_to_say_of(label: Bench, number: str, tmp_path: Path) -> None:
    file = tmp_path / "one.pdf"
    for args, status, why in (
        (("packet", number, "-o", file), 1, "no packet was made for RMA"),
        (("rma", "AB-9999", "-o", file), 1, '"AB-9999" is not known'),
        (("rma", "\x1b[2J", "-o", file), 1, "is not known"),
        (("rma", number, "-o", tmp_path / "one.svg"), 2, "end with .pdf, .png or .zpl"),
        (("rma", number, "-o", tmp_path / "none" / "one.pdf"), 2, "No such file"),
        (("rma", number), 2, "one of the arguments"),
        (("rma", number, "-o", file, "--print"), 2, "not allowed with"),
        (("rma", number, "-o", file, "--size", "3x3"), 2, "invalid choice"),
        (("rma", number, "--print", "--dpi", "300"), 2, "--size and --dpi go with -o"),
        (("badge", "-o", file), 2, "invalid choice"),
    ):
        ran = label(*args)
        assert (ran.code, ran.out) == (status, ""), args
        assert why in ran.err
        assert "\x1b" not in ran.err
    assert not file.exists()


def test_a_file_is_replaced_only_where_that_is_said(
    label: Bench, number: str, tmp_path: Path
) -> None:
    file = tmp_path / "one.png"
    file.write_text("old")
    assert label("rma", number, "-o", file).code == 2
    assert file.read_text() == "old"
    assert label("rma", number, "-o", file, "--force").code == 0
    assert len(read(file)) == 1


def test_one_serial_of_two_brands_is_asked_about(
    label: Bench, database: Path, tmp_path: Path
) -> None:
    with at_work(database) as world:
        for brand in ("Yealink", "Snom"):
            world.stock(SERIAL, brand=brand)
    ran = label("rma", SERIAL, "-o", tmp_path / "one.pdf")
    assert (ran.code, ran.out) == (1, "")
    assert "2 units have this serial" in ran.err


def test_a_database_that_is_not_there_is_not_made(label: Bench, database: Path) -> None:
    ran = label("rma", "X", "-o", "x.pdf")
    assert ran.code == 2
    assert "there is no database" in ran.err
    assert not database.exists()


# --- of the bench's own equipment


def test_labels_of_cables_and_printers(label: Bench, tmp_path: Path) -> None:
    settings(tmp_path, '[consoles]\nB = "/dev/a"\nD = "/dev/b"\n[printers]\nXD = "dock"\n')
    assert label("ports", "-o", tmp_path / "ports.png").code == 0
    assert read(tmp_path / "ports-1.png") == [b"CONSOLEB"]
    assert read(tmp_path / "ports-2.png") == [b"CONSOLED"]
    assert label("ports", "d", "-o", tmp_path / "one.png").code == 0
    assert read(tmp_path / "one.png") == [b"CONSOLED"]
    assert label("printers", "-o", tmp_path / "printers.png").code == 0
    assert read(tmp_path / "printers.png") == [b"PRINTERXD"]
    assert label("ports", "-o", tmp_path / "all.zpl").code == 0
    assert len(bitmaps_of((tmp_path / "all.zpl").read_bytes(), 203)) == 2


def test_equipment_that_is_not_there(label: Bench, tmp_path: Path) -> None:
    file = tmp_path / "one.pdf"
    ran = label("ports", "-o", file)
    assert ran.code == 2
    assert "no console cable has letters yet" in ran.err
    settings(tmp_path, '[printers]\nXD = "dock"\n')
    ran = label("printers", "B", "-o", file)
    assert ran.code == 2
    assert "there is no printer B; set up at this bench: XD" in ran.err
    settings(tmp_path, '[printers]\nA = "dock"\n')
    ran = label("printers", "-o", file)
    assert ran.code == 2
    assert "A may change with the keyboard layout" in ran.err
    assert not file.exists()


# --- to a printer


def test_sent_says_what_the_printer_says(
    label: Bench, number: str, printer: SimulatedPrinter, tmp_path: Path
) -> None:
    ran = label("rma", number, "--print")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"RMA label {number}: sent to B Zebra: ")
    assert "printed" not in ran.out
    assert printer.wait_for(1)
    assert label("rma", number, "-o", tmp_path / "one.png").code == 0
    assert printer.labels == [Bitmap.from_png((tmp_path / "one.png").read_bytes(), 203)]


def test_every_printer_gets_its_label(label: Bench, printer: SimulatedPrinter) -> None:
    ran = label("printers", "--print", "b")
    assert ran.code == 0
    assert len(ran.out.splitlines()) == 2
    assert printer.wait_for(2)
    assert [codes(one)["Code 128"] for one in printer.labels] == [[b"PRINTERB"], [b"PRINTERC"]]


def test_a_printer_that_cannot_be_named(
    label: Bench, number: str, printer: SimulatedPrinter
) -> None:
    for args, why in (
        (("rma", number, "--print", "X"), "there is no printer X; set up at this bench: B, C"),
        (("rma", number, "--print", "C"), "printer C takes no rma labels; see at and labels"),
        (("vendor", number, "--print", "B"), "printer B takes no vendor labels"),
        (("vendor", number, "--print"), "no printer takes vendor labels"),
    ):
        ran = label(*args)
        assert (ran.code, ran.out) == (2, ""), args
        assert why in ran.err
    assert printer.labels == []


def test_a_printer_that_takes_nothing(label: Bench, number: str, printer: SimulatedPrinter) -> None:
    printer.close()
    ran = label("rma", number, "--print")
    assert (ran.code, ran.out) == (1, "")
    assert f"the RMA label {number} was not sent: " in ran.err


def test_a_label_that_was_cut_off(label: Bench, number: str, printer: SimulatedPrinter) -> None:
    printer.cut_after = 200
    ran = label("rma", number, "--print")
    assert (ran.code, ran.out) == (1, "")
    assert f"the RMA label {number} " in ran.err
    assert "sent to" not in ran.err
    assert printer.labels == []


def test_a_folder_as_a_printer(label: Bench, number: str, tmp_path: Path) -> None:
    settings(tmp_path, '[printers.B]\nname = "folder"\nat = "file:out"\nsize = "4x2"\ndpi = 300\n')
    ran = label("ship", number, "--print", "B")
    assert ran.code == 0
    (file,) = (tmp_path / "out").iterdir()
    assert file.suffix == ".pdf"
    assert f"sent to B folder: written to {file}" in ran.out


def test_a_label_that_does_not_fit_says_what_would_do(
    label: Bench, number: str, tmp_path: Path
) -> None:
    """Here by the site's own layouts, with too little room for the bars on the smallest stock."""
    ours = Settings().label_layouts_file.read_text("utf-8")
    narrow = ours.replace("width = 478, height = 80", "width = 200, height = 80", 1)
    (tmp_path / "mine.toml").write_text(narrow, "utf-8")
    settings(tmp_path, '[labels]\nlayouts = "mine.toml"\n')
    ran = label("rma", number, "-o", tmp_path / "one.pdf")
    assert (ran.code, ran.out) == (1, "")
    assert f"RMA label {number}: " in ran.err
    assert "Print it on labels of 4x2 inches." in ran.err
    assert not (tmp_path / "one.pdf").exists()
    assert label("rma", number, "-o", tmp_path / "one.pdf", "--size", "4x2").code == 0
