"""A label to a queue of CUPS: with commands of our own in the place of lp and lpstat."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from bench.hardware import cups_printer
from bench.hardware.printing import NotTaken, PrinterState, Receipt, Unsure, send, state_of
from bench.labels.zpl import bitmaps_of
from tests.hardware.printer_helpers import LABEL, later, printer_at

Fake = Callable[[str, str], None]
TAKES = """
import json, os, sys
place = os.environ["SEEN"]
open(place + "/data", "wb").write(sys.stdin.buffer.read())
json.dump([sys.argv[1:], os.environ["LC_ALL"]], open(place + "/how", "w"))
print("request id is Zebra-12 (1 file(s))")
"""


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """Puts a command, written in Python, before all others."""
    commands = tmp_path / "bin"
    commands.mkdir()
    monkeypatch.setenv("PATH", str(commands))
    monkeypatch.setenv("SEEN", str(tmp_path))

    def put(name: str, text: str) -> None:
        place = commands / name
        place.write_text(f"#!{sys.executable} -SE\n{text}")
        place.chmod(0o755)

    return put


def seen(tmp_path: Path) -> tuple[list[str], bytes]:
    """The arguments and the input of the last `lp`."""
    import json

    arguments, language = json.loads((tmp_path / "how").read_text())
    assert language == "C"
    return list(arguments), (tmp_path / "data").read_bytes()


def test_zpl_goes_raw(fake: Fake, tmp_path: Path) -> None:
    fake("lp", TAKES)
    receipt = send(printer_at("cups:Zebra_2"), LABEL, "RMA label\x1b[31m\n BKDC‮")
    assert receipt == Receipt("handed to CUPS as job Zebra-12")
    arguments, data = seen(tmp_path)
    assert arguments == ["-d", "Zebra_2", "-t", "RMA label[31m BKDC", "-o", "raw", "-"]
    assert bitmaps_of(data, 203) == [LABEL]


def test_a_pdf_goes_as_a_page_of_the_size_of_the_label(fake: Fake, tmp_path: Path) -> None:
    fake("lp", TAKES)
    send(printer_at("cups:Zebra", "pdf"), LABEL, "--help")
    arguments, data = seen(tmp_path)
    assert arguments[:4] == ["-d", "Zebra", "-t", "--help"]
    assert arguments[4:] == ["-o", "print-scaling=none", "-o", "media=Custom.2x1in", "-"]
    assert data.startswith(b"%PDF")


def test_what_cups_refuses_is_not_taken(fake: Fake) -> None:
    fake("lp", "import sys; sys.exit('lp: The printer or class does not exist.\\x1b[2J')")
    with pytest.raises(NotTaken, match="does not exist") as trouble:
        send(printer_at("cups:Zebra"), LABEL, "label")
    assert "\x1b" not in str(trouble.value)
    assert "lpstat -p Zebra" in trouble.value.remedy


def test_a_queue_that_hangs_is_ended_and_then_nobody_knows(
    fake: Fake, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake("lp", "import time; time.sleep(60)")
    monkeypatch.setattr(cups_printer, "LIMIT", 0.3)
    with pytest.raises(Unsure, match="did not answer"):
        send(printer_at("cups:Zebra"), LABEL, "label")
    monkeypatch.setattr(cups_printer, "LIMIT", 60.0)
    stop = threading.Event()
    timer = later(0.2, stop.set)
    with pytest.raises(Unsure):
        send(printer_at("cups:Zebra"), LABEL, "label", stop)
    timer.join()


def test_a_machine_without_cups(fake: Fake) -> None:
    with pytest.raises(NotTaken, match="install cups-client"):
        send(printer_at("cups:Zebra"), LABEL, "label")
    state = state_of(printer_at("cups:Zebra"))
    assert state.ready is False
    assert "install cups-client" in state.says


@pytest.mark.parametrize("queue", ["-o", "a b", "a;b", "", "a/b", "q" * 200, "ä"])
def test_no_name_of_a_queue_reaches_a_command(queue: str, fake: Fake, tmp_path: Path) -> None:
    fake("lp", TAKES)
    fake("lpstat", TAKES)
    with pytest.raises(NotTaken):
        send(printer_at(f"cups:{queue}"), LABEL, "label")
    assert state_of(printer_at(f"cups:{queue}")).ready is False
    assert not (tmp_path / "how").exists()


@pytest.mark.parametrize(
    ("said", "state"),
    [
        (
            "printer Z is idle.  enabled since Mon 02 Nov 2026 08:00:00 AM UTC",
            PrinterState(True, "its queue is ready"),
        ),
        (
            "printer Z now printing Z-7.  enabled since Mon 02 Nov 2026 08:00:00 AM UTC",
            PrinterState(True, "its queue is printing"),
        ),
        (
            "printer Z disabled since Mon 02 Nov 2026 08:00:00 AM UTC -\n\tPaused",
            PrinterState(False, "its queue is stopped: Paused"),
        ),
        (
            "printer Z now printing Z-7.  enabled since Mon\n\tWaiting for printer to finish.",
            PrinterState(None, "Waiting for printer to finish."),
        ),
    ],
)
def test_the_state_of_a_queue(said: str, state: PrinterState, fake: Fake) -> None:
    fake("lpstat", f"print({said!r})")
    assert state_of(printer_at("cups:Z")) == state


def test_a_queue_that_cups_does_not_know(fake: Fake) -> None:
    fake("lpstat", "import sys; sys.exit('lpstat: Invalid destination name in list \"Z\".')")
    state = state_of(printer_at("cups:Z"))
    assert state.ready is False
    assert "Invalid destination" in state.says


def test_a_lpstat_that_hangs(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    fake("lpstat", "import time; time.sleep(60)")
    monkeypatch.setattr(cups_printer, "LOOK", 0.2)
    assert state_of(printer_at("cups:Z")) == PrinterState(None, "CUPS does not answer")
