"""Hostile input by scanner, in dialogs, and out of the database: it does nothing, and is named."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from bench.scan.serials import canonical
from bench.store.records import Draft, Rma, State, Step, Unit
from bench.store.store import Tx
from tests.terminal.conftest import Open, together
from tests.terminal.harness import CTRL_F, ENTER, ESCAPE, F2, F3, F4, F6, F8, UP, Terminal
from tests.terminal.poison import LONG, MINE, POISON, at, clean, harmless
from tests.terminal.seeds import OUT_OF_WARRANTY, Seed, desk_at, read, seed, ups, wait_kept

EVIL = "".join(POISON)
RECEIVED = [Step.EXPECTED, Step.RECEIVED]
CONTROLS = "\x11\x03\x1a\x10\x06\x1d\x1b\x9b"


def shared(items: Sequence[str], work: partial[None]) -> dict[str, Callable[[Path], None]]:
    """The same work for two stations, each with its share of the items."""
    name = work.func.__name__
    return {f"{name}-{n}": partial(work, items[n::2]) for n in range(2)}


def poison_scans(station: Open, share: Sequence[str], home: Path) -> None:
    """A label with poison in it opens no known unit, changes nothing, and is answered."""
    seed(home, [MINE])
    terminal = station(home)
    for poison in share:
        terminal.scan("BENCHDESK")
        terminal.wait_for("SCAN  ready")
        terminal.scan(f"AB12{poison}CD34")
        terminal.wait_gone("SCAN  ready")
        terminal.pause()
        terminal.scan(f"{poison}CD34")
        terminal.pause()
        terminal.scan("BENCHNO")
        terminal.scan(MINE.serial)
        terminal.wait_for(MINE.serial, "expected on RMA")
        clean(terminal)
    terminal.scan("BENCHOK")
    terminal.wait_for("received as RMA")
    for poison in share:
        terminal.scan(MINE.serial)
        terminal.scan(f"AB12{poison}CD34")
    terminal.pause()
    terminal.scan("BENCHLOG")
    terminal.wait_for("bench  Record")
    harmless(terminal)
    assert read(terminal, MINE.serial).steps() == RECEIVED


def control_scans(station: Open, share: Sequence[str], home: Path) -> None:
    """A label with ctrl+q, ctrl+c, ctrl+z or others in it quits nothing and undoes nothing."""
    terminal = at(station, home, "diagnose")
    for control in share:
        for text in (f"AB{control}CD1234", f"AB12CD{control}"):
            terminal.scan(text)
            terminal.pause()
            terminal.scan("BENCHDESK")
            terminal.wait_for("ON THE BENCH")
        terminal.scan(MINE.serial)
        terminal.wait_for("already here")
    assert read(terminal, MINE.serial).steps() == RECEIVED
    harmless(terminal)


def test_labels(station: Open, tmp_path: Path) -> None:
    """Labels that carry what would act on a terminal, on markup, or as a key."""
    poisoned = shared(POISON, partial(poison_scans, station))
    together(tmp_path, {**poisoned, **shared(CONTROLS, partial(control_scans, station))})


def test_quick_letters_choose_nothing(station: Open, tmp_path: Path) -> None:
    """A code without its Enter, or far too long for one, is not taken for keys of the screen."""
    terminal = at(station, tmp_path, "diagnose")
    for text in ("dxrn1234", "rxng" * 1500):
        terminal.paced(text.encode(), 0)
        terminal.wait_for(text[:8], "incomplete scan", "BENCHNTF")
        time.sleep(2)  # the program has taken all 6,000 letters: a key is a person's again
        assert read(terminal, MINE.serial).steps() == RECEIVED
    harmless(terminal)


def test_a_spoilt_scan_ships_nothing(station: Open, tmp_path: Path) -> None:
    """Neither the letters nor the Enter of a spoilt scan ship a unit that is ready to leave."""
    terminal = at(station, tmp_path, "diagnose")
    for text in ("BENCHFXD", ups(1)):
        terminal.scan(text)
    terminal.wait_for("has it left?")
    for text in ("AB12CD\x9b", "AB12CD\x9bEF", f"AB12{LONG}"):
        terminal.scan(text)
        terminal.wait_for("REFUSED")
        terminal.pause()
        terminal.scan(MINE.serial)
        terminal.wait_for("already here")
    assert read(terminal, MINE.serial).steps()[-1] is Step.TRACKING_SCANNED
    harmless(terminal)


def test_dialog_and_scan_at_once(station: Open, tmp_path: Path) -> None:
    """A dialog that a scan opens is answered by the next scan, however quick: once it crashed."""
    terminal = at(station, tmp_path, "diagnose")
    for _ in range(10):
        for text in (f"{MINE.serial[:-1]}-1", "BENCHNO", MINE.serial, "BENCHHOLD", "BENCHNO"):
            terminal.scan(text)
    for text in ("BENCHHOLD", "BENCHNEXT", "BENCHOK"):
        terminal.scan(text)
    terminal.wait_for("held", "address to be confirmed")
    harmless(terminal)
    assert read(terminal, MINE.serial).steps() == [*RECEIVED, Step.HELD]


def test_an_answer_comes_before_the_next_scan(station: Open, tmp_path: Path) -> None:
    """The hold goes to the unit that was in hand, and what is scanned after it to the next one."""
    other = Seed("3146022087120934")
    seed(tmp_path, [MINE, other])
    terminal = station()
    scans = (MINE.serial, "BENCHOK", "BENCHHOLD", "BENCHOK", other.serial, "BENCHOK")
    terminal.paste("\n".join(scans))  # all at one moment
    held = [*RECEIVED, Step.DIAGNOSED, Step.HELD]
    wait_kept(terminal, MINE.serial, lambda kept: kept.steps() == [*RECEIVED, Step.HELD])
    wait_kept(terminal, other.serial, lambda kept: kept.steps() == RECEIVED)
    for text in ("BENCHFXD", "BENCHHOLD", "BENCHOK"):
        terminal.scan(text)
    wait_kept(terminal, other.serial, lambda kept: kept.steps() == held)
    assert read(terminal, MINE.serial).steps() == [*RECEIVED, Step.HELD]


def type_codes(station: Open, share: Sequence[str], home: Path) -> None:
    """The line to type a code into takes poison as text, and a bad code is named."""
    terminal = at(station, home, "diagnose")
    for poison in share:
        terminal.key(CTRL_F)
        terminal.wait_for("Type a serial")
        terminal.paste(f"ab{poison}")
        terminal.pause()
        if "\x1b" in poison:  # to the terminal that is the end of the paste, and then keys
            terminal.wait_for("REFUSED")
            terminal.key(ESCAPE)
        else:
            terminal.key(ENTER)
        terminal.wait_gone("Type a serial")
        clean(terminal)
    if LONG in share:
        terminal.wait_for("more than 512 characters")
    terminal.scan(MINE.serial)
    terminal.wait_for("already here")
    harmless(terminal)
    assert read(terminal, MINE.serial).steps() == RECEIVED


def disturb_a_question(station: Open, share: Sequence[str], home: Path) -> None:
    """A question that is open takes no code, and another answer of one's own is plain text."""
    terminal = at(station, home, "diagnose")
    terminal.scan("BENCHHOLD")
    terminal.wait_for("Why is it held?")
    for poison in share:
        if "\x1b" not in poison:  # escape is escape, and closes the question
            terminal.scan(f"AB12{poison}CD")
        terminal.paste(f"AB12{poison}CD")
        terminal.pause()
    terminal.wait_for("Why is it held?")
    terminal.key(UP)
    terminal.wait_for("▸ 5")
    terminal.key(ENTER)
    terminal.wait_times("another reason", 2)  # the choice, and the line to type it into
    terminal.pause()
    terminal.paste("[/][@click=app.quit][bold😀\u202epwned why")
    terminal.wait_for("pwned why")
    terminal.pause()
    terminal.key(ENTER)
    terminal.wait_gone("Why is it held?")
    terminal.wait_for("LOOK", "held")
    assert "pwned" in read(terminal, MINE.serial).rma.held_why
    harmless(terminal)


