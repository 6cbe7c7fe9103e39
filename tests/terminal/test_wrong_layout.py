"""A scanner and a computer of two languages: noticed, checked once, and put right for good."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.terminal.conftest import together
from tests.terminal.guns import Foreign, French, German
from tests.terminal.harness import ESCAPE
from tests.terminal.seeds import Seed, read, seed

SERIALS = {German: "ZY31-46Y023Z", French: "3146-0231AQ44"}
LANGUAGES = {German: "German", French: "French"}


def learn(kind: type[Foreign], home: Path) -> None:
    """Asks, is checked, knows the unit at once; and still does after a power cut."""
    unit = Seed(SERIALS[kind])
    seed(home, [unit])
    assert kind.keyboard.typed(unit.serial) != unit.serial
    with kind(home, 120, 40) as terminal:
        terminal.scan(unit.serial)
        terminal.wait_for("different languages", f"on a {LANGUAGES[kind]} keyboard", "BENCHGUN")
        terminal.scan("BENCHOK")
        terminal.wait_for("Scanner check", "Not checked yet")
        terminal.check()
        words = f"the computer to {LANGUAGES[kind]}"
        terminal.wait_for("Checked on", words)
        for _ in range(2):
            opens_at_once(terminal, unit)
            terminal.restart()
        terminal.scan("BENCHGUN")
        terminal.wait_for("Checked on", words)
        terminal.key(ESCAPE)
        terminal.wait_gone("Checked on")
        for text in (unit.serial, "BENCHOK"):
            terminal.scan(text)
        terminal.wait_for("received as RMA")
        assert terminal.quit() == 0
        label = read(terminal, unit.serial).events[-1].data["label"]
        assert label == kind.keyboard.typed(unit.serial)


def opens_at_once(terminal: Foreign, unit: Seed) -> None:
    """The scan opens its unit, and nothing is asked."""
    seen = len(terminal.raw)
    terminal.scan(unit.serial)
    terminal.wait_for(unit.serial, "expected on RMA", "bench  Receive")
    assert b"languages" not in terminal.raw[seen:]


def test_a_wrong_layout_is_learned(tmp_path: Path) -> None:
    """Y and Z exchanged on a German keyboard; digits that are signs on a French one."""
    together(tmp_path, {LANGUAGES[kind]: partial(learn, kind) for kind in SERIALS})


@pytest.mark.parametrize("kind", [German, French])
def test_the_unit_can_be_taken_without_a_check(kind: type[Foreign], tmp_path: Path) -> None:
    """Whoever has no time for it chooses the unit that the other keyboard would name."""
    unit = Seed(SERIALS[kind])
    seed(tmp_path, [unit])
    with kind(tmp_path, 120, 40) as terminal:
        terminal.scan(unit.serial)
        terminal.wait_for("different languages", unit.serial)
        for text in ("BENCHNEXT", "BENCHOK"):
            terminal.scan(text)
        terminal.wait_for("expected on RMA", "bench  Receive")
        assert terminal.quit() == 0
