"""The facts of a unit and its return as fields: filled in at receiving, corrected on the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from textwrap import shorten
from typing import Any

from textual.app import ComposeResult
from textual.containers import Container

from bench.policy.facts import Channel
from bench.policy.tables import Tables
from bench.policy.words import day
from bench.store.records import Rma, Unit
from bench.text import clean_line
from bench.widgets.field import LIMIT, Field
from bench.workflow.address_line import BETWEEN
from bench.workflow.entry import LABELS, clean_facts

FIELDS = (
    *("brand", "model", "customer", "channel", "ticket", "opened_on"),
    *("shipped_on", "mac", "contract_ends_on", "service_level", "address"),
)
ASKED = ("brand", "model", "customer", "channel", "shipped_on")
"""What a unit that nobody knows is asked for."""


class FactsForm(Container):
    """One field a fact, two columns where there is room."""

    def __init__(self, tables: Tables, levels: tuple[str, ...] = ()) -> None:
        super().__init__(classes="facts-form")
        self.tables, self.levels = tables, levels
        self._known: dict[str, str] = {}

    def compose(self) -> ComposeResult:
        """The fields, with suggestions where the tables know some."""
        brands = self.tables.brands.values()
        suggestions = {
            "brand": self.tables.brand_names(),
            "channel": tuple(channel.value for channel in Channel),
            "service_level": self.levels,
            "model": tuple(dict.fromkeys(model for brand in brands for model in brand.models)),
        }
        for name in FIELDS:
            between = BETWEEN if name == "address" else " "
            yield Field(name, LABELS[name], suggestions.get(name, ()), between)

    def fill(self, known: Mapping[str, str], drafted: Mapping[str, Any] | None = None) -> None:
        """Shows what is known, and over it what was half entered before."""
        self._known = {name: clean_line(value, LIMIT) for name, value in known.items()}
        for field in self.query(Field):
            name = field.name or ""
            field.put(str((drafted or {}).get(name, known.get(name, ""))))
            field.complain("")

    def suggest(self, values: Mapping[str, str]) -> None:
        """Puts what a label tells into fields that are still empty."""
        for field in self.query(Field):
            if not field.value.strip():
                field.put(values.get(field.name or "", ""))

    def entered(self) -> dict[str, str]:
        """The fields that differ from what is known, as typed."""
        values = {field.name or "": field.value for field in self.query(Field)}
        return {k: v for k, v in values.items() if v.strip() != self._known.get(k, "")}

    def read(self, today: date) -> tuple[dict[str, Any], dict[str, str]]:
        """The facts that were entered, typed, and a complaint for each field that is wrong."""
        facts, faults = clean_facts(self.entered(), today)
        for name, value in self.entered().items():
            if not value.strip():
                known = shorten(self._known[name], 40, placeholder="…")
                faults[name] = f"{LABELS[name]}: {known} can be replaced, not emptied"
        brand = self.tables.brand(str(facts.get("brand", "")))
        if brand is not None:
            facts["brand"] = brand.name
        return facts, faults

    def gaps(self) -> list[str]:
        """What is still missing of what is asked for, in plain words."""
        empty = {field.name for field in self.query(Field) if not field.value.strip()}
        return [LABELS[name] for name in ASKED if name in empty]

    def complain(self, faults: Mapping[str, str]) -> None:
        """Shows each complaint beside its field and goes to the first one."""
        bad = []
        for field in self.query(Field):
            field.complain(faults.get(field.name or "", ""))
            bad += [field] if field.name in faults else []
        if bad:
            bad[0].line.focus()


def known_facts(unit: Unit, rma: Rma | None) -> dict[str, str]:
    """The facts that are known, as the fields show them."""
    current = rma if rma is not None and rma.state.is_open else None
    channel = (current.channel if current else None) or unit.channel
    return {
        "brand": unit.brand,
        "model": unit.model,
        "mac": unit.mac,
        "customer": (current.customer if current else "") or unit.customer,
        "channel": channel.value if channel else "",
        "service_level": (current.service_level if current else "") or unit.service_level,
        "ticket": current.ticket if current else "",
        "opened_on": day(current.opened_on, "") if current else "",
        "shipped_on": day(unit.shipped_on, ""),
        "contract_ends_on": day(unit.contract_ends_on, ""),
        "address": current.address if current else "",
    }
