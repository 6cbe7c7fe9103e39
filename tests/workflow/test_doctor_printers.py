"""The doctor's lines on printers: each asked, and those named that no setting uses."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest

from bench.hardware import found
from bench.hardware.printing import PrinterState
from bench.hardware.simulated_printer import SimulatedPrinter
from bench.printer_settings import PrinterSettings
from bench.settings import Settings
from bench.store.health import Finding, Grade
from bench.workflow import doctor_printers
from bench.workflow.doctor_printers import ONLY_NAMED, printer_findings, unused


@pytest.fixture(autouse=True)
def plugged_in(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is plugged in: nothing, until a test adds to it."""
    there: list[str] = []
    monkeypatch.setattr(found, "printers", lambda: list(there))
    return there


def findings(*printers: PrinterSettings, **more: Path) -> list[Finding]:
    """What is said of these printers."""
    known = {one.letters: one for one in printers}
    return list(printer_findings(replace(Settings(), printers=known, **more)))  # type: ignore[arg-type]


def test_without_a_printer_labels_go_to_files() -> None:
    (finding,) = findings()
    assert (finding.name, finding.grade, finding.text) == ("printers", Grade.HINT, "no printer")
    assert "bench label" in finding.todo


def test_a_printer_that_is_ready(tmp_path: Path) -> None:
    with SimulatedPrinter(tmp_path) as printer:
        (finding,) = findings(PrinterSettings("B", "Zebra", printer.at))
        assert (finding.name, finding.grade) == ("printers", Grade.GOOD)
        assert finding.text == f"B Zebra: ready ({printer.at})"
        assert printer.labels == []


def test_a_printer_that_is_not(tmp_path: Path) -> None:
    with SimulatedPrinter(tmp_path) as printer:
        printer.out_of_paper = printer.answers = True
        (finding,) = findings(PrinterSettings("B", "Zebra", printer.at))
        assert finding.grade is Grade.HINT
        assert "paper" in finding.text
        assert printer.at in finding.todo
    (finding,) = findings(PrinterSettings("B", "Zebra", printer.at))
    assert (finding.name, finding.grade) == ("printers", Grade.HINT)
    assert finding.text.startswith("B Zebra: ")


def test_a_name_alone_is_not_asked() -> None:
    (finding,) = findings(PrinterSettings("B", "Zebra"))
    assert (finding.grade, finding.text) == (Grade.HINT, f"B Zebra: {ONLY_NAMED}")
    assert "[printers.B], at" in finding.todo


def test_all_are_asked_at_once_and_told_by_their_letters(tmp_path: Path) -> None:
    folders = [
        PrinterSettings(letters, f"folder {letters}", f"file:{tmp_path / letters}", "pdf")
        for letters in "DCB"
    ]
    told = [finding.text[:10] for finding in findings(*folders)]
    assert told == ["B folder B", "C folder C", "D folder D"]
    assert list(tmp_path.iterdir()) == [], "asking makes no folder"


def test_each_that_no_setting_uses_comes_with_the_line_to_add(plugged_in: list[str]) -> None:
    plugged_in += ["cups:Office", "cups:Zebra", "usb:/dev/usb/lp0"]
    used = PrinterSettings("B", "Zebra", "cups:Zebra")
    others = [one for one in findings(used) if "is not in the settings" in one.text]
    assert [(one.grade, one.text) for one in others] == [
        (Grade.HINT, "cups:Office is not in the settings"),
        (Grade.HINT, "usb:/dev/usb/lp0 is not in the settings"),
    ]
    assert others[0].todo == 'add to the settings: [printers.C], name = "…", at = "cups:Office"'
    assert "[printers.D]" in others[1].todo


def test_another_name_of_the_same_device_is_the_same_printer(
    plugged_in: list[str], tmp_path: Path
) -> None:
    device, link = tmp_path / "lp0", tmp_path / "zebra"
    device.touch()
    link.symlink_to(device)
    plugged_in.append(f"usb:{device}")
    assert unused({"B": PrinterSettings("B", "Zebra", f"usb:{link}")}) == []
    assert unused({"B": PrinterSettings("B", "Zebra")}) == [f"usb:{device}"]


def test_layouts_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("layout = 1\n")
    wrong, _ = findings(label_layouts_file=file)
    assert wrong.grade is Grade.WRONG
    assert str(file) in wrong.text


def test_slow_printers_are_asked_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """None answers before all of them are asked: one after the other would never end."""
    all_asked = threading.Barrier(3, timeout=10)

    def state_of(printer: PrinterSettings) -> PrinterState:
        all_asked.wait()
        return PrinterState(None, f"no answer from {printer.letters}")

    monkeypatch.setattr(doctor_printers, "state_of", state_of)
    told = findings(*(PrinterSettings(one, f"Zebra {one}", f"tcp://z{one}:9100") for one in "DCB"))
    assert [one.text for one in told] == [f"{n} Zebra {n}: no answer from {n}" for n in "BCD"]
    assert {one.grade for one in told} == {Grade.HINT}, "clones that print well do not answer"
