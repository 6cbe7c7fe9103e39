"""Badges and the lock: nobody acts, and nothing is seen, before a badge says who is there."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from bench.policy.facts import Outcome
from bench.store.copying import driver
from bench.store.records import State, Step, Technician
from bench.widgets.strips import KeyLine, TopLine
from bench.workflow.badge_key import make_key
from bench.workflow.enrolling import Changes, change, enrol
from tests.screens.helpers import Bench, post_scan
from tests.screens.test_flow import OTHER, SERIAL, UPS, Glass, data, open_glass, steps

ANA, JONAS, PETRA = "EMP-0042", "PERSONBCDEFGHJKLNO", "PERSONXVUTSRPONLKJ"
UNKNOWN = "unknown badge: nobody is at work here"


@pytest.fixture
def key(tmp_path: Path) -> Path:
    """Where the key of the badges lies."""
    return tmp_path / "badge.key"


def enrolled(bench: Bench, key: Path) -> dict[str, Technician]:
    """Ana with her company's badge, Jonas, and Petra, who is a supervisor."""
    with bench.desk() as desk:
        at = replace(desk, badge_key=key)
        people = (("Petra V.", PETRA, True), ("Ana R.", ANA, False), ("Jonas K.", JONAS, False))
        return {name: enrol(at, name, badge, boss).person for name, badge, boss in people}


@pytest.fixture
def staff(bench: Bench, key: Path) -> dict[str, Technician]:
    """Enrolled before anything was received."""
    return enrolled(bench, key)


@asynccontextmanager
async def locked_glass(bench: Bench, key: Path, *scans: str, **more: Any) -> AsyncIterator[Glass]:
    """The program at a bench where badges are in use."""
    async with open_glass(bench, *scans, badge_key=key, technician="the station", **more) as glass:
        yield glass


def locked(glass: Glass) -> bool:
    """Whether the bench is locked, and shows nothing else."""
    shut = glass.app.guard.lock is not None
    assert shut == ("Scan your badge" in glass.text), glass.text
    assert shut != ("NEXT" in glass.text), glass.text
    return shut


def who(glass: Glass) -> str:
    """Who is at work, as the top line says it."""
    return glass.app.frame.query_one(TopLine).technician


def actors(bench: Bench, rma_id: str) -> list[tuple[str, str | None]]:
    """Under which names the steps were saved."""
    with bench.desk() as desk:
        return [(e.actor, e.technician_id) for e in desk.store.events_of_rma(rma_id)]


# --- with nobody enrolled


async def test_with_nobody_enrolled_nothing_is_locked(bench: Bench, key: Path) -> None:
    """The technician of the settings acts; a badge and the lock are refused by name."""
    rma_id = bench.expect(SERIAL)
    async with locked_glass(bench, key, SERIAL, "BENCHOK") as glass:
        assert (locked(glass), who(glass)) == (False, "the station")
        await glass.scan("BENCHLOCK")
        assert glass.refused("there is no lock")
        await glass.scan(JONAS)
        assert glass.refused("a badge", "nobody is enrolled here")
        assert JONAS not in glass.text
        assert "lock" not in [word for _, word, _ in glass.app.frame.query_one(KeyLine).keys]
    assert actors(bench, rma_id)[-1] == ("the station", None)
    assert not key.exists()


# --- the lock


async def test_it_starts_locked_and_shows_nobodys_data(
    bench: Bench, key: Path, staff: dict[str, Technician]
) -> None:
    """Nothing of the queue is on the glass, whatever is pressed or scanned, until a badge is."""
    rma_id = bench.expect(SERIAL)
    async with locked_glass(bench, key) as glass:
        assert (locked(glass), who(glass)) == (True, "nobody")
        for name in ("f2", "f8", "ctrl+z", "ctrl+f", "ctrl+p", "ctrl+r", "escape", "tab", "y"):
            await glass.key(name)
            assert locked(glass), name
        for code in ("BENCHDESK", "BENCHOK", "BENCHLOCK"):
            await glass.scan(code)
            assert locked(glass)
            assert "locked: scan your badge first" in glass.text
        assert SERIAL not in glass.text
        await glass.scan(ANA)
        assert (locked(glass), who(glass)) == (False, "Ana R.")
        assert SERIAL in glass.text
    assert steps(bench, rma_id) == [Step.EXPECTED]


