"""A label over the network, to the simulated printer with each of its faults."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bench.hardware import zpl_talk
from bench.hardware.printing import NotTaken, PrinterState, Receipt, Unsure, send, state_of
from bench.hardware.simulated_printer import SimulatedPrinter
from bench.labels.zpl import CANCEL, END, label_zpl
from bench.labels.zpl_status import ASK
from tests.hardware.printer_helpers import LABEL, OTHER, later, printer_at, until
from tests.labels.some_dots import some_dots

LARGE = some_dots(1200, 1800, 300)
"""Half a million bytes in hexadecimal: more than a small buffer takes at once."""
STREAM = CANCEL + label_zpl(LABEL)


@pytest.fixture
def printer(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    """A printer that has paper."""
    with SimulatedPrinter(tmp_path / "printed") as one:
        yield one


@pytest.fixture
def small(tmp_path: Path) -> Iterator[SimulatedPrinter]:
    """A printer whose side takes few bytes before it reads them."""
    with SimulatedPrinter(tmp_path / "small", 300, receive_buffer=4096) as one:
        yield one


@pytest.fixture
def no_answer_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits shorter for silent printers."""
    monkeypatch.setattr(zpl_talk, "ANSWER", 0.15)


def test_a_label_arrives_dot_for_dot(printer: SimulatedPrinter) -> None:
    for bitmap in (LABEL, OTHER):
        assert send(printer_at(printer.at), bitmap, "RMA label") == Receipt("ready")
    assert printer.wait_for(2)
    assert printer.labels == [LABEL, OTHER]
    assert printer.spoilt == []


def test_a_large_label_without_compression_arrives_too(small: SimulatedPrinter) -> None:
    plain = replace(printer_at(small.at), compressed=False, dpi=300)
    assert send(plain, LARGE, "ship label") == Receipt("ready")
    assert small.wait_for(1)
    assert small.labels == [LARGE]


def test_what_a_printer_complains_of_is_said_and_nothing_is_sent(printer: SimulatedPrinter) -> None:
    printer.answers = True
    for switch, words in (
        ("out_of_paper", "out of paper"),
        ("paused", "paused"),
        ("head_open", "its head is open"),
    ):
        setattr(printer, switch, True)
        with pytest.raises(NotTaken, match=words) as trouble:
            send(printer_at(printer.at), LABEL, "label")
        assert trouble.value.remedy
        setattr(printer, switch, False)
    assert send(printer_at(printer.at), LABEL, "label") == Receipt("ready")
    assert printer.wait_for(1)
    assert len(printer.labels) == 1
    assert printer.waiting == 0


@pytest.mark.usefixtures("no_answer_soon")
def test_out_of_paper_without_an_answer_the_label_waits_in_the_printer(
    printer: SimulatedPrinter,
) -> None:
    printer.out_of_paper = True
    receipt = send(printer_at(printer.at), LABEL, "label")
    assert receipt.warns
    assert "paper" in receipt.says
    assert until(lambda: printer.waiting == 1)
    assert printer.labels == []
    printer.out_of_paper = False
    assert printer.wait_for(1)
    assert printer.labels == [LABEL]


def test_paper_that_ends_with_the_label_is_told(printer: SimulatedPrinter) -> None:
    """The first answer says ready, the second, after the label, that the paper is out."""
    printer.answers = True
    real, asked = zpl_talk.ask, 0

    def ask(line: zpl_talk.Line, stop: threading.Event | None = None) -> object:
        nonlocal asked
        asked += 1
        printer.out_of_paper = asked > 1
        return real(line, stop)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zpl_talk, "ask", ask)
        receipt = send(printer_at(printer.at), LABEL, "label")
    assert receipt == Receipt("out of paper: put labels in, then it prints", True)


@pytest.mark.usefixtures("no_answer_soon")
def test_a_silent_printer_gets_the_label_and_a_warning(printer: SimulatedPrinter) -> None:
    printer.silent = True
    assert send(printer_at(printer.at), LABEL, "label") == Receipt(zpl_talk.SILENT, True)
    assert printer.wait_for(1)


def test_a_printer_that_is_not_asked_gets_the_label_only(printer: SimulatedPrinter) -> None:
    printer.paused = True  # it would say so
    receipt = send(printer_at(printer.at, asks=False), LABEL, "label")
    assert receipt == Receipt("it is not asked how it is")
    printer.paused = False
    assert printer.wait_for(1)
    assert printer.labels == [LABEL]


# --- faults of the line


