"""The serial on the console against the serial that was scanned from the label."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from bench.evidence.facts import Fact, FactKind, Part
from bench.scan.serials import canonical, fold, mac_of, near_candidates
from bench.text import clean_line

ONE_ANSWER_NS = 10 * 1_000_000_000
"""Serials that were said within so long belong to one answer: the switches of a stack, say."""


class Verdict(StrEnum):
    """What the comparison says."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class SerialVerdict:
    """The verdict, with both serials; `near`: they differ only in O and 0 or I, L and 1."""

    verdict: Verdict
    scanned: str
    said: str
    sentence: str
    fact: Fact | None = None
    near: bool = False


def check_serial(scanned: str, brand: str, facts: Iterable[Fact]) -> SerialVerdict:
    """Compares the label with what the console said last of its serial.

    Case, hyphens, the prefix of a barcode (S, SN) and a scan that came twice do not matter;
    leading zeros do. Only a serial of the whole unit can differ. Where the label was a MAC
    address, any MAC of the console that is the same settles it.
    """
    known, shown = tuple(facts), clean_line(scanned, 64)
    if not shown:
        return SerialVerdict(Verdict.UNKNOWN, "", "", "Scan the label of the unit first.")
    mac = _mac(shown, known)
    if mac:
        return _same(shown, mac)
    serials = [fact for fact in known if fact.kind is FactKind.SERIAL]
    units = [fact for fact in serials if fact.part is Part.UNIT]
    last_ns = max((fact.wall_ns for fact in units), default=0)
    units = [fact for fact in units if last_ns - fact.wall_ns <= ONE_ANSWER_NS]
    for fact in units or [fact for fact in serials if fact.part is Part.UNSURE]:
        if _equal(shown, fact.value):
            return _same(shown, fact)
    if not units or _is_only_mac(shown):
        return _unknown(shown, units or serials)
    return _different(shown, brand, max(units, key=lambda fact: fact.wall_ns))


def _mac(scanned: str, facts: Iterable[Fact]) -> Fact | None:
    wanted = mac_of(scanned)
    macs = (fact for fact in facts if fact.kind is FactKind.MAC)
    return next((fact for fact in macs if wanted and mac_of(fact.value) == wanted), None)


def _is_only_mac(scanned: str) -> bool:
    """Whether a label is a MAC address that cannot be a serial of digits as well."""
    return mac_of(scanned) is not None and not canonical(scanned).isdecimal()


def _bare(serial: str) -> str:
    return canonical(serial).replace("-", "")


def _equal(scanned: str, said: str) -> bool:
    """Whether they are the same but for case, hyphens, prefix of the barcode and doubling."""
    label, told = _bare(scanned), _bare(said)
    return label == told or (label.endswith(told) and fold(said) in near_candidates(scanned))


def _same(scanned: str, fact: Fact) -> SerialVerdict:
    sentence = f"The console says {fact.value}, as on the label."
    return SerialVerdict(Verdict.SAME, scanned, fact.value, sentence, fact)


def _unknown(scanned: str, serials: list[Fact]) -> SerialVerdict:
    if not serials:
        return SerialVerdict(
            Verdict.UNKNOWN, scanned, "", "The console has not said its serial yet."
        )
    fact = max(serials, key=lambda one: one.wall_ns)
    sentence = (
        f"The console says {fact.value}, the label {scanned}: this may be the serial of a part. "
        "Look at the label."
    )
    return SerialVerdict(Verdict.UNKNOWN, scanned, fact.value, sentence, fact)


def _different(scanned: str, brand: str, fact: Fact) -> SerialVerdict:
    near = fold(fact.value) in near_candidates(scanned)
    if near:
        advice = "They differ in O and 0 or I, L and 1 only: scan the label again."
    elif fact.vendor and brand and not _alike(fact.vendor, brand):
        advice = f"It speaks as {fact.vendor}, not as {brand}: look whose console the cable is in."
    else:
        advice = "Look whose console the cable is in, and whether the label is this unit's."
    sentence = f"The console says {fact.value}, the label says {scanned}. {advice}"
    return SerialVerdict(Verdict.DIFFERENT, scanned, fact.value, sentence, fact, near)


def _alike(vendor: str, brand: str) -> bool:
    one, other = vendor.casefold().split()[0], brand.casefold()
    return one in other or other in vendor.casefold()
