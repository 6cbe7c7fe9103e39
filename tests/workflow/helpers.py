"""A bench to work at: a real store, real rules, a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bench.clock import FixedClock
from bench.policy.facts import Channel, Outcome
from bench.scan.label import classify
from bench.scan.serials import canonical
from bench.store.records import Rma, Step, Unit
from bench.workflow.capture import CaptureRecord
from bench.workflow.demo import MovableClock
from bench.workflow.desk import Desk
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.identify import Found, identify
from bench.workflow.import_rows import Entry
from bench.workflow.import_steps import load_expected, load_shipments
from bench.workflow.projection import fold
from bench.workflow.receive import Receipt, receive, receive_unannounced
from bench.workflow.steps import Saved
from bench.workflow.undo import undo
from bench.workflow.views import UnitView, settled, view_of

NOW = datetime(2026, 10, 28, 9, 0, tzinfo=UTC)
TODAY = NOW.date()
UPS, FEDEX = "1Z999AA10123456784", "986578788855"
OPENED_AGO = 2


def new_clock() -> MovableClock:
    """A clock that stands at NOW until it is moved."""
    return MovableClock(FixedClock(NOW), NOW)


def days_ago(days: int) -> date:
    """A day in the past."""
    return TODAY - timedelta(days=days)


def a_capture(number: int = 1, **more: Any) -> CaptureRecord:
    """A sealed capture of a quarter of an hour; another one for each number."""
    given: dict[str, Any] = {
        "capture": f"{number:032x}",
        "folder": f"2026-10-28/084500-console-{number:08x}",
        "seal": f"{number:064x}",
        "bytes": 123_456,
        "started": "2026-10-28T08:45:00+00:00",
        "ended": "2026-10-28T08:59:00+00:00",
        "baud": 9600,
    }
    return CaptureRecord(**given | more)


class World:
    """One desk with short ways to do what a technician does. Op ids count up: op-1, op-2 …"""

    def __init__(self, desk: Desk, clock: MovableClock) -> None:
        self.desk, self.clock, self.count = desk, clock, 0

    @property
    def store(self) -> Any:
        """The store, with all its reads."""
        return self.desk.store

    def op(self) -> str:
        """A new op id."""
        self.count += 1
        return f"op-{self.count:05d}"

    def wait(self, **time: float) -> None:
        """Lets time pass."""
        self.clock.moment += timedelta(**time)

    # --- units and returns

    def stock(self, serial: str, age: int | None = None, **facts: Any) -> Unit:
        """A unit out of the shipping history, `age` days old today."""
        known: dict[str, Any] = {
            "brand": "Yealink",
            "model": "T54W",
            "customer": "Alder",
            "channel": Channel.DIRECT,
            "shipped_on": None if age is None else days_ago(age),
        }
        values = {k: v for k, v in (known | facts).items() if v is not None}
        entry = Entry(1, serial, canonical(serial), values)
        self.store.write("", lambda tx: load_shipments(self.desk, tx, [entry], str))
        brand = values.get("brand", "")
        known_units: list[Unit] = self.store.find(canonical(serial))
        return next(unit for unit in known_units if unit.brand == brand)

    def expect(self, serial: str, age: int | None = 22, **facts: Any) -> str:
        """A unit on its way; `age` is that on the day the RMA was opened. Gives the RMA's id."""
        opened = facts.pop("opened_on", days_ago(OPENED_AGO))
        ticket, due = facts.pop("ticket", f"T-{serial}"), facts.pop("due_on", TODAY)
        where = {"address": facts.pop("address", "")}
        unit = self.stock(serial, None if age is None else age + OPENED_AGO, **facts)
        values = {"brand": unit.brand, "ticket": ticket, "opened_on": opened, "due_on": due} | where
        known = {k: v for k, v in values.items() if v}
        entry, op = Entry(1, serial, unit.serial_key, known), self.op()
        self.store.write(op, lambda tx: load_expected(self.desk, tx, [entry], lambda _: op))
        return f"rma-{op}"

    def received(self, serial: str, age: int | None = 22, box: bool = True, **facts: Any) -> str:
        """A unit that is here."""
        rma_id = self.expect(serial, age, **facts)
        receive(self.desk, self.op(), rma_id, Receipt(box, "good", ("psu",)))
        return rma_id

    def diagnosed(
        self,
        serial: str,
        outcome: Outcome,
        age: int | None = 22,
        box: bool = True,
        **facts: Any,
    ) -> str:
        """A unit that was diagnosed."""
        rma_id = self.received(serial, age, box, **facts)
        diagnose(self.desk, self.op(), rma_id, Diagnosis(outcome, "no boot"))
        return rma_id

    def blind(self, serial: str, box: bool | None = None, **facts: Any) -> Saved:
        """A unit that nobody has announced."""
        receipt = Receipt(box, facts=facts)
        return receive_unannounced(self.desk, self.op(), serial, None, receipt)

    def do(self, step: Callable[..., Saved], rma_id: str, *args: Any) -> Rma:
        """Any further step; gives the RMA afterwards."""
        saved = step(self.desk, self.op(), rma_id, *args)
        assert saved.view.rma is not None
        return saved.view.rma

    def undo(self, rma_id: str) -> Rma:
        """Takes the last step back."""
        return self.do(undo, rma_id)

    # --- looking

    def rma(self, rma_id: str) -> Rma:
        """The RMA as it is saved."""
        found: Rma | None = self.store.rma(rma_id)
        assert found is not None
        return found

    def unit(self, rma_id: str) -> Unit:
        """The unit of an RMA."""
        found: Unit | None = self.store.unit(self.rma(rma_id).unit_id)
        assert found is not None
        return found

    def view(self, rma_id: str) -> UnitView:
        """Everything known around an RMA."""
        found = view_of(self.desk, self.rma(rma_id).unit_id, rma_id)
        assert found is not None
        return found

    def scan(self, text: str) -> Found:
        """What a scan turns out to be."""
        return identify(self.desk, classify(text))

    def steps(self, rma_id: str) -> list[Step]:
        """The kinds of the events of an RMA, the oldest first."""
        return [event.step for event in self.store.events_of_rma(rma_id)]

    def everything(self) -> tuple[list[dict[str, Any]], ...]:
        """All that the database holds, for comparing before and after."""
        store = self.store
        rows = (store.units("", 999), store.rmas("", 999), store.events("", 9999), store.drafts(99))
        return tuple([asdict(record) for record in table] for table in rows)


def expected_row(desk: Desk, rma: Rma) -> Rma:
    """The RMA as its events and the policy make it, told anew (its `since` as it stands)."""
    unit = desk.store.unit(rma.unit_id)
    assert unit is not None
    folded = fold(rma, desk.store.events_of_rma(rma.id))
    return settled(desk, unit, folded, rma)
