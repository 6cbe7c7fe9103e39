"""`bench replay`: shows a recorded console again, at its own pace; first whether it is whole."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.cli.desk import say
from bench.cli.replay_lines import HexLines, TextLines, words_of
from bench.clock import Clock, SystemClock
from bench.evidence.capture_format import META, BadMeta, Kind, Meta, Record
from bench.evidence.capture_reader import CaptureReader
from bench.hardware.capture_recovery import verify
from bench.settings import Settings
from bench.text import printable

_LAST = 253_402_300_799  # the last second of the year 9999: no later one can be shown


def run(args: argparse.Namespace, settings: Settings) -> int:
    """Runs the subcommand; 1 where the files are not as they were sealed, 2: no capture there."""
    if not (args.folder / META).is_file():
        say("replay", f"{printable(str(args.folder))} is no folder of a capture")
        return 2
    with CaptureReader(args.folder) as reader:
        try:
            meta = reader.meta
        except BadMeta as error:
            say("replay", printable(str(error)))
            return 1
        whole = _tell(meta, args.folder)
        if args.asciicast and meta.erased:
            say("replay", "nothing is left to share")
            return 1
        if args.asciicast:
            from bench.cli.replay_cast import write_cast  # late: the rules take their time to load

            return write_cast(reader, args, settings) or int(not whole)
        _play(reader, args, SystemClock(settings.zone))
    return int(not whole)


def _tell(meta: Meta, folder: Path) -> bool:
    """Says what it is a recording of, and whether it is as it was sealed; False where it is not."""
    unit = f", {meta.model} {meta.serial}".rstrip() if meta.serial else ""
    rma = f", RMA {meta.rma}" if meta.rma else ""
    say("replay", printable(f"console {meta.name} on {meta.started}{rma}{unit}"))
    if not meta.seal:
        say("replay", "this recording is not sealed: it runs still, or was cut off")
        return True
    try:
        problems = verify(folder)
    except OSError as error:
        problems = [f"The files cannot be read: {error.strerror}."]
    for problem in problems:
        say("replay", printable(problem))
    if not problems and meta.erased:
        kept = "what happened when, and its seal, are as they were"
        say("replay", printable(f"its bytes were removed on {meta.erased[:10]}: {kept}"))
    elif not problems:
        say("replay", f"the files are as they were sealed: {printable(meta.seal)}")
    return not problems


def _play(reader: CaptureReader, args: argparse.Namespace, clock: Clock) -> None:
    lines = (HexLines if args.hex else TextLines)(lambda wall: time_of(wall, clock))
    pace = Pace(args.speed, args.max_pause)
    for piece in played(reader.history(), lines, pace.wait):
        sys.stdout.write(piece)
        sys.stdout.flush()


def played(
    history: Iterable[tuple[Record, bytes]],
    lines: TextLines | HexLines,
    wait: Callable[[Record], None],
) -> Iterator[str]:
    """What to write, in order; `wait` is called before each record that shows something."""
    for record, data in history:
        if record.kind is Kind.DATA:
            wait(record)
            yield from lines.said(record, data)
        elif words := words_of(record):
            wait(record)
            yield from lines.event(record, words)
    yield from lines.end()


class Pace:
    """Waits as long as it was between two records: by a plan, so that no error adds up."""

    def __init__(
        self,
        speed: float,
        longest: float | None = None,
        sleep: Callable[[float], object] = time.sleep,
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._speed, self._longest, self._sleep, self._now = speed, longest, sleep, now
        self._before: int | None = None
        self._due = now()

    def wait(self, record: Record) -> None:
        """Until this record is due."""
        passed = 0.0 if self._before is None else max(0, record.t - self._before) / 1e9
        self._before = record.t
        if not self._speed:
            return
        pause = passed / self._speed
        self._due += pause if self._longest is None else min(pause, self._longest)
        rest = self._due - self._now()
        if rest > 0:
            self._sleep(min(rest, 1e6))


def time_of(wall_ns: int, clock: Clock) -> str:
    """The time of day of a wall time, to the millisecond."""
    seconds, rest = divmod(wall_ns, 1_000_000_000)
    moment = clock.local(datetime.fromtimestamp(min(seconds, _LAST - 86_400), UTC))
    return f"{moment:%H:%M:%S}.{rest // 1_000_000:03d}"
