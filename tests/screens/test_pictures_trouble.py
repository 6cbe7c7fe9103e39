"""The screens of trouble and of waiting, each as it is seen from two metres."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from bench.policy.facts import Outcome
from bench.screens.trouble import Trouble
from bench.screens.waiting import Kind
from bench.store.errors import (
    CannotOpen,
    Damaged,
    DiskTrouble,
    NewerDatabase,
    NotADatabase,
    OnNetworkShare,
    ReadOnly,
    StorageFull,
    StoreError,
    Unreachable,
)
from tests.screens.helpers import Bench, post_scan
from tests.screens.test_pictures import SERIAL, SMALL, WIDE, Compare, after

DATABASE = Path("/srv/bench/bench.db")
SERVER = "postgresql://bench@db.warehouse.example/warehouse"
KEPT = "kept in /home/ana/.local/state/bench/log/bench-kept-20261121-140322.txt"


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A file: pictures are the same on every engine."""
    return Bench(tmp_path / "bench.db")


def raised(
    error: StoreError,
    *scans: str,
    at_start: bool = False,
    where: Path | str = DATABASE,
    press: tuple[str, ...] = (),
) -> Callable[[Any], Awaitable[None]]:
    """The screen of this trouble over a unit that is being received, then scans and keys."""

    async def keep() -> str:
        return KEPT

    async def run(pilot: Any) -> None:
        await after(SERIAL)(pilot)
        app = pilot.app
        screen = app.saver.trouble_screen = Trouble(error, where, at_start, keep)
        app.push_screen(screen)
        await pilot.pause(0.1)
        for text in scans:
            post_scan(app, text)
            await pilot.pause(0.2)
        for key in press:
            await pilot.press(key)
            await pilot.pause(0.2)
        app.saver.trouble_screen = None

    return run


IN_MID_SHIFT = {
    "full": StorageFull(),
    "read_only": ReadOnly(),
    "disk": DiskTrouble("SQLITE_IOERR_WRITE"),
    "damaged": Damaged("database disk image is malformed"),
}
AT_START = {
    "newer": NewerDatabase("bench.db", "0009_vendor_cases"),
    "not_ours": NotADatabase(DATABASE, "something else"),
    "closed": CannotOpen("Permission denied"),
    "share": OnNetworkShare(DATABASE, "nfs4"),
    "damaged": Damaged("database disk image is malformed"),
}


@pytest.mark.parametrize("name", IN_MID_SHIFT)
def test_in_mid_shift(bench: Bench, snap_compare: Compare, name: str) -> None:
    """A step is not saved."""
    bench.expect(SERIAL)
    shown = raised(IN_MID_SHIFT[name])
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=shown)


@pytest.mark.parametrize("name", AT_START)
def test_at_the_start(bench: Bench, snap_compare: Compare, name: str) -> None:
    """The program is not open."""
    bench.expect(SERIAL)
    shown = raised(AT_START[name], at_start=True)
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=shown)


def test_server_away(bench: Bench, snap_compare: Compare) -> None:
    """A server that does not answer is asked again by itself."""
    bench.expect(SERIAL)
    shown = raised(Unreachable("connection refused"), at_start=True, where=SERVER)
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=shown)


def test_scan_refused(bench: Bench, snap_compare: Compare) -> None:
    """A scan meanwhile is named."""
    bench.expect(SERIAL)
    shown = raised(StorageFull(), "001FC1F02211")
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=shown)


def test_kept_wide(bench: Bench, snap_compare: Compare) -> None:
    """What was entered is in a file."""
    bench.expect(SERIAL)
    shown = raised(Damaged("database disk image is malformed"), "BENCHPUT")
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=shown)


def test_contrast(bench: Bench, snap_compare: Compare) -> None:
    """In high contrast."""
    bench.expect(SERIAL)
    app = bench.app(theme="contrast")
    assert snap_compare(app, terminal_size=SMALL, run_before=raised(ReadOnly()))


def waiting(*scans: str) -> Callable[[Any], Awaitable[None]]:
    """A step that is waited for since 7 seconds, with scans behind it."""

    async def run(pilot: Any) -> None:
        app = pilot.app
        await after(SERIAL)(pilot)
        app.turns.dealing = True
        waits = app.saver.waiting
        waits.begin(Kind.STEP)
        waits._disarm()
        for text in scans:
            post_scan(app, text)
        await pilot.pause(0.2)
        waits._since -= 7.2
        waits.heard("The database server does not answer (connection refused).")
        await pilot.pause(0.1)
        waits._disarm()

    return run


def test_not_saved_yet(bench: Bench, snap_compare: Compare) -> None:
    """A step waits for the server."""
    bench.expect(SERIAL)
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=waiting())


def test_not_saved_yet_wide(bench: Bench, snap_compare: Compare) -> None:
    """The same with room."""
    bench.expect(SERIAL)
    assert snap_compare(bench.app(), terminal_size=WIDE, run_before=waiting())


def test_leaving(bench: Bench, snap_compare: Compare) -> None:
    """Quitting while a step is not saved."""
    bench.expect(SERIAL)

    async def run(pilot: Any) -> None:
        await waiting()(pilot)
        pilot.app.saver.leave()
        await pilot.pause(0.6)

    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=run)


def test_why_undone(bench: Bench, snap_compare: Compare) -> None:
    """The one question of an undo."""
    bench.diagnosed(SERIAL, Outcome.REPAIR)
    scans = after(SERIAL, "BENCHUNDO")
    assert snap_compare(bench.app(), terminal_size=SMALL, run_before=scans)
