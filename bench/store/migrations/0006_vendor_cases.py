"""The vendor's side of a return: its case, what went out ahead, and the days that both hang on.

Frozen: a change is a new migration, never an edit of this file.
"""

from __future__ import annotations

from typing import Any

from peewee import SqliteDatabase

COLUMNS = (
    *("contact_again_on", "sent_ahead_on", "sent_ahead_why", "advance_due_on", "billed_on"),
    *("vendor", "wakes_on"),
)
YES_OR_NO = ("case_open", "advance_open")
INDEXES = (
    "CREATE INDEX rma_wakes ON rma (is_open, wakes_on) WHERE is_open = 1",
    "CREATE INDEX rma_case_open ON rma (id) WHERE case_open = 1",
    "CREATE INDEX rma_advance_open ON rma (advance_due_on) WHERE advance_open = 1",
)


def up(migrator: Any, db: Any) -> None:
    """Adds to each RMA its vendor case, and indexes over those that are open."""
    text = "TEXT" if isinstance(db, SqliteDatabase) else 'TEXT COLLATE "C"'
    for column in COLUMNS:
        db.execute_sql(f"ALTER TABLE rma ADD COLUMN {column} {text}")
    db.execute_sql("ALTER TABLE rma ADD COLUMN quote_cents INTEGER")
    for column in YES_OR_NO:
        db.execute_sql(f"ALTER TABLE rma ADD COLUMN {column} INTEGER NOT NULL DEFAULT 0")
    for index in INDEXES:
        db.execute_sql(index)
