"""Old captures beside the work: their bytes go once their RMA is over, and not a day before."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bench.evidence.capture_format import INDEX, META, RAW, TYPED, Meta, meta_json
from bench.screens.old_captures import OldCaptures
from bench.store.errors import StoreError
from tests.screens.helpers import NOW, Bench
from tests.screens.test_flow import SERIAL, Glass, open_glass
from tests.screens.waits import until

OLD = (NOW - timedelta(days=800)).isoformat()
META_OF = Meta("ab" * 16, "B", "/dev/ttyUSB0", ended=OLD, seal="cd" * 32)


def capture(root: Path, name: str, rma: str) -> Path:
    folder = root / "2024-09-01" / f"101500-{name}"
    folder.mkdir(parents=True)
    for part in (RAW, TYPED, INDEX):
        (folder / part).write_bytes(b"secret")
    (folder / META).write_bytes(meta_json(replace(META_OF, rma=rma)))
    return folder


def old_captures(glass: Glass) -> OldCaptures:
    return OldCaptures(glass.app, glass.app)


async def test_the_bytes_of_an_rma_that_is_over_go(
    bench: Bench, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    number = bench.rma(bench.received(SERIAL)).number
    needed = capture(tmp_path, "B-open", number)
    over = capture(tmp_path, "B-over", "999-999-999")
    nobodys = capture(tmp_path, "B-nobodys", "")
    async with open_glass(bench, captures=tmp_path) as glass:
        old = old_captures(glass)
        old.look()
        await until(glass, lambda: not (nobodys / RAW).exists())
        assert (needed / RAW).exists()
        assert not (over / RAW).exists()
        assert (over / INDEX).exists()
        await until(glass, lambda: "removed: 101500-B-over" in caplog.text)
        late = capture(tmp_path, "B-late", "")
        old.look()  # it is the same day
        await glass.pilot.pause(0.1)
        assert (late / RAW).exists()


async def test_nothing_goes_where_the_setting_says_never(bench: Bench, tmp_path: Path) -> None:
    folder = capture(tmp_path, "B-1", "")
    async with open_glass(bench, captures=tmp_path, keep_days=0) as glass:
        old_captures(glass).look()
        await glass.pilot.pause(0.1)
    assert (folder / RAW).exists()


async def test_nothing_goes_while_the_store_is_away_or_the_program_ends(
    bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = capture(tmp_path, "B-1", "")

    async def away(*_: object, **__: object) -> None:
        raise StoreError("The server does not answer.", "Wait.")

    async with open_glass(bench, captures=tmp_path) as glass:
        old = old_captures(glass)
        with monkeypatch.context() as patch:
            patch.setattr(glass.app, "in_store", away)
            assert await old.sweep() is None
        assert (folder / RAW).exists()
        old.end()
        swept = await old.sweep()
        assert swept is not None
        assert (swept.erased, swept.kept) == ([], 1)
