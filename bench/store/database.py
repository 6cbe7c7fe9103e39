"""Opening a database, whichever engine it is: a file of this bench, or the warehouse's server."""

from __future__ import annotations

from pathlib import Path

from bench.store.errors import NoDriver
from bench.store.link import Link, Row, Waiting
from bench.store.sqlite import open_file

__all__ = ["Link", "Row", "open_link"]


def open_link(where: Path | str, patience: float, waiting: Waiting | None = None) -> Link:
    """Opens a file (made and migrated where needed) or a server's database (which must be ready).

    `patience`: seconds that a job may wait for others. Raises StoreError kinds.
    """
    if isinstance(where, Path):
        return open_file(where, patience, waiting)
    try:
        from bench.store.postgres import open_server  # late: a file needs no driver of a server
    except ImportError as error:
        raise NoDriver(str(error)) from error
    return open_server(where, patience, waiting)
