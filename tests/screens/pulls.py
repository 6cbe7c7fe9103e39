"""One pull of the trigger: a gun that sees several codes of a label sends them back to back."""

from __future__ import annotations

from time import monotonic

from bench.scan.label import COMPANION_SECONDS
from tests.screens.helpers import post_scan
from tests.screens.test_flow import TIMING, Glass


async def pull(glass: Glass, *codes: str) -> None:
    """The codes of one pull, which is none of the pulls before it."""
    await glass._until(glass._typed_at + TIMING.quiet)
    await glass._until(glass._scanned_at + COMPANION_SECONDS)
    for code in codes:
        post_scan(glass.app, code)
    glass._scanned_at = monotonic()
    await glass.settle()


async def pulls(glass: Glass, *codes: str) -> None:
    """Scans of a person: each a pull of its own."""
    for code in codes:
        await pull(glass, code)
