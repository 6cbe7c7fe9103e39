"""Phones at their distributor in the real program: for a direct customer, a reseller, a credit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest

from bench.policy.vendor_case import VendorAnswer
from bench.store.records import State, Step
from tests.terminal.harness import Terminal
from tests.terminal.seeds import Seed, read, seed, ups, wait_kept
from tests.terminal.vendor_station import PHONE, case_of, hears, last, pastes, stock

Open = Callable[..., Terminal]
FAILED, PASSED, OURS = "3106018050600001", "3106018050600002", "3106018050600003"
"""The distributor's replacement that fails its test, the one that passes, and one of our stock."""
RESELLERS = replace(PHONE, channel="reseller")


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Open]:
    """Starts a station with a phone diagnosed: it needs a replacement."""
    with ExitStack() as stack:

        def start(unit: Seed = PHONE) -> Terminal:
            seed(tmp_path, [unit])
            terminal = stack.enter_context(Terminal(tmp_path))
            hears(
                terminal,
                (unit.serial, "expected on RMA"),
                ("BENCHOK", "received as RMA|bench  Diagnose"),
                ("BENCHDEFECT", "failed"),
                ("BENCHREPL", "diagnosed: replace"),
                ("BENCHVENDOR", "bench  Vendor|ask for the RMA number"),
            )
            return terminal

        yield start


def numbered(terminal: Terminal) -> None:
    """Who sold it, and the RMA number, without which no box may leave."""
    hears(terminal, ("BENCHOK", "Which distributor sold it to us?"))
    pastes(terminal, "Distri One", "RMA number of the vendor")
    hears(terminal, ("DX-9", "noted|scan the tracking number of the return"))


def away(terminal: Terminal, running: int = 1) -> None:
    """The box leaves for the distributor by its label, and what it gives is asked for."""
    hears(
        terminal,
        (ups(running), "sent to the vendor|what does the vendor give?"),
        ("BENCHOK", "What does the vendor give?|▸ 1  credit"),
    )


def comes(terminal: Terminal, serial: str) -> None:
    """The distributor's unit is scanned while the case waits for it."""
    hears(
        terminal,
        ("BENCHNEXT", "▸ 2  replacement"),
        ("BENCHOK", "scan the vendor's unit into stock"),
        (serial, f"Is {serial} the vendor"),
        ("BENCHOK", "the vendor's unit is here|the bench test of the replacement?"),
    )


def refused_on_ship(terminal: Terminal, why: str) -> None:
    """Ship lets nothing leave, says why, and leads to Vendor."""
    hears(terminal, ("BENCHSEND", f"bench  Ship|{why}|BENCHVENDOR"))
    before = read(terminal, PHONE.serial).steps()
    hears(terminal, (ups(8), "it may not ship"), ("BENCHVENDOR", "bench  Vendor"))
    assert read(terminal, PHONE.serial).steps() == before


def not_the_label(terminal: Terminal) -> None:
    """The carrier's label, scanned where the vendor's number is wanted, is asked about."""
    hears(
        terminal,
        ("BENCHOK", "RMA number of the vendor"),
        (ups(9), "looks like a tracking number of UPS"),
    )
    terminal.scan("BENCHNO")
    terminal.wait_gone("looks like a tracking number")


def fails_then_passes(terminal: Terminal) -> None:
    """The first replacement fails its test and goes back; the second one passes."""
    hears(terminal, ("BENCHDEFECT", "What failed in the test"))
    pastes(terminal, "no tone", "it goes back to the vendor|ask for the RMA number")
    not_the_label(terminal)
    hears(
        terminal,
        ("BENCHOK", "RMA number of the vendor"),
        ("DX-10", "noted|scan the tracking number of the return"),
    )
    away(terminal, 2)
    comes(terminal, PASSED)
    hears(terminal, ("BENCHGOOD", "the replacement passed its test|the case has ended"))


def leaves(terminal: Terminal) -> None:
    """Out of the door."""
    hears(
        terminal,
        ("BENCHSEND", "bench  Ship|scan the tracking number"),
        (ups(3), "has it left?"),
        ("BENCHOK", "shipped|scan the next unit"),
    )
    wait_kept(terminal, PHONE.serial, lambda kept: kept.rma.state is State.SHIPPED)


def test_for_a_direct_customer(bench: Open) -> None:
    """Nothing leaves untested; what passes takes the phone's place in its chain."""
    terminal = bench()
    numbered(terminal)
    refused_on_ship(terminal, "the vendor has the case")
    away(terminal)
    comes(terminal, FAILED)
    refused_on_ship(terminal, "the vendor's replacement has not been tested")
    fails_then_passes(terminal)
    leaves(terminal)
    found, case = read(terminal, PHONE.serial), case_of(terminal, PHONE)
    sent = stock(terminal, found.rma.replacement_id)
    assert (sent.serial, sent.replaces_id) == (PASSED, found.unit.id)
    assert (case.vendor, case.vendor_rma, case.tested) == ("Distri One", "DX-10", True)
    tests = [e.data["passed"] for e in found.events if e.step is Step.REPLACEMENT_TESTED]
    assert (tests, found.rma.tracking) == ([False, True], ups(3))
    assert terminal.quit() == 0


def test_for_a_reseller(bench: Open) -> None:
    """The distributor ships straight to the reseller, untested; the RMA is closed here."""
    terminal = bench(RESELLERS)
    numbered(terminal)
    away(terminal)
    hears(
        terminal,
        ("BENCHNEXT", "▸ 2  replacement"),
        ("BENCHNEXT", "▸ 3  ships the replacement"),
        ("BENCHOK", "Serial of the unit that the vendor ships"),
        (FAILED, "ships the replacement to the reseller|the case has ended"),
        ("BENCHSEND", "bench  Ship|the customer has a replacement"),
        ("BENCHOK", "closed|scan the next unit"),
    )
    found, case = read(terminal, PHONE.serial), case_of(terminal, PHONE)
    sent = stock(terminal, case.vendor_unit_id)
    assert (case.answer, case.is_open, case.tested) == (VendorAnswer.DROP_SHIPPED, False, None)
    assert (sent.serial, sent.replaces_id) == (FAILED, found.unit.id)
    assert (found.rma.state, found.rma.tracking) == (State.CLOSED, "")
    assert terminal.quit() == 0


def test_a_credit(bench: Open) -> None:
    """The distributor pays; the customer gets a unit from our stock."""
    terminal = bench()
    numbered(terminal)
    away(terminal)
    hears(
        terminal,
        ("BENCHOK", "Amount of the credit"),
        ("lots", "lots is no amount"),
        ("BENCHOK", "▸ 1  credit"),
        ("BENCHOK", "Amount of the credit"),
    )
    pastes(terminal, "45,00", "the case has ended")
    hears(
        terminal,
        ("BENCHSEND", "bench  Ship|BENCHPUT"),
        ("BENCHPUT", "scan the serial of the replacement"),
        (OURS, "replacement named"),
        (ups(3), "has it left?"),
        ("BENCHOK", "shipped|scan the next unit"),
    )
    found, case = read(terminal, PHONE.serial), case_of(terminal, PHONE)
    assert (case.answer, case.credit_cents, case.is_open) == (VendorAnswer.CREDIT, 4500, False)
    assert stock(terminal, found.rma.replacement_id).serial == OURS
    assert last(terminal, PHONE, Step.SHIPPED)
    assert terminal.quit() == 0
