"""Hostile input: poison in scans, pastes, labels and stored data does nothing, and is named."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from bench.scan.serials import canonical
from bench.store.records import Draft, Rma, Unit
from bench.store.store import Tx
from bench.workflow.entry import LABELS
from bench.workflow.steps import Step
from tests.terminal.conftest import Open
from tests.terminal.harness import CTRL_F, CTRL_R, ENTER, ESCAPE, F1, F2, F3, F4, F6, F8, Terminal
from tests.terminal.seeds import OUT_OF_WARRANTY, Seed, desk_at, read, seed, today, wait_drafts

MINE = Seed("3146023104410271")
POISON = (
    "\x1b]0;pwned\x07",
    "\x1b]52;c;aGk=\x1b\\",
    "\x1b[2J",
    "\x9b31m",
    "[/]",
    "[@click=app.quit]",
    "[bold",
    "😀👩\u200d👧",
    "\u202eabc",
)
NEVER = (b"\x1b]0;", b"\x1b]52;", b"\x1b[2J", b"\xc2\x9b", b"\xe2\x80\xae", b"something is wrong")
"""What may never come out of the program. None of it does without poison either."""
FIELDS = ("brand", "model", "customer", "channel", "ticket", "opened_on")
FIELDS += ("shipped_on", "mac", "contract_ends_on")
DATES = ("opened_on", "shipped_on", "contract_ends_on")
LONG = "x" * 10_000


def harmless(terminal: Terminal) -> None:
    """The program still runs and answers, and nothing that steers a terminal came out of it."""
    assert terminal.running, terminal.screen()
    terminal.key(F1)
    terminal.wait_for("Help ·")
    terminal.key(ESCAPE)
    terminal.wait_gone("Help ·")
    raw = terminal.raw
    assert [bad for bad in NEVER if bad in raw] == [], terminal.screen()


def to_field(terminal: Terminal, place: int) -> None:
    """With tab into the field with this number, while none has the focus yet."""
    terminal.next_field(place + 1)


def at(station: Open, home: Path, place: str) -> Terminal:
    """A wide station that shows one of the screens with fields."""
    seed(home, [MINE])
    terminal = station(columns=160, rows=48)
    if place == "policy":
        terminal.key(CTRL_R)
        terminal.wait_for("WHAT IF")
        return terminal
    if place == "receive":
        terminal.scan("QX77-0042-ZK")
        terminal.wait_for("unknown serial")
        return terminal
    for text in (MINE.serial, "BENCHOK"):
        terminal.scan(text)
    terminal.wait_for("BENCHNTF")
    if place == "record":
        terminal.key(F8)
        terminal.wait_for("HISTORY")
    return terminal


@pytest.mark.parametrize("poison", POISON, ids=ascii)
def test_in_a_scan(station: Open, tmp_path: Path, poison: str) -> None:
    """A label with poison in it opens no known unit, changes nothing, and is answered."""
    seed(tmp_path, [MINE])
    terminal = station()
    terminal.scan(f"AB12{poison}CD34")
    terminal.wait_gone("SCAN  ready")
    assert terminal.running
    terminal.scan(f"{poison}CD34")
    terminal.scan(MINE.serial)
    terminal.wait_for(MINE.serial, "expected on RMA")
    terminal.scan("BENCHOK")
    terminal.wait_for("received as RMA")
    terminal.scan(f"AB12{poison}CD34")
    terminal.scan("BENCHLOG")
    harmless(terminal)
    assert read(terminal, MINE.serial).steps() == [Step.EXPECTED, Step.RECEIVED]


@pytest.mark.parametrize(
    ("place", "fields"), [("receive", 9), ("diagnose", 2), ("record", 9), ("policy", 8)]
)
def test_pasted_into_each_field(station: Open, tmp_path: Path, place: str, fields: int) -> None:
    """Each field of each screen takes poison as plain text, or not at all."""
    terminal = at(station, tmp_path, place)
    for _ in range(fields):
        to_field(terminal, 0)
        for poison in (*POISON, LONG):
            terminal.paste(f"a{poison}b")
    for text in ("BENCHOK", "BENCHFXD", "BENCHDESK"):
        terminal.scan(text)
    terminal.wait_for("ON THE BENCH", seconds=20)
    harmless(terminal)


def test_pasted_over_a_selection(station: Open, tmp_path: Path) -> None:
    """What replaces selected text is cleaned like everything else."""
    terminal = at(station, tmp_path, "diagnose")
    to_field(terminal, 0)
    terminal.paste("hums")
    terminal.wait_for("hums")
    terminal.key(b"\x1b[1;2H")  # shift+home selects the line
    terminal.paste("\x1b[2J\x9b31m\u202epoison")
    terminal.wait_for("poison")
    harmless(terminal)


@pytest.mark.parametrize("name", FIELDS)
def test_long_paste_on_receive(station: Open, tmp_path: Path, name: str) -> None:
    """Ten thousand characters: refused with the field's name, and still there."""
    terminal = at(station, tmp_path, "receive")
    to_field(terminal, FIELDS.index(name))
    terminal.paste(LONG)
    wait_drafts(terminal, lambda text: "x" * 1000 in text)
    terminal.scan("BENCHOK")
    terminal.wait_for("not received yet", f"! {LABELS[name]}")
    terminal.wait_for("xxxxxxxx")
    harmless(terminal)


