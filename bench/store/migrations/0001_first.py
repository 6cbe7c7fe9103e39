"""The first tables. Frozen: a change is a new migration, never an edit of this file."""

from __future__ import annotations

from typing import Any

from peewee import SqliteDatabase

TABLES = (
    """CREATE TABLE meta (
        "key" TEXT NOT NULL PRIMARY KEY,
        "value" TEXT NOT NULL
    )""",
    """CREATE TABLE unit (
        id TEXT NOT NULL PRIMARY KEY,
        serial TEXT NOT NULL,
        serial_key TEXT NOT NULL CHECK (serial_key <> ''),
        brand TEXT NOT NULL,
        model TEXT NOT NULL,
        mac TEXT NOT NULL,
        customer TEXT NOT NULL,
        channel TEXT,
        service_level TEXT NOT NULL,
        order_no TEXT NOT NULL,
        shipped_on TEXT,
        contract_ends_on TEXT,
        replaces_id TEXT,
        version INTEGER NOT NULL,
        brand_key TEXT NOT NULL,
        near_key TEXT NOT NULL,
        customer_key TEXT NOT NULL
    )""",
    """CREATE TABLE rma (
        id TEXT NOT NULL PRIMARY KEY,
        number TEXT NOT NULL,
        unit_id TEXT NOT NULL REFERENCES unit (id) ON DELETE RESTRICT,
        state TEXT NOT NULL,
        ticket TEXT NOT NULL,
        customer TEXT NOT NULL,
        channel TEXT,
        service_level TEXT NOT NULL,
        opened_on TEXT,
        due_on TEXT,
        blind INTEGER NOT NULL CHECK (blind IN (0, 1)),
        received_at TEXT,
        received_on TEXT,
        original_packaging INTEGER CHECK (original_packaging IN (0, 1)),
        condition TEXT NOT NULL,
        accessories TEXT NOT NULL,
        symptom TEXT NOT NULL,
        checks TEXT NOT NULL,
        findings TEXT NOT NULL,
        outcome TEXT,
        diagnosed_at TEXT,
        contact TEXT,
        contact_tries INTEGER NOT NULL,
        quote_accepted INTEGER CHECK (quote_accepted IN (0, 1)),
        packaging_accepted_by TEXT NOT NULL,
        packaging_accepted_why TEXT NOT NULL,
        rush_paid_by_customer INTEGER CHECK (rush_paid_by_customer IN (0, 1)),
        override_speed TEXT,
        override_payer TEXT,
        override_reason TEXT NOT NULL,
        held_why TEXT NOT NULL,
        replacement_id TEXT REFERENCES unit (id) ON DELETE RESTRICT,
        tracking TEXT NOT NULL,
        carrier TEXT NOT NULL,
        shipped_at TEXT,
        closed_at TEXT,
        closed_why TEXT NOT NULL,
        mark TEXT NOT NULL,
        rank INTEGER NOT NULL,
        why_here TEXT NOT NULL,
        since TEXT,
        version INTEGER NOT NULL,
        is_open INTEGER NOT NULL CHECK (
            is_open = CASE WHEN state IN ('shipped', 'closed', 'cancelled') THEN 0 ELSE 1 END
        )
    )""",
    """CREATE TABLE event (
        op_id TEXT NOT NULL PRIMARY KEY,
        unit_id TEXT NOT NULL REFERENCES unit (id) ON DELETE RESTRICT,
        rma_id TEXT REFERENCES rma (id) ON DELETE RESTRICT,
        seq INTEGER NOT NULL CHECK (seq > 0),
        step TEXT NOT NULL,
        at TEXT NOT NULL,
        actor TEXT NOT NULL,
        station TEXT NOT NULL,
        data TEXT NOT NULL,
        reverses TEXT REFERENCES event (op_id) ON DELETE RESTRICT
    )""",
    """CREATE TABLE draft (
        "key" TEXT NOT NULL PRIMARY KEY,
        title TEXT NOT NULL,
        step TEXT NOT NULL,
        fields TEXT NOT NULL,
        at TEXT NOT NULL,
        actor TEXT NOT NULL
    )""",
    """CREATE TABLE import_batch (
        file_sha256 TEXT NOT NULL PRIMARY KEY,
        name TEXT NOT NULL,
        "rows" INTEGER NOT NULL,
        at TEXT NOT NULL,
        actor TEXT NOT NULL
    )""",
    """CREATE TABLE counter (
        name TEXT NOT NULL PRIMARY KEY,
        value INTEGER NOT NULL
    )""",
)

INDEXES = (
    "CREATE UNIQUE INDEX unit_serial_key_brand_key ON unit (serial_key, brand_key)",
    "CREATE INDEX unit_near_key ON unit (near_key)",
    "CREATE INDEX unit_customer_key ON unit (customer_key)",
    "CREATE INDEX unit_mac ON unit (mac) WHERE mac <> ''",
    "CREATE UNIQUE INDEX rma_number ON rma (number)",
    "CREATE INDEX rma_unit_id ON rma (unit_id)",
    "CREATE INDEX rma_received_on ON rma (received_on)",
    "CREATE INDEX rma_shipped_at ON rma (shipped_at)",
    "CREATE UNIQUE INDEX rma_one_open ON rma (unit_id) WHERE is_open = 1",
    "CREATE INDEX rma_queue ON rma (is_open, rank, since, number, id) WHERE is_open = 1",
    "CREATE INDEX rma_open_state ON rma (is_open, state, mark) WHERE is_open = 1",
    "CREATE UNIQUE INDEX event_unit_id_seq ON event (unit_id, seq)",
    "CREATE INDEX event_rma_id_seq ON event (rma_id, seq)",
    "CREATE INDEX event_at ON event (at)",
    "CREATE INDEX event_station_at ON event (station, at)",
    "CREATE UNIQUE INDEX event_reverses ON event (reverses)",
    "CREATE INDEX draft_at ON draft (at)",
)

# The third one also stops REPLACE on a connection that has not set recursive_triggers.
SQLITE_TRIGGERS = (
    """CREATE TRIGGER event_no_update BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'events are never changed'); END""",
    """CREATE TRIGGER event_no_delete BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'events are never deleted'); END""",
    """CREATE TRIGGER event_in_order BEFORE INSERT ON event
    WHEN EXISTS (SELECT 1 FROM event WHERE op_id = NEW.op_id)
      OR EXISTS (SELECT 1 FROM event WHERE reverses = NEW.reverses)
      OR NEW.seq <> 1 + coalesce((SELECT max(seq) FROM event WHERE unit_id = NEW.unit_id), 0)
    BEGIN SELECT RAISE(ABORT, 'events are only added, one after the other'); END""",
)


def up(migrator: Any, db: Any) -> None:
    """Makes all tables, indexes and, on SQLite, the guards of the event log."""
    on_sqlite = isinstance(db, SqliteDatabase)
    for table in TABLES:
        db.execute_sql(table + " STRICT" if on_sqlite else _for_postgres(table))
    for statement in INDEXES + (SQLITE_TRIGGERS if on_sqlite else ()):
        db.execute_sql(
            statement if on_sqlite else statement.replace("since,", "since NULLS FIRST,")
        )


def _for_postgres(table: str) -> str:
    """Text in the order of its bytes, as SQLite has it, and the rows numbered as they come in."""
    table = table.replace(" TEXT", ' TEXT COLLATE "C"')
    if not table.startswith(("CREATE TABLE event", "CREATE TABLE rma")):
        return table
    return table.replace("(\n", "(\n        rowid BIGINT GENERATED ALWAYS AS IDENTITY,\n", 1)
