"""`bench doctor`: is everything in order here? One line each, with what to do about it."""

from __future__ import annotations

import argparse

from bench.clock import SystemClock
from bench.settings import Settings
from bench.store.health import Grade
from bench.text import printable
from bench.workflow.doctor import examine

SIGNS = {Grade.GOOD: "✔", Grade.HINT: "!", Grade.WRONG: "✖"}


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; 0: nothing is wrong (hints there may be), 1: something is."""
    worst = 0
    for finding in examine(settings, SystemClock(settings.zone), getattr(args, "fault", "")):
        print(f"{SIGNS[finding.grade]} {finding.name:<11} {printable(finding.text)}", flush=True)
        if finding.todo:
            print(f"  {'':<11} → {printable(finding.todo)}")
        worst = max(worst, int(finding.grade is Grade.WRONG))
    return worst