def test_dialogs(station: Open, tmp_path: Path) -> None:
    """The same in the lines and the questions of dialogs."""
    items = (*POISON, LONG)
    typed = shared(items, partial(type_codes, station))
    together(tmp_path, {**typed, **shared(items, partial(disturb_a_question, station))})


def spoil(tx: Tx) -> None:
    """Puts poison into the database by the back door, past everything that cleans."""
    unit = tx.find(MINE.serial)[0]
    rma = tx.open_rma(unit.id)
    assert rma is not None
    unit = replace(unit, brand=f"Y{EVIL}", model=EVIL, customer=f"cust{EVIL}")
    tx.save_unit(replace(unit, order_no=EVIL, service_level=EVIL))
    rma = replace(rma, customer=f"cust{EVIL}", service_level=EVIL, ticket=EVIL, why_here=EVIL)
    rma = replace(rma, address=f"{EVIL}, {EVIL}")
    tx.save_rma(replace(rma, symptom=EVIL, findings=EVIL, held_why=EVIL))
    serial = f"EVIL{EVIL}"
    tx.add_unit(Unit("u-evil", serial, canonical(serial), brand=EVIL, mac=EVIL))
    old = Rma("r-evil", f"26-{EVIL}", unit.id, state=State.CLOSED, findings=EVIL, symptom=EVIL)
    tx.add_rma(replace(old, closed_why=EVIL, outcome=None, customer=EVIL))
    fields = {"customer": f"cust{EVIL}", "symptom": EVIL, "findings": EVIL}
    assert rma.since is not None
    for step in ("receive", "diagnose"):
        key = f"unit:{unit.id}:{step}"
        tx.save_draft(Draft(key, f"title{EVIL}", step, fields, rma.since, EVIL))
    data = {"why": EVIL, "reason": EVIL, "unit": {"customer": ["", f"cust{EVIL}"]}}
    what = ("evil-op", unit.id, rma.id, Step.FACTS_CORRECTED, rma.since)
    tx.append(*what, f"actor{EVIL}", f"station{EVIL}", data)


