"""`bench export --what all` and the import of it: everything, in a form that is open to all."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from bench.cli.desk import missing, say
from bench.cli.progress import Progress
from bench.clock import SystemClock
from bench.settings import Settings
from bench.store.database import open_link
from bench.store.errors import StoreError
from bench.store.loading import load_file
from bench.store.openform import write_file, write_open
from bench.store.rows import moment_text
from bench.store.snapshot import open_snapshot
from bench.text import printable

_PATIENCE = 20.0


def export(args: argparse.Namespace, settings: Settings) -> int:
    """Writes everything to a file, gzip'd where its name ends in .gz, or to stdout."""
    out: Path | None = args.output
    if missing("export", settings):
        return 2
    if out is not None and out.exists() and not args.force:
        say("export", f"{out}: the file is there already; say --force to replace it")
        return 2
    made_at = moment_text(SystemClock(settings.zone).now())
    try:
        with Progress() as told, open_snapshot(settings.database) as snapshot:
            if out is None:
                content = write_open(snapshot, sys.stdout.buffer, made_at)
            else:
                packed = out.name.endswith(".gz")
                content = write_file(snapshot, out, made_at, told, pack=packed)
    except BrokenPipeError:
        raise
    except (StoreError, OSError) as error:
        say("export", printable(f"{out or 'stdout'}: {error}"))
        return 2
    say("export", f"{content.rows.get('rma', 0):,} RMAs and {content.events:,} events written")
    return 0


def load(command: str, file: Path, where: Path | str) -> int:
    """Loads a file of everything into an empty database, which is made where there is none."""
    try:
        link = open_link(where, _PATIENCE)
        try:
            with Progress() as told:
                content = load_file(link, file, told)
        finally:
            link.close()
    except (StoreError, OSError) as error:
        say(command, printable(f"{file}: {error}"))
        return 2
    print(f"{content.rows.get('rma', 0):,} RMAs and {content.events:,} events loaded and proved")
    return 0
