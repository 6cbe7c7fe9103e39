"""The scanner check: one scan of the test code, and from then on scans are put right."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual import events

from bench.policy.facts import Outcome
from bench.scan.gate import Key
from bench.scan.layouts import Layouts, load_layouts
from bench.scan.scanner_check import TEST_CODE
from bench.scan.timing import CHECKING, Timing
from bench.screens.scanner_check import ScannerCheck
from bench.settings import Settings
from bench.workflow.enrolling import enrol
from bench.workflow.scanner_profile import load_profile
from tests.screens.helpers import Bench, post_scan
from tests.screens.test_flow import SERIAL, Glass
from tests.screens.waits import until

FRENCH = "fr"
YZ = "YZ1978AQ-55"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A file: what is looked at here hangs on no engine."""
    return Bench(tmp_path / "bench.db")


@pytest.fixture(scope="module")
def layouts() -> Layouts:
    """The keyboards."""
    return load_layouts(Settings().layouts_file)


@asynccontextmanager
async def running(bench: Bench, *scans: str) -> AsyncIterator[Glass]:
    """The program with a file of its own for what is learned."""
    app = bench.app(scanner_file=file_of(bench), find_scanners=False)
    async with app.run_test(size=(120, 40)) as pilot:
        glass = Glass(app, pilot)
        await glass.settle()
        await glass.scan(*scans)
        yield glass


def file_of(bench: Bench) -> Path:
    """Where what is learned is kept."""
    assert isinstance(bench.database, Path)
    return bench.database.with_name("scanner.json")


async def check(glass: Glass, text: str, suffix: str = "\r") -> None:
    """A scan of the test code as it arrives; what comes after it is waited for."""
    post_scan(glass.app, text, suffix)
    for _ in range(200):
        await asyncio.sleep(0.01)
        if isinstance(glass.app.screen, ScannerCheck) and glass.app.idle:
            break
    await glass.settle()


async def test_the_check_shows_the_code_before_anything_is_known(bench: Bench) -> None:
    """By its command; a picture of the code, and what to do with it."""
    async with running(bench, "BENCHGUN") as glass:
        await until(glass, lambda: "Not checked yet" in glass.text)
        assert isinstance(glass.app.screen, ScannerCheck)
        assert "█" in glass.text
        assert glass.app.gatekeeper.gate.timing == CHECKING
        await glass.key("escape")
        assert glass.app.gatekeeper.gate.timing == Timing()


async def test_a_us_scanner_on_a_us_keyboard_needs_nothing(bench: Bench) -> None:
    """The check says so, and keeps it."""
    async with running(bench) as glass:
        await check(glass, TEST_CODE)
        assert "learned" in glass.said
        await until(glass, lambda: "fit each other" in glass.text)
        assert "Enter comes at the end" in glass.text
    profile = load_profile(file_of(bench))
    assert profile is not None
    assert (profile.layout, profile.caps, profile.suffix) == ("us", False, "enter")


@pytest.mark.parametrize("caps", [False, True])
@pytest.mark.parametrize("name", ["fr", "de", "cz", "tr"])
async def test_another_keyboard_is_learned_and_put_right(
    bench: Bench, layouts: Layouts, name: str, caps: bool
) -> None:
    """Before the check the scan is strange; after it, and after a new start, it is right."""
    bench.expect(YZ)
    layout = layouts.named(name)
    assert layout is not None
    typed = layout.typed(YZ, caps)
    async with running(bench) as glass:
        await check(glass, layout.typed(TEST_CODE, caps))
        await until(glass, lambda: layout.words in glass.text or "Caps Lock" in glass.text)
        await glass.scan(typed)
        assert (glass.place, glass.word) == ("Receive", "EXPECTED")
        assert YZ in glass.said
    async with running(bench, typed, "BENCHOK", "BENCHFXD") as glass:
        assert glass.place == "Ship"
        assert glass.app.hearing.last[-1].text == typed  # as it arrived
    with bench.desk() as desk:
        (unit,) = desk.store.find(YZ)
        (rma,) = desk.store.rmas_of(unit.id)
        assert rma.outcome is Outcome.REPAIR
        received = desk.store.events_of_rma(rma.id)[1]
    assert received.data["label"] == typed


async def test_line_feed_after_return_is_found(bench: Bench) -> None:
    """CR and LF: the second one comes a moment later."""
    async with running(bench) as glass:
        await check(glass, TEST_CODE, "\r\n")
    profile = load_profile(file_of(bench))
    assert profile is not None
    assert profile.suffix == "enter+ctrl+j"


