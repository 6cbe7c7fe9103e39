"""Typing into a field: every letter stands there at once, and a scan leaves no trace in it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from textual import events

from bench.widgets.field import Field, Line
from tests.screens.helpers import Bench, post_scan
from tests.screens.test_flow import OTHER, SERIAL, Glass, open_glass
from tests.screens.waits import until


@asynccontextmanager
async def in_field(bench: Bench) -> AsyncIterator[tuple[Glass, Line]]:
    """Receive with the cursor in the field for the customer."""
    bench.expect(SERIAL, customer="")
    async with open_glass(bench, SERIAL) as glass:
        line = glass.field("customer").line
        line.focus()
        await glass.settle()
        yield glass, line


async def letters(glass: Glass, text: str) -> None:
    """Letters that have just been pressed: whatever the gate still holds, it holds."""
    for letter in text:
        glass.app.post_message(events.Key(letter, letter))
    for _ in range(20):
        await asyncio.sleep(0)


def changes(glass: Glass, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the screen is told of the field from now on."""
    told: list[str] = []
    plain = type(glass.body).on_field_changed  # type: ignore[attr-defined]

    def hear(body: object, event: Field.Changed) -> None:
        told.append(event.value)
        plain(body, event)

    monkeypatch.setattr(type(glass.body), "on_field_changed", hear)
    return told


async def test_a_letter_stands_there_at_once(bench: Bench) -> None:
    """It is shown while the gate still holds it, and told to the screen once it is settled."""
    async with in_field(bench) as (glass, line):
        await letters(glass, "N")
        assert line.value == "N"
        assert glass.app.gatekeeper.gate.deadline is not None
        await glass.settle()
        assert line.value == "N"
        assert glass.field("customer").value == "N"


async def test_a_scan_leaves_the_field_as_it_was(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Text, cursor and selection; and nobody was told of a change, so nothing is parked."""
    async with in_field(bench) as (glass, line):
        told = changes(glass, monkeypatch)
        line.value = "Northgate"
        await glass.settle()
        told.clear()
        line.cursor_position = 4
        before = (line.value, line.selection)
        post_scan(glass.app, "BENCHXXXX")
        await glass.settle()
        assert glass.refused("BENCHXXXX")
        assert (line.value, line.selection) == before
        assert told == []


async def test_a_scan_over_selected_text_brings_it_back(bench: Bench) -> None:
    """What was selected is replaced by the first letter, and stands there again afterwards."""
    async with in_field(bench) as (glass, line):
        line.value = "Northgate"
        await glass.settle()
        line.select_all()
        selected = line.selection
        await letters(glass, "R2")
        assert line.value == "R2"
        for letter in "6004812B":
            glass.app.post_message(events.Key(letter, letter))
        glass.app.post_message(events.Key("enter", "\r"))
        await glass.settle()
        assert (line.value, line.selection) == ("Northgate", selected)


async def test_typed_text_replaces_what_is_selected(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in any field; and the screen is told once it is certain."""
    async with in_field(bench) as (glass, line):
        told = changes(glass, monkeypatch)
        line.value = "Northgate"
        line.select_all()
        await letters(glass, "H")
        await glass.settle()
        assert line.value == "H"
        assert told[-1] == "H"


async def test_a_scan_in_mid_typing_takes_only_its_own_letters(bench: Bench) -> None:
    """Typed letters before it stay; the scan is done."""
    async with in_field(bench) as (glass, line):
        await glass.key("A", "n", "a")
        await glass.scan("BENCHUSED")
        assert line.value == "Ana"
        assert "■ signs of use" in glass.text


async def test_editing_keys_come_after_the_letters_before_them(bench: Bench) -> None:
    """Backspace, arrows and control keys act on what is shown."""
    async with in_field(bench) as (glass, line):
        for name in ("a", "b", "backspace", "c", "left", "x"):
            letter = name if len(name) == 1 else None
            glass.app.post_message(events.Key(name, letter))
            await asyncio.sleep(0.08)
        await glass.settle()
        assert line.value == "axc"


async def test_enter_takes_what_was_typed_last(bench: Bench) -> None:
    """The last letters are certain before enter answers the dialog."""
    bench.expect(OTHER, brand="Htek")
    async with open_glass(bench) as glass:
        await glass.key("ctrl+f")
        for letter in OTHER:
            glass.app.post_message(events.Key(letter, letter))
            await asyncio.sleep(0.1)
        glass.app.post_message(events.Key("enter", "\r"))
        await glass.settle()
        assert OTHER in glass.said


async def test_letters_go_where_the_cursor_was(bench: Bench) -> None:
    """A click into another field meanwhile does not take them along."""
    async with in_field(bench) as (glass, line):
        await letters(glass, "ab")
        glass.field("ticket").line.focus()
        await glass.settle()
        assert (line.value, glass.field("ticket").value) == ("ab", "48213")


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n", "\t"])
async def test_a_pasted_code_with_an_end_is_a_scan(bench: Bench, end: str) -> None:
    """Some scanners paste; words, and codes without an end, are a person's paste."""
    async with in_field(bench) as (glass, line):
        glass.app.post_message(events.Paste(f"BENCHUSED{end}"))
        await glass.settle()
        assert line.value == ""
        assert "■ signs of use" in glass.text
        glass.app.post_message(events.Paste(f"Northgate Dental{end}"))
        await glass.settle()
        assert line.value.strip() == "Northgate Dental"
        line.value = ""
        glass.app.post_message(events.Paste("Northgate"))
        await glass.settle()
        assert line.value == "Northgate"


async def test_a_paste_comes_after_the_keys_before_it(bench: Bench) -> None:
    """A key that the gate still holds is not overtaken: else it would wipe out what was pasted."""
    async with in_field(bench) as (glass, line):
        line.value = "Northgate"
        line.action_end()
        await glass.settle()
        glass.app.post_message(events.Key("ctrl+u", "\x15"))
        glass.app.post_message(events.Paste("Harbor Legal"))
        await until(glass, lambda: line.value == "Harbor Legal")
