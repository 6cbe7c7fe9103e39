"""Many more label strings than the suite tries: `python -m tests.benchmarks.fuzz_labels [100000]`.

What must hold of each is in tests/scan/test_fuzz.py; the first that does not is shown, shortened.
"""

from __future__ import annotations

import sys
from collections import Counter
from time import perf_counter

from hypothesis import HealthCheck, given, settings

from tests.scan.test_fuzz import TEXTS, check


def main(examples: int) -> None:
    """Tries so many different strings, and prints what they were taken for."""
    kinds: Counter[str] = Counter()
    seen: set[int] = set()

    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(TEXTS)
    def run(text: str) -> None:
        check(text, None)
        kinds[check(text).kind] += 1
        seen.add(hash(text))

    begin = perf_counter()
    run()
    spent = perf_counter() - begin
    print(f"{sum(kinds.values())} strings, {len(seen)} different, in {spent:.0f} s: nothing wrong")
    for kind, count in kinds.most_common():
        print(f"  {kind:15} {count}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
