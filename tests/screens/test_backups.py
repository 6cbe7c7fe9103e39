"""The backup of the day beside the work: silent when it is made, plain in the top line when not."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from bench.store.backup import named_as
from bench.store.rotation import backups_in
from tests.screens.helpers import Bench
from tests.screens.test_flow import SERIAL, open_glass
from tests.screens.waits import until


async def test_the_backup_of_the_day_is_made_in_silence(bench: Bench, tmp_path: Path) -> None:
    bench.expect(SERIAL)
    folder = tmp_path / "kept"
    folder.mkdir()
    made = partial(backups_in, folder, named_as(bench.database))
    async with open_glass(bench, backup_folder=folder) as glass:
        before = glass.rows[0]
        glass.app.backups.look()
        await until(glass, made)
        await glass.scan(SERIAL)
        assert glass.place == "Receive"
        assert "No backup" not in glass.text
        assert before[:6] == glass.rows[0][:6]
    assert [one.day.isoformat() for one in made()] == ["2026-11-21"]


async def test_no_backup_is_said_in_the_top_line(bench: Bench, tmp_path: Path) -> None:
    bench.expect(SERIAL)
    folder = tmp_path / "usb"
    async with open_glass(bench, backup_folder=folder) as glass:
        glass.app.backups.look()
        await until(glass, lambda: "No backup was made: there is no folder" in glass.rows[0])
        await glass.scan(SERIAL)
        assert glass.place == "Receive"
        assert "No backup was made" in glass.rows[0]
        assert "saved" in glass.rows[0] or "ready" in glass.rows[0]
        folder.mkdir()
        glass.app.backups.look()
        await until(glass, lambda: "No backup" not in glass.rows[0])


async def test_leaving_does_not_wait_for_a_backup(bench: Bench, tmp_path: Path) -> None:
    for number in range(40):
        bench.expect(f"SER{number:05}")
    async with open_glass(bench, backup_folder=tmp_path) as glass:
        glass.app.backups.look()
    assert not list(tmp_path.glob(".bench-2*"))


@pytest.mark.parametrize("width", [60, 80])
async def test_a_narrow_top_line_says_it_too(bench: Bench, tmp_path: Path, width: int) -> None:
    async with open_glass(bench, size=(width, 24), backup_folder=tmp_path / "usb") as glass:
        glass.app.backups.look()
        await until(glass, lambda: "No backup" in glass.rows[0])
