"""Labels: what each station prints, the letters of each station's RMA numbers, and where a return
goes back to.

Frozen: a change is a new migration, never an edit of this file.
"""

from __future__ import annotations

from typing import Any

from peewee import SqliteDatabase

TABLES = (
    """CREATE TABLE print_job (
        id TEXT NOT NULL PRIMARY KEY,
        sort TEXT NOT NULL CHECK (sort <> ''),
        title TEXT NOT NULL,
        content TEXT NOT NULL,
        station TEXT NOT NULL,
        printer TEXT NOT NULL CHECK (printer <> ''),
        unit_id TEXT REFERENCES unit (id) ON DELETE RESTRICT,
        rma_id TEXT REFERENCES rma (id) ON DELETE RESTRICT,
        state TEXT NOT NULL CHECK (state <> ''),
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        tries INTEGER NOT NULL CHECK (tries >= 0),
        next_try_at TEXT,
        why TEXT NOT NULL,
        sent_at TEXT,
        claimed_by TEXT NOT NULL,
        claimed_at TEXT,
        again_of TEXT NOT NULL,
        version INTEGER NOT NULL,
        unfinished INTEGER NOT NULL CHECK (unfinished IN (0, 1))
    )""",
    """CREATE TABLE rma_letters (
        letters TEXT NOT NULL PRIMARY KEY,
        station TEXT NOT NULL,
        running INTEGER NOT NULL CHECK (running >= 0)
    )""",
)

INDEXES = (
    "CREATE UNIQUE INDEX rma_letters_station ON rma_letters (station)",
    "CREATE INDEX print_job_unfinished ON print_job (station, at, id) WHERE unfinished = 1",
    "CREATE INDEX print_job_finished ON print_job (station, at, id) WHERE unfinished = 0",
    "CREATE INDEX print_job_again_of ON print_job (again_of) WHERE again_of <> ''",
    "CREATE INDEX print_job_rma_id ON print_job (rma_id, at)",
    # Numbers no longer follow the order of receipt; ids do.
    "DROP INDEX rma_queue",
    "CREATE INDEX rma_queue ON rma (is_open, rank, since, id) WHERE is_open = 1",
)

# Whoever could work at a bench before still can.
WORKERS = """SELECT DISTINCT grantee FROM information_schema.role_table_grants
WHERE table_schema = current_schema() AND table_name = 'draft'
AND privilege_type = 'DELETE' AND grantee <> current_user"""


def up(migrator: Any, db: Any) -> None:
    """Adds both tables, with the rights on them on a server, and the address to each RMA."""
    on_sqlite = isinstance(db, SqliteDatabase)
    for table in TABLES:
        db.execute_sql(table + " STRICT" if on_sqlite else table.replace(" TEXT", _BYTES))
    for statement in INDEXES:
        db.execute_sql(statement)
    text = " TEXT" if on_sqlite else _BYTES
    db.execute_sql(f"ALTER TABLE rma ADD COLUMN address{text} NOT NULL DEFAULT ''")
    if not on_sqlite:
        for (role,) in db.execute_sql(WORKERS).fetchall():
            name = '"' + role.replace('"', '""') + '"'
            db.execute_sql(f"GRANT SELECT, INSERT, UPDATE ON print_job, rma_letters TO {name}")


_BYTES = ' TEXT COLLATE "C"'
"""Text in the order of its bytes, as SQLite has it."""
