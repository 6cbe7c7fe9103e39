"""What all benchmarks print: the machine, the versions, and figures in rows."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
from collections.abc import Mapping, Sequence
from importlib.metadata import version


def machine() -> str:
    """One line on the machine and what else it is doing."""
    load = ", ".join(f"{value:.2f}" for value in os.getloadavg())
    python = f"Python {platform.python_version()}, Textual {version('textual')}"
    sqlite = f"SQLite {sqlite3.sqlite_version}"
    return f"load {load}; {os.cpu_count()} CPUs; {platform.machine()}; {python}, {sqlite}"


def share(values: Sequence[float], part: float) -> float:
    """The value that this part of the values does not exceed (nearest rank)."""
    ordered = sorted(values)
    return ordered[max(0, min(len(ordered) - 1, round(part * len(ordered) + 0.5) - 1))]


def spread(values: Sequence[float]) -> dict[str, float]:
    """Minimum, median, p90, p99, maximum."""
    return {
        "min": min(values),
        "median": statistics.median(values),
        "p90": share(values, 0.90),
        "p99": share(values, 0.99),
        "max": max(values),
    }


def row(name: str, values: Mapping[str, float], unit: str = "ms") -> str:
    """One line of figures."""
    return f"{name:<34}" + "".join(f"  {k} {v:7.1f}" for k, v in values.items()) + f"  {unit}"