@pytest.mark.parametrize("field", ["symptom", "findings"])
def test_long_paste_on_diagnose(station: Open, tmp_path: Path, field: str) -> None:
    """What does not fit is cut off with a complaint, never in silence."""
    terminal = at(station, tmp_path, "diagnose")
    to_field(terminal, ["symptom", "findings"].index(field))
    terminal.paste(LONG)
    terminal.wait_for(field, "2000 characters fit")
    wait_drafts(terminal, lambda text: "x" * 1000 in text)
    terminal.paste(LONG)
    terminal.wait_for("2000 characters fit")
    harmless(terminal)


def test_several_lines_into_one_field(station: Open, tmp_path: Path) -> None:
    """A note of several lines is kept whole, as one line."""
    terminal = at(station, tmp_path, "diagnose")
    to_field(terminal, 1)
    terminal.paste("boots twice\r\nthen hangs\nBENCHREPL\r")
    terminal.wait_for("boots twice then hangs BENCHREPL")
    harmless(terminal)
    assert read(terminal, MINE.serial).rma.outcome is None


@pytest.mark.parametrize("name", DATES)
@pytest.mark.parametrize("place", ["receive", "record"])
def test_impossible_days(station: Open, tmp_path: Path, place: str, name: str) -> None:
    """30 February and a day in the future: refused with the field's name, and still there."""
    terminal = at(station, tmp_path, place)
    days = ["2026-02-30", "30 Feb 2026", "2099-01-01"]
    to_field(terminal, FIELDS.index(name))
    for text in days:
        terminal.key(b"\x15\x0b")  # empties the field
        terminal.paste(text)
        terminal.wait_for(text)
        terminal.scan("BENCHOK")
        terminal.wait_for(f"! {LABELS[name]} {text}: ")
    harmless(terminal)
    terminal.scan("BENCHLOG")
    terminal.wait_for(days[-1] if place == "record" else "Record")


def test_impossible_answers_on_policy(station: Open, tmp_path: Path) -> None:
    """The what-if names the field that it cannot read."""
    terminal = at(station, tmp_path, "policy")
    for skip, text in ((1, "both"), (0, "2026-02-30"), (1, "burnt"), (0, "perhaps")):
        to_field(terminal, skip)
        terminal.paste(text)
        terminal.wait_for(text)
    terminal.wait_for("no such day", "no trouble found, repair or replace", "yes or no")
    terminal.wait_for("direct or reseller")
    harmless(terminal)


@pytest.mark.parametrize(
    "control", ["\x11", "\x03", "\x1a", "\x10", "\x06", "\x1d", "\x1b", "\x9b"]
)
def test_control_characters_in_labels(station: Open, tmp_path: Path, control: str) -> None:
    """A label with ctrl+q, ctrl+c, ctrl+z or others in it quits nothing and undoes nothing."""
    terminal = at(station, tmp_path, "diagnose")
    for text in (f"AB{control}CD1234", f"AB12CD{control}"):
        terminal.scan(text)
        terminal.scan("BENCHDESK")
        terminal.wait_for("ON THE BENCH")
    terminal.scan(MINE.serial)
    terminal.wait_for("already here")
    assert read(terminal, MINE.serial).steps() == [Step.EXPECTED, Step.RECEIVED]
    harmless(terminal)


def test_quick_letters_choose_nothing(station: Open, tmp_path: Path) -> None:
    """A code without its Enter, or far too long for one, is not taken for keys of the screen."""
    terminal = at(station, tmp_path, "diagnose")
    for text in ("dxrn1234", "rxng" * 1500):
        terminal.paced(text.encode(), 0)
        terminal.wait_for("incomplete scan", "BENCHNTF")
        terminal.pause()
        assert read(terminal, MINE.serial).steps() == [Step.EXPECTED, Step.RECEIVED]
    harmless(terminal)


