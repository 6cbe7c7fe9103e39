"""The real app over a real store with a clock that stands still, driven by posted key events."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from textual import events

from bench.app import BenchApp
from bench.clock import FixedClock
from bench.policy.facts import Channel, Outcome
from bench.scan.rma_number import format_number
from bench.scan.serials import canonical
from bench.settings import Settings
from bench.store.records import Rma, State, Step, Unit
from bench.store.store import Store, Tx
from bench.workflow.desk import Desk, load_rules
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.receive import Receipt, receive, receive_unannounced
from bench.workflow.views import settled

NOW = datetime(2026, 11, 21, 14, 3, 22, tzinfo=UTC)
CONTROLS = {"\r": "enter", "\n": "ctrl+j", "\t": "tab", "\x1d": "ctrl+right_square_bracket"}
RULES = load_rules(Settings())


def settings_for(database: Path | str, **more: Any) -> Settings:
    """Settings of the test bench, which reads and opens nothing of the machine it runs on."""
    names: dict[str, Any] = {
        "station": "Dock 2",
        "technician": "Ana R.",
        "timezone": "UTC",
        "sound": False,
        "find_scanners": False,
        "find_consoles": False,
        "captures": Path("/proc/nowhere/captures"),
        "scanner_file": Path("/proc/nowhere/scanner.json"),
    }
    return Settings(database=database, **(names | more))


class Bench:
    """A store to fill, and the app over it."""

    def __init__(self, database: Path | str) -> None:
        self.database = database
        self._count = 0

    @contextmanager
    def desk(self, now: datetime = NOW) -> Iterator[Desk]:
        """A desk on the store, for use in the test's own thread."""
        store = Store.open(self.database)
        try:
            yield Desk(store, RULES, FixedClock(now), "Ana R.", "Dock 2")
        finally:
            store.close()

    def app(self, **more: Any) -> BenchApp:
        """The app on this store."""
        settings = settings_for(self.database, **more)
        return BenchApp(settings, FixedClock(NOW), RULES)

    def op(self) -> str:
        """Another op id, the same in each run."""
        self._count += 1
        return f"op-{self._count:04d}"

    def expect(
        self, serial: str, age_days: int = 22, /, *, opened_days_ago: int = 2, **facts: Any
    ) -> str:
        """An expected unit, `age_days` old on the day its RMA was opened; returns the RMA's id."""
        op = self.op()
        opened = NOW.date() - timedelta(days=opened_days_ago)
        unit = Unit(
            id=f"unit-{op}",
            serial=serial,
            serial_key=canonical(serial),
            brand=facts.pop("brand", "Yealink"),
            model=facts.pop("model", "T54W"),
            mac=facts.pop("mac", ""),
            customer=facts.get("customer", "Northgate Dental"),
            channel=facts.get("channel", Channel.DIRECT),
            shipped_on=facts.pop("shipped_on", opened - timedelta(days=age_days)),
            contract_ends_on=facts.pop("contract_ends_on", None),
            replaces_id=facts.pop("replaces_id", None),
        )
        with self.desk() as desk:
            desk.store.write(op, lambda tx: _announce(desk, tx, op, unit, opened, facts))
        return f"rma-{op}"

    def unit(self, serial: str, **facts: Any) -> str:
        """A unit from the shipping history, without any return; returns its id."""
        op = self.op()
        unit = Unit(id=f"unit-{op}", serial=serial, serial_key=canonical(serial), **facts)
        with self.desk() as desk:
            desk.store.write(op, lambda tx: tx.add_unit(unit))
        return unit.id

    def received(
        self, serial: str, age_days: int = 22, packaging: bool = True, **facts: Any
    ) -> str:
        """A unit that was received; returns the RMA's id."""
        rma_id = self.expect(serial, age_days, **facts)
        with self.desk() as desk:
            receive(desk, self.op(), rma_id, Receipt(packaging, "good", ("psu",)))
        return rma_id

    def diagnosed(
        self,
        serial: str,
        outcome: Outcome,
        age_days: int = 22,
        packaging: bool = True,
        **facts: Any,
    ) -> str:
        """A unit that was diagnosed; returns the RMA's id."""
        rma_id = self.received(serial, age_days, packaging, **facts)
        found = Diagnosis(outcome, "no boot", {"power": "failed"}, "DRAM test failed")
        with self.desk() as desk:
            diagnose(desk, self.op(), rma_id, found)
        return rma_id

    def again(self, rma_id: str) -> str:
        """The same unit received once more, unannounced, and diagnosed halfway; its new RMA."""
        with self.desk() as desk:
            before = desk.store.rma(rma_id)
            assert before is not None
            unit = desk.store.unit(before.unit_id)
            assert unit is not None
            op = self.op()
            saved = receive_unannounced(desk, op, unit.serial, unit.id, Receipt(None, "used", ()))
            assert saved.view.rma is not None
            return saved.view.rma.id

    def do(self, step: Callable[..., Any], rma_id: str, *args: Any) -> Any:
        """Any further step of the workflow."""
        with self.desk() as desk:
            return step(desk, self.op(), rma_id, *args)

    def rma(self, rma_id: str) -> Rma:
        """The RMA as it stands in the store."""
        with self.desk() as desk:
            rma = desk.store.rma(rma_id)
            assert rma is not None
            return rma


def _announce(desk: Desk, tx: Tx, op: str, unit: Unit, opened: date, facts: dict[str, Any]) -> None:
    tx.add_unit(unit)
    number = format_number(*tx.next_running("Dock 2"))
    rma = Rma(
        id=f"rma-{op}",
        number=number,
        unit_id=unit.id,
        ticket=facts.get("ticket", "48213"),
        customer=facts.get("customer", "Northgate Dental"),
        channel=facts.get("channel", Channel.DIRECT),
        opened_on=opened,
        due_on=facts.get("due_on"),
        state=State.EXPECTED,
    )
    tx.add_rma(settled(desk, unit, rma, None))
    data = {
        "ticket": rma.ticket,
        "customer": rma.customer,
        "channel": rma.channel.value if rma.channel else "",
        "opened_on": opened.isoformat(),
        "due_on": rma.due_on.isoformat() if rma.due_on else "",
    }
    tx.append(op, unit.id, rma.id, Step.EXPECTED, desk.clock.now(), "import", "Dock 2", data)


def post_scan(app: BenchApp, text: str, suffix: str = "\r") -> None:
    """A scan at the speed of a wedge: key events back to back, with nothing in between."""
    for letter in text + suffix:
        name = CONTROLS.get(letter) or (letter if letter.isalnum() else f"sign_{ord(letter)}")
        app.post_message(events.Key(name, letter))


def reading(app: BenchApp) -> bool:
    """Whether the queue, or the list of vendor cases, is being read anew in the background."""
    return any(w.group in ("queue", "cases") and w.is_running for w in app.workers)


async def settle(app: BenchApp, pilot: Any) -> None:
    """Waits until every scan so far has been dealt with, and painted."""
    for _ in range(400):
        await pilot.pause()
        held = app.gatekeeper.gate.deadline is not None
        if app.idle and not app.message_queue_size and not reading(app) and not held:
            break
        await asyncio.sleep(0.01)
    await pilot.pause()
