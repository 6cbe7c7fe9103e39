"""Several benches on one file, and benches that die in the middle of a step."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

from bench.store.store import Store
from tests.fire.rig import all_events
from tests.store.helpers import a_unit, program, save

UNITS = [f"u{number}" for number in range(4)]


def _check(store: Store, confirmed: set[str]) -> int:
    """Every confirmed event is there, whole and in its place; gives the number of all events."""
    events = list(all_events(store))
    assert confirmed <= {event.op_id for event in events}
    running = sorted(event.data["running"] for event in events)
    assert running == list(range(1, len(events) + 1))
    seqs = {unit: sorted(e.seq for e in events if e.unit_id == unit) for unit in UNITS}
    assert all(found == list(range(1, len(found) + 1)) for found in seqs.values())
    return len(events)


def test_two_programs_write_at_once(where: Path | str) -> None:
    store = Store.open(where)
    save(store, *(a_unit(name) for name in UNITS))
    both = [program("writer.py", where, name, 250) for name in ("a", "b")]
    for one in both:
        assert one.stdout
        one.stdout.readline()
    said = []
    for one in both:
        assert one.stdin
        one.stdin.write("\n")
        one.stdin.flush()
    for one in both:
        out, err = one.communicate(timeout=60)
        assert (one.returncode, err) == (0, "")
        said += out.split()
    assert Counter(name[0] for name in said) == {"a": 250, "b": 250}
    assert _check(store, set(said)) == 500
    store.close()


def test_a_killed_program_loses_nothing_it_confirmed(where: Path | str) -> None:
    store = Store.open(where)
    save(store, *(a_unit(name) for name in UNITS))
    said: set[str] = set()
    for round_ in range(6):
        one = program("writer.py", where, f"k{round_}", 0)
        assert one.stdin
        assert one.stdout
        one.stdout.readline()
        one.stdin.write("\n")
        one.stdin.flush()
        said.add(one.stdout.readline().strip())
        time.sleep(0.05 + 0.037 * round_)
        one.kill()
        # The last line may be cut short by the kill; a whole line ends in a line break.
        said |= {line.strip() for line in one.communicate()[0].splitlines(True) if "\n" in line}
        _check(store, said)
    assert len(said) > 20
    if isinstance(where, Path):
        assert store._link.rows("PRAGMA integrity_check") == [("ok",)]
    store.close()
