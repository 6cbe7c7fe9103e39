"""Where a database lies: on a disk of this machine, on a network share, or on a server."""

from __future__ import annotations

import sys
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from bench.store.errors import OnNetworkShare
from bench.text import clean_line

SHARED = frozenset(
    {
        *("nfs", "nfs4", "cifs", "smb2", "smb3", "smbfs", "9p", "afs", "ceph", "glusterfs"),
        *("lustre", "ncpfs", "davfs", "fuse.sshfs", "fuse.davfs2", "fuse.glusterfs"),
        *("fuse.rclone", "fuse.s3fs", "vboxsf", "fuse.vmhgfs-fuse", "prl_fs"),
    }
)
"""File systems over which SQLite's locks or its shared memory do not hold."""
_MOUNTS = Path("/proc/self/mountinfo")


def file_system(path: Path, mounts: str) -> str:
    """The kind of file system that holds `path`, by the text of /proc/self/mountinfo."""
    found, longest = "", -1
    for line in mounts.splitlines():
        left, _, right = line.partition(" - ")
        fields = left.split()
        if len(fields) < 5 or not right:
            continue
        point = Path(fields[4].encode("latin-1", "replace").decode("unicode_escape"))
        if path.is_relative_to(point) and len(point.parts) >= longest:
            found, longest = right.split()[0], len(point.parts)
    return found


def refuse_network(path: Path) -> None:
    """Raises OnNetworkShare where the file lies on a share: SQLite cannot be safe there."""
    kind = ""
    if sys.platform == "win32" and str(path.absolute()).startswith("\\\\"):
        kind = "a network path"
    elif _MOUNTS.exists():
        kind = file_system(path.absolute().parent.resolve(), _MOUNTS.read_text("utf-8", "replace"))
        kind = kind if kind in SHARED else ""
    if kind:
        raise OnNetworkShare(path, kind)


def shown(where: Path | str) -> str:
    """A database as it may be shown: a file's path, or a server and database, never a password."""
    if isinstance(where, Path):
        return str(where)
    parts = urlsplit(where)
    query = dict(parse_qsl(parts.query))
    host = parts.netloc.rpartition("@")[2] or query.get("host") or query.get("service")
    name = parts.path.strip("/") or query.get("dbname", "database")
    return clean_line(f"{name} on {host or 'this machine'}")