def test_in_the_dialogs(station: Open, tmp_path: Path) -> None:
    """Lines to type into and choices: poison is text, and a bad code is named."""
    terminal = at(station, tmp_path, "diagnose")
    for poison in (*POISON, LONG):
        terminal.key(CTRL_F)
        terminal.wait_for("Type a serial")
        terminal.paste(f"ab{poison}")
        terminal.pause()
        terminal.key(ENTER)
        terminal.wait_gone("Type a serial")
    terminal.wait_for("more than 512 characters")
    terminal.scan(MINE.serial)
    terminal.wait_for("BENCHNTF")
    terminal.scan("BENCHHOLD")
    terminal.wait_for("Why is it held?")
    for poison in (*POISON, LONG):
        terminal.scan(f"AB12{poison}CD")
        terminal.paste(f"AB12{poison}CD")
    terminal.key(b"\x1b[A", ENTER)
    terminal.wait_for("another reason")
    terminal.paste("".join(POISON) + "why")
    terminal.wait_for("why")
    terminal.pause()
    terminal.key(ENTER)
    terminal.wait_for("held")
    terminal.wait_gone("Why is it held?")
    assert "pwned" in read(terminal, MINE.serial).rma.held_why
    harmless(terminal)


EVIL = "".join(POISON)


def spoil(home: Path) -> None:
    """Puts poison into the database by the back door, past everything that cleans."""

    def work(tx: Tx) -> None:
        unit = tx.find(MINE.serial)[0]
        tx.save_unit(replace(unit, brand=f"Y{EVIL}", model=EVIL, customer=f"cust{EVIL}"))
        rma = tx.open_rma(unit.id)
        assert rma is not None
        poisoned = {"customer": f"cust{EVIL}", "ticket": EVIL, "why_here": EVIL, "symptom": EVIL}
        tx.save_rma(replace(rma, **poisoned, service_level=EVIL, findings=EVIL))
        other = Unit("u-evil", f"EVIL{EVIL}", canonical(f"EVIL{EVIL}"), brand=f"{EVIL}", mac=EVIL)
        tx.add_unit(other)
        old = Rma("r-evil", f"26-{EVIL}", unit.id, customer=EVIL, findings=EVIL, held_why=EVIL)
        tx.add_rma(replace(old, state=type(rma.state).CLOSED, closed_why=EVIL))
        fields = {"customer": f"cust{EVIL}", "symptom": EVIL, "findings": EVIL}
        for step in ("receive", "diagnose"):
            key = f"unit:{unit.id}:{step}"
            tx.save_draft(Draft(key, f"title{EVIL}", step, fields, desk.clock.now(), EVIL))
        data = {"why": EVIL, "reason": EVIL, "unit": {EVIL: ["", EVIL]}}
        event = ("evil-op", unit.id, rma.id, Step.FACTS_CORRECTED, desk.clock.now())
        tx.append(*event, f"actor{EVIL}", f"station{EVIL}", data)

    with desk_at(home) as desk:
        desk.store.write("", work)


@pytest.mark.parametrize("size", [(80, 24), (160, 48)], ids=str)
def test_out_of_the_database(station: Open, tmp_path: Path, size: tuple[int, int]) -> None:
    """Poison that somebody else wrote into the database is shown harmlessly on every screen."""
    seed(tmp_path, [MINE, Seed("3146022087120934", age=OUT_OF_WARRANTY)])
    spoil(tmp_path)
    terminal = station(columns=size[0], rows=size[1])
    terminal.wait_for("ON THE BENCH", MINE.serial)
    harmless(terminal)
    terminal.scan(MINE.serial)
    terminal.wait_for("expected on RMA")
    for key, word in ((F3, "Receive"), (F4, "Diagnose"), (F6, "Ship"), (F8, "Record")):
        terminal.key(key)
        terminal.wait_for(f"bench  {word}")
        harmless(terminal)
        for _ in range(9):
            terminal.key(b"\t")
        harmless(terminal)
    terminal.key(F2)
    for code in (MINE.serial, "BENCHOK", "BENCHFXD", "BENCHHOLD", "BENCHOK"):
        terminal.scan(code)
    terminal.wait_for("held")
    terminal.scan(f"{MINE.serial[:-1]}-1")  # close to a known one: the choices are shown
    terminal.wait_for("NEXT")
    terminal.scan("BENCHNO")
    harmless(terminal)
    assert read_date(terminal) == today()


def read_date(terminal: Terminal) -> object:
    """The day on which the poisoned unit was received all the same."""
    with desk_at(terminal.home) as desk:
        rmas = desk.store.rmas_of(desk.store.find(MINE.serial)[0].id)
    return next(rma.received_on for rma in rmas if rma.id != "r-evil")
