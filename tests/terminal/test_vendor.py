"""The three legs of an appliance in the real program, by scans and by keys."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.evidence.capture_format import RAW
from bench.store.records import State, Step
from tests.terminal.consoles import LABEL, ConsoleStation, sha
from tests.terminal.harness import DOWN, ENTER
from tests.terminal.seeds import read, ups, wait_kept
from tests.terminal.vendor_station import (
    APPLIANCE,
    NEW,
    PLANTED,
    STOCK,
    TOLD,
    announce,
    broken,
    case_of,
    finds,
    hears,
    last,
    packets,
    pastes,
    presses,
    stock,
    types,
)

Open = Callable[..., ConsoleStation]
CTRL_O, CTRL_S = b"\x0f", b"\x13"


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Open]:
    """Starts a station that expects the appliance; what still records at the end is ended."""
    with ExitStack() as stack:

        def start(columns: int = 80, rows: int = 24, level: str = "platinum") -> ConsoleStation:
            announce(tmp_path, APPLIANCE, level)
            terminal = ConsoleStation(tmp_path, columns, rows)
            stack.callback(terminal.no_recorder)
            stack.enter_context(terminal)
            hears(terminal, (APPLIANCE.serial, "expected on RMA"))
            return terminal

        yield start


# --- by scans


def five_parts(terminal: ConsoleStation) -> None:
    """Before the unit is here: everything for the vendor's ticket, which is opened with it."""
    hears(
        terminal,
        ("BENCHVENDOR", "bench  Vendor|the serial of the replacement that we ship"),
        ("BENCHNEXT", "scan the serial of the stock unit"),
        (STOCK, "replacement named|the failure symptom is missing"),
        ("BENCHNEXT", "What fails"),
    )
    pastes(terminal, "does not boot", "symptom noted|the troubleshooting steps are missing")
    hears(terminal, ("BENCHNEXT", "What was tried"))
    pastes(terminal, "other power supply", "troubleshooting noted|output from the defective unit")
    hears(
        terminal,
        ("BENCHNEXT", "Where does the output"),
        ("BENCHNEXT", "▸ 2  paste what came"),
        ("BENCHOK", "Paste what the defective unit said"),
    )
    pastes(terminal, TOLD, "output noted|all five parts are there")


def ticket_and_licences(terminal: ConsoleStation) -> None:
    """The ticket, the replacement on its way, and the first sub-ticket with what comes of it."""
    hears(
        terminal,
        ("BENCHOK", "Look first|told by phone"),
        ("BENCHOK", "Open the ticket with it"),
        ("V-2026-0077", "vendor ticket opened|scan the tracking number of the replacement"),
        (ups(1), "replacement sent|has the vendor verified it?"),
        ("BENCHOK", "Number of the license-transfer sub-ticket"),
        ("V-2026-0077-1", "noted|has the RMA Detail Number come?"),
        ("BENCHOK", "enter or BENCHOK"),
        ("RD-55501", "noted|has the customer made the licences?"),
        ("BENCHOK", "for the new serial"),
        ("BENCHOK", "licences made|the defective unit is not here yet"),
    )


def arrives(terminal: ConsoleStation) -> None:
    """The defective unit: received, recorded on its console, diagnosed."""
    hears(
        terminal,
        ("BENCHNEXT", "bench  Receive|NEXT  receive it"),
        ("BENCHOK", "received as RMA|bench  Diagnose"),
    )
    with broken(terminal):
        terminal.until(lambda: terminal.port.exists())

        def begun() -> bool:
            if not terminal.folders:
                terminal.scan(LABEL)
                terminal.pause()
            return bool(terminal.folders) and (terminal.folder / RAW).exists()

        terminal.until(begun)
        terminal.wait_for("Kernel panic")
    hears(
        terminal,
        ("BENCHCLOSE", "sealed:"),
        ("BENCHTEST", "bench  Diagnose"),
        ("BENCHDEFECT", "failed"),
        ("BENCHREPL", "diagnosed: replace"),
    )


