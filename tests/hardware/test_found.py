"""Printers that the system knows, named as the settings want them; nothing is opened."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.hardware import found
from bench.printer_settings import checked_address


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of USB printers with one, and of programs with none."""
    usb = tmp_path / "usb"
    usb.mkdir()
    (usb / "lp0").touch()
    monkeypatch.setattr(found, "_USB_PRINTERS", usb)
    monkeypatch.setenv("PATH", str(tmp_path))
    return tmp_path


def lpstat(here: Path, script: str) -> None:
    """A program of this name."""
    file = here / "lpstat"
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)


def test_usb_printers_without_cups(here: Path) -> None:
    assert found.printers() == [f"usb:{here}/usb/lp0"]
    (here / "usb" / "lp0").unlink()
    (here / "usb").rmdir()
    assert found.printers() == []


def test_queues_of_cups(here: Path) -> None:
    lpstat(here, "echo Office; echo Zebra_2")
    there = found.printers()
    assert there == ["cups:Office", "cups:Zebra_2", f"usb:{here}/usb/lp0"]
    assert checked_address(there[1], here) == there[1]


@pytest.mark.parametrize("script", ["exit 1", "printf '\\377\\376'", ":"])
def test_cups_that_tells_nothing(here: Path, script: str) -> None:
    lpstat(here, script)
    assert found.printers() == [f"usb:{here}/usb/lp0"]
