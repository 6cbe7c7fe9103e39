"""Hostile input at each field: poison, ten thousand characters, impossible days."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from bench.store.records import Step
from bench.workflow.entry import LABELS
from tests.terminal.conftest import Open, together
from tests.terminal.harness import END, SHIFT_HOME, Terminal
from tests.terminal.poison import LONG, MINE, POISON, STRANGER, at, harmless
from tests.terminal.seeds import ask, kept, read, wait_drafts

FIELDS = (
    *("brand", "model", "customer", "channel", "ticket", "opened_on"),
    *("shipped_on", "mac", "contract_ends_on", "service_level", "address"),
)
PLACES = {"receive": 11, "diagnose": 2, "record": 11, "policy": 8}
"""The screens with fields, and how many each has."""
DATES = {"opened_on": 6, "shipped_on": 1, "contract_ends_on": 2}
"""The fields for days, each with how many tabs it is away from the one before."""


def holds(field: str, length: int) -> Callable[[str], bool]:
    """Whether so much of the long paste is parked for a field."""
    return lambda text: f"'{field}': '{'x' * length}" in text


def test_poison(station: Open, tmp_path: Path) -> None:
    """Each field of each screen takes poison as plain text, or not at all."""
    together(tmp_path, {place: partial(poison_fields, station, place) for place in PLACES})


def poison_fields(station: Open, place: str, home: Path) -> None:
    """Pastes everything into each field, and then tries to save it."""
    terminal = at(station, home, place)
    for _ in range(PLACES[place]):
        terminal.next_field()
        for poison in (*POISON, LONG):
            terminal.paste(f"a{poison}b")
        terminal.pause()
    for text in ("BENCHOK", "BENCHFXD", "BENCHDESK"):
        terminal.scan(text)
    terminal.wait_for("ON THE BENCH", seconds=20)
    harmless(terminal)


def test_over_a_selection(station: Open, tmp_path: Path) -> None:
    """What replaces selected text is cleaned like everything else."""
    terminal = at(station, tmp_path, "diagnose")
    terminal.next_field()
    terminal.paste("hums")
    terminal.wait_for("hums")
    terminal.key(SHIFT_HOME)
    terminal.pause()
    terminal.paste("\x9b31m\u202epoison")
    terminal.wait_for("poison")
    terminal.wait_gone("hums")
    harmless(terminal)


def long_on_receive(station: Open, home: Path) -> None:
    """Ten thousand characters in each field: one after the other is named, and all are kept."""
    terminal = at(station, home, "receive")
    for name in FIELDS:
        terminal.next_field()
        terminal.paste(LONG)
        wait_drafts(terminal, holds(name, 1000))
    for name in FIELDS:
        terminal.scan("BENCHOK")
        terminal.wait_for("not received yet", f"! {LABELS[name]}")
        wait_drafts(terminal, holds(name, 1000))
        terminal.pause()
        terminal.empty_field()  # the focus is there already
    harmless(terminal)
    terminal.scan("BENCHOK")
    terminal.wait_for("received as RMA")


def test_long_on_diagnose(station: Open, tmp_path: Path) -> None:
    """What does not fit is cut off with a complaint, never in silence."""
    terminal = at(station, tmp_path, "diagnose")
    for field in ("symptom", "findings"):
        terminal.next_field()
        terminal.paste(LONG)
        terminal.wait_for(f"{field} xxxxxxxx", "2000 characters fit")
        wait_drafts(terminal, holds(field, 2000))
        terminal.paste(LONG)
        terminal.pause()
        terminal.wait_for(f"{field} xxxxxxxx", "2000 characters fit")
    harmless(terminal)


def test_several_lines(station: Open, tmp_path: Path) -> None:
    """A note of several lines is kept whole, as one line, and is no command."""
    terminal = at(station, tmp_path, "diagnose")
    terminal.next_field(2)
    terminal.paste("boots twice\r\nthen hangs\nBENCHREPL\r")
    terminal.wait_for("boots twice then hangs BENCHREPL")
    harmless(terminal)
    assert read(terminal, MINE.serial).rma.outcome is None


def refuse_days(terminal: Terminal, name: str, filled: bool) -> None:
    """Tries days that there are not in the field with the focus; a right one stays there."""
    for text in ("2026-02-30", "30 Feb 2026", "2099-01-01", "2026-01-05"):
        if filled:
            terminal.empty_field()
        terminal.paste(text)
        terminal.wait_for(text)
        filled = True
        if text != "2026-01-05":
            terminal.scan("BENCHOK")
            terminal.wait_for(f"! {LABELS[name]} {text}: ")
            assert text in terminal.below_strip()


def impossible_days(station: Open, place: str, home: Path) -> None:
    """30 February and a day in the future in each field for a day."""
    terminal = at(station, home, place)
    for name, tabs in DATES.items():
        terminal.next_field(tabs)
        terminal.key(END)
        terminal.pause()
        refuse_days(terminal, name, filled=place == "record" and name != "contract_ends_on")
    harmless(terminal)
    assert ask(home, lambda store: kept(store, STRANGER)) is None
    assert Step.FACTS_CORRECTED not in ask(home, lambda store: [e.step for e in store.events()])


def test_refused_and_still_there(station: Open, tmp_path: Path) -> None:
    """What cannot be is refused with the field's name, and what was entered is still there."""
    days = {place: partial(impossible_days, station, place) for place in ("receive", "record")}
    together(tmp_path, {**days, "long": partial(long_on_receive, station)})


def test_impossible_answers_on_policy(station: Open, tmp_path: Path) -> None:
    """The what-if says what it cannot read, beside the field."""
    terminal = at(station, tmp_path, "policy")
    for tabs, text in ((2, "both"), (1, "2026-02-30"), (2, "burnt"), (1, "perhaps")):
        terminal.next_field(tabs)
        terminal.paste(text)
        terminal.wait_for(text)
    for text in ("both", "2026-02-30", "burnt", "perhaps"):
        terminal.wait_for(f"{text} !")
    harmless(terminal)
