"""Real bad disks: full, read-only, closed to this user, cut short, flipped bits. Each is named, and
nothing that was confirmed is lost."""

from __future__ import annotations

import json
import os
import random
import shlex
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench.store.errors import Damaged, NotADatabase, StoreError
from bench.store.store import Store
from tests.store.helpers import ROOT, a_unit, save

Shell = Callable[[str], list[dict[str, Any]]]
PROGRAM = f"{shlex.quote(sys.executable)} -m tests.store.disk_program"


def _run(command: list[str], script: str) -> list[dict[str, Any]]:
    done = subprocess.run(
        [*command, "sh", "-euc", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture
def disk(tmp_path: Path) -> Shell:
    """Runs a script where $DISK is a disk of 2 MB of its own, gone with the script."""
    alone = ["unshare", "--user", "--map-root-user", "--mount"]
    try:
        trial = subprocess.run(
            [*alone, "mount", "-t", "tmpfs", "tmpfs", str(tmp_path)],
            capture_output=True,
            check=False,
        )
    except FileNotFoundError:
        pytest.skip("unshare is not here")
    if trial.returncode:
        pytest.skip("this machine lets no test mount a disk")
    head = f"DISK={shlex.quote(str(tmp_path))}; mount -t tmpfs -o size=2m tmpfs $DISK; "
    return lambda script: _run(alone, head + script)


def test_a_full_disk(disk: Shell) -> None:
    full, still, again = disk(
        "dd if=/dev/zero of=$DISK/other bs=1024 count=800 2>/dev/null;"
        f"{PROGRAM} $DISK/home/bench.db 2000 0;"
        f"{PROGRAM} $DISK/home/bench.db 1 5000 || true;"
        "rm $DISK/other;"
        f"{PROGRAM} $DISK/home/bench.db 3 6000"
    )
    assert full["kind"] == "StorageFull"
    assert "The disk is full: this step was not saved. Free some space" in full["what"]
    assert len(full["saved"]) > 20
    assert full["there"] == full["saved"]
    assert still["kind"] in ("", "StorageFull")
    assert again["kind"] == ""
    assert set(full["saved"]) <= set(again["there"])
    assert again["saved"] == ["u06000", "u06001", "u06002"]


def test_a_disk_that_became_read_only(disk: Shell) -> None:
    before, after = disk(
        f"{PROGRAM} $DISK/home/bench.db 3 0; mount -o remount,ro $DISK;"
        f"{PROGRAM} $DISK/home/bench.db 1 10"
    )
    assert before["there"] == ["u00000", "u00001", "u00002"]
    assert (after["opened"], after["kind"]) == (False, "ReadOnly")
    assert "Check the rights on the database file" in after["what"]


@pytest.mark.parametrize(
    ("closed", "kind"), [("home/bench.db", "ReadOnly"), ("home", "ReadOnly"), ("", "ReadOnly")]
)
def test_a_place_closed_to_this_user(tmp_path: Path, closed: str, kind: str) -> None:
    own: list[str] = []
    if os.geteuid() == 0:  # even root obeys, once it has given up the right not to
        own = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all"]
    place = tmp_path / "disk"
    again = place / ("home" if closed else "other") / "bench.db"
    script = (
        f"{PROGRAM} {place}/home/bench.db 1 0; chmod a-w {place / closed};"
        f"{PROGRAM} {again} 1 10; chmod u+w {place / closed}"
    )
    place.mkdir()
    before, after = _run(own, script)
    assert before["saved"] == ["u00000"]
    assert after["kind"] == kind
    assert "may only be read here" in after["what"]


# --- damage


def _filled(path: Path) -> bytes:
    store = Store.open(path)
    save(store, *(a_unit(f"u{number}", customer="c" * 300) for number in range(300)))
    store.close()
    return path.read_bytes()


def _use(path: Path) -> None:
    """All that is there is read, and one unit more is saved."""
    store = Store.open(path)
    try:
        assert len(store.units()) == 300
        save(store, a_unit("new"))
        store.queue(0, 10)
        store.find("SER-U7")
    finally:
        store.close()


@pytest.mark.parametrize("part", [0.1, 0.5, 0.9])
def test_a_file_cut_short(path: Path, part: float) -> None:
    content = _filled(path)
    path.write_bytes(content[: int(len(content) * part) // 4096 * 4096])
    with pytest.raises(Damaged, match=r"damaged.*restore the latest good backup"):
        _use(path)


def test_flipped_bits_never_pass_for_another_program_s_error(path: Path) -> None:
    content = _filled(path)
    chance, named = random.Random(3), 0
    for _ in range(60):
        damaged = bytearray(content)
        for _ in range(40):
            damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
        path.write_bytes(damaged)
        try:
            _use(path)
        except (Damaged, NotADatabase):
            named += 1
        except (StoreError, AssertionError):
            pass  # a bit may also flip in a name or a text, and break no rule of SQLite's
    assert named > 20
