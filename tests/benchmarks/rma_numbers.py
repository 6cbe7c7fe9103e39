"""RMA numbers by the million: benches at once on one database, and the errors that are found.

`python -m tests.benchmarks.rma_numbers [NUMBERS] [BENCHES] [URL]` (1,000,000 and 30; a new file, or
the empty database at the URL). Each bench is enrolled in the database and takes its first numbers
there, in transactions; the rest are made as the program makes them. Then every wrong letter in
every place, and every exchange of neighbours, of a sample of them.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from bench.scan.rma_number import LETTERS, barcode_text, format_number, parse_number
from bench.store.store import Store

TAKEN = 100
"""Numbers that each bench takes out of the database one by one."""
SAMPLE = 10_000


def make(store: Store, numbers: int, benches: int) -> list[str]:
    """So many numbers by so many benches, in turn."""
    made: list[str] = []
    last: dict[str, tuple[str, int]] = {}
    for taken in range(TAKEN):
        for bench in range(benches):
            name = f"Bench {bench + 1}"
            last[name] = _given(store, name)
            assert last[name][1] == taken + 1
            made.append(format_number(*last[name]))
    letters = [pair for pair, _ in last.values()]
    while len(made) < numbers:
        made.append(format_number(letters[len(made) % benches], len(made) // benches + 1))
    return made


def _given(store: Store, station: str) -> tuple[str, int]:
    return store.write("", lambda tx: tx.next_running(station))


def errors(made: list[str]) -> tuple[int, int, int]:
    """Wrong letters tried, neighbours exchanged, and how many of both were read as a number."""
    wrong = swapped = missed = 0
    for number in random.Random(1).sample(made, min(SAMPLE, len(made))):
        text = barcode_text(number)
        for place in range(1, 9):
            for letter in LETTERS.replace(text[place], ""):
                wrong += 1
                missed += parse_number(text[:place] + letter + text[place + 1 :]) is not None
            a, b = text[place - 1], text[place]
            if place > 1 and a != b:
                swapped += 1
                missed += parse_number(text[: place - 1] + b + a + text[place + 1 :]) is not None
    return wrong, swapped, missed


def main(numbers: int, benches: int, where: Path | str) -> None:
    """Prints what came of it."""
    store = Store.open(where)
    begun = time.perf_counter()
    made = make(store, numbers, benches)
    took = time.perf_counter() - begun
    store.close()
    print(f"{len(made):,} numbers by {benches} benches in {took:.1f} s", end=", ")
    print(f"{len({number[:2] for number in made})} pairs of letters,", end=" ")
    print(f"{len(made) - len(set(made))} collisions")
    print(f"read back: {sum(parse_number(barcode_text(n)) == n for n in made):,}")
    wrong, swapped, missed = errors(made)
    print(f"{wrong:,} wrong letters and {swapped:,} exchanged neighbours: {missed} not found")


if __name__ == "__main__":
    asked = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        main(
            int(asked[0]) if asked else 1_000_000,
            int(asked[1]) if len(asked) > 1 else 30,
            asked[2] if len(asked) > 2 else Path(folder) / "bench.db",
        )
