"""`bench due` and the billing list, as a person or a script runs them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.clock import SystemClock
from bench.settings import Settings
from bench.workflow.advance import bill, send_ahead
from bench.workflow.demo import MovableClock
from bench.workflow.desk import open_desk
from tests.cli.conftest import Bench
from tests.cli.test_main import SCREENS, loaded
from tests.workflow.helpers import UPS, World

LATE, IN_TIME = 35, 28
"""How many days ago two replacements were sent."""


@pytest.fixture
def owed(database: Path | str) -> Path | str:
    """A database in which two originals are out: one is late, one is due in two days."""
    now = datetime.now(UTC).astimezone().replace(hour=12)
    clock = MovableClock(SystemClock(), now)
    settings = Settings(station="B", technician="Ana", timezone="UTC", database=database)
    world = World(open_desk(settings, None, clock), clock)
    for serial, ago, customer in (("AA01", LATE, "=1+1\x1b[2J"), ("AA02", IN_TIME, "Birch")):
        clock.moment = now - timedelta(days=ago)
        sent = clock.today()
        days = {"shipped_on": sent, "opened_on": sent, "due_on": sent}
        rma_id = world.expect(serial, None, customer=customer, **days)
        world.do(send_ahead, rma_id, f"BB{serial}", UPS)
    world.desk.store.close()
    return database


def test_what_is_late_and_what_soon_will_be(bench: Bench, owed: Path) -> None:
    ran = bench("due", "--database", owed)
    assert (ran.code, ran.err) == (0, "")
    head, late, soon = ran.out.splitlines()
    assert head.split() == ["due", "on", "left", "RMA", "unit", "customer", "what"]
    for words, line in (
        (("5 days late", "Yealink AA01", "we bill the advance replacement"), late),
        (("2 days", "Yealink AA02", "Birch", "the customer owes us the original"), soon),
    ):
        assert all(word in line for word in words)
    assert late.index("Yealink") == soon.index("Yealink"), "it stands in columns"
    assert "\x1b" not in ran.out


def test_for_programs(bench: Bench, owed: Path) -> None:
    first, second = json.loads(bench("due", "--json", "--database", owed).out)
    assert (first["serial"], first["days_left"], first["late"]) == ("AA01", -5, True)
    assert (second["serial"], second["days_left"], second["late"]) == ("AA02", 2, False)
    assert (second["who"], second["ticket"]) == ("the customer", "T-AA02")
    assert second["consequence"]


def test_nothing_is_due(bench: Bench, tmp_path: Path) -> None:
    database = tmp_path / "bench.db"
    open_desk(Settings(database=database)).store.close()
    assert bench("due", "--database", database) == (0, "nothing is due\n", "")
    assert json.loads(bench("due", "--json", "--database", database).out) == []
    ran = bench("due", "--database", tmp_path / "none.db")
    assert (ran.code, "no database" in ran.err) == (2, True)


def test_the_billing_list(bench: Bench, owed: Path, tmp_path: Path) -> None:
    file = tmp_path / "billing.csv"
    ran = bench("export", "--what", "advances", "-o", file, "--database", owed)
    assert (ran.code, ran.out) == (0, "")
    assert "1 advances written to" in ran.err
    (row,) = csv.DictReader(io.StringIO(file.read_text("utf-8")))
    assert (row["serial"], row["replacement_serial"], row["days_late"]) == ("AA01", "BBAA01", "5")
    assert row["customer"].startswith("'=1+1")
    text = bench("export", "--what", "advances", "--format", "json", "--database", owed).out
    assert [found["ticket"] for found in json.loads(text)] == ["T-AA01"]


def test_what_is_billed_is_left_out_where_only_the_open_ones_are_wanted(
    bench: Bench, owed: Path
) -> None:
    args: tuple[Any, ...] = ("export", "--what", "advances", "--format", "json")
    args += ("--database", owed)
    assert len(json.loads(bench(*args, "--open-only").out)) == 1
    desk = open_desk(Settings(technician="Ana", database=owed))
    (rma_id, *_) = (row.rma.id for row in desk.store.open_advances())
    bill(desk, "op-bill", rma_id)
    desk.store.close()
    assert json.loads(bench(*args, "--open-only").out) == []
    (row,) = json.loads(bench(*args).out)
    assert row["billed_on"]


def test_neither_loads_the_screens(tmp_path: Path) -> None:
    database = tmp_path / "bench.db"
    open_desk(Settings(database=database)).store.close()
    light = (*SCREENS, "serial")
    assert loaded(light, "due", "--database", database) == [0, []]
    assert loaded(light, "export", "--what", "advances", "--database", database) == [0, []]
