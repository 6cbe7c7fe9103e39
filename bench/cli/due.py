"""`bench due`: what is late or soon will be, over the whole bench, without its screen."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence

from bench.cli.desk import at_desk
from bench.policy.words import day
from bench.settings import Settings
from bench.text import printable
from bench.workflow.desk import Desk
from bench.workflow.duties import Due, due

_HEADS = ("due on", "left", "RMA", "unit", "customer", "what")
_WIDEST = 28
"""Columns that a unit or a customer takes; what there is to do stands last, whole."""


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code. It writes nothing to the database."""
    return at_desk("due", settings, lambda desk: _due(desk, args))


def _due(desk: Desk, args: argparse.Namespace) -> int:
    found = due(desk)
    if args.json:
        print(json.dumps([_as_json(one) for one in found], indent=1))
    elif found:
        _table(found)
    else:
        print("nothing is due")
    return 0


def _table(found: Sequence[Due]) -> None:
    rows = [_HEADS, *(_row(one) for one in found)]
    widths = [max(len(row[at]) for row in rows) for at in range(len(_HEADS))]
    for row in rows:
        padded = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(padded).rstrip())


def _row(one: Due) -> tuple[str, ...]:
    unit = " ".join(filter(None, (one.unit.brand, one.unit.serial)))
    cells = (
        *(day(one.due_on), _left(one.days_left), one.rma.number),
        *(_short(unit), _short(one.rma.customer or one.unit.customer) or "-"),
        f"{one.who} {one.what}",
    )
    return tuple(printable(cell) for cell in cells)


def _short(text: str) -> str:
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _left(days: int) -> str:
    """Days as a person says them: today, 2 days, 1 day late."""
    if days == 0:
        return "today"
    many = f"{abs(days)} day" + ("" if abs(days) == 1 else "s")
    return many if days > 0 else f"{many} late"


def _as_json(one: Due) -> dict[str, object]:
    return {
        "due_on": one.due_on.isoformat(),
        "days_left": one.days_left,
        "late": one.late,
        "who": one.who,
        "what": one.what,
        "consequence": one.consequence,
        "rma": one.rma.number,
        "ticket": one.rma.ticket,
        "brand": one.unit.brand,
        "serial": one.unit.serial,
        "customer": one.rma.customer or one.unit.customer,
    }
