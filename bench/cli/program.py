"""The program itself, opened from the command line: on the user's data, or on a demo's."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from bench.app import BenchApp
from bench.keeper.link import CRASHED, Link
from bench.logbook import log_to
from bench.screens.comeback import status_of
from bench.settings import Settings
from bench.workflow.desk import Desk


def _demo_app(settings: Settings, home: Path, link: Link | None) -> BenchApp:
    from bench.workflow.demo import fill_demo
    from bench.workflow.demo_home import filled, set_filled

    def fill(desk: Desk) -> None:
        fill_demo(desk)
        set_filled(home)

    prepare = None if filled(home) else fill
    there = replace(settings, database=home / "bench.db")
    return BenchApp(there, prepare=prepare, tour=True, link=link)


def run(
    settings: Settings, demo: bool = False, link: Link | None = None, home: Path | None = None
) -> int:
    """Opens the program and returns its exit status; `demo`: on a throw-away copy of demo data.

    `link` leads to the keeper, where there is one; `home` is where it keeps the demo's database.
    """
    if demo and home is None:
        from bench.workflow.demo_home import demo_home

        with demo_home() as own:
            return run(settings, demo, link, own)
    log_to(settings.log)
    if home is None:
        return _run(BenchApp(settings, link=link), settings, link)
    from bench.workflow.demo_consoles import with_consoles
    from bench.workflow.demo_printer import with_printer

    with with_consoles(settings, home) as consoles, with_printer(consoles, home) as there:
        return _run(_demo_app(there, home, link), settings, link)


def _run(app: BenchApp, settings: Settings, link: Link | None) -> int:
    status = status_of(app, app.run())
    if status == CRASHED and link is None:
        print(f"bench stopped unexpectedly. The error stands in {settings.log}", file=sys.stderr)
    return status
