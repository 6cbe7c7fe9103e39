"""The last scans: each with what became of it, reachable from everywhere, and no badge in them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events

from bench.policy.facts import Outcome
from bench.scan.label import A_BADGE, Label, LabelKind
from bench.screens.heard import AT_LOCK, SHOWN, Heard, Hearing
from bench.screens.scanner_check import LastScans
from bench.widgets.marks import DONE, HOLD, REFUSED
from bench.widgets.strips import Read
from bench.workflow.enrolling import enrol
from tests.screens.helpers import NOW, Bench, post_scan
from tests.screens.pulls import pull, pulls
from tests.screens.test_flow import OTHER, SERIAL, THIRD, TIMING, UPS, Glass, open_glass

KEPT = "20EZ1C6F33O1"
"""Differs from THIRD by one O for a 0."""
MAC = "805EC0000001"
COMPANY, OURS, PETRA = "EMP-0042", "PERSONBCDEFGHJKLNO", "PERSONXVUTSRPONLKJ"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A file: what is heard is the same on every engine."""
    return Bench(tmp_path / "bench.db")


def last(glass: Glass) -> list[Heard]:
    """What is kept, the newest first."""
    return glass.app.hearing.last


def told(glass: Glass, text: str) -> tuple[str, str]:
    """The mark and the words of the newest scan with this text."""
    found = next(scan for scan in last(glass) if scan.text == text)
    return found.read.mark, found.became


async def shown(glass: Glass, by: str = "f12") -> str:
    """The list on the glass, opened by key or by scan."""
    await (glass.key(by) if by == "f12" else pulls(glass, by))
    assert isinstance(glass.app.screen, LastScans)
    await glass.pilot.pause()
    await glass.settle()
    return glass.text


# --- what is kept of each