def test_nobody_at_the_port(printer: SimulatedPrinter) -> None:
    printer.refusing = True
    with pytest.raises(NotTaken, match="takes no connection"):
        send(printer_at(printer.at), LABEL, "label")
    printer.refusing = False
    send(printer_at(printer.at), LABEL, "label")
    assert printer.wait_for(1)
    assert printer.labels == [LABEL]


def test_a_host_that_is_not_known() -> None:
    with pytest.raises(NotTaken, match=r"not known|cannot be used|does not answer"):
        send(printer_at("tcp://no-such-printer.invalid:9100"), LABEL, "label")


@pytest.mark.parametrize("at", ["tcp://", "tcp://a b", "tcp://host:99999", "tcp://-x:\x1b"])
def test_an_address_that_is_none(at: str) -> None:
    with pytest.raises(NotTaken, match="Zebra"):
        send(printer_at(at), LABEL, "label")


def test_cut_before_the_label(printer: SimulatedPrinter) -> None:
    printer.cut_after = len(ASK)
    with pytest.raises(NotTaken, match="ended the connection"):
        send(printer_at(printer.at), LABEL, "label")
    send(printer_at(printer.at), LABEL, "label")
    assert printer.wait_for(1)
    assert printer.labels == [LABEL]


def test_cut_in_the_middle_nothing_came_out_and_the_next_try_is_whole(
    small: SimulatedPrinter,
) -> None:
    plain = replace(printer_at(small.at), compressed=False, dpi=300)
    small.cut_after = 200_000
    with pytest.raises(NotTaken, match="ended the connection"):
        send(plain, LARGE, "label")
    assert small.labels == []
    assert send(plain, LARGE, "label") == Receipt("ready")
    assert small.wait_for(1)
    assert small.labels == [LARGE]
    assert small.spoilt == []


