"""Remembered labels: a text that is nobody's serial, and the unit that it means.

Frozen: a change is a new migration, never an edit of this file.
"""

from __future__ import annotations

from typing import Any

from peewee import SqliteDatabase

TABLES = (
    """CREATE TABLE alias (
        "key" TEXT NOT NULL PRIMARY KEY CHECK ("key" <> ''),
        unit_id TEXT NOT NULL REFERENCES unit (id) ON DELETE RESTRICT,
        scanned TEXT NOT NULL,
        op_id TEXT NOT NULL REFERENCES event (op_id) ON DELETE RESTRICT
    )""",
)

INDEXES = (
    'CREATE INDEX alias_unit_id_key ON alias (unit_id, "key")',
    "CREATE UNIQUE INDEX alias_op_id ON alias (op_id)",
)

# Whoever could work at a bench before still can: every scan reads the new table.
WORKERS = """SELECT DISTINCT grantee FROM information_schema.role_table_grants
WHERE table_schema = current_schema() AND table_name = 'draft'
AND privilege_type = 'DELETE' AND grantee <> current_user"""


def up(migrator: Any, db: Any) -> None:
    """Adds the table of remembered labels, and on a server the rights on it."""
    on_sqlite = isinstance(db, SqliteDatabase)
    for table in TABLES:
        db.execute_sql(table + " STRICT" if on_sqlite else table.replace(" TEXT", _BYTES))
    for statement in INDEXES:
        db.execute_sql(statement)
    if not on_sqlite:
        for (role,) in db.execute_sql(WORKERS).fetchall():
            name = '"' + role.replace('"', '""') + '"'
            db.execute_sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON alias TO {name}")


_BYTES = ' TEXT COLLATE "C"'
"""Text in the order of its bytes, as SQLite has it."""
