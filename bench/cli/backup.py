"""`bench backup`: a copy of everything that is whole and checked, while benches go on working."""

from __future__ import annotations

import argparse

from bench.cli.desk import missing, say
from bench.cli.progress import Progress
from bench.clock import SystemClock
from bench.settings import Settings
from bench.store.backup import BackupFailed
from bench.store.errors import StoreError
from bench.text import printable
from bench.workflow.backing_up import Backup, back_up


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code."""
    if missing("backup", settings):
        return 2
    try:
        with Progress() as told:
            made = back_up(settings, SystemClock(settings.zone), args.folder, told=told)
    except BackupFailed as error:
        say("backup", printable(str(error)))
        return 1
    except (StoreError, OSError) as error:
        say("backup", printable(str(error)))
        return 2
    print(printable(_told(made)))
    for file in made.gone:
        print(printable(f"deleted, as the settings say: {file.name}"))
    return 0


def _told(made: Backup) -> str:
    rows = made.manifest.rows
    size = made.manifest.size / 1e6
    count = f"{rows.get('rma', 0):,} RMAs, {made.manifest.events:,} events, {size:,.1f} MB"
    return f"{made.file}: {count}"
