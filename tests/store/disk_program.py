"""A bench on a bad disk: tries to save units, and says what came of it as JSON.

Arguments: the database, how many units to save, and the number of the first.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from bench.store.errors import StoreError
from bench.store.store import Store
from tests.store.helpers import a_unit, save


def main(path: Path, count: int, first: int) -> dict[str, object]:
    """What was saved, what is there afterwards, and the error that ended it."""
    saved: list[str] = []
    try:
        store = Store.open(path, patience=1)
    except StoreError as error:
        return {"opened": False, "kind": type(error).__name__, "what": str(error)}
    kind = what = ""
    for number in range(first, first + count):
        try:
            save(store, a_unit(f"u{number:05}", customer="c" * 2000))
        except StoreError as error:
            kind, what = type(error).__name__, str(error)
            break
        saved.append(f"u{number:05}")
    there = [unit.id for unit in store.units(limit=10_000)]
    store.close()
    return {"opened": True, "kind": kind, "what": what, "saved": saved, "there": there}


if __name__ == "__main__":
    print(json.dumps(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))))
