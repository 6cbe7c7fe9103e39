"""What the owner of a warehouse's database does: bring it up to date, and let benches in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from peewee import PeeweeException
from psycopg import sql

from bench.store.classification import classify
from bench.store.errors import StoreError
from bench.store.migrate import migrate_server, server_state
from bench.store.places import shown
from bench.store.postgres import connect, drop

KEPT = (
    *("unit", "rma", "alias", "draft", "import_batch", "counter", "meta", "technician"),
    *("letter", "print_job", "rma_letters"),
)
"""What a bench may read, add and change; of events it may only read and add."""


@contextmanager
def _connected(where: str) -> Iterator[Any]:
    db: Any = connect(where, limits=False)
    try:
        db.connect()
        yield db
    except (PeeweeException, psycopg.Error, StoreError) as error:
        raise classify(error) from error
    finally:
        drop(db)


def prepare(where: str, before: Callable[[str], None] | None = None) -> list[str]:
    """Runs the migrations that a server's database lacks; their names, oldest first.

    `before` is called with the first of them, where there is something to lose: the place for a
    backup. Raises StoreError kinds.
    """
    with _connected(where) as db:
        todo = server_state(db, shown(where))
        if todo and before is not None and db.get_tables():
            before(todo[0])
        return migrate_server(db, shown(where)) if todo else []


def missing(where: str) -> list[str]:
    """The migrations that a server's database lacks. Raises StoreError kinds."""
    with _connected(where) as db:
        return server_state(db, shown(where))


def grant(where: str, role: str) -> None:
    """Lets a role work at benches: everything that a step needs, and no way to change history.

    The role must exist. Raises StoreError kinds.
    """
    who = sql.Identifier(role)
    tables = sql.SQL(", ").join(map(sql.Identifier, KEPT))
    with _connected(where) as db, db.atomic():
        connection = db.connection()
        name = sql.Identifier(connection.info.dbname)
        for text, parts in (
            ("REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {who}", {}),
            ("GRANT CONNECT ON DATABASE {name} TO {who}", {"name": name}),
            ("GRANT USAGE ON SCHEMA public TO {who}", {}),
            ("GRANT SELECT, INSERT, UPDATE ON {tables} TO {who}", {"tables": tables}),
            ("GRANT DELETE ON draft, alias TO {who}", {}),
            ("GRANT SELECT, INSERT ON event TO {who}", {}),
            ("GRANT SELECT ON schema_migration TO {who}", {}),
        ):
            connection.execute(sql.SQL(text).format(who=who, **parts))
