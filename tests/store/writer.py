"""A program that writes events to units in turn and says each op_id that was confirmed.

Arguments: the database, a name for the op_ids, how many (0: until killed).
"""

from __future__ import annotations

import itertools
import sys
from datetime import UTC, datetime
from pathlib import Path

from bench.settings import database_of
from bench.store.records import Step
from bench.store.store import Store, Tx


def main(where: Path | str, name: str, how_many: int) -> None:
    """Appends events to the units u0 to u3 and takes a running number for each."""
    store = Store.open(where)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(how_many) if how_many else itertools.count():
        op_id = f"{name}-{number}"

        def work(tx: Tx, op_id: str = op_id, unit: str = f"u{number % 4}") -> None:
            letters, running = tx.next_running("Bench 2")
            at, data = datetime.now(UTC), {"letters": letters, "running": running}
            tx.append(op_id, unit, None, Step.HELD, at, "Ana", name, data)

        store.write(op_id, work)
        print(op_id, flush=True)
    store.close()


main(database_of(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
