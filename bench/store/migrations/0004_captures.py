"""What a unit's console told: captures kept with an RMA, and a serial that is not the label's.

Frozen: a change is a new migration, never an edit of this file.
"""

from __future__ import annotations

from typing import Any

from peewee import SqliteDatabase

COLUMNS = (
    "captures INTEGER NOT NULL DEFAULT 0",
    "console_serial TEXT NOT NULL DEFAULT ''",
    "board_serial TEXT NOT NULL DEFAULT ''",
)


def up(migrator: Any, db: Any) -> None:
    """Adds to each RMA how many captures it has, and the serials that a console named."""
    on_sqlite = isinstance(db, SqliteDatabase)
    for column in COLUMNS:
        typed = column if on_sqlite else column.replace(" TEXT", _BYTES)
        db.execute_sql(f"ALTER TABLE rma ADD COLUMN {typed}")


_BYTES = ' TEXT COLLATE "C"'
"""Text in the order of its bytes, as SQLite has it."""
