"""The demo's steps: what one line of `data/demo.toml` says, as a call of the real workflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, timedelta
from typing import Any

from bench.datafile import Table
from bench.policy.facts import Channel, Contact, Outcome, Payer, Speed
from bench.workflow import ship
from bench.workflow.aliases import alias_key, forget, remember
from bench.workflow.capture import (
    CaptureRecord,
    Settling,
    captured,
    captures_of,
    console_differed,
    settle_console,
)
from bench.workflow.demo_vendor_steps import VENDOR_STEPS
from bench.workflow.desk import Desk
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.receive import Receipt, correct_facts, receive, receive_unannounced
from bench.workflow.undo import undo

TEXTS = ("brand", "model", "mac", "customer", "service_level", "order_no")
Call = Callable[[Desk, str, str], object]
"""A step, still to be given its desk, op id and RMA id."""


def day_of(table: Table, name: str, today: date, sign: int) -> date | None:
    """The day that is so many days from today: back (`sign` -1) or on (1); None without the key."""
    if not table.has(name):
        return None
    return today + timedelta(days=sign * table.number(name, -3650, 3650))


def read_step(step: Table, today: date) -> Call:
    """A step of an RMA that is there. Raises DataError for one that nobody knows."""
    name = step.text("do")
    make = _STEPS.get(name)
    if make is None:
        raise step.wrong("do", "one of " + ", ".join(_STEPS), name)
    call = make(step, today)
    step.done()
    return call


def read_blind(step: Table, today: date, serial: str, brand: str) -> Call:
    """The receiving of a unit that nobody has announced."""
    if step.text("do") != "receive":
        raise step.wrong("do", "receive as the first step of what was not announced")
    receipt = _receipt(step, {"brand": brand} | _facts(step, today))
    step.done()
    return lambda desk, op, rma: receive_unannounced(desk, op, serial, None, receipt)


def _facts(step: Table, today: date) -> dict[str, Any]:
    """The facts that a technician types in."""
    facts = step.table("facts", {})
    found: dict[str, Any] = {name: facts.text(name) for name in facts.names() if name in TEXTS}
    found |= {name: facts.text(name) for name in ("ticket", "address") if facts.has(name)}
    if facts.has("channel"):
        found["channel"] = facts.one_of("channel", Channel)
    for name, key in (("shipped_on", "shipped_days_ago"), ("opened_on", "opened_days_ago")):
        if facts.has(key):
            found[name] = day_of(facts, key, today, -1)
    facts.done()
    return found


def _receipt(step: Table, facts: Mapping[str, Any]) -> Receipt:
    return Receipt(
        original_packaging=step.yes("packaging") if step.has("packaging") else None,
        condition=step.text("condition", "good"),
        accessories=step.texts("accessories", ["psu"]),
        facts=facts,
    )


def _receive(step: Table, today: date) -> Call:
    receipt = _receipt(step, _facts(step, today))
    return lambda desk, op, rma: receive(desk, op, rma, receipt)


def _diagnose(step: Table, today: date) -> Call:
    failed = step.texts("failed", [])
    passed = step.texts("passed", ["power"])
    checks = dict.fromkeys(passed, "passed") | dict.fromkeys(failed, "failed")
    outcome, symptom = step.one_of("outcome", Outcome), step.text("symptom")
    found = Diagnosis(outcome, symptom, checks, step.text("findings", ""))
    return lambda desk, op, rma: diagnose(desk, op, rma, found)


def _override(step: Table, today: date) -> Call:
    speed = step.one_of("speed", Speed) if step.has("speed") else None
    payer = step.one_of("payer", Payer) if step.has("payer") else None
    why = step.text("why")
    return lambda desk, op, rma: ship.override(desk, op, rma, speed, payer, why)


def _correct(step: Table, today: date) -> Call:
    facts = _facts(step, today)
    return lambda desk, op, rma: correct_facts(desk, op, rma, facts)


def _remember(step: Table, today: date) -> Call:
    label = step.text("label")
    return lambda desk, op, rma: remember(desk, op, _unit_of(desk, rma), label)


def _forget(step: Table, today: date) -> Call:
    key = alias_key(step.text("label"))
    return lambda desk, op, rma: forget(desk, op, _unit_of(desk, rma), key)


def _capture(step: Table, today: date) -> Call:
    """A sealed capture that ended when the step was done; its files are nowhere."""
    facts, failures = step.table("facts", {}), step.texts("failures", [])
    took, seal = timedelta(minutes=step.number("minutes", 1, 600)), step.text("seal")
    known = {name: facts.text(name) for name in facts.names()}
    facts.done()
    size, typed, gaps, baud = (
        step.number(name, 0, 1 << 30, 0) for name in ("bytes", "typed", "gaps", "baud")
    )
    first = failures[0] if failures else ""

    def do(desk: Desk, op: str, rma: str) -> object:
        ended = desk.clock.now().astimezone(UTC)
        began, name = ended - took, op.replace("-", "")
        capture = CaptureRecord(
            name,
            f"{began:%Y-%m-%d/%H%M%S}-demo-{name[:8]}",
            seal,
            size,
            typed,
            started=began.isoformat(),
            ended=ended.isoformat(),
            gaps=gaps,
            baud=baud,
            facts=known,
            first_failure=first,
            failures=failures,
        )
        return captured(desk, op, rma, capture)

    return do


def _differ(step: Table, today: date) -> Call:
    serial = step.text("serial")

    def do(desk: Desk, op: str, rma: str) -> object:
        last = captures_of(desk.store.events_of_rma(rma))[-1]
        return console_differed(desk, op, rma, last.capture, serial)

    return do


def _unit_of(desk: Desk, rma_id: str) -> str:
    rma = desk.store.rma(rma_id)
    return rma.unit_id if rma else ""


def _with(work: Callable[..., object], **given: Any) -> Call:
    return lambda desk, op, rma: work(desk, op, rma, **given)


_STEPS: Mapping[str, Callable[[Table, date], Call]] = {
    "receive": _receive,
    "diagnose": _diagnose,
    "contact": lambda s, _: _with(ship.contacted, answer=s.one_of("answer", Contact)),
    "quote": lambda s, _: _with(ship.quote_answered, accepted=s.yes("accepted")),
    "packaging_found": lambda s, _: _with(ship.confirm_packaging),
    "packaging": lambda s, _: _with(ship.accept_packaging, by=s.text("by"), why=s.text("why")),
    "rush": lambda s, _: _with(ship.ask_rush, rush=s.yes("asked", True)),
    "override": _override,
    "hold": lambda s, _: _with(ship.hold, why=s.text("why")),
    "release": lambda s, _: _with(ship.release),
    "replace": lambda s, _: _with(ship.choose_replacement, serial=s.text("serial")),
    "track": lambda s, _: _with(ship.scan_tracking, text=s.text("number")),
    "ship": lambda s, _: _with(ship.ship),
    "close": lambda s, _: _with(ship.close, why=s.text("why")),
    "cancel": lambda s, _: _with(ship.cancel, why=s.text("why")),
    "correct": _correct,
    "remember": _remember,
    "forget": _forget,
    "capture": _capture,
    "differ": _differ,
    "settle": lambda s, _: _with(settle_console, how=s.one_of("how", Settling)),
    "undo": lambda s, _: _with(undo),
    **VENDOR_STEPS,
}