@pytest.mark.parametrize(
    "code",
    [
        SERIAL,
        "9500000000001",
        "PERSONZZZZZZZZZZZZ",
        "PERSONBCD",
        UPS,
        "RBKVLVRFV",
        "R26004812K",
        "??",
    ],
)
async def test_any_other_code_at_the_lock_is_nobody(
    bench: Bench, key: Path, staff: dict[str, Technician], code: str
) -> None:
    """A unit, a product, a parcel, a badge nobody has: never the last user."""
    rma_id = bench.expect(SERIAL)
    async with locked_glass(bench, key, ANA, SERIAL, "BENCHLOCK", code, "BENCHOK") as glass:
        assert (locked(glass), who(glass)) == (True, "nobody")
        assert glass.app.session.view is not None, "what is on the bench stays"
        assert code not in glass.text
        await glass.scan(code)
        assert UNKNOWN in glass.text
    assert steps(bench, rma_id) == [Step.EXPECTED]


async def test_a_badge_can_be_typed_unseen(
    bench: Bench, key: Path, staff: dict[str, Technician]
) -> None:
    """By keyboard, in dots; a wrong one is told, and forgotten."""
    async with locked_glass(bench, key) as glass:
        await glass.write("emp-0043")
        assert "emp-0043" not in glass.text
        assert "••••••••" in glass.text
        await glass.key("enter")
        assert UNKNOWN in glass.text
        assert "•" not in glass.text
        await glass.write("emp-0042")
        await glass.key("enter")
        assert (locked(glass), who(glass)) == (False, "Ana R.")


async def test_help_at_the_lock(bench: Bench, key: Path, staff: dict[str, Technician]) -> None:
    """F1 explains; a badge scanned over it opens the bench."""
    async with locked_glass(bench, key) as glass:
        await glass.key("f1")
        await glass.settle()
        assert "so bench wants to know who acts" in glass.text
        await glass.scan("EMP-0043")
        assert UNKNOWN in glass.text
        await glass.key("f1")
        await glass.scan(ANA)
        assert not locked(glass)


async def test_quitting_at_the_lock(bench: Bench, key: Path, staff: dict[str, Technician]) -> None:
    """ctrl+q works as ever."""
    async with locked_glass(bench, key) as glass:
        await glass.key("ctrl+q")
        assert glass.app.return_value == 0


async def test_ctrl_l_locks_over_a_question(bench: Bench, key: Path) -> None:
    """The question waits, unseen, and is still there for who comes back."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR)
    staff = enrolled(bench, key)
    async with locked_glass(bench, key, ANA, SERIAL, "BENCHHOLD") as glass:
        assert "Why is it held" in glass.question
        await glass.key("ctrl+l")
        assert locked(glass)
        await glass.scan("BENCHOK")
        assert bench.rma(rma_id).held_why == ""
        await glass.scan(JONAS)
        assert "Why is it held" in glass.question
        await glass.scan("BENCHOK")
    assert bench.rma(rma_id).held_why
    assert actors(bench, rma_id)[-1] == ("Jonas K.", staff["Jonas K."].id)


# --- idle


async def test_it_locks_after_idle_minutes(
    bench: Bench, key: Path, staff: dict[str, Technician]
) -> None:
    """Any key, scan or move of the mouse begins the time anew; then the lock comes by itself."""
    async with locked_glass(bench, key, ANA, lock_after=10) as glass:
        guard, now = glass.app.guard, glass.app.guard.now()

        async def wait(minutes: float) -> None:
            nonlocal now
            now += minutes * 60
            guard.now = lambda: now
            guard.look_at_clock()
            await glass.settle()

        await wait(9)
        assert not locked(glass)
        await glass.key("down")
        await wait(9)
        await glass.pilot.hover(offset=(5, 5))
        await wait(9)
        await glass.scan("BENCHDESK")
        await wait(9)
        assert not locked(glass)
        await wait(1)
        assert (locked(glass), who(glass)) == (True, "nobody")


async def test_the_first_key_after_a_long_sleep_finds_it_locked(
    bench: Bench, key: Path, staff: dict[str, Technician]
) -> None:
    """The machine slept: no timer ran, but the time did."""
    rma_id = bench.expect(SERIAL)
    async with locked_glass(bench, key, ANA, SERIAL, lock_after=1) as glass:
        later = glass.app.guard.now() + 3600
        glass.app.guard.now = lambda: later
        await glass.scan("BENCHOK")
        assert locked(glass)
    assert steps(bench, rma_id) == [Step.EXPECTED]


async def test_zero_minutes_never_locks(
    bench: Bench, key: Path, staff: dict[str, Technician]
) -> None:
    """For who wants that."""
    async with locked_glass(bench, key, ANA, lock_after=0) as glass:
        later = glass.app.guard.now() + 10**6
        glass.app.guard.now = lambda: later
        await glass.key("down")
        assert not locked(glass)


# --- changing who is at work


async def test_another_badge_in_mid_work_keeps_what_was_entered(
    bench: Bench, key: Path, staff: dict[str, Technician]
) -> None:
    """The unit and the half-entered fields stay; the step is the new one's."""
    rma_id = bench.expect(SERIAL)
    async with locked_glass(bench, key, ANA, SERIAL, "BENCHPSU") as glass:
        await glass.enter(ticket="99001")
        await glass.scan(JONAS)
        assert (who(glass), glass.place) == ("Jonas K.", "Receive")
        assert "Jonas K. is at work" in glass.said
        assert glass.field("ticket").value == "99001"
        await glass.scan("BENCHOK")
    rma = bench.rma(rma_id)
    assert (rma.state, rma.ticket, rma.accessories) == (State.RECEIVED, "99001", ("psu",))
    assert actors(bench, rma_id)[-1] == ("Jonas K.", staff["Jonas K."].id)


