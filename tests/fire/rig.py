"""Many benches at once on one database, and what must be true of it afterwards."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bench.settings import Settings
from bench.store.hashes import GENESIS, link_row
from bench.store.records import Event, Step
from bench.store.rows import EVENT
from bench.store.store import Store
from bench.workflow.desk import open_desk
from bench.workflow.importing import ImportOptions, import_file
from tests.fire.worker import serial

ROOT = Path(__file__).parents[2]


@dataclass
class Outcome:
    """What the benches were told, and what the database says."""

    saved: dict[str, str] = field(default_factory=dict)
    """op_id to serial, of every step that a bench was told is saved."""
    told: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lost: int = 0
    doubled: int = 0
    broken: int = 0

    def line(self) -> str:
        """All of it in one line of figures."""
        return (
            f"saved {len(self.saved)}, told {len(self.told)}, errors {len(self.errors)},"
            f" lost {self.lost}, doubled {self.doubled}, broken chains {self.broken}"
        )


def seed(where: Path | str, units: int) -> None:
    """Expected returns of so many units, by the program's own import."""
    today = datetime.now(UTC).date()
    rest = f"{today},{today - timedelta(days=10)}"
    lines = [f"{serial(n)},Yealink,T54W,Acme,direct,T-{n},{rest}" for n in range(units)]
    header = "serial,brand,model,customer,channel,ticket,opened_on,shipped_on"
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "expected.csv"
        file.write_text("\n".join([header, *lines]) + "\n")
        desk = open_desk(Settings(database=where, station="Office", timezone="UTC"))
        import_file(desk, file, ImportOptions())
        desk.store.close()


class Benches:
    """Programs at work at the same time: `shared`, all on the same units, else each on its own."""

    def __init__(self, where: Path | str, count: int, units: int, *, shared: bool = False) -> None:
        self._where, self.outcome = where, Outcome()
        self._programs = [
            _program(where, f"Dock {n + 1}", *((0, units, 1) if shared else (n, units, count)))
            for n in range(count)
        ]
        for one in self._programs:
            assert one.stdout is not None
            assert one.stdout.readline() == "ready\n", one.communicate()[1]

    def go(self) -> None:
        """Lets all of them begin."""
        for one in self._programs:
            assert one.stdin is not None
            one.stdin.write("\n")
            one.stdin.flush()

    def busy(self) -> bool:
        """Whether one of them still works."""
        return any(one.poll() is None for one in self._programs)

    def end(self, seconds: float = 300) -> Outcome:
        """Waits for all of them, and judges."""
        for one in self._programs:
            out, err = one.communicate(timeout=seconds)
            assert (one.returncode, err) == (0, "")
            _note(self.outcome, out)
        judge(self._where, self.outcome)
        return self.outcome


def _program(where: Path | str, name: str, *numbers: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.fire.worker", str(where), name, *map(str, numbers)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def _note(outcome: Outcome, out: str) -> None:
    for line in out.splitlines():
        kind, _, rest = line.partition(" ")
        if kind == "saved":
            op_id, mine = rest.split()
            outcome.saved[op_id] = mine
        else:
            (outcome.told if kind == "told" else outcome.errors).append(rest)


def judge(where: Path | str, outcome: Outcome) -> None:
    """Counts acknowledged steps that are not there, units received twice, and broken chains."""
    store = Store.open(where)
    events = list(all_events(store))
    store.close()
    there = {event.op_id for event in events}
    outcome.lost = len(outcome.saved.keys() - there)
    received = Counter(event.unit_id for event in events if event.step is Step.RECEIVED)
    outcome.doubled = sum(1 for count in received.values() if count > 1)
    outcome.broken = broken_chains(events)


def all_events(store: Store) -> Iterator[Event]:
    """Every event, page by page."""
    after = ""
    while page := store.events(after):
        yield from page
        after = page[-1].op_id


def broken_chains(events: Sequence[Event]) -> int:
    """How many units have a chain that does not hold."""
    units = defaultdict(list)
    for event in events:
        units[event.unit_id].append(event)
    return sum(not _whole(sorted(own, key=lambda event: event.seq)) for own in units.values())


def _whole(own: Sequence[Event]) -> bool:
    before = GENESIS
    for place, event in enumerate(own, 1):
        before = link_row(before, EVENT.to_row(event))
        if event.seq != place or event.hash != before:
            return False
    return True
