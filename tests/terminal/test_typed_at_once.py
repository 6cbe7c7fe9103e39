"""Typing feels immediate: what the gate still holds stands in the field, and a scan leaves none."""

from __future__ import annotations

import random
import re
from pathlib import Path

from tests.terminal.every_scan import Recorded, to_table, type_lines
from tests.terminal.poison import MINE
from tests.terminal.seeds import seed, wait_drafts

CODE = "BENCHXKLNOPRSTUVX"
SHOWN = re.compile("|".join(f"{CODE[:n]}(?!{CODE[n]})" for n in range(3, len(CODE))).encode())
"""A beginning of the code on the glass, without the rest."""


def at_a_field(terminal: Recorded) -> None:
    """The symptom of a received unit has the focus."""
    for text in (MINE.serial, "BENCHOK"):
        terminal.scan(text)
    terminal.wait_for("received as RMA", "bench  Diagnose")
    terminal.next_field()
    terminal.forget()


def test_each_letter_stands_there_at_once(tmp_path: Path) -> None:
    """Letter by letter: each is waited for, and only then the next one is typed."""
    seed(tmp_path, [MINE])
    with Recorded(tmp_path, 120, 40) as terminal:
        at_a_field(terminal)
        for end in range(1, len("hums") + 1):
            terminal.key("hums"[end - 1].encode())
            terminal.wait_for(f"symptom {'hums'[:end]}")
        wait_drafts(terminal, lambda fields: "'symptom': 'hums'" in fields)
        assert terminal.heard() == []
        assert terminal.quit() == 0


def test_a_scan_in_mid_typing_leaves_what_was_typed(tmp_path: Path) -> None:
    """A slow scan is seen to come into the field and to go again; what was typed is kept."""
    seed(tmp_path, [MINE])
    with Recorded(tmp_path, 120, 40) as terminal:
        at_a_field(terminal)
        terminal.type("hums lou", wpm=150)
        terminal.wait_for("symptom hums lou")
        seen = len(terminal.raw)
        terminal.scan(CODE, 40)
        terminal.wait_for(f"{CODE} is no command", "symptom hums lou")
        assert SHOWN.search(terminal.raw[seen:]), "nothing was shown while the gate held it"
        assert terminal.heard() == [["scan", CODE]]
        terminal.type("d", wpm=150)
        terminal.wait_for("symptom hums loud")
        terminal.scan(MINE.serial)
        terminal.wait_for("already here", "symptom hums loud")
        wait_drafts(terminal, lambda fields: "'symptom': 'hums loud'" in fields)
        assert terminal.quit() == 0


def test_three_quick_lines(tmp_path: Path) -> None:
    """At 150 words a minute nothing that is typed is a scan."""
    with Recorded(tmp_path, 120, 40) as terminal:
        to_table(terminal)
        assert type_lines(terminal, 3, 150, random.Random(5)) == []
        assert terminal.quit() == 0