async def test_a_scanner_without_an_end_is_learned(bench: Bench) -> None:
    """The test code counts without one too, and from then on silence ends a scan."""
    bench.expect(SERIAL)
    async with running(bench, SERIAL) as glass:
        await glass.key("f2")
        post_scan(glass.app, SERIAL, "")
        await glass.settle()
        assert glass.refused("incomplete scan: no Enter")
        await asyncio.sleep(1.1)  # until what comes is no more the rest of that one
        await check(glass, TEST_CODE, "")
        await until(glass, lambda: "No Enter" in glass.text)
        await glass.key("escape")
        await asyncio.sleep(1.1)
        post_scan(glass.app, SERIAL, "")
        await glass.settle()
        assert (glass.place, glass.word) == ("Receive", "EXPECTED")
        assert SERIAL in glass.said


async def test_a_very_slow_scanner_is_heard_while_it_is_checked(bench: Bench) -> None:
    """70 ms a character are too slow for the gate as it is; the check widens it."""
    bench.expect(SERIAL)
    async with running(bench, "BENCHGUN") as glass:
        await slowly(glass, TEST_CODE, 0.07)
        await check(glass, "", "")
        profile = glass.app.intake.profile
        assert profile is not None
        assert 60 < profile.median_ms < 80
        assert glass.app.gatekeeper.gate.timing == CHECKING
        await glass.key("escape")
        await slowly(glass, SERIAL, 0.07)
        await glass.settle()
        assert (glass.place, glass.word) == ("Receive", "EXPECTED")


async def slowly(glass: Glass, text: str, gap: float) -> None:
    """A scanner of so many seconds a character, by the times of its keys."""
    begin = asyncio.get_running_loop().time()
    names = [*text, "enter"]
    for place, name in enumerate(names):
        code = "ctrl+right_square_bracket" if name == "\x1d" else name
        letter = {"enter": "\r"}.get(name, name)
        key = Key(code, letter, begin + place * gap)
        event = events.Key(key.name, key.character)
        event.time = key.time
        glass.app.post_message(event)
    await asyncio.sleep(0.3)


async def test_a_damaged_test_code_teaches_nothing(bench: Bench) -> None:
    """It says so and what to do; what was learned before stays."""
    async with running(bench) as glass:
        await check(glass, TEST_CODE)
        before = file_of(bench).read_bytes()
        await glass.key("escape")
        await check(glass, TEST_CODE.replace("01234", "0124"))
        assert glass.refused("test code", "scan it again")
    assert file_of(bench).read_bytes() == before


@pytest.mark.parametrize("content", [b"", b"{}", b"\xff\xfe[", b"[" * 100_000])
async def test_a_damaged_file_is_told_and_the_bench_goes_on(bench: Bench, content: bytes) -> None:
    """Nothing is put right then, and nothing else is in the way."""
    bench.expect(SERIAL)
    file_of(bench).parent.mkdir(parents=True, exist_ok=True)
    file_of(bench).write_bytes(content)
    async with running(bench) as glass:
        assert "[hold]" in glass.said
        await glass.scan(SERIAL)
        assert glass.place == "Receive"
        await check(glass, TEST_CODE)
        assert "learned" in glass.said
    assert load_profile(file_of(bench)) is not None


async def test_a_file_that_cannot_be_written_is_told(bench: Bench, tmp_path: Path) -> None:
    """The folder is a file: what was learned is not kept, and that is said."""
    (tmp_path / "blocked").write_text("")
    app = bench.app(scanner_file=tmp_path / "blocked" / "scanner.json", find_scanners=False)
    async with app.run_test(size=(120, 40)) as pilot:
        glass = Glass(app, pilot)
        await glass.settle()
        await check(glass, TEST_CODE)
        assert glass.refused("test code")


async def test_pasted_scans_are_not_put_right(bench: Bench, layouts: Layouts) -> None:
    """A paste does not come over the keyboard."""
    bench.expect(YZ)
    layout = layouts.named(FRENCH)
    assert layout is not None
    async with running(bench) as glass:
        await check(glass, layout.typed(TEST_CODE))
        await glass.key("escape")
        glass.app.post_message(events.Paste(YZ))
        await glass.settle()
        assert glass.word == "EXPECTED"


async def test_at_the_lock_the_keyboard_is_learned_too(bench: Bench, layouts: Layouts) -> None:
    """Where no badge could be read, the lock would never open; nothing else is shown."""
    badge, layout = "EMP-00471-AQ", layouts.named(FRENCH)
    assert layout is not None
    with bench.desk() as desk:
        desk = replace(desk, badge_key=file_of(bench).with_name("badge.key"))
        enrol(desk, "Ana R.", badge, supervisor=True)
    key = file_of(bench).with_name("badge.key")
    app = bench.app(scanner_file=file_of(bench), find_scanners=False, badge_key=key)
    async with app.run_test(size=(120, 40)) as pilot:
        glass = Glass(app, pilot)
        await glass.settle()
        await glass.scan(layout.typed(badge))
        assert app.locked
        post_scan(app, layout.typed(TEST_CODE))
        await until(glass, lambda: "learned" in glass.text)
        assert app.locked
        assert not isinstance(app.screen, ScannerCheck)
        await glass.scan(layout.typed(badge))
        assert not app.locked
        assert app.guard.person is not None
        assert app.guard.person.name == "Ana R."