def test_every_place_of_a_cut_ends_as_it_should(printer: SimulatedPrinter) -> None:
    """However the cut falls: no label is never called sent, and a label is never sent again."""
    at = printer_at(printer.at, asks=False)
    places = [*range(1, len(STREAM), len(STREAM) // 12), *range(len(STREAM) - 4, len(STREAM) + 1)]
    for place in places:
        before = len(printer.labels)
        printer.cut_after = place
        try:
            send(at, LABEL, "label")
            taken: bool | None = True
        except NotTaken:
            taken = False
        except Unsure:
            taken = None
        whole = place >= len(STREAM)
        assert until(lambda: printer.cut_after is None)
        assert printer.wait_for(before + whole)
        assert taken is not False if whole else taken is not True
        # Whatever is left in the printer, the next label comes out alone and whole.
        send(at, OTHER, "label")
        assert printer.wait_for(before + whole + 1)
        assert len(printer.labels) == before + whole + 1
        assert printer.labels[-1] == OTHER
    assert printer.spoilt == []


def test_cut_right_after_the_end_only_a_person_knows(printer: SimulatedPrinter) -> None:
    printer.cut_after = len(ASK) + len(STREAM)
    with pytest.raises(Unsure) as trouble:
        send(printer_at(printer.at), LABEL, "label")
    assert "look" in trouble.value.remedy
    assert printer.wait_for(1)


@pytest.mark.usefixtures("no_answer_soon")
def test_a_restart_loses_what_waited_and_the_receipt_had_warned(printer: SimulatedPrinter) -> None:
    printer.out_of_paper = True
    assert send(printer_at(printer.at), LABEL, "label").warns
    assert until(lambda: printer.waiting == 1)
    printer.restart()
    printer.out_of_paper = False
    send(printer_at(printer.at), OTHER, "label")
    assert printer.wait_for(1)
    assert printer.labels == [OTHER]


def test_a_restart_while_a_label_is_sent(small: SimulatedPrinter) -> None:
    plain = replace(printer_at(small.at), compressed=False, dpi=300)
    small.slow = 200_000
    timer = later(0.4, small.restart)
    with pytest.raises(NotTaken):
        send(plain, LARGE, "label")
    timer.join()
    small.slow = 0
    assert small.labels == []
    send(plain, LARGE, "label")
    assert small.wait_for(1)
    assert small.labels == [LARGE]


# --- slow, stalled, stopped


def test_a_slow_printer_gets_all_of_it(printer: SimulatedPrinter) -> None:
    printer.slow = 20_000
    send(printer_at(printer.at), LABEL, "label")
    assert printer.wait_for(1)
    assert printer.labels == [LABEL]


def test_a_printer_that_takes_no_more_bytes(
    small: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zpl_talk, "STALL", 0.4)
    plain = replace(printer_at(small.at, asks=False), compressed=False, dpi=300)
    small.stalled = True
    with pytest.raises(NotTaken, match="takes no more"):
        send(plain, LARGE, "label")
    small.stalled = False
    send(plain, LARGE, "label")
    assert small.wait_for(1)
    assert small.labels == [LARGE]
    assert small.spoilt == []


def test_a_printer_that_is_slower_than_anybody_waits(
    small: SimulatedPrinter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(zpl_talk, "WHOLE", 0.5)
    small.slow = 20_000
    plain = replace(printer_at(small.at, asks=False), compressed=False, dpi=300)
    with pytest.raises(NotTaken, match="takes no more"):
        send(plain, LARGE, "label")


def test_the_end_of_the_program_stops_a_label_that_cannot_have_come_out(
    small: SimulatedPrinter,
) -> None:
    stop = threading.Event()
    small.stalled = True
    timer = later(0.2, stop.set)
    plain = replace(printer_at(small.at, asks=False), compressed=False, dpi=300)
    with pytest.raises(NotTaken, match="program ended"):
        send(plain, LARGE, "label", stop)
    timer.join()
    with pytest.raises(NotTaken, match="program ended"):
        send(plain, LARGE, "label", stop)  # not even begun
    assert small.labels == []


@pytest.mark.usefixtures("no_answer_soon")
def test_an_end_that_is_not_confirmed_is_unsure(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last three bytes were handed over, and the printer's side never said that it has them."""
    line = _Line(confirms=False)
    monkeypatch.setattr(zpl_talk, "LAST", 0.2)
    with pytest.raises(Unsure, match="did not confirm"):
        zpl_talk.hand_over(line, label_zpl(LABEL), False, threading.Event())
    assert line.sent == STREAM
    stop = threading.Event()
    line = _Line(confirms=False, at_end=stop.set)
    monkeypatch.setattr(zpl_talk, "LAST", 60.0)
    monkeypatch.setattr(zpl_talk, "HURRY", 0.1)
    with pytest.raises(Unsure):
        zpl_talk.hand_over(line, label_zpl(LABEL), False, stop)


def test_a_line_that_breaks_as_the_end_is_handed_over_has_not_printed() -> None:
    line = _Line(breaks_at_end=True)
    with pytest.raises(NotTaken, match="broke"):
        zpl_talk.hand_over(line, label_zpl(LABEL), False, threading.Event())
    assert END not in line.sent


class _Line:
    """A line whose end is as a test wants it: what no real one does when it is asked to."""

    name = "Zebra"

    def __init__(
        self, confirms: bool = True, breaks_at_end: bool = False, at_end: object = None
    ) -> None:
        self.sent, self._confirms, self._breaks, self._at_end = b"", confirms, breaks_at_end, at_end

    def put(self, data: bytes) -> int:
        if data == END and self._breaks:
            raise BrokenPipeError
        self.sent += data
        if data == END and callable(self._at_end):
            self._at_end()
        return len(data)

    def owed(self) -> int:
        return 0 if self._confirms or not self.sent.endswith(END) else 3

    def get(self) -> bytes:
        return b""

    def wait(self, seconds: float, to_put: bool) -> None:
        """Does not wait."""

    def done(self) -> None:
        """Nothing to be said."""

    def trouble(self, error: OSError) -> tuple[str, str]:
        return "the line broke", "look at it"


# --- how a printer is


def test_the_states_of_a_printer(printer: SimulatedPrinter) -> None:
    at = printer_at(printer.at)
    assert state_of(at) == PrinterState(True, "ready")
    printer.paused = True
    assert state_of(at) == PrinterState(False, "paused: press its pause button")
    printer.paused, printer.refusing = False, True
    state = state_of(at)
    assert state.ready is False
    assert "takes no connection" in state.says


@pytest.mark.usefixtures("no_answer_soon")
def test_the_state_of_a_printer_that_says_nothing_is_not_known(printer: SimulatedPrinter) -> None:
    printer.out_of_paper = True
    assert state_of(printer_at(printer.at)) == PrinterState(None, zpl_talk.SILENT)
    assert state_of(printer_at(printer.at, asks=False)).ready is None


def test_an_answer_that_is_no_status_is_no_answer() -> None:
    """Some other service listens there: it gets no better, but nothing breaks."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]

        def chatter() -> None:
            line, _ = server.accept()
            with line:
                line.sendall(b"\x02\xff\x1b[31mHTTP/1.1 400\r\n" * 200)
                while line.recv(4096):
                    pass

        thread = threading.Thread(target=chatter)
        thread.start()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(zpl_talk, "ANSWER", 0.2)
            state = state_of(printer_at(f"tcp://127.0.0.1:{port}"))
        thread.join(5)
    assert state == PrinterState(None, zpl_talk.SILENT)
