"""The tables that consoles are read by: read once, and again where somebody has changed one."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from bench.evidence.known_good import GoodBoot, load_known_good
from bench.evidence.profiles import Profiles, load_profiles
from bench.evidence.redaction_rules import Rules, load_rules
from bench.evidence.understanding import Tables, load_tables
from bench.settings import Settings
from bench.workflow.catalogue import load_catalogue


@dataclass(frozen=True, slots=True)
class ConsoleRules:
    """Everything that consoles are read by, from data files."""

    profiles: Profiles
    tables: Tables
    known_good: tuple[GoodBoot, ...]
    """Those of the table, and behind them those that were taken at this bench."""
    redaction: Rules


def load_console_rules(settings: Settings) -> ConsoleRules:
    """Reads the data files about consoles, again only where one has changed. Raises DataError."""
    files = (
        *(settings.consoles_file, settings.facts_file, settings.failures_file),
        *(settings.known_good_file, settings.site_known_good),
        *(settings.bench_file, settings.redaction_file),
    )
    return _loaded(files, tuple(_changed(file) for file in files))


def _changed(file: Path) -> int:
    try:
        return file.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=4)
def _loaded(files: tuple[Path, ...], _changed: tuple[int, ...]) -> ConsoleRules:
    profiles, facts, failures, shipped, own, bench, redaction = files
    checks = [check.id for check in load_catalogue(bench).checks]
    return ConsoleRules(
        load_profiles(profiles),
        load_tables(facts, failures, checks),
        (*load_known_good(shipped), *(load_known_good(own) if own.exists() else ())),
        load_rules(redaction),
    )
