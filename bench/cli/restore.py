"""`bench restore`: puts a backup in the place of the database, after checks and a question."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from bench.cli.desk import say
from bench.cli.progress import Progress
from bench.clock import Clock, SystemClock
from bench.settings import Settings
from bench.store.errors import StoreError
from bench.store.holding import Hold
from bench.store.openform import is_open_form
from bench.store.restore import (
    Choice,
    State,
    check_manifest,
    choice,
    fill,
    put_in_place,
    staged,
)
from bench.store.settling import JUMP, labels_to_look_at
from bench.store.snapshot import open_snapshot
from bench.text import printable


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code."""
    file, where = args.file, settings.database
    if not file.is_file():
        say("restore", f"there is no file {file}")
        return 2
    if not args.yes and not sys.stdin.isatty():
        say("restore", "nobody is there to be asked: add --yes")
        return 2
    try:
        if isinstance(where, Path):
            return _replace(file, where, args.yes, SystemClock(settings.zone))
        return _fill_server(file, where)
    except (StoreError, OSError) as error:
        say("restore", printable(str(error)))
        return 2


def _fill_server(file: Path, where: str) -> int:
    if not is_open_form(file):
        say("restore", f"{file.name} is a database file; a server is filled from the open form")
        say("restore", f"first: bench export --what all --database {file} -o all.jsonl.gz")
        return 2
    with Progress() as told:
        check_manifest(file, told)
        content = fill(where, file, told)
    print(f"{content.rows.get('rma', 0):,} RMAs and {content.events:,} events loaded and proved")
    with open_snapshot(where) as loaded:
        labels = labels_to_look_at(loaded)
    print(*_settled(labels), sep="\n")
    return 0


def _replace(file: Path, path: Path, yes: bool, clock: Clock) -> int:
    if path.exists() and file.samefile(path):
        say("restore", f"{file} is the database itself")
        return 2
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    hold = Hold(path, alone=True)
    try:
        with Progress() as told, staged(file, path, told) as stage:
            told("comparing", 0)
            chosen = choice(stage, path)
            told.clear()
            for line in _lines(chosen, file, path, clock):
                print(printable(line))
            if not yes and not _agreed():
                print("nothing was changed")
                return 1
            kept = put_in_place(stage, path, clock.local(clock.now()), told)
    finally:
        hold.release()
    print("restored")
    if kept is not None:
        print(printable(f"the old database is kept as {kept}"))
    return 0


def _agreed() -> bool:
    try:
        return input("Put the backup in its place? Type yes: ").strip().casefold() == "yes"
    except EOFError:
        return False


def _lines(chosen: Choice, file: Path, path: Path, clock: Clock) -> Iterator[str]:
    """What a restore would replace by what, and what is to be looked at then."""
    yield f"backup    {file.name}: {_state(chosen.there, clock)}"
    yield from _present(chosen, path, clock)
    yield from _settled(chosen.labels)


def _settled(labels: int) -> Iterator[str]:
    if labels:
        yield f"{labels:,} labels of the backup wait until somebody looks whether they came out"
    yield f"each bench leaves out {JUMP:,} RMA numbers: some may have been given since"


def _present(chosen: Choice, path: Path, clock: Clock) -> Iterator[str]:
    if chosen.here is None:
        why = chosen.why_unread
        yield f"present   {path}: {why if not path.exists() else f'it cannot be read: {why}'}"
        return
    yield f"present   {path}: {_state(chosen.here, clock)}"
    if chosen.lost:
        yield f"{chosen.lost:,} events are not in the backup: they would be lost here"
    else:
        yield "every event of the present database is in the backup"


def _state(state: State, clock: Clock) -> str:
    rows = state.content.rows
    text = f"{rows.get('rma', 0):,} RMAs, {state.content.events:,} events"
    if not state.newest:
        return text
    try:
        when = clock.local(datetime.fromisoformat(state.newest)).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        when = state.newest
    return f"{text}, the newest of {when}"