async def test_what_was_half_entered_comes_back_after_the_lock(
    bench: Bench, key: Path, staff: dict[str, Technician]
) -> None:
    """Locked by one, opened by another: the field is as it was."""
    bench.expect(SERIAL)
    async with locked_glass(bench, key, ANA, SERIAL) as glass:
        await glass.enter(ticket="99001")
        await glass.scan("BENCHLOCK", JONAS)
        assert (locked(glass), glass.place) == (False, "Receive")
        assert glass.field("ticket").value == "99001"


async def test_an_unknown_badge_in_mid_work_locks(
    bench: Bench, key: Path, staff: dict[str, Technician]
) -> None:
    """Somebody else stands there: it is not the last user who goes on."""
    rma_id = bench.expect(SERIAL)
    async with locked_glass(bench, key, ANA, SERIAL, "PERSONZZZZZZZZZZZZ") as glass:
        assert locked(glass)
        assert UNKNOWN in glass.text
        await glass.scan("BENCHOK", ANA)
        assert glass.place == "Receive"
    assert steps(bench, rma_id) == [Step.EXPECTED]


async def test_a_company_badge_that_is_a_units_serial_too(
    bench: Bench, key: Path, staff: dict[str, Technician]
) -> None:
    """The badge wins."""
    bench.expect(ANA)
    async with locked_glass(bench, key, JONAS, ANA) as glass:
        assert (who(glass), glass.place) == ("Ana R.", "Queue")


async def test_scans_right_behind_the_badge_are_that_persons(
    bench: Bench, key: Path, staff: dict[str, Technician]
) -> None:
    """Nobody waits for the lock to open."""
    rma_id = bench.expect(SERIAL)
    async with locked_glass(bench, key) as glass:
        for code in (ANA, SERIAL, "BENCHOK", "BENCHREPL", UPS, "BENCHOK"):
            post_scan(glass.app, code)
        await glass.settle()
    assert bench.rma(rma_id).state is State.SHIPPED
    assert set(actors(bench, rma_id)[1:]) == {("Ana R.", staff["Ana R."].id)}


