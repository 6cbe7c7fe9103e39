"""`bench verify`: whether the history of every unit is whole, and who changed what if it is not."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator
from datetime import datetime

from bench.cli.desk import missing, say
from bench.cli.progress import Progress
from bench.clock import Clock, SystemClock
from bench.settings import Settings
from bench.store.errors import Damaged, StoreError
from bench.store.proof import Fault, Faults
from bench.text import printable
from bench.workflow.proving import Findings, prove


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; returns the exit code: 0 all is well, 1 something is broken."""
    if missing("verify", settings):
        return 2
    begun = time.monotonic()
    try:
        with Progress() as told:
            findings = prove(settings.database, deep=args.deep, backup=args.against, told=told)
    except Damaged as error:
        say("verify", printable(str(error)))
        return 1
    except (StoreError, OSError) as error:
        say("verify", printable(str(error)))
        return 2
    clock = SystemClock(settings.zone)
    against = printable(args.against.name) if args.against else ""
    for line in report(findings, clock, against):
        print(printable(line))
    say("verify", f"{time.monotonic() - begun:.1f} s")
    return 1 if findings.count else 0


def report(findings: Findings, clock: Clock, against: str = "") -> Iterator[str]:
    """What came out, for people."""
    yield f"{findings.events:,} events of {findings.units:,} units read"
    yield from _broken(findings, findings.broken, "unit", "has a broken history", clock)
    if findings.rmas:
        yield f"{findings.rmas:,} RMAs compared with their events"
    yield from _broken(
        findings, findings.differing, "RMA", "is not what its events add up to", clock
    )
    if against:
        yield f"compared with {against}"
    yield from _broken(findings, findings.missing, "unit", "is not as in the backup", clock)
    yield from (f"the tables: {what}" for what in findings.tables)
    if not findings.count:
        yield "all is well: nothing was changed, and nothing is missing"
        if not against:
            yield "(events cut off at the end show only beside a backup: --against BACKUP)"


def _broken(
    findings: Findings, faults: Faults, noun: str, what: str, clock: Clock
) -> Iterator[str]:
    if not faults.count:
        return
    yield (
        f"{faults.count:,} {noun} {what}"
        if faults.count == 1
        else (f"{faults.count:,} {noun}s: each {what}")
    )
    for fault in faults.named:
        yield f"  {sentence(findings, fault, clock)}"
    if faults.count > len(faults.named):
        yield f"  … and {faults.count - len(faults.named):,} more"


def sentence(findings: Findings, fault: Fault, clock: Clock) -> str:
    """A fault with everything that helps to find it: unit, RMA, event, who and when."""
    name = findings.name(fault)
    parts = [" ".join(filter(None, (name.brand, name.serial)))]
    if name.number:
        parts.append(f"RMA {name.number}")
    if fault.seq:
        parts.append(f"event {fault.seq}{_about(fault, clock)}")
    head = ", ".join(filter(None, parts))
    return f"{head}: {fault.what}" if head else fault.what


def _about(fault: Fault, clock: Clock) -> str:
    if not fault.op_id:
        return ""
    by = " at ".join(filter(None, (fault.actor, fault.station)))
    step = fault.step.replace("_", " ")
    said = ", ".join(filter(None, (step, _when(fault.at, clock), f"by {by}" if by else "")))
    return f" ({said}; op id {fault.op_id})"


def _when(text: str, clock: Clock) -> str:
    try:
        return clock.local(datetime.fromisoformat(text)).strftime("%Y-%m-%d %H:%M")
    except (ValueError, OverflowError):
        return text