async def test_every_kind_of_scan_with_what_became_of_it(bench: Bench) -> None:
    """Good, to be looked at, refused, a command, one that did not come whole."""
    bench.received(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        await pulls(glass, "BENCHDESK", OTHER, "BENCHFOO", UPS, "ab\x1dcd\x1def")
        post_scan(glass.app, "TORN0815", suffix="")
        await glass.settle()
        assert told(glass, SERIAL)[0] == DONE
        assert "already here: received" in told(glass, SERIAL)[1]
        assert told(glass, "BENCHDESK") == (DONE, "queue · on Queue")
        assert told(glass, OTHER)[0] == HOLD
        assert "unknown serial" in told(glass, OTHER)[1]
        assert told(glass, "BENCHFOO")[0] == REFUSED
        assert "BENCHFOO is no command" in told(glass, "BENCHFOO")[1]
        assert "tracking number of UPS" in told(glass, UPS)[1]
        assert "unreadable" in told(glass, "ab\x1dcd\x1def")[1]
        assert told(glass, "TORN0815")[0] == REFUSED
        assert "an incomplete scan" in told(glass, "TORN0815")[1]
        assert {scan.source for scan in last(glass)} == {"keyboard"}
        assert {scan.at for scan in last(glass)} == {NOW}
        assert "\x1d" not in await shown(glass)


async def test_the_newest_stands_first_and_ten_are_kept(bench: Bench) -> None:
    """By key and by scan the same; the scan that asks for them is not among them."""
    codes = [f"QX77-{number:04d}" for number in range(SHOWN + 2)]
    async with open_glass(bench) as glass:
        await pulls(glass, *codes)
        newest = codes[:1:-1]
        assert [scan.text for scan in last(glass)] == newest
        for by in ("f12", "BENCHSEEN"):
            rows = [line for line in (await shown(glass, by)).splitlines() if "14:03:22" in line]
            assert len([row for row in rows if "QX77-" in row]) == SHOWN, rows
            assert [code for row in rows for code in newest if f"  {code} " in row] == newest
            assert codes[0] not in glass.text
            await glass.key("escape")
        assert last(glass)[0].text == "BENCHSEEN"


async def test_nothing_was_scanned_yet(bench: Bench) -> None:
    """That is said, with what to do."""
    async with open_glass(bench) as glass:
        assert "Nothing has been scanned yet. BENCHGUN checks the scanner." in await shown(glass)


async def test_they_are_reached_from_every_screen(bench: Bench) -> None:
    """By key and by scan; a scan closes them and goes on."""
    bench.diagnosed(SERIAL, Outcome.REPLACE)
    async with open_glass(bench, SERIAL) as glass:
        for code in ("BOX", "TEST", "SEND", "LOG", "RULES", "DESK"):
            await pulls(glass, f"BENCH{code}")
            place = glass.place
            assert f"BENCH{code}" in await shown(glass)
            await glass.key("escape")
            assert (glass.place, glass.question) == (place, "")
            assert SERIAL in await shown(glass, "BENCHSEEN")
        await pulls(glass, "BENCHRULES")
        assert (glass.place, glass.question) == ("Policy", "")


# --- over a question


@pytest.mark.parametrize("by", ["f12", "BENCHSEEN"])
@pytest.mark.parametrize("answer", ["BENCHOK", "1"])
async def test_the_question_is_still_there_and_its_answer_counts(
    bench: Bench, by: str, answer: str
) -> None:
    """What came of the answer is told of the scan that raised the question."""
    bench.received(KEPT)
    async with open_glass(bench, THIRD) as glass:
        asked = glass.question
        text = await shown(glass, by)
        assert "is it one of these? · only a near match" in text
        await glass.key("escape")
        assert glass.question == asked
        await shown(glass, by)
        if answer == "1":
            await glass.key("escape", "1")
        else:
            await pulls(glass, answer)
        assert (glass.place, glass.question) == ("Diagnose", "")
        mark, became = told(glass, THIRD)
        assert mark == DONE
        assert "already here: received" in became
        if answer == "BENCHOK":
            assert told(glass, "BENCHOK") == (DONE, "yes · on Queue")
        if by == "BENCHSEEN":
            assert told(glass, "BENCHSEEN") == (DONE, "the last scans · on Queue")


async def test_never_mind_leaves_the_question_as_its_fate(bench: Bench) -> None:
    """Nothing came of it."""
    bench.received(KEPT)
    async with open_glass(bench, THIRD, "BENCHNO") as glass:
        assert told(glass, THIRD)[0] == HOLD
        assert told(glass, "BENCHNO") == (DONE, "no · on Queue")


async def test_a_code_while_a_question_is_open_is_kept_as_refused(bench: Bench) -> None:
    """Its own fate; that of the code that is asked about stays."""
    bench.received(KEPT)
    bench.received(SERIAL)
    async with open_glass(bench, THIRD) as glass:
        await pulls(glass, SERIAL)
        assert told(glass, SERIAL)[0] == REFUSED
        assert "a question is open" in told(glass, SERIAL)[1]
        assert told(glass, THIRD)[0] == HOLD
        await pulls(glass, "BENCHOK")
        assert told(glass, THIRD)[0] == DONE
        assert told(glass, SERIAL)[0] == REFUSED


async def test_each_code_of_one_pull_has_its_own_line(bench: Bench) -> None:
    """What told nothing new says with what it was read."""
    bench.received(SERIAL, mac=MAC)
    async with open_glass(bench) as glass:
        await pull(glass, SERIAL, MAC, "T54W")
        assert [scan.text for scan in last(glass)] == ["T54W", MAC, SERIAL]
        assert told(glass, MAC) == (DONE, f"read together with {SERIAL}")
        assert "already here" in told(glass, SERIAL)[1]


# --- badges


def enrolled(bench: Bench, key: Path) -> None:
    """A company's badge, one of ours, and a supervisor's."""
    with bench.desk() as desk:
        at = replace(desk, badge_key=key)
        for name, badge, boss in (("Petra V.", PETRA, True), ("Ana R.", COMPANY, False)):
            enrol(at, name, badge, boss)


async def test_no_badge_is_kept(bench: Bench, tmp_path: Path) -> None:
    """Nobody's, in no form: at work, where one is asked for, unknown, whole or torn."""
    key, log = tmp_path / "badge.key", list[str]()
    bench.diagnosed(SERIAL, Outcome.REPLACE, 12, False)
    enrolled(bench, key)
    async with open_glass(bench, badge_key=key) as glass:
        await pulls(glass, COMPANY, PETRA, COMPANY, SERIAL, "BENCHPUT")
        await pulls(glass, COMPANY)
        log += [scan.text for scan in last(glass)]
        await pulls(glass, "BENCHNO", "BENCHPUT", PETRA, "BENCHNO")
        log += [scan.text for scan in last(glass)]
        assert {COMPANY, PETRA}.isdisjoint(log)
        assert log.count(A_BADGE) >= 4
        assert COMPANY not in await shown(glass)
        assert "PERSON" not in glass.text
        await glass.key("escape")
        await pulls(glass, OURS)
        assert glass.app.guard.lock is not None
        assert last(glass)[0].text == A_BADGE
        assert last(glass)[0].read.mark == REFUSED


async def test_at_the_lock_nothing_of_a_text_is_kept(bench: Bench, tmp_path: Path) -> None:
    """Any code may be somebody's badge there: a unit's, a torn one, a command."""
    key = tmp_path / "badge.key"
    bench.received(SERIAL)
    enrolled(bench, key)
    async with open_glass(bench, badge_key=key) as glass:
        await pulls(glass, SERIAL, "EMP-0043", "BENCHDESK", "ab\x1dcd", OURS)
        post_scan(glass.app, "EMP-004", suffix="")
        await glass.settle()
        kept = last(glass)
        assert {scan.text for scan in kept} == {AT_LOCK}
        assert [scan.read.mark for scan in kept] == [*[REFUSED] * 3, HOLD, *[REFUSED] * 2]
        assert not any(code in repr(kept) for code in (SERIAL, "EMP-", "PERSON", "DESK"))
        await asyncio.sleep(TIMING.torn)  # so soon it would be the rest of the torn one
        await pulls(glass, COMPANY)
        assert last(glass)[0].text == AT_LOCK
        assert "Ana R. is at work" in last(glass)[0].became
        assert "EMP-" not in glass.text
        assert "EMP-" not in await shown(glass)


# --- the list itself


def label(text: str, **more: str) -> Label:
    """A scan of this text."""
    return Label(LabelKind.CODE, text, **more)  # type: ignore[arg-type]


def test_the_scan_in_hand_is_not_among_the_last() -> None:
    """Until it has been dealt with."""
    hearing = Hearing(lambda: NOW)
    hearing.begin(label("one"))
    hearing.end("Queue")
    hearing.begin(label("two", source="Gun", came="twö"))
    assert [scan.text for scan in hearing.last] == ["one"]
    hearing.said(Read("two", "what", HOLD, "answer"))
    assert hearing.end("Queue") == HOLD
    assert [(scan.text, scan.source) for scan in hearing.last] == [
        ("twö", "Gun"),
        ("one", "keyboard"),
    ]


def test_what_is_said_of_no_scan_changes_none() -> None:
    """Nor does what is said of one that is forgotten by now."""
    hearing = Hearing(lambda: NOW)
    hearing.said(Read("", "nothing was scanned", REFUSED, "yet"))
    hearing.begin(label("first"))
    first = hearing.turn
    hearing.end("Queue")
    with hearing.telling_of(0):
        hearing.said(Read("", "a scanner was unplugged", HOLD, "plug it in"))
    assert hearing.last[0].became == "done · on Queue"
    for number in range(SHOWN + 1):
        hearing.add(f"more {number}", "", Read("", "", DONE, "fine"))
    with hearing.telling_of(first):
        hearing.said(Read("", "", REFUSED, "late"))
    assert {scan.became for scan in hearing.last} == {"fine"}


async def test_a_paste_counts_as_scans(bench: Bench) -> None:
    """Each line one."""
    async with open_glass(bench) as glass:
        glass.app.post_message(events.Paste("QX77-0001\nQX77-0002\n"))
        await glass.settle()
        assert [scan.text for scan in last(glass)] == ["QX77-0002", "QX77-0001"]


async def test_an_earlier_refusal_does_not_stand_for_the_next_command(bench: Bench) -> None:
    """A command that says nothing by itself is answered all the same."""
    bench.received(SERIAL)
    async with open_glass(bench, SERIAL) as glass:
        await pulls(glass, "BENCHXXXX")
        assert glass.refused("BENCHXXXX")
        await pulls(glass, "BENCHGOOD")
        assert f"[{DONE}] BENCHGOOD" in glass.said
