"""`bench printers`: each printer with its own word, and those that no setting uses."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.hardware import found
from bench.hardware.simulated_printer import SimulatedPrinter
from tests.cli.conftest import Bench


@pytest.fixture(autouse=True)
def plugged_in(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is plugged in: nothing, until a test adds to it."""
    there: list[str] = []
    monkeypatch.setattr(found, "printers", lambda: list(there))
    return there


def settings(tmp_path: Path, text: str) -> Path:
    """A settings file."""
    file = tmp_path / "settings.toml"
    file.write_text(text, "utf-8")
    return file


def test_none(bench: Bench, plugged_in: list[str]) -> None:
    ran = bench("printers")
    assert (ran.code, ran.out, ran.err) == (
        0,
        "no printer is set up: see [printers] in the settings\n",
        "",
    )
    plugged_in.append("usb:/dev/usb/lp0\x1b[2J")
    ran = bench("printers")
    assert ran.code == 0
    assert "note: usb:/dev/usb/lp0␛[2J is here too, and no printer of the settings" in ran.err


def test_each_with_its_address_its_labels_and_its_word(bench: Bench, tmp_path: Path) -> None:
    with SimulatedPrinter(tmp_path / "printed") as printer:
        file = settings(
            tmp_path,
            f'[printers]\nN = "only named"\n[printers.B]\nname = "Zebra"\nat = "{printer.at}"\n'
            'labels = ["rma", "ship"]\n[printers.C]\nname = "folder"\nat = "file:out"\ndpi = 300\n',
        )
        ran = bench("printers", "--settings", file)
        assert (ran.code, ran.err) == (0, "")
        heads, *rows = [
            [cell.strip() for cell in line.split("  ") if cell.strip()]
            for line in ran.out.splitlines()
        ]
        assert heads == ["name", "address", "stock", "prints", "state"]
        assert rows == [
            ["B", "Zebra", printer.at, "2x1 in, 203 dpi, zpl", "rma, ship", "ready"],
            [
                *("C", "folder", f"file:{tmp_path / 'out'}", "2x1 in, 300 dpi, pdf", "all"),
                f"writes to {tmp_path / 'out'}",
            ],
            ["N", "only named", "only named: nothing can be sent to it"],
        ]
        printer.paused = printer.answers = True
        ran = bench("printers", "--settings", file)
        assert ran.code == 1, "for scripts: one is not ready"
        assert "paused" in ran.out


def test_a_wrong_setting_is_named(bench: Bench, tmp_path: Path) -> None:
    file = settings(tmp_path, '[printers.B]\nname = "Zebra"\nat = "zebra"\n')
    ran = bench("printers", "--settings", file)
    assert (ran.code, ran.out) == (2, "")
    assert "printers.B.at: expected tcp://HOST" in ran.err
