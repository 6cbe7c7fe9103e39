"""The desk: who works where, with which tables and which store. Every use case is handed one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from bench.clock import Clock, SystemClock
from bench.datafile import DataError
from bench.policy.clocks import Clocks, load_clocks
from bench.policy.escalation import Escalation, load_escalation
from bench.policy.facts import AgeReference
from bench.policy.tables import Tables, load_tables
from bench.scan.equipment import check_name
from bench.scan.patterns import Patterns, load_patterns
from bench.scan.rma_number import LETTERS, MARK, is_bench_letters
from bench.scan.tracking import Carriers, load_carriers
from bench.settings import Settings, default_badge_key
from bench.workflow.catalogue import Catalogue, load_catalogue

if TYPE_CHECKING:
    from bench.store.store import Store


class Refused(Exception):
    """A step that the rules do not allow now. `what` says why, `remedy` what to do about it."""

    def __init__(self, what: str, remedy: str = "") -> None:
        self.what, self.remedy = what, remedy
        super().__init__(f"{what}: {remedy}" if remedy else what)


@dataclass(frozen=True, slots=True)
class Rules:
    """Everything that is read from data files, once, at the start."""

    tables: Tables
    catalogue: Catalogue
    carriers: Carriers
    clocks: Clocks
    escalation: Escalation
    prefer: AgeReference = AgeReference.OPENED
    patterns: Patterns = field(default_factory=Patterns)
    """Forms of serials by brand, with the models and MAC prefixes of the brands' table."""


def load_rules(settings: Settings) -> Rules:
    """Reads every data file that the settings name. Raises DataError naming file and key."""
    check_letters(settings)
    tables = load_tables(settings.policy_file, settings.brands_file)
    brands = tables.brands.values()
    models = (model for brand in brands for model in brand.models)
    prefixes = dict.fromkeys(prefix for brand in brands for prefix in brand.mac_prefixes)
    return Rules(
        tables=tables,
        catalogue=load_catalogue(settings.bench_file),
        carriers=load_carriers(settings.carriers_file),
        clocks=load_clocks(
            settings.clocks_file,
            settings.holidays_file,
            advance_return_days=tables.advance_return_days,
            stalled_business_days=tables.vendor_stalled_business_days,
        ),
        escalation=load_escalation(settings.escalation_file),
        prefer=AgeReference(settings.age_reference),
        patterns=load_patterns(settings.labels_file, models, prefixes),
    )


def check_letters(settings: Settings) -> None:
    """Raises DataError where the letters of a cable, a printer or this station's RMA numbers make
    no code that always scans."""
    for name in (*settings.consoles, *settings.printers):
        if wrong := check_name(name):
            raise DataError("settings", f"{name} in [consoles] or [printers]", wrong)
    own = settings.rma_letters
    if own and not is_bench_letters(own):
        allowed = f"two of {LETTERS}, the first not {MARK}, found {own!r}"
        raise DataError("settings", "station.rma_letters", allowed)


@dataclass(frozen=True, slots=True)
class Desk:
    """One station at work. Used on the store's own thread only."""

    store: Store
    rules: Rules
    clock: Clock
    actor: str
    """The name of who acts now."""
    station: str
    technician_id: str | None = None
    """Who acts, where badges are in use."""
    badge_key: Path = field(default_factory=default_badge_key)
    """The key that badges are hashed with."""
    rma_letters: str = ""
    """The letters that this station's RMA numbers begin with, where the settings say so."""


def open_desk(
    settings: Settings,
    rules: Rules | None = None,
    clock: Clock | None = None,
    waiting: Callable[[str], None] | None = None,
) -> Desk:
    """Opens the store that the settings name. Raises StoreError or DataError.

    `waiting` is told, on this thread, why a job has to wait; "" once it goes on.
    """
    from bench.store.store import Store  # late: the database layer is not needed to show a screen

    return Desk(
        store=Store.open(settings.database, zone=settings.zone, waiting=waiting),
        rules=rules or load_rules(settings),
        clock=clock or SystemClock(settings.zone),
        actor=settings.technician,
        station=settings.station,
        badge_key=settings.badge_key,
        rma_letters=settings.rma_letters,
    )
