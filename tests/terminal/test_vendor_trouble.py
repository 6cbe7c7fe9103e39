"""A vendor's case that is cut off, that two benches want at once, and that is told poison."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from bench.settings import Settings
from bench.store.records import Step
from bench.store.server import grant, prepare
from bench.workflow.desk import open_desk
from tests import pg
from tests.evidence.console_poison import acting
from tests.terminal.consoles import ConsoleStation
from tests.terminal.harness import Terminal
from tests.terminal.poison import NEVER, POISON
from tests.terminal.seeds import read
from tests.terminal.vendor_station import (
    APPLIANCE,
    announce,
    begin,
    case_of,
    hears,
    packets,
    pastes,
    play,
)
from tests.terminal.warehouse import Station, expect, there
from tests.workflow.vendor_acts import AHEAD, CHOOSE, TICKET

COPIED = re.compile(rb"\x1b\]52;c;([A-Za-z0-9+/=]*)(?:\x07|\x1b\\)")
"""What the program itself puts on the clipboard."""


# --- cut off


def at_case(terminal: Terminal, said: str) -> None:
    """Goes to the case."""
    hears(terminal, (APPLIANCE.serial, "expected on RMA"), ("BENCHVENDOR", f"bench  Vendor|{said}"))


def again(terminal: Terminal, said: str) -> None:
    """Ends it with a kill -9, starts it anew, and goes back to the case."""
    terminal.restart()
    at_case(terminal, said)


def test_nothing_that_was_said_to_be_saved_is_lost(tmp_path: Path) -> None:
    """Killed with a dialog open, and right after a step was said to be saved."""
    announce(tmp_path, APPLIANCE)
    with ConsoleStation(tmp_path) as terminal:
        at_case(terminal, "the serial of the replacement that we ship")
        hears(
            terminal,
            ("BENCHNEXT", "scan the serial of the stock unit"),
            ("ST7001", "replacement named"),
            ("BENCHNEXT", "What fails"),
        )
        pastes(terminal, "no boot", "symptom noted")
        hears(terminal, ("BENCHNEXT", "What was tried"))
        terminal.paste("half a sen")
        terminal.wait_for("half a sen")
        again(terminal, "the troubleshooting steps are missing")
        hears(terminal, ("BENCHNEXT", "What was tried"))
        pastes(terminal, "new psu", "troubleshooting noted")
        again(terminal, "output from the defective unit")
    assert read(terminal, APPLIANCE.serial).steps()[1:] == [
        *(Step.CASE_NOTED, Step.REPLACEMENT_CHOSEN),
        *(Step.CASE_NOTED, Step.CASE_NOTED),
    ]
    case = case_of(terminal, APPLIANCE)
    assert (case.symptom, case.troubleshooting) == ("no boot", "new psu")


def test_killed_between_packet_and_number(tmp_path: Path) -> None:
    """The packet is there, the ticket is not opened; the next one opens it, once."""
    announce(tmp_path, APPLIANCE)
    play(tmp_path, APPLIANCE, CHOOSE)
    with ConsoleStation(tmp_path) as terminal:
        at_case(terminal, "all five parts are there")
        hears(terminal, ("BENCHOK", "Open the ticket with it"))
        assert len(packets(terminal)) == 1
        again(terminal, "all five parts are there")
        hears(terminal, ("BENCHOK", "Open the ticket with it"), ("V-9", "vendor ticket opened"))
        again(terminal, "scan the tracking number of the replacement")
    opened = read(terminal, APPLIANCE.serial).steps().count(Step.VENDOR_TICKET_OPENED)
    assert (opened, case_of(terminal, APPLIANCE).vendor_ticket) == (1, "V-9")
    assert case_of(terminal, APPLIANCE).packet in [packet.sha256 for packet in packets(terminal)]


# --- two benches


@pytest.fixture
def docks(tmp_path: Path) -> Iterator[tuple[str, list[Terminal]]]:
    """Two docks on one server, with one case whose ticket is opened."""
    with pg.server() as server, ExitStack() as stack:
        prepare(server.url)
        pg.execute(server.url, "CREATE ROLE clerk LOGIN")
        grant(server.url, "clerk")
        where = server.url.replace("bench@", "clerk@")
        expect(where, tmp_path, APPLIANCE)
        desk = open_desk(Settings(database=where, station="Office", timezone="UTC"))
        begin(desk, APPLIANCE, CHOOSE, TICKET, AHEAD)
        desk.store.close()
        names = (("Dock 1", "Ana"), ("Dock 2", "Ben"))
        yield (
            where,
            [stack.enter_context(Station(tmp_path / n, where, n, who)) for n, who in names],
        )


def test_two_benches_take_the_same_step(docks: tuple[str, list[Terminal]]) -> None:
    """Both enter the sub-ticket: the first number stands, and the other bench is told whose."""
    where, (one, two) = docks
    for dock in (one, two):
        at_case(dock, "has the vendor verified it?")
        hears(dock, ("BENCHOK", "Number of the license-transfer"))
    hears(one, ("V-1", "noted"))
    hears(two, ("V-2", "by Ana at Dock 1"))
    found = there(where, APPLIANCE.serial)
    assert found.rma.vendor is not None
    assert found.rma.vendor.license_ticket == "V-1"
    assert found.steps().count(Step.LICENSE_TICKET_OPENED) == 1


# --- poison


def unharmed(terminal: Terminal) -> list[str]:
    """Nothing that steers a terminal came out, but what the program copied; gives that back."""
    terminal.glass.settle()
    assert terminal.running, terminal.screen()
    raw = terminal.raw
    copies = [base64.b64decode(found).decode("utf-8") for found in COPIED.findall(raw)]
    rest = COPIED.sub(b"", raw)
    assert [bad for bad in NEVER if bad in rest] == [], terminal.screen()
    for text in copies:
        assert acting(text) <= {"\n"}
    return copies


def poison(terminal: Terminal, text: str) -> None:
    """Pastes a text into the dialog that is open, and all of the poison after it.

    An escape sequence ends a paste where a terminal lets it through: what follows is taken as
    keys, too quick for a person, and is refused as half a scan.
    """
    terminal.paste(text)
    terminal.wait_for(text.split("\n")[-1])
    for piece in POISON:
        terminal.paste(f"a{piece}b ")
        if piece == POISON[2]:
            terminal.wait_for("^[2Jb", "an incomplete scan")
        terminal.glass.settle()
    terminal.pause()


def test_poison_in_every_text(tmp_path: Path) -> None:
    """Symptom, steps, output and numbers: plain text, or refused; also in packet and clipboard."""
    announce(tmp_path, APPLIANCE)
    with ConsoleStation(tmp_path, 160, 48) as terminal:
        at_case(terminal, "the serial of the replacement that we ship")
        hears(
            terminal,
            ("BENCHNEXT", "scan the serial of the stock unit"),
            ("ST7001", "replacement named"),
            ("BENCHNEXT", "What fails"),
        )
        poison(terminal, "it hums")
        hears(terminal, ("BENCHOK", "symptom noted"), ("BENCHNEXT", "What was tried"))
        poison(terminal, "a kick")
        hears(terminal, ("BENCHOK", "troubleshooting noted"), ("BENCHNEXT", "Where does"))
        hears(terminal, ("BENCHNEXT", "▸ 2  paste"), ("BENCHOK", "Paste what the defective"))
        poison(terminal, "\n".join((*POISON, "end of it")))
        hears(terminal, ("BENCHOK", "output noted|all five parts are there"))
        hears(terminal, ("BENCHOK", "Open the ticket with it"))
        poison(terminal, "V-1")
        hears(terminal, ("BENCHOK", "is no vendor ticket"))
        hears(terminal, ("BENCHLOG", "HISTORY"), ("BENCHDESK", "ON THE BENCH"))
        (copied,) = unharmed(terminal)
        (packet,) = packets(terminal)
        for text in (copied, packet.text):
            assert "end of it" in text
            assert acting(text) <= {"\n"}
        assert terminal.quit() == 0
    assert case_of(terminal, APPLIANCE).vendor_ticket == ""
