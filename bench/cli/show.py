"""`bench show`: everything known of a unit, by its serial, its MAC or the number of its RMA."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from typing import Any

from bench.cells import shown
from bench.cli.decide_text import people
from bench.cli.desk import at_desk, say
from bench.cli.rows import as_json
from bench.policy.words import CHANNELS, OUTCOMES, day
from bench.scan.rma_number import parse_number
from bench.scan.serials import canonical, mac_of, near_candidates
from bench.settings import Settings
from bench.store.records import Event, Rma, Unit
from bench.text import printable
from bench.workflow.desk import Desk
from bench.workflow.exporting import as_plain
from bench.workflow.views import UnitView, view_of

MAX_EVENTS_SHOWN = 20


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code."""
    return at_desk("show", settings, lambda desk: _show(desk, args))


def _show(desk: Desk, args: argparse.Namespace) -> int:
    views = [view for unit in _find(desk, args.serial) if (view := view_of(desk, unit.id))]
    if not views:
        say("show", f"{shown(args.serial)} is not known")
        near = desk.store.near(near_candidates(args.serial))
        if near:
            names = ", ".join(f"{u.serial} ({u.brand or 'brand not known'})" for u in near)
            say("show", f"near it: {printable(names)}")
        return 1
    if args.json:
        first, *others = [unit_json(view) for view in views]
        print(json.dumps({**first, "others": others}, indent=2))
    else:
        pages = ["\n".join(printable(line) for line in _lines(desk, view)) for view in views]
        print("\n\n".join(pages))
    return 0


def _find(desk: Desk, text: str) -> list[Unit]:
    found = desk.store.find(canonical(text))
    if not found and (mac := mac_of(text)):
        found = desk.store.find(mac)
    number = parse_number(text)
    rma = desk.store.rma_by_number(number) if number and not found else None
    unit = desk.store.unit(rma.unit_id) if rma else None
    return [unit] if unit else found


def unit_json(view: UnitView) -> dict[str, Any]:
    """What is known of a unit, as plain values; events in the order in which they happened."""
    rma, is_open = view.rma, view.rma is not None and view.rma.state.is_open
    closed = [] if rma is None or is_open else [rma]
    return {
        "serial": view.unit.serial,
        "brand": view.unit.brand,
        "state": rma.state.value if rma else None,
        "unit": as_plain(view.unit),
        "open_rma": as_plain(rma) if rma and is_open else None,
        "decision": as_json(view.decision),
        "stops": [{"what": what, "lift": lift} for what, lift in view.shipping.stops],
        "chain": [as_plain(unit) for unit, _ in view.chain],
        "earlier_rmas": [as_plain(r) for r in (*closed, *view.earlier)],
        "events": [as_plain(event) for event in reversed(view.events)],
    }


def _lines(desk: Desk, view: UnitView) -> Iterator[str]:
    unit, rma = view.unit, view.rma
    name = " ".join(filter(None, (unit.brand, unit.model))) or "brand and model not known"
    yield f"{unit.serial}  {name}"
    channel = CHANNELS[unit.channel] if unit.channel else ""
    for title, value in (
        ("MAC", unit.mac),
        ("customer", ", ".join(filter(None, (unit.customer, channel, unit.service_level)))),
        ("goes to", rma.address if rma else ""),
        ("order", unit.order_no),
        ("shipped", day(unit.shipped_on)),
        ("contract to", day(unit.contract_ends_on, "")),
        ("replaces", ", ".join(ancestor.serial for ancestor, _ in view.chain)),
    ):
        if value:
            yield f"  {title:<12}{value}"
    yield ""
    yield _rma_line(rma) if rma else "no RMA"
    if rma and rma.state.is_open:
        yield from people(view.facts, view.decision, desk.rules.tables)
    if view.earlier:
        yield from ("", "earlier RMAs", *(f"  {_rma_line(r)}" for r in view.earlier))
    if view.events:
        yield from ("", "events, newest first")
        yield from (f"  {_event_line(desk, e)}" for e in view.events[:MAX_EVENTS_SHOWN])
        if len(view.events) > MAX_EVENTS_SHOWN:
            yield "  … --json has the others"


def _rma_line(rma: Rma) -> str:
    parts = [
        f"RMA {rma.number}: {rma.state.value.replace('_', ' ')}",
        f"ticket {rma.ticket}" if rma.ticket else "",
        f"opened {day(rma.opened_on)}" if rma.opened_on else "",
        OUTCOMES[rma.outcome].lower() if rma.outcome else "",
        f"the console names {rma.console_serial}" if rma.console_serial else "",
        f"board {rma.board_serial}" if rma.board_serial else "",
        ("1 capture" if rma.captures == 1 else f"{rma.captures} captures") if rma.captures else "",
        rma.closed_why,
    ]
    return ", ".join(filter(None, parts))


def _event_line(desk: Desk, event: Event) -> str:
    when = desk.clock.local(event.at).strftime("%Y-%m-%d %H:%M")
    who = ", ".join(filter(None, (event.actor, event.station)))
    return f"{when}  {event.step.value.replace('_', ' '):<18}  {who}"
