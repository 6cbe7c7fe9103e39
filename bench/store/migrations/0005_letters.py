"""Letters: what is written to management, Partner Team, billing and customers, and the outbox.

Frozen: a change is a new migration, never an edit of this file.
"""

from __future__ import annotations

from typing import Any

from peewee import SqliteDatabase

TABLES = (
    """CREATE TABLE letter (
        id TEXT NOT NULL PRIMARY KEY,
        rma_id TEXT NOT NULL REFERENCES rma (id) ON DELETE RESTRICT,
        unit_id TEXT NOT NULL REFERENCES unit (id) ON DELETE RESTRICT,
        kind TEXT NOT NULL CHECK (kind <> ''),
        "to" TEXT NOT NULL,
        subject TEXT NOT NULL,
        body TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state <> ''),
        message_id TEXT NOT NULL CHECK (message_id <> ''),
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        station TEXT NOT NULL,
        tries INTEGER NOT NULL CHECK (tries >= 0),
        next_try_at TEXT,
        why TEXT NOT NULL,
        sent_at TEXT,
        claimed_by TEXT NOT NULL,
        claimed_at TEXT,
        version INTEGER NOT NULL,
        unfinished INTEGER NOT NULL CHECK (unfinished IN (0, 1))
    )""",
)

INDEXES = (
    "CREATE UNIQUE INDEX letter_message_id ON letter (message_id)",
    "CREATE INDEX letter_rma_id_at ON letter (rma_id, at)",
    "CREATE INDEX letter_unfinished ON letter (unfinished, state, next_try_at, id)"
    " WHERE unfinished = 1",
)

# Whoever could work at a bench before still can.
WORKERS = """SELECT DISTINCT grantee FROM information_schema.role_table_grants
WHERE table_schema = current_schema() AND table_name = 'draft'
AND privilege_type = 'DELETE' AND grantee <> current_user"""


def up(migrator: Any, db: Any) -> None:
    """Adds the table of letters, and on a server the rights on it: none is ever deleted."""
    on_sqlite = isinstance(db, SqliteDatabase)
    for table in TABLES:
        db.execute_sql(table + " STRICT" if on_sqlite else table.replace(" TEXT", _BYTES))
    for statement in INDEXES:
        db.execute_sql(statement)
    if not on_sqlite:
        for (role,) in db.execute_sql(WORKERS).fetchall():
            name = '"' + role.replace('"', '""') + '"'
            db.execute_sql(f"GRANT SELECT, INSERT, UPDATE ON letter TO {name}")


_BYTES = ' TEXT COLLATE "C"'
"""Text in the order of its bytes, as SQLite has it."""