def exchanged(terminal: ConsoleStation) -> None:
    """A second packet with the recording; the exchange, the return, the vendor's unit."""
    hears(
        terminal,
        ("BENCHVENDOR", "bench  Vendor|ask for the advance exchange"),
        ("BENCHBUNDLE", "Look first"),
        ("BENCHOK", "packet made"),
        ("BENCHOK", "Number of the advance-exchange"),
        ("V-2026-0077-2", "noted|scan the tracking number of the return|5 days left"),
        (ups(2), "sent to the vendor|scan the vendor's unit into stock"),
        (NEW, f"Is {NEW} the vendor"),
        ("BENCHOK", "the vendor's unit is here|the case has ended"),
    )


def in_database(terminal: ConsoleStation) -> None:
    """Every number that was scanned, the units with what they are, and the RMA closed."""
    found, case = read(terminal, APPLIANCE.serial), case_of(terminal, APPLIANCE)
    assert found.steps() == [
        *(Step.EXPECTED, Step.CASE_NOTED, Step.REPLACEMENT_CHOSEN, *[Step.CASE_NOTED] * 3),
        *(Step.VENDOR_TICKET_OPENED, Step.SENT_AHEAD, Step.LICENSE_TICKET_OPENED),
        *(Step.LICENSE_TRANSFERRED, Step.LICENCES_MADE, Step.RECEIVED, Step.CAPTURED),
        *(Step.DIAGNOSED, Step.EXCHANGE_OPENED, Step.SENT_TO_VENDOR, Step.VENDOR_UNIT_RECEIVED),
    ]
    numbers = (case.vendor_ticket, case.license_ticket, case.rma_detail, case.exchange_ticket)
    assert numbers == ("V-2026-0077", "V-2026-0077-1", "RD-55501", "V-2026-0077-2")
    sent = last(terminal, APPLIANCE, Step.SENT_AHEAD).data["tracking"]
    assert (case.return_tracking, sent) == (ups(2), ups(1))
    assert (found.rma.state, case.is_open) == (State.CLOSED, False)
    assert stock(terminal, found.rma.replacement_id).serial == STOCK
    assert stock(terminal, case.vendor_unit_id).serial == NEW


def in_packets(terminal: ConsoleStation) -> None:
    """The first as it went with the ticket, the second with the recording; no secret in either."""
    first, second = packets(terminal)
    assert first.sha256 == case_of(terminal, APPLIANCE).packet
    assert last(terminal, APPLIANCE, Step.VENDOR_TICKET_OPENED).data["file"] == first.path.name
    assert first.captures() == []
    (capture,) = second.captures()
    raw = terminal.raw_bytes
    assert capture["raw"] == {"sha256": sha(raw), "bytes": len(raw)}
    assert capture["seal"] == terminal.meta().seal
    assert PLANTED.encode() in raw
    for packet in (first, second):
        assert PLANTED not in packet.text
        assert "hunter2-of-ticket" not in packet.text
        for part in (APPLIANCE.serial, STOCK, "does not boot", "other power supply"):
            assert part in packet.text
    assert "Kernel panic" in second.text


def test_the_whole_story_by_scans(bench: Open) -> None:
    """All eight steps on a small screen; then the database, and the packets as files."""
    terminal = bench()
    for part in (five_parts, ticket_and_licences, arrives, exchanged):
        part(terminal)
    wait_kept(terminal, APPLIANCE.serial, lambda kept: kept.rma.state is State.CLOSED)
    in_database(terminal)
    in_packets(terminal)
    assert terminal.quit() == 0


# --- by keys


SHORT, FEDEX = ("ST7001", "NW7001"), ("986578788855", "123456789012")
"""Two serials and two carrier's numbers that are quickly typed."""


