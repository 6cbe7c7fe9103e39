"""Which way a label goes, and what holds for all of them."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from bench.hardware.printing import NotTaken, send, state_of
from bench.labels.bitmap import Bitmap
from bench.printer_settings import PrinterSettings
from tests.hardware.printer_helpers import LABEL, printer_at


def test_a_printer_that_is_only_named() -> None:
    named = PrinterSettings("B", "Zebra")
    with pytest.raises(NotTaken, match="Zebra has no address") as trouble:
        send(named, LABEL, "label")
    assert "[printers.B]" in trouble.value.remedy
    assert state_of(named).ready is False


@pytest.mark.parametrize("at", ["gopher:x", "http://x", "x", "tcp:x", "::", "\x1b[2J"])
def test_an_address_of_no_known_form(at: str) -> None:
    with pytest.raises(NotTaken):
        send(printer_at(at), LABEL, "label")
    assert state_of(printer_at(at)).ready is False


def test_a_stop_before_the_start_sends_nothing(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    with pytest.raises(NotTaken, match="program ended"):
        send(printer_at(f"file:{tmp_path}"), LABEL, "label", stop)
    assert list(tmp_path.iterdir()) == []


def test_a_language_that_does_not_go_this_way() -> None:
    with pytest.raises(NotTaken, match="ZPL only"):
        send(printer_at("tcp://127.0.0.1:1", "pdf"), LABEL, "label")
    with pytest.raises(NotTaken, match="no label for ZPL"):
        send(printer_at("tcp://127.0.0.1:1"), Bitmap(8, 40_000, 203, bytes(40_000)), "label")


def test_a_name_that_would_steer_a_terminal_is_cleaned() -> None:
    hostile = PrinterSettings("B", "Zebra\x1b[2J\n", "tcp://127.0.0.1:1")
    with pytest.raises(NotTaken) as trouble:
        send(hostile, LABEL, "label")
    assert str(trouble.value).isprintable()


def test_the_module_loads_without_pillow() -> None:
    """The program starts without it."""
    code = "import sys, bench.hardware.printing; sys.exit('PIL' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