def walk(terminal: Terminal) -> None:
    """Looks at every screen of the unit in hand, and at its fields."""
    for key, word in ((F3, "Receive"), (F4, "Diagnose"), (F6, "Ship"), (F8, "Record")):
        terminal.key(key)
        terminal.wait_for(f"bench  {word}")
        clean(terminal)
        terminal.key(*[b"\t"] * 9)
        harmless(terminal)


def test_out_of_the_database(station: Open, tmp_path: Path) -> None:
    """Poison that somebody else wrote into the database is shown harmlessly on every screen."""
    sizes = ((80, 24), (160, 48))
    together(tmp_path, {str(size): partial(look_at_poison, station, size) for size in sizes})


def look_at_poison(station: Open, size: tuple[int, int], home: Path) -> None:
    """Receives a poisoned unit, and looks at everything on the way."""
    seed(home, [MINE, Seed("3146022087120934", age=OUT_OF_WARRANTY)])
    with desk_at(home) as desk:
        desk.store.write("", spoil)
    terminal = station(home, *size)
    terminal.wait_for("ON THE BENCH", MINE.serial)
    harmless(terminal)
    terminal.scan(MINE.serial)
    terminal.wait_for("expected on RMA")
    walk(terminal)
    for code in (MINE.serial, "BENCHOK"):
        terminal.scan(code)
    terminal.wait_for("received as RMA")
    walk(terminal)
    for code in (MINE.serial, "BENCHFXD", "BENCHHOLD", "BENCHOK", f"{MINE.serial[:-1]}-1"):
        terminal.scan(code)
    terminal.wait_for("but something close is")
    clean(terminal)
    terminal.scan("BENCHNO")
    terminal.key(F2)
    terminal.wait_for("ON THE BENCH")
    harmless(terminal)