def parts_by_keys(terminal: ConsoleStation) -> None:
    """The five parts, each typed."""
    presses(
        terminal,
        (CTRL_O, "bench  Vendor|the serial of the replacement that we ship"),
        (ENTER, "scan the serial of the stock unit"),
    )
    finds(terminal, SHORT[0], "replacement named|the failure symptom is missing")
    presses(terminal, (ENTER, "What fails"))
    types(terminal, "no boot", "symptom noted|the troubleshooting steps are missing")
    presses(terminal, (ENTER, "What was tried"))
    types(terminal, "new psu", "troubleshooting noted|output from the defective unit")
    presses(terminal, (ENTER, "Where does the output"), (DOWN, "▸ 2  paste"), (ENTER, "^s or"))
    terminal.type("VFS", wpm=160)
    terminal.key(ENTER)
    terminal.type("oops", wpm=160)
    terminal.wait_for("oops")
    presses(terminal, (CTRL_S, "output noted|all five parts are there"))


def too_early(terminal: ConsoleStation) -> None:
    """The licences before the license-transfer: refused, and led from step to step before it."""
    presses(
        terminal,
        (DOWN, "3 FIRST SUB-TICKET"),
        (DOWN, "4 LICENSE-TRANSFER"),
        (DOWN, "4a CUSTOMER'S LICENCES|made before it are for the wrong unit|that step first"),
        (ENTER, "4 LICENSE-TRANSFER|NEXT  the vendor has not verified the failure"),
        (ENTER, "3 FIRST SUB-TICKET|NEXT  the vendor has no ticket from us"),
        (ENTER, "all five parts are there"),
    )


def ticket_by_keys(terminal: ConsoleStation) -> None:
    """The ticket and the two legs beside it."""
    presses(terminal, (b"y", "Open the ticket with it"))
    types(terminal, "V-7", "vendor ticket opened|scan the tracking number of the replacement")
    presses(terminal, (b"y", "Tracking number"))
    types(terminal, FEDEX[0], "replacement sent|has the vendor verified it?")
    presses(terminal, (b"y", "Number of the license-transfer sub-ticket"))
    types(terminal, "L-1", "noted|has the RMA Detail Number come?")
    presses(terminal, (b"y", "enter or BENCHOK"))
    types(terminal, "RD-5", "noted|has the customer made the licences?")
    presses(terminal, (b"y", "for the new serial"), (b"y", "licences made|is not here yet"))


def back_by_keys(terminal: ConsoleStation) -> None:
    """The unit comes and goes on to the vendor; what the vendor sends ends the case."""
    presses(
        terminal,
        (ENTER, "bench  Receive|NEXT  receive it"),
        (b"y", "received as RMA|bench  Diagnose"),
        (b"d", "failed"),
        (b"x", "diagnosed: replace"),
        (CTRL_O, "bench  Vendor|ask for the advance exchange"),
        (b"y", "Number of the advance-exchange"),
    )
    types(terminal, "X-2", "noted|scan the tracking number of the return|5 days left")
    presses(terminal, (b"y", "Tracking number"))
    types(terminal, FEDEX[1], "sent to the vendor|scan the vendor's unit into stock")
    presses(terminal, (b"y", "scan the serial of the vendor's unit"))
    finds(terminal, SHORT[1], "the vendor's unit is here|the case has ended")


def test_the_whole_story_by_keys(bench: Open) -> None:
    """All eight steps on a large screen, without a scanner."""
    terminal = bench(160, 48)
    for part in (parts_by_keys, too_early, ticket_by_keys, back_by_keys):
        part(terminal)
    found, case = read(terminal, APPLIANCE.serial), case_of(terminal, APPLIANCE)
    numbers = (case.vendor_ticket, case.license_ticket, case.rma_detail, case.exchange_ticket)
    assert numbers == ("V-7", "L-1", "RD-5", "X-2")
    assert case.output.split() == ["VFS", "oops"]
    assert (found.rma.state, case.is_open) == (State.CLOSED, False)
    assert stock(terminal, case.vendor_unit_id).serial == SHORT[1]
    assert terminal.quit() == 0
