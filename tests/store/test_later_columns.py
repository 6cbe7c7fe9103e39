"""Databases and exports from before captures and vendor cases: brought up to date, with all that is
in them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from bench.store import migrate
from bench.store.database import open_link
from bench.store.errors import NotPrepared
from bench.store.loading import load_file
from bench.store.openform import write_file
from bench.store.server import prepare
from bench.store.snapshot import open_snapshot
from bench.store.store import Store
from bench.workflow.proving import prove
from tests import pg
from tests.store.helpers import NOON, raw
from tests.store.histories import content

ADDED: dict[str, object] = {
    **{"captures": 0, "console_serial": "", "board_serial": ""},
    **dict.fromkeys(("contact_again_on", "sent_ahead_on", "sent_ahead_why"), None),
    **dict.fromkeys(("advance_due_on", "billed_on", "vendor", "wakes_on"), None),
    **{"quote_cents": None, "case_open": 0, "advance_open": 0, "address": ""},
}
"""What has come to an RMA since, and what an older one has there."""
LATER = [name for name in sorted(migrate.known()) if name >= "0004"]
UNIT = """INSERT INTO unit (id, serial, serial_key, brand, model, mac, customer, service_level,
order_no, version, brand_key, near_key, customer_key)
VALUES ('u1', 'AB-01', 'AB-01', 'Žižka', '', '', '', '', '', 0, 'žižka', 'AB01', '')"""
RMA = """INSERT INTO rma (id, number, unit_id, state, ticket, customer, service_level, blind,
condition, accessories, symptom, checks, findings, contact_tries, packaging_accepted_by,
packaging_accepted_why, override_reason, held_why, tracking, carrier, closed_why, mark, rank,
why_here, version, is_open) VALUES ('r1', '26-r1', 'u1', 'received', '', '', '', 0,
'', '[]', '', '{}', '', 0, '', '', '', '', '', '', '', 'none', 900, '', 3, 1)"""


@pytest.fixture
def before(tmp_path: Path) -> Path:
    """The migrations that the bench before had."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("000[4-9]*", "__*"))
    return folder


def test_an_older_file_keeps_its_rmas(
    path: Path, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as then:
        then.setattr(migrate, "MIGRATIONS", before)
        Store.open(path).close()
    with raw(path) as connection:
        connection.execute(UNIT)
        connection.execute(RMA)
    connection.close()
    named = prove(path, deep=True).differing.named
    assert [fault.what for fault in named] == ["it has no events"], "read as it is"
    _brought_up_to_date(Store.open(path))
    (copy,) = (path.parent / migrate.BACKUPS).iterdir()
    assert copy.name == "bench.before-0004_captures.db"


def _brought_up_to_date(store: Store) -> None:
    rma = store.rma("r1")
    assert rma is not None
    assert {name: getattr(rma, name) for name in ADDED} == ADDED
    assert rma.version == 3
    saved = store.write("", lambda tx: tx.save_rma(rma))
    assert store.rma("r1") == saved
    store.close()


def test_an_older_server_keeps_its_rmas(
    pg_url: str, before: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop = pg.fresh(pg_url)
    with monkeypatch.context() as then:
        then.setattr(migrate, "MIGRATIONS", before)
        prepare(shop)
    pg.execute(shop, UNIT, RMA)
    assert [fault.what for fault in prove(shop, deep=True).differing.named] == ["it has no events"]
    with pytest.raises(NotPrepared, match="lacks 0004_captures"):
        Store.open(shop)
    assert prepare(shop) == LATER
    _brought_up_to_date(Store.open(shop))
    pg.forget(shop)


def test_an_older_export_loads(where: Path | str, path_of_older: Path) -> None:
    link = open_link(where, 5.0)
    load_file(link, path_of_older)
    link.close()
    (row,) = content(where)["rma"]
    assert row[-len(ADDED) :] == tuple(ADDED.values())


@pytest.fixture
def path_of_older(tmp_path: Path) -> Path:
    """An open form as the bench before wrote it."""
    made, file = tmp_path / "made.db", tmp_path / "older.jsonl"
    Store.open(made).close()
    with raw(made) as connection:
        connection.execute(UNIT)
        connection.execute(RMA)
    connection.close()
    with open_snapshot(made) as snapshot:
        write_file(snapshot, file, NOON.isoformat(), pack=False)
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    lines[0]["schema"] = [name for name in lines[0]["schema"] if name not in LATER]
    kept = [{k: v for k, v in line.items() if k not in ADDED} for line in lines]
    file.write_text("".join(json.dumps(line) + "\n" for line in kept), "utf-8")
    return file
