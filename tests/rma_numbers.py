"""The RMA numbers that a station gives out, for tests that name them."""

from __future__ import annotations

from bench.scan.rma_number import bench_letters, format_number


def number_of(station: str, running: int) -> str:
    """A number of a station that was first to ask for the letters that follow from its name."""
    return format_number(next(bench_letters(station)), running)