async def test_a_step_under_way_keeps_its_name(
    bench: Bench, key: Path, staff: dict[str, Technician]
) -> None:
    """The database is busy, the bench is locked meanwhile: saved under who did it."""
    rma_id = bench.expect(SERIAL)
    if not isinstance(bench.database, Path):
        pytest.skip("the lock of a file")
    async with locked_glass(bench, key, ANA, SERIAL) as glass:
        other = driver.connect(bench.database, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        post_scan(glass.app, "BENCHOK")
        while glass.saved == "ready":
            await asyncio.sleep(0.005)
        post_scan(glass.app, "BENCHLOCK")
        await glass.pilot.pause(0.2)
        other.execute("ROLLBACK")
        other.close()
        await glass.settle()
        assert locked(glass)
    assert actors(bench, rma_id)[-1] == ("Ana R.", staff["Ana R."].id)
    assert bench.rma(rma_id).state is State.RECEIVED


async def test_enrolled_elsewhere_while_the_program_runs(bench: Bench, key: Path) -> None:
    """The first technician is enrolled: the next step asks for a badge."""
    rma_id = bench.expect(SERIAL)
    async with locked_glass(bench, key, SERIAL) as glass:
        with bench.desk() as desk:
            enrol(replace(desk, badge_key=key), "Ana R.", ANA)
        await glass.scan("BENCHOK")
        assert locked(glass)
        assert steps(bench, rma_id) == [Step.EXPECTED]
        await glass.scan(ANA, "BENCHOK")
    assert actors(bench, rma_id)[-1][0] == "Ana R."


async def test_made_inactive_while_at_work(
    bench: Bench, key: Path, staff: dict[str, Technician]
) -> None:
    """The next step is refused, the bench locks, and the badge opens it no more."""
    rma_id = bench.expect(SERIAL)
    async with locked_glass(bench, key, ANA, SERIAL) as glass:
        with bench.desk() as desk:
            change(replace(desk, badge_key=key), "Ana R.", Changes(active=False))
        await glass.scan("BENCHOK")
        assert locked(glass)
        assert "Ana R. is not enrolled any more" in glass.text
        await glass.scan(ANA)
        assert locked(glass)
        assert "this badge is not in use any more" in glass.text
        assert "Ana" not in glass.text
    assert steps(bench, rma_id) == [Step.EXPECTED]


async def test_a_bench_with_another_key_says_so(
    bench: Bench, key: Path, staff: dict[str, Technician], tmp_path: Path
) -> None:
    """Nobody is called unknown for it; with the right file it goes on at once."""
    wrong = tmp_path / "other.key"
    make_key(wrong)
    async with locked_glass(bench, wrong, ANA) as glass:
        assert locked(glass)
        assert "badge key is not the one of this database" in glass.text
        wrong.write_bytes(key.read_bytes())
        await glass.scan(ANA)
        assert not locked(glass)


# --- supervisors


async def test_a_supervisors_badge_accepts_the_swap(bench: Bench, key: Path) -> None:
    """Asked for by badge, not by name; another technician's is refused; who is at work stays."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPLACE, 12, False)
    staff = enrolled(bench, key)
    async with locked_glass(bench, key, ANA, SERIAL, "BENCHPUT") as glass:
        assert "Badge of the supervisor" in glass.question
        await glass.scan(JONAS)
        assert glass.refused("Jonas K. is not a supervisor")
        await glass.scan("BENCHPUT", "EMP-9999")
        assert glass.refused("unknown badge")
        assert "EMP-9999" not in glass.text
        await glass.scan("BENCHPUT", PETRA)
        assert "Why is the swap accepted" in glass.question
        await glass.scan("BENCHNEXT", "BENCHOK")
        assert "accepted by Petra V.: packaging was damaged" in glass.items
        assert who(glass) == "Ana R."
    event = data(bench, rma_id, Step.PACKAGING_ACCEPTED)
    assert (event["by"], event["by_id"]) == ("Petra V.", staff["Petra V."].id)
    assert actors(bench, rma_id)[-1][0] == "Ana R."


async def test_a_supervisor_at_work_needs_no_second_badge(bench: Bench, key: Path) -> None:
    """Only the reason is asked for."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPLACE, 12, False)
    enrolled(bench, key)
    async with locked_glass(bench, key, PETRA, SERIAL, "BENCHPUT") as glass:
        assert "Why is the swap accepted" in glass.question
        await glass.scan("BENCHOK")
    assert data(bench, rma_id, Step.PACKAGING_ACCEPTED)["by"] == "Petra V."


# --- where no badge may stand


def everywhere(folder: Path) -> Iterator[tuple[Path, bytes]]:
    """Every file there is, as bytes."""
    for file in folder.rglob("*"):
        if file.is_file():
            yield file, file.read_bytes().upper()


async def test_no_badge_is_written_anywhere(bench: Bench, key: Path, tmp_path: Path) -> None:
    """Not in the database, its journal, events, drafts or the log; and not on the glass."""
    log, handler = logging.getLogger("bench"), logging.FileHandler(tmp_path / "bench.log")
    log.addHandler(handler)
    bench.expect(SERIAL)
    bench.received(OTHER)
    enrolled(bench, key)
    wrong = "PERSONZZZZZZZZZZZZ"
    try:
        async with locked_glass(bench, key, "EMP-7777", ANA, SERIAL, "BENCHPSU") as glass:
            await glass.enter(ticket="99001")
            for code in (JONAS, "BENCHOK", wrong, "EMP-7777", PETRA, OTHER, ANA, JONAS[:9]):
                await glass.scan(code)
                assert "PERSON" not in glass.text
                assert "EMP-" not in glass.text
            await glass.drafts()
            found = list(everywhere(tmp_path))
    finally:
        log.removeHandler(handler)
    assert b"UNKNOWN BADGE" in dict(found)[tmp_path / "bench.log"]
    with bench.desk() as desk:
        kept = repr((desk.store.events("", 999), desk.store.drafts(99), desk.store.units("", 999)))
        hashes = {person.badge_hash for person in desk.store.technicians()}
    for badge in (ANA, JONAS, PETRA, wrong, "EMP-7777", "PERSONBC"):
        assert [file for file, text in found if badge.encode() in text] == []
        assert badge not in kept
    assert len(hashes) == 3
    assert all(len(one or "") == 64 for one in hashes)


async def test_the_timer_is_set_for_who_is_at_work_only(
    bench: Bench, key: Path, staff: dict[str, Technician]
) -> None:
    """A locked bench waits for nothing."""
    async with locked_glass(bench, key, lock_after=10) as glass:
        assert glass.app.guard._timer is None
        await glass.scan(ANA)
        timer = glass.app.guard._timer
        assert timer is not None
        assert 590 < timer.when() - monotonic() <= 600.5
