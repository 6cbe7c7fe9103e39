"""`bench capture`: a real process on a real pseudo-terminal, ended in every way there is."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from bench.evidence.capture_format import RAW, BadMeta, Kind, Meta, read_meta
from bench.evidence.capture_reader import CaptureReader
from bench.hardware.capture_recovery import verify
from bench.hardware.pseudo_port import PseudoPort
from tests.cli.conftest import ROOT, Bench
from tests.cli.test_main import SCREENS, loaded

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
PATIENCE = 20.0


def wait_for(what: Callable[[], bool]) -> None:
    """Until something is so, with the patience of a busy machine."""
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


@pytest.fixture
def cable(tmp_path: Path) -> Iterator[PseudoPort]:
    """A console cable that is plugged in, under a stable name."""
    port = PseudoPort(tmp_path / "cable", 9600)
    port.plug()
    yield port
    port.close()


@pytest.fixture
def settings(tmp_path: Path, cable: PseudoPort) -> Path:
    """A station whose cable B it is."""
    file = tmp_path / "settings.toml"
    where = f'[console]\nfolder = "{tmp_path / "captures"}"\n[database]\npath = "bench.db"\n'
    file.write_text(f'{where}[station]\ntechnician = "Ana"\n[consoles]\nB = "{cable.link}"\n')
    return file


class Recording:
    """`bench capture` as it runs."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process
        assert process.stdout
        self.folder = Path(process.stdout.readline().strip())

    @property
    def raw(self) -> bytes:
        """What is kept so far."""
        return (self.folder / RAW).read_bytes()

    @property
    def meta(self) -> Meta:
        """What is known of it."""
        return read_meta(self.folder)

    def ended(self) -> tuple[int, str, str]:
        """Waits for the end: exit status, the rest of stdout, and stderr."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.process.returncode, out, err


@contextmanager
def recording(settings: Path, *args: str | Path) -> Iterator[Recording]:
    """Starts it, and waits for the folder's name."""
    command = [sys.executable, "-m", "bench", "capture", *map(str, args)]
    with subprocess.Popen(
        [*command, "--settings", str(settings)],
        cwd=ROOT,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        one = Recording(process)
        try:
            yield one
        finally:
            process.kill()
            with suppress(OSError, BadMeta):  # what a failed test leaves running
                if not one.meta.seal:
                    os.kill(one.meta.pid, signal.SIGTERM)


def say(cable: PseudoPort, data: bytes) -> None:
    """The device says something."""
    assert cable.write(data) == len(data)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(settings: Path, cable: PseudoPort, number: int) -> None:
    data = b"U-Boot 2021.04\r\nDRAM: " + bytes(range(256))
    with recording(settings, "B", "--baud", "9600") as one:
        say(cable, data)
        wait_for(lambda: one.raw == data)
        assert cable.wait(0.1) == b""  # nothing is ever sent
        one.process.send_signal(number)
        code, out, err = one.ended()
    assert (code, out) == (0, "")
    assert one.raw == data
    assert f"{len(data)} bytes kept, 0 lost" in err
    assert one.meta.seal in err
    assert verify(one.folder, one.meta.seal) == []
    assert (one.meta.name, one.meta.technician) == ("B", "Ana")
    assert one.folder.is_relative_to(settings.parent / "captures")


def test_it_ends_by_itself(settings: Path, cable: PseudoPort, tmp_path: Path) -> None:
    with recording(
        settings,
        cable.link or "",
        "--baud",
        "9600",
        "--seconds",
        "1",
        "--output",
        tmp_path / "mine",
    ) as one:
        say(cable, b"hello\r\n")
        code, _, err = one.ended()
    assert code == 0
    assert one.raw == b"hello\r\n"
    assert one.folder.is_relative_to(tmp_path / "mine")
    assert one.meta.seal in err


@pytest.mark.parametrize("wanted", ["b", "CONSOLEB", "link", "device"])
def test_the_policy_of_a_cable_goes_whatever_it_is_named_by(
    settings: Path, cable: PseudoPort, wanted: str
) -> None:
    """A pseudo-terminal has no such lines: the capture keeps what it was told to set."""
    with settings.open("a") as file:
        file.write('[console.dtr]\nB = "off"\n[console.rts]\nB = "leave"\n')
    link = str(cable.link)
    named = {"link": link, "device": os.path.realpath(link)}.get(wanted, wanted)
    with recording(settings, named, "--baud", "9600") as one:
        one.process.send_signal(signal.SIGINT)
        assert one.ended()[0] == 0
    with CaptureReader(one.folder) as reader:
        opened = [e.record.fields for e in reader.poll_all().records if e.kind is Kind.OPEN]
    assert [(line["dtr"], line["rts"]) for line in opened] == [(False, None)]
    assert one.meta.name == "B"


def test_the_rate_is_found_by_listening(settings: Path, cable: PseudoPort) -> None:
    line = b"[    1.234567] usb 1-1: new high-speed USB device number 2\r\n"
    with recording(settings, "B") as one:
        for _ in range(3):
            say(cable, line)
            time.sleep(0.05)
        wait_for(lambda: one.raw.count(line) == 3)
        one.process.send_signal(signal.SIGINT)
        assert one.ended()[0] == 0
    with CaptureReader(one.folder) as reader:
        rates = [e.record.fields for e in reader.poll_all().records if e.kind is Kind.BAUD]
    assert [rate["why"] for rate in rates] == ["searching", "found"]


def test_unplugged_and_back(settings: Path, cable: PseudoPort) -> None:
    with recording(settings, "B", "--baud", "9600") as one:
        say(cable, b"before\r\n")
        wait_for(lambda: one.raw == b"before\r\n")
        cable.unplug()
        time.sleep(0.5)
        cable.plug()
        wait_for(cable.listened_to)
        say(cable, b"after\r\n")
        wait_for(lambda: one.raw == b"before\r\nafter\r\n")
        one.process.send_signal(signal.SIGINT)
        code, _, err = one.ended()
    assert code == 0
    assert "the cable was out once" in err
    assert "the cable is out" in err
    assert verify(one.folder) == []


def test_killed_it_leaves_the_capture_running(
    bench: Bench, settings: Path, cable: PseudoPort
) -> None:
    with recording(settings, "B", "--baud", "9600") as one:
        say(cable, b"before\r\n")
        wait_for(lambda: one.raw == b"before\r\n")
        one.process.kill()
        one.process.wait(PATIENCE)
        say(cable, b"after\r\n")
        wait_for(lambda: one.raw == b"before\r\nafter\r\n")
        ran = bench("capture", "B", "--settings", settings)
        assert (ran.code, ran.out) == (1, "")
        assert f"has {cable.link}: end that first" in ran.err
        os.kill(one.meta.pid, signal.SIGTERM)
        wait_for(lambda: bool(one.meta.seal))
    assert verify(one.folder) == []


def test_the_capture_is_killed(settings: Path, cable: PseudoPort) -> None:
    with recording(settings, "B", "--baud", "9600") as one:
        say(cable, b"before\r\n")
        wait_for(lambda: one.raw == b"before\r\n")
        os.kill(one.meta.pid, signal.SIGKILL)
        code, _, err = one.ended()
    assert code == 1
    assert "ended the recording from outside; what came before is sealed" in err
    assert one.raw == b"before\r\n"
    assert verify(one.folder) == []


def test_a_cable_that_is_out(bench: Bench, settings: Path, cable: PseudoPort) -> None:
    cable.unplug()
    ran = bench("capture", "B", "--settings", settings)
    assert (ran.code, ran.out) == (1, "")
    assert "is not plugged in" in ran.err


def test_no_such_port(bench: Bench, settings: Path) -> None:
    ran = bench("capture", "Q\x1b[2J", "--settings", settings)
    assert (ran.code, ran.out) == (1, "")
    assert "there is no port Q␛[2J: bench ports lists those here" in ran.err


@pytest.mark.parametrize(
    "args", [("--baud", "fast"), ("--baud", "0"), ("--seconds", "-1"), ("-x",)]
)
def test_wrong_usage(bench: Bench, settings: Path, args: tuple[str, ...]) -> None:
    assert bench("capture", "B", *args, "--settings", settings).code == 2


def test_with_an_rma(bench: Bench, settings: Path, cable: PseudoPort) -> None:
    sample = ROOT / "data" / "sample-expected.csv"
    assert bench("import", sample, "--settings", settings).code == 0
    shown = bench("export", "--what", "rmas", "--format", "json", "--settings", settings)
    rma = next(one for one in json.loads(shown.out) if one["number"])
    with recording(settings, "B", "--baud", "9600", "--rma", rma["number"]) as one:
        one.process.send_signal(signal.SIGINT)
        assert one.ended()[0] == 0
    assert (one.meta.rma, one.meta.serial) == (rma["number"], rma["serial"])
    assert one.meta.model == rma["model"]
    ran = bench("capture", "B", "--rma", "26-999999", "--settings", settings)
    assert ran.code == 2
    assert "no RMA has the number 26-999999" in ran.err


def test_without_screens_and_database(settings: Path) -> None:
    assert loaded((*SCREENS, "peewee"), "capture", "Q", "--settings", settings) == [1, []]


@pytest.mark.parametrize("name", ["", "   ", "x" * 10_000, "[/]", "\x1b]52;c;YQ==\x07"])
def test_what_names_no_port_is_said(name: str) -> None:
    """Nothing, far too much, markup and escape sequences: one safe line, no traceback."""
    done = subprocess.run(
        [sys.executable, "-m", "bench", "capture", name],
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith("bench capture: there is no port ")
    assert len(line) < 200
    assert "\x1b" not in line
