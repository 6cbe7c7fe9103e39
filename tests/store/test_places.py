"""Where a database may lie, and how its place is shown."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.store import places
from bench.store.errors import OnNetworkShare
from bench.store.store import Store

MOUNTS = """22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
36 22 0:32 / /srv/share rw shared:20 - cifs //nas/share rw,vers=3.0
37 22 0:33 / /srv/share/local rw - ext4 /dev/vdb1 rw
38 22 0:34 / /mnt/my\\040disk rw - nfs4 nas:/x rw
39 22 0:35 / /home/ana/far rw - fuse.sshfs ana@host:/ rw
"""


@pytest.mark.parametrize(
    ("folder", "kind"),
    [
        ("/home/ana", "ext4"),
        ("/srv/share", "cifs"),
        ("/srv/share/rma/2026", "cifs"),
        ("/srv/shared", "ext4"),
        ("/srv/share/local/rma", "ext4"),
        ("/mnt/my disk", "nfs4"),
        ("/home/ana/far/away", "fuse.sshfs"),
    ],
)
def test_the_innermost_mount_counts(folder: str, kind: str) -> None:
    assert places.file_system(Path(folder), MOUNTS) == kind


def test_a_share_is_refused_before_anything_is_made(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS + f"40 22 0:36 / {tmp_path} rw - nfs nas:/y rw\n")
    monkeypatch.setattr(places, "_MOUNTS", mounts)
    with pytest.raises(OnNetworkShare, match=r"network share \(nfs\).*PostgreSQL"):
        Store.open(tmp_path / "home" / "bench.db")
    assert not (tmp_path / "home").exists()


@pytest.mark.parametrize(
    ("where", "text"),
    [
        ("postgresql://ana@db.local:5433/rma", "rma on db.local:5433"),
        ("postgresql:///rma?host=/run/postgresql", "rma on /run/postgresql"),
        ("postgresql://?service=warehouse", "database on warehouse"),
        ("postgresql:///rma", "rma on this machine"),
        ("postgresql://ana@db1:5432,db2:5433/rma", "rma on db1:5432,db2:5433"),
        (Path("/srv/bench.db"), "/srv/bench.db"),
    ],
)
def test_a_place_is_shown_without_secrets(where: Path | str, text: str) -> None:
    assert places.shown(where) == text
