"""The check digits of tracking numbers. Each takes the bare number and says whether it is right."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from itertools import cycle


class Check(StrEnum):
    """The algorithms, by the names that data/carriers.toml uses."""

    UPS_1Z = "ups_1z"
    FEDEX_1_3_7 = "fedex_1_3_7"
    MOD10_3_1 = "mod10_3_1"
    MOD10_3_1_WITH_91 = "mod10_3_1_with_91"
    UPU_S10 = "upu_s10"
    DHL_MOD7 = "dhl_mod7"


def mod10(number: str) -> bool:
    """Weights 3, 1, 3 … from the right, modulo 10: GS1, USPS and FedEx Ground.

    Detects each single wrong digit.
    """
    total = sum(int(d) * w for d, w in zip(number[-2::-1], cycle((3, 1)), strict=False))
    return -total % 10 == int(number[-1])


def _with_91(number: str) -> bool:
    return mod10("91" + number)


def _ups(number: str) -> bool:
    """After `1Z`: weights 1, 2, 1 … modulo 10, letters A = 2, B = 3 … without the tens.

    Misses digits that differ by 5 in the places of weight 2.
    """
    values = [int(c) if c.isdigit() else (ord(c) - 63) % 10 for c in number[2:]]
    total = sum(v * w for v, w in zip(values[:-1], cycle((1, 2)), strict=False))
    return -total % 10 == values[-1]


def _fedex(number: str) -> bool:
    """Weights 1, 3, 7 … from the right, modulo 11, a remainder of 10 written as 0.

    Misses an error that turns the remainder 0 into 10 or back.
    """
    total = sum(int(d) * w for d, w in zip(number[-2::-1], cycle((1, 3, 7)), strict=False))
    return total % 11 % 10 == int(number[-1])


def _s10(number: str) -> bool:
    """Weights 8 6 4 2 3 5 9 7, then 11 less the sum modulo 11; 10 is written 0, and 11 is 5.

    Misses the few errors that change the remainder from 0 to 6 or back.
    """
    total = sum(int(d) * w for d, w in zip(number[2:10], (8, 6, 4, 2, 3, 5, 9, 7), strict=True))
    rest = 11 - total % 11
    return {10: 0, 11: 5}.get(rest, rest) == int(number[10])


def _dhl(number: str) -> bool:
    """The number before the last digit, modulo 7. Misses digits that differ by 7."""
    return int(number[:-1]) % 7 == int(number[-1])


ALGORITHMS: Mapping[Check, Callable[[str], bool]] = {
    Check.UPS_1Z: _ups,
    Check.FEDEX_1_3_7: _fedex,
    Check.MOD10_3_1: mod10,
    Check.MOD10_3_1_WITH_91: _with_91,
    Check.UPU_S10: _s10,
    Check.DHL_MOD7: _dhl,
}
"""The algorithm for each name. They raise IndexError or ValueError for numbers of another shape."""
