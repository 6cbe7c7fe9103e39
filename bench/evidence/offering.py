"""What the console offers to the Diagnose screen: symptom, findings and failed checks, in words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from bench.clock import Clock
from bench.evidence.facts import FactKind
from bench.evidence.failures import Failure, Severity
from bench.evidence.serial_check import SerialVerdict, Verdict
from bench.evidence.understanding import State, Understanding
from bench.text import clean_line

CONSOLE, SERIAL = "console", "serial"
"""Checks of data/bench.toml that do not come from a failure."""
_SYMPTOM_LIMIT, _FINDINGS_LIMIT, _QUOTE_LIMIT = 300, 3000, 120
_LISTED = 12
_SECOND_NS = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_NAMES = {
    FactKind.MODEL: "model",
    FactKind.SERIAL: "serial",
    FactKind.FIRMWARE: "firmware",
    FactKind.BOOTLOADER: "loader",
    FactKind.HARDWARE_ID: "hardware id",
    FactKind.MAC: "MAC",
}


@dataclass(frozen=True, slots=True)
class Offered:
    """Texts for the fields of the Diagnose screen, one line each, and the ids of failed checks."""

    symptom: str
    findings: str
    failed_checks: tuple[str, ...]


def same(text: str) -> str:
    """The text as it is: for a caller who has nothing to hide."""
    return text


def offered(
    known: Understanding,
    clock: Clock,
    serial: SerialVerdict | None = None,
    redact: Callable[[str], str] = same,
) -> Offered:
    """What is offered now; `redact` takes the secrets out of each line of the console in it."""
    now_ns = (clock.now() - _EPOCH) // timedelta(microseconds=1) * 1000
    state = known.state(now_ns)
    troubles = list(_troubles(known, clock, state, now_ns, redact))
    findings = [*_facts(known), *_failures(known, clock, redact), *troubles]
    if serial and serial.verdict is Verdict.DIFFERENT:
        findings.append(serial.sentence)
    findings += [] if troubles else _arrival(known, clock)
    return Offered(
        _symptom(known, clock, troubles),
        clean_line(" ".join(findings), _FINDINGS_LIMIT),
        _failed(known, state, serial),
    )


def _time(clock: Clock, wall_ns: int) -> str:
    try:
        moment = _EPOCH + timedelta(microseconds=wall_ns // 1000)
        return f"{clock.local(moment):%H:%M:%S}"
    except OverflowError:  # the index of a capture is foreign, its times can be absurd
        return "?"


def _symptom(known: Understanding, clock: Clock, troubles: list[str]) -> str:
    first = known.first_failure
    said = [f"{first.title} at {_time(clock, first.wall_ns)} on the console."] if first else []
    return clean_line(_capital(" ".join([*said, *troubles[:1]])), _SYMPTOM_LIMIT)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _facts(known: Understanding) -> list[str]:
    said = [(name, known.facts.latest(kind)) for kind, name in _NAMES.items()]
    listed = ", ".join(f"{name} {fact.value}" for name, fact in said if fact)
    return [f"Console: {listed}."] if listed else []


def _failures(known: Understanding, clock: Clock, redact: Callable[[str], str]) -> Iterator[str]:
    ordered = sorted(known.failures, key=lambda one: one.severity is not Severity.BAD)
    for failure in ordered[:_LISTED]:
        yield _told(failure, clock, redact)
    more = len(ordered) - _LISTED + known.failures_left_out
    if more > 0:
        yield f"And {more} more in the capture."


def _told(failure: Failure, clock: Clock, redact: Callable[[str], str]) -> str:
    often = f", {failure.count} times" if failure.count > 1 else ""
    quote = clean_line(redact(failure.text), _QUOTE_LIMIT)
    return f"{_time(clock, failure.wall_ns)} {failure.title}{often} (“{quote}”)."


def _troubles(
    known: Understanding, clock: Clock, state: State, now_ns: int, redact: Callable[[str], str]
) -> Iterator[str]:
    """What is wrong without a line that says so: a boot loop, a hang, a stop in the loader."""
    loop, silence = known.boot_loop, known.silence(now_ns)
    if loop and not loop.came_up:
        minutes = max(1, round((loop.last_ns - loop.first_ns) / (60 * _SECOND_NS)))
        time = _time(clock, loop.first_ns)
        yield f"{loop.name} started {loop.count} times within {minutes} min from {time} on."
    if state is State.LOADER:
        yield f"It stopped in the loader (“{clean_line(redact(known.last_line), _QUOTE_LIMIT)}”)."
    if silence:
        quote = clean_line(redact(silence.text), _QUOTE_LIMIT)
        yield f"Silent since {_time(clock, silence.since_ns)} {silence.where} (“{quote}”)."


def _arrival(known: Understanding, clock: Clock) -> list[str]:
    boot = known.boots.latest
    if boot is None or not boot.reached:
        return []
    seconds = max(0, boot.reached_ns - boot.wall_ns) // _SECOND_NS
    time = _time(clock, boot.reached_ns)
    return [f"Started in {seconds} s, up at {time} ({boot.reached})."]


def _failed(known: Understanding, state: State, serial: SerialVerdict | None) -> tuple[str, ...]:
    checks = [one.check for one in known.failures if one.severity is Severity.BAD]
    loop = known.boot_loop
    if state in (State.HUNG, State.LOADER, State.LOOPING) or (loop and not loop.came_up):
        checks.append(CONSOLE)
    if serial and serial.verdict is Verdict.DIFFERENT:
        checks.append(SERIAL)
    return tuple(dict.fromkeys(check for check in checks if check))
