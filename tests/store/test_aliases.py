"""Remembered labels in the store: found last, each text once, and kept through everything."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from bench.store import migrate
from bench.store.errors import NotPrepared, RuleBroken
from bench.store.records import Alias, Step
from bench.store.server import missing, prepare
from bench.store.store import Store
from bench.workflow.proving import prove
from tests import pg
from tests.store.helpers import a_unit, log, raw, save

MAC = "805EC0A1B2C3"


def remember(store: Store, key: str, unit: str = "u1", op_id: str = "e1") -> Alias:
    """Remembers a label by an event of the unit."""
    alias = Alias(key, unit, key.lower(), op_id)
    data = {"key": key, "scanned": alias.scanned}
    store.write(
        op_id,
        lambda tx: (log(tx, op_id, unit, Step.ALIAS_ADDED, data=data), tx.add_alias(alias)),
    )
    return alias


def _found(store: Store, key: str) -> list[str]:
    return [unit.id for unit in store.find(key)]


def test_a_label_leads_to_its_unit(store: Store) -> None:
    save(store, a_unit("u1"), a_unit("u2"))
    alias = remember(store, "LÄBEL-1")
    second = remember(store, "A-2", op_id="e2")
    assert (_found(store, "LÄBEL-1"), _found(store, "A-2"), _found(store, "A-3")) == (
        *(["u1"], ["u1"]),
        [],
    )
    assert store.find_exact("LÄBEL-1") == []
    assert store.alias("LÄBEL-1") == alias
    assert store.aliases_of("u1") == [second, alias]
    assert store.aliases_of("u2") == []
    assert [event.op_id for event in store.label_events("u1")] == ["e1", "e2"]
    for _ in range(2):
        store.write("", lambda tx: tx.drop_alias("A-2"))
    assert (store.alias("A-2"), _found(store, "A-2")) == (None, [])


def test_a_serial_or_mac_comes_first(store: Store) -> None:
    save(store, a_unit("u1"))
    remember(store, "SER-NEW")
    remember(store, MAC, op_id="e2")
    assert (_found(store, "SER-NEW"), _found(store, MAC)) == (["u1"], ["u1"])
    store.write("", lambda tx: tx.upsert_units([a_unit("u2", "SER-NEW", brand="Snom")]))
    save(store, a_unit("u3", mac=MAC))
    assert (_found(store, "SER-NEW"), _found(store, MAC)) == (["u2"], ["u3"])
    assert set(store.find_serials(["SER-NEW", MAC])) == {"SER-NEW"}


def test_the_database_has_the_last_word(store: Store) -> None:
    save(store, a_unit("u1"), a_unit("u2"))
    remember(store, "LABEL")
    with pytest.raises(RuleBroken):
        remember(store, "LABEL", "u2", "e2")
    with pytest.raises(RuleBroken):
        store.write("", lambda tx: tx.add_alias(Alias("OTHER", "u1", "other", "no-such-event")))
    with pytest.raises(RuleBroken):
        store.write("", lambda tx: tx.add_alias(Alias("", "u1", "", "e1")))
    assert not store.has_event("e2")


# --- databases from before


def _before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "migrations"
    folder.mkdir()
    for name in ("0001_first.py", "0002_proof.py"):
        shutil.copy(migrate.MIGRATIONS / name, folder)
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)


INSERT = """INSERT INTO unit (id, serial, serial_key, brand, model, mac, customer, service_level,
order_no, version, brand_key, near_key, customer_key)
VALUES ('u1', 'AB-01', 'AB-01', '', '', '', '', '', '', 0, '', 'AB01', '')"""


def test_an_older_file_gets_its_table(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as before:
        _before(tmp_path, before)
        Store.open(path).close()
    with raw(path) as connection:
        connection.execute(INSERT)
    connection.close()
    assert prove(path, deep=True).count == 0, "an older file can be proved as it is"
    store = Store.open(path)
    (copy,) = (path.parent / migrate.BACKUPS).iterdir()
    assert copy.name == "bench.before-0003_aliases.db"
    remember(store, "LABEL")
    assert _found(store, "LABEL") == ["u1"]
    assert _found(store, "AB-01") == ["u1"]
    store.close()


def test_benches_go_on_working_after_their_server_was_migrated(
    pg_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every scan reads the new table: roles that were let in before get their rights on it."""
    shop = pg.fresh(pg_url)
    role = 'the "day" shift'
    quoted = '"the ""day"" shift"'
    with monkeypatch.context() as before:
        _before(tmp_path, before)
        prepare(shop)
        assert missing(shop) == []
    tables = "unit, rma, draft, event, meta, counter, technician, schema_migration"
    pg.execute(
        shop,
        f"CREATE ROLE {quoted} LOGIN",
        f"GRANT SELECT, INSERT, UPDATE ON {tables} TO {quoted}",
        f"GRANT DELETE ON draft TO {quoted}",
    )
    try:
        with pytest.raises(NotPrepared, match="lacks 0003_aliases"):
            Store.open(shop)
        assert prepare(shop)[0] == "0003_aliases"
        store = Store.open(shop.replace("bench@", "the%20%22day%22%20shift@"))
        assert store._link.row("SELECT CAST(current_user AS text)") == (role,)
        save(store, a_unit("u1"))
        remember(store, "LABEL")
        assert _found(store, "LABEL") == ["u1"]
        store.write("", lambda tx: tx.drop_alias("LABEL"))
        store.close()
    finally:
        pg.execute(shop, f"DROP OWNED BY {quoted}", f"DROP ROLE {quoted}")
        pg.forget(shop)
