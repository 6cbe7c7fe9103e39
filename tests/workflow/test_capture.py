"""Captures of a unit's console in the history of its RMA: kept, proved, told, let go."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.settings import Settings
from bench.store.database import open_link
from bench.store.loading import load_file
from bench.store.openform import write_file
from bench.store.records import State, Step
from bench.store.snapshot import open_snapshot
from bench.workflow import ship
from bench.workflow.capture import (
    CaptureRecord,
    Settling,
    captured,
    captures_of,
    console_detail,
    console_differed,
    may_erase,
    recording_id,
    settle_console,
)
from bench.workflow.desk import Refused, open_desk
from bench.workflow.proving import prove
from tests.rma_numbers import number_of
from tests.store.histories import content
from tests.workflow.helpers import UPS, World, a_capture, new_clock
from tests.workflow.situations import (
    REPAIR,
    Make,
    cancelled,
    closed,
    expected,
    name_of,
    received,
    repair,
    shipped,
    tracked,
)

LABEL, CONSOLE = "0331122017001", "0331122017044"
ONE = a_capture().capture


@pytest.fixture
def here(world: World) -> str:
    """An appliance that is here."""
    return world.received(LABEL, brand="Pulse Secure", model="PSA-3000")


def differ(world: World, rma_id: str, serial: str = CONSOLE, capture: str = ONE) -> State:
    """The console names another serial."""
    return world.do(console_differed, rma_id, capture, serial).state


def kept(world: World, rma_id: str) -> list[CaptureRecord]:
    """The captures of an RMA, without the events that they were kept by."""
    found = captures_of(world.store.events_of_rma(rma_id))
    return [replace(one, op_id="") for one in found]


# --- captures


def test_a_capture_is_kept_with_all_it_told(world: World, here: str) -> None:
    whole = a_capture(
        typed=14,
        gaps=2,
        lost=3,
        facts={"serial": LABEL, "firmware": "9.1R1"},
        first_failure="memory",
        failures=("memory", "boot loop"),
    )
    before = world.rma(here)
    after = world.do(captured, here, whole)
    assert kept(world, here) == [whole]
    assert after == replace(before, captures=1, version=after.version)
    assert set(world.view(here).events[0].data) == {
        *("capture", "folder", "seal", "bytes", "typed", "started", "ended", "gaps", "lost"),
        *("baud", "facts", "first_failure", "failures"),
    }


def test_the_same_capture_is_kept_once_and_another_beside_it(world: World, here: str) -> None:
    world.do(captured, here, a_capture())
    before = world.everything()
    assert captured(world.desk, world.op(), here, a_capture(seal="f" * 64)).already
    assert world.everything() == before
    assert world.do(captured, here, a_capture(2)).captures == 2


@pytest.mark.parametrize("make", [expected, received, repair, tracked], ids=name_of)
def test_while_the_rma_is_open_its_state_stays(world: World, make: Make) -> None:
    rma_id = make(world)
    state = world.rma(rma_id).state
    assert world.do(captured, rma_id, a_capture()).state is state


@pytest.mark.parametrize("make", [shipped, closed, cancelled], ids=name_of)
def test_afterwards_nothing_is_kept_any_more(world: World, make: Make) -> None:
    rma_id = make(world)
    before = world.everything()
    with pytest.raises(Refused, match="RMA"):
        world.do(captured, rma_id, a_capture())
    with pytest.raises(Refused, match="RMA"):
        differ(world, rma_id)
    assert world.everything() == before


@pytest.mark.parametrize(
    ("wrong", "what"),
    [
        ({"seal": ""}, "not sealed"),
        ({"seal": "G" * 64}, "not sealed"),
        ({"capture": "../etc"}, "not sealed"),
        ({"folder": ""}, "no folder"),
        ({"folder": "../../home"}, "no folder"),
        ({"folder": "a\\..\\b"}, "no folder"),
    ],
)
def test_what_is_no_sealed_capture_is_refused(
    world: World, here: str, wrong: dict[str, Any], what: str
) -> None:
    with pytest.raises(Refused, match=what):
        world.do(captured, here, a_capture(**wrong))
    assert kept(world, here) == []


def test_foreign_text_is_cleaned_and_has_an_end(world: World, here: str) -> None:
    facts = {"model": "PSA\x1b[31m\n3000", **{f"f{n}": "x" for n in range(99)}}
    long = ("\x07" + "a" * 999,) * 99
    world.do(captured, here, a_capture(facts=facts, failures=long, started="soon"))
    (one,) = kept(world, here)
    assert (one.facts["model"], one.started) == ("PSA[31m 3000", "")
    assert (len(one.facts), len(one.failures), one.failures[0]) == (40, 40, "a" * 120)


def test_a_draft_stays_while_the_bench_records(world: World, here: str) -> None:
    from bench.workflow.drafts import park
    from bench.workflow.views import Place, draft_key

    key = draft_key(world.rma(here).unit_id, Place.DIAGNOSE)
    park(world.desk, key, "PSA", Place.DIAGNOSE, {"symptom": "half"})
    world.do(captured, here, a_capture())
    differ(world, here)
    assert world.store.draft(key) is not None


# --- twice, at once, and elsewhere


def test_what_a_bench_records_by_itself_has_the_same_id_each_time(world: World, here: str) -> None:
    op = recording_id(Step.CONSOLE_DIFFERED, here, ONE, CONSOLE)
    assert op == recording_id(Step.CONSOLE_DIFFERED, here, ONE, f" {CONSOLE}")
    others = (
        recording_id(Step.CAPTURED, here, ONE),
        recording_id(Step.CAPTURED, "another", ONE),
        recording_id(Step.CONSOLE_DIFFERED, here, ONE, LABEL),
    )
    assert len({op, *others}) == 4


def test_two_benches_at_once_keep_one(world: World, here: str, where: Path | str) -> None:
    settings = Settings(timezone="UTC", database=where)
    go, saved = threading.Barrier(2), []

    def bench(name: str) -> None:
        desk = open_desk(settings, world.desk.rules, new_clock())
        go.wait()
        saved.append(captured(desk, f"{name}-c", here, a_capture()).already)
        saved.append(console_differed(desk, f"{name}-d", here, ONE, CONSOLE).already)
        desk.store.close()

    threads = [threading.Thread(target=bench, args=(name,)) for name in ("a", "b")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(saved) == [False, False, True, True]
    assert world.steps(here)[2:] == [Step.CAPTURED, Step.CONSOLE_DIFFERED]
    assert world.rma(here).captures == 1


def test_it_is_proved_and_goes_through_the_open_form(
    world: World, here: str, where: Path | str, tmp_path: Path
) -> None:
    world.do(captured, here, a_capture(facts={"serial": "Žižka"}))
    differ(world, here)
    world.do(settle_console, here, Settling.BOARD_SWAPPED)
    differ(world, here, "X-9", a_capture(2).capture)
    assert prove(where, deep=True).count == 0
    with open_snapshot(where) as snapshot:
        write_file(snapshot, tmp_path / "all.jsonl", "", pack=False)
    link = open_link(tmp_path / "there.db", 5.0)
    load_file(link, tmp_path / "all.jsonl")
    link.close()
    assert content(tmp_path / "there.db") == content(where)
    assert prove(tmp_path / "there.db", deep=True).count == 0


def test_a_row_that_says_otherwise_is_found(world: World, here: str, where: Path | str) -> None:
    world.do(captured, here, a_capture())
    rma = world.rma(here)
    world.store.write("", lambda tx: tx.save_rma(replace(rma, captures=7, board_serial="X")))
    (fault,) = prove(where, deep=True).differing.named
    assert fault.what == "its events make it otherwise (captures, board serial)"


# --- retention


@pytest.mark.parametrize(
    ("make", "may"),
    [
        *((make, False) for make in (expected, received, tracked)),
        *((make, True) for make in (shipped, closed, cancelled)),
    ],
    ids=name_of,
)
def test_captures_go_only_after_the_rma(world: World, make: Make, may: bool) -> None:
    rma_id = make(world)
    number = world.rma(rma_id).number
    shapes = (rma_id, number, "R" + number.replace("-", ""))
    assert [may_erase(world.desk, shape) for shape in shapes] == [may] * 3


def test_of_an_unknown_rma_they_may_go(world: World) -> None:
    assert may_erase(world.desk, number_of("Dock 7", 9))
    assert may_erase(world.desk, "26-999999-B")
    assert may_erase(world.desk, "")


# --- words


@pytest.fixture
def words(world: World, here: str) -> Iterator[list[str]]:
    """What the Record screen says of each event about the console, filled by the test's end."""
    found: list[str] = []
    yield found
    assert [console_detail(e) for e in world.store.events_of_rma(here)[2:]] == found


