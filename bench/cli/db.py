"""`bench db`: for the owner of a warehouse's database: bring it up to date, let benches in."""

from __future__ import annotations

import argparse
from collections.abc import Callable

from bench.cli.desk import say
from bench.clock import SystemClock
from bench.settings import Settings
from bench.store.errors import NoDriver, StoreError
from bench.text import printable
from bench.workflow.backing_up import back_up


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code."""
    where = settings.database
    if not isinstance(where, str):
        say("db", "this is for a server (postgresql://…); a file is brought up to date by itself")
        return 2
    try:
        try:
            from bench.store import server
        except ImportError as error:
            raise NoDriver(str(error)) from error
        if args.action == "migrate":
            ran = server.prepare(where, None if args.no_backup else _backup(args, settings))
            print("\n".join(f"done: {name}" for name in ran) or "up to date: nothing to do")
        else:
            server.grant(where, args.role)
            print(f"{args.role} may work at benches now; events it can only read and add")
    except StoreError as error:
        say("db", str(error))
        return 2
    return 0


def _backup(args: argparse.Namespace, settings: Settings) -> Callable[[str], None]:
    """What is done before the first migration of a database that holds something."""

    def before(migration: str) -> None:
        clock = SystemClock(settings.zone)
        made = back_up(settings, clock, args.backup, f"before {migration}")
        print(printable(f"backup: {made.file}"))

    return before
