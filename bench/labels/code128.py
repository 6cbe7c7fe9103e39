"""Code 128: the bars of a text, in as few modules as the code allows.

The library chooses its code sets greedily: labels come out longer than need be, and release 0.16.1
loses the digits of a number that starts with 99. Its tables and check symbol are used; the choice
of code sets is made here.
"""

from __future__ import annotations

from functools import cache
from typing import Any

LONGEST = 80
"""Characters; longer codes cannot be scanned in one go anyway."""


def modules(text: str) -> str:
    """The bars of a text as `1` (dark) and `0`, one character a module, without quiet zones.

    Raises ValueError for what Code 128 cannot carry: nothing, more than 80 characters, or
    characters beyond ASCII.
    """
    if not 1 <= len(text) <= LONGEST:
        raise ValueError(f"a barcode carries 1 to {LONGEST} characters, not {len(text)}")
    if not text.isascii():
        wrong = next(c for c in text if not c.isascii())
        raise ValueError(f"a barcode cannot carry {wrong!r}")
    # A fresh object for each label: building changes the library's own state.
    return str(_best_class()(text).build()[0])


@cache
def _best_class() -> Any:
    """The library's class with a better choice of code sets; imported when first needed."""
    from barcode.codex import Code128

    class Best(Code128):  # type: ignore[misc]
        def _build(self) -> list[int]:
            return list(shortest(self.code))

    return Best


def shortest(text: str) -> tuple[int, ...]:
    """The symbol values of a text from start to the last character, as few as possible.

    A dynamic programme over the place in the text and the code set (A, B, C) there. Of equally
    short ways the one in code set B is taken: zxing-cpp finds its start sign in coarser pictures
    than that of A (tests/benchmarks/label_degraded.py).
    """
    from barcode.charsets import code128 as tables

    reached: list[dict[str, tuple[int, ...]]] = [{} for _ in range(len(text) + 2)]
    reached[0] = {name: (tables.START_CODES[name],) for name in "BAC"}
    for place in range(len(text)):
        here = reached[place]
        _change_sets(here)
        for name, path in here.items():
            for taken, symbols in _steps(name, text[place : place + 2]):
                there = reached[place + taken]
                if name not in there or len(path) + len(symbols) < len(there[name]):
                    there[name] = path + symbols
    return min(reached[len(text)].values(), key=len)


def _change_sets(here: dict[str, tuple[int, ...]]) -> None:
    """Adds the code sets that a change of set reaches with fewer symbols."""
    change = {"B": 100, "A": 101, "C": 99}
    best = min(here.values(), key=len, default=())
    for name, value in change.items():
        if best and (name not in here or len(here[name]) > len(best) + 1):
            here[name] = (*best, value)


def _steps(name: str, pair: str) -> list[tuple[int, tuple[int, ...]]]:
    """How a code set can go on: characters taken, and the symbols for them."""
    if name == "C":
        return [(2, (int(pair),))] if len(pair) == 2 and pair.isdigit() else []
    point = ord(pair[0])
    in_a, in_b = point < 96, point >= 32
    value = point - 32 if point >= 32 else point + 64
    if (name == "A" and in_a) or (name == "B" and in_b):
        return [(1, (value,))]
    return [(1, (98, value))]
