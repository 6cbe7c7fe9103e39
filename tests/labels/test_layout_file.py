"""The file of layouts: what is wrong in it is named with file, key and what was expected."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.datafile import DataError, data_dir
from bench.labels.layout import STOCK, load_label_layouts
from bench.printer_settings import LabelSort

TEXT = 'text = ["{name}"], x = 20, y = 20, width = 100, height = 40, size = 30'
BARS = 'code128 = "code", x = 20, y = 80, width = 470, height = 70'
AGAIN = 'text = ["{reprint}"], x = 20, y = 200, width = 100, height = 40, size = 30'
BADGE_2X1 = 'sort = "badge"\nsize = "2x1"\nelements = ['


def load(folder: Path, *elements: str, size: str = "2x1", more: str = "") -> None:
    """Loads the shipped file with another layout of a badge in it, before its own ones."""
    rows = "".join(f"  {{ {element} }},\n" for element in (*elements, AGAIN))
    own = f'[[layout]]\nsort = "badge"\nsize = "{size}"\n{more}elements = [\n{rows}]\n\n'
    shipped = (data_dir() / "label_layouts.toml").read_text(encoding="utf-8")
    file = folder / "own.toml"
    file.write_text(own + shipped, encoding="utf-8")
    load_label_layouts(file)


def test_the_shipped_file_has_each_sort_on_each_stock() -> None:
    layouts = load_label_layouts(data_dir() / "label_layouts.toml")
    assert all(layouts.of(sort, size) for sort in LabelSort for size in STOCK)


def test_all_kinds_of_elements_are_read(tmp_path: Path) -> None:
    load(
        tmp_path,
        TEXT + ', least = 20, weight = "mono", align = "right", lines = 1, whole = true',
        BARS + ', when = "code"',
        'qr = "{name}/{code}", x = 300, y = 160, size = 90, align = "left"',
        "rule = true, x = 0, y = 0, width = 508, height = 2",
        "frame = 5, x = 10, y = 10, width = 480, height = 234",
    )


@pytest.mark.parametrize(
    ("element", "complaint"),
    [
        (TEXT.replace("name", "serial"), r"text: expected only these in braces: .*name"),
        (TEXT.replace("{name}", "{name"), "text: expected only these in braces"),
        (TEXT + ", colour = 3", "colour: expected only these keys"),
        (TEXT.replace("x = 20", "x = 420"), r"x: expected a place on the stock of 508 x 254"),
        (TEXT.replace("y = 20", "y = 220"), r"x: expected a place on the stock"),
        (TEXT.replace("x = 20", "x = -1"), "x: expected a whole number"),
        (TEXT.replace("x = 20", "x = 2.5"), "x: expected a whole number"),
        (TEXT.replace("width = 100", "width = 0"), "width: expected more than nothing"),
        (TEXT + ", least = 31", "least: expected 10 to 30"),
        (TEXT + ", lines = 3", "least: expected 10 to 30"),
        (TEXT + ', weight = "fat"', "weight: expected one of regular, bold, mono"),
        (TEXT + ', when = "serial"', "when: expected one of code, name"),
        (BARS.replace('"code"', '"serial"'), "code128: expected one of"),
        (BARS.replace("height = 70", "height = 60"), "height: expected 64 or more"),
        ('qr = "{serial}", x = 300, y = 20, size = 90', "qr: expected only these"),
        ('qr = "{name}", x = 300, y = 20, size = 300', "x: expected a place on the stock"),
        ('sign = "speed", x = 300, y = 20, size = 90', "sign: expected one of"),
        ("rule = false, x = 0, y = 0, width = 9, height = 9", "rule: expected true"),
        ("x = 0, y = 0, width = 9, height = 9", "expected one of text, code128"),
        (TEXT + ", rule = true", "expected one of text, code128"),
        (AGAIN, "x: expected a place that no other element uses"),
    ],
)
def test_what_is_wrong_in_an_element_is_named(tmp_path: Path, element: str, complaint: str) -> None:
    with pytest.raises(
        DataError,
        match=rf"own.toml: layout\[1\].elements\[1\].*{complaint}|"
        rf"own.toml: layout\[1\].elements\[2\].*{complaint}",
    ):
        load(tmp_path, element)


def test_long_bars_have_to_be_high(tmp_path: Path) -> None:
    """15 % of their length: on wide stock that is more than 6.4 mm."""
    with pytest.raises(DataError, match="height: expected 139 or more for bars on 976"):
        load(tmp_path, BARS.replace("470", "976"), size="4x2")


def test_a_misspelt_key_of_a_layout_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="sise: expected only these keys"):
        load(tmp_path, TEXT, more='sise = "2x1"\n')


def test_an_unknown_stock_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="size: expected one of 2x1, 4x2, 4x6"):
        load(tmp_path, TEXT, size="3x1")


def test_a_layout_that_hides_second_copies_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f"[[layout]]\n{BADGE_2X1}{{ {TEXT} }}]\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"elements: expected a text of .*reprint"):
        load_label_layouts(file)


def test_a_sort_without_a_layout_is_named(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(f"[[layout]]\n{BADGE_2X1}{{ {AGAIN} }}]\n", encoding="utf-8")
    with pytest.raises(DataError, match="layout: expected a layout of size 2x1 for rma labels"):
        load_label_layouts(file)