@pytest.mark.parametrize(
    ("capture", "text"),
    [
        (a_capture(), "123 kB in 14 min, 9600 baud"),
        (
            a_capture(bytes=2_345_678, gaps=1, lost=4, first_failure="memory"),
            "2.3 MB in 14 min, 9600 baud, memory, 1 gap, 4 lost",
        ),
        (a_capture(bytes=12, ended="2026-10-28T08:45:40+00:00", baud=0), "12 bytes in 40 s"),
        (
            a_capture(ended="2026-10-28T12:05:00+00:00", gaps=2),
            "123 kB in 3 h 20 min, 9600 baud, 2 gaps",
        ),
        (a_capture(ended="", lost=0), "123 kB, 9600 baud"),
        (a_capture(started="2026-10-28T08:45:00"), "123 kB, 9600 baud"),
    ],
)
def test_a_capture_in_words(
    world: World, here: str, words: list[str], capture: CaptureRecord, text: str
) -> None:
    world.do(captured, here, capture)
    words.append(text)


def test_another_serial_in_words(world: World, here: str, words: list[str]) -> None:
    differ(world, here)
    world.do(settle_console, here, Settling.WRONG_CABLE)
    differ(world, here, "X-9", a_capture(2).capture)
    world.do(settle_console, here, Settling.BOARD_SWAPPED)
    words += [
        f"console {CONSOLE}, label {LABEL}",
        f"wrong cable: console {CONSOLE}",
        f"console X-9, label {LABEL}",
        "board swapped: console X-9",
    ]


def test_other_events_have_no_such_words(world: World) -> None:
    rma_id = world.diagnosed("A1", REPAIR)
    world.do(ship.scan_tracking, rma_id, UPS)
    assert {console_detail(event) for event in world.store.events_of_rma(rma_id)} == {""}
