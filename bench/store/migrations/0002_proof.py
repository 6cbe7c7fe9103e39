"""Proof and people: a hash chain through each unit's events, and the technicians with their badges.

Frozen: a change is a new migration, never an edit of this file.
"""

from __future__ import annotations

import hashlib
from typing import Any

from peewee import SqliteDatabase

TABLES = (
    """CREATE TABLE technician (
        id TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL CHECK (name <> ''),
        name_key TEXT NOT NULL CHECK (name_key <> ''),
        badge_hash TEXT,
        supervisor INTEGER NOT NULL CHECK (supervisor IN (0, 1)),
        active INTEGER NOT NULL CHECK (active IN (0, 1)),
        added_at TEXT NOT NULL,
        added_by TEXT NOT NULL,
        changed_at TEXT NOT NULL,
        changed_by TEXT NOT NULL,
        version INTEGER NOT NULL
    )""",
)

INDEXES = (
    "CREATE UNIQUE INDEX technician_name_key ON technician (name_key)",
    "CREATE UNIQUE INDEX technician_badge_hash ON technician (badge_hash)",
)

# A database of before this migration knows no hashes: they are made once, for what is there.
COLUMNS = (
    *("op_id", "unit_id", "rma_id", "seq", "step", "at", "actor", "station"),
    *("data", "reverses", "technician_id"),
)

SQLITE_BEFORE = ("DROP TRIGGER event_no_update", "DROP TRIGGER event_in_order")
SQLITE_AFTER = (
    """CREATE TRIGGER event_no_update BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
    """CREATE TRIGGER event_in_order BEFORE INSERT ON event
    WHEN EXISTS (SELECT 1 FROM event WHERE op_id = NEW.op_id)
      OR EXISTS (SELECT 1 FROM event WHERE reverses = NEW.reverses)
      OR NEW.seq <> 1 + coalesce((SELECT max(seq) FROM event WHERE unit_id = NEW.unit_id), 0)
      OR length(NEW.hash) <> 32
    BEGIN SELECT RAISE(ABORT, 'events are only added, one after the other'); END""",
)
POSTGRES_AFTER = (
    """CREATE FUNCTION event_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION 'events are never changed or deleted' USING ERRCODE = '23000'; END $$""",
    """CREATE FUNCTION event_refuse_disorder() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF NEW.seq <> 1 + coalesce((SELECT max(seq) FROM event WHERE unit_id = NEW.unit_id), 0)
            OR length(NEW.hash) <> 32 THEN
            RAISE EXCEPTION 'events are only added, one after the other' USING ERRCODE = '23000';
        END IF;
        RETURN NEW;
    END $$""",
    """CREATE TRIGGER event_no_change BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION event_refuse_change()""",
    """CREATE TRIGGER event_no_truncate BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION event_refuse_change()""",
    """CREATE TRIGGER event_in_order BEFORE INSERT ON event
    FOR EACH ROW EXECUTE FUNCTION event_refuse_disorder()""",
)


def up(migrator: Any, db: Any) -> None:
    """Adds technicians, and the hash and technician of each event."""
    if isinstance(db, SqliteDatabase):
        _sqlite(db)
    else:
        _postgres(db)
    for statement in INDEXES:
        db.execute_sql(statement)


def _sqlite(db: Any) -> None:
    for table in TABLES:
        db.execute_sql(table + " STRICT")
    db.execute_sql("ALTER TABLE event ADD COLUMN technician_id TEXT")
    db.execute_sql("ALTER TABLE event ADD COLUMN hash BLOB NOT NULL DEFAULT x''")
    for statement in SQLITE_BEFORE:
        db.execute_sql(statement)
    _chain(db)
    for statement in SQLITE_AFTER:
        db.execute_sql(statement)


def _postgres(db: Any) -> None:
    for table in TABLES:
        db.execute_sql(table.replace(" TEXT", ' TEXT COLLATE "C"'))
    db.execute_sql('ALTER TABLE event ADD COLUMN technician_id TEXT COLLATE "C"')
    # There is no server from before this migration, so no event to make a hash for.
    db.execute_sql("ALTER TABLE event ADD COLUMN hash BYTEA NOT NULL")
    for statement in POSTGRES_AFTER:
        db.execute_sql(statement)


def _chain(db: Any) -> None:
    names = ", ".join(COLUMNS)
    sql = f"SELECT {names} FROM event ORDER BY unit_id, seq"
    unit, before, made = "", bytes(32), []
    for row in db.execute_sql(sql):
        before = _link(before if row[1] == unit else bytes(32), row)
        unit = row[1]
        made.append((before, row[0]))
    db.connection().executemany("UPDATE event SET hash = ? WHERE op_id = ?", made)


def _link(before: bytes, row: tuple[Any, ...]) -> bytes:
    parts = ["-" if v is None else f"{len(str(v))}:{v}" for v in row]
    return hashlib.sha256(b"bench-event-1\n" + before + "".join(parts).encode()).digest()
