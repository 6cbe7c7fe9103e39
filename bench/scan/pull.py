"""Several codes in one pull of the trigger: each on a line of its own, taken apart by content."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from bench.scan.badge import is_ours
from bench.scan.commands import parse_command
from bench.scan.equipment import parse_equipment
from bench.scan.fields import Fields, lone_identifier, product_code, read_fields
from bench.scan.patterns import Patterns
from bench.scan.rma_number import parse_number
from bench.scan.serials import canonical, is_serial, mac_of, without_aim

_LINES = re.compile(r"[\r\n]+")
_FRAME = str.maketrans("", "", "\x00\x02\x03")
_CODE_39 = re.compile(r"\*([0-9A-Za-z \-.$/+%]+)\*")


@dataclass(slots=True)
class _Heap:
    """What the lines were taken for so far; each text once."""

    serials: list[str] = field(default_factory=list)
    """By key or by a brand's form."""
    others: list[str] = field(default_factory=list)
    """What remains, and could be a serial."""
    macs: list[str] = field(default_factory=list)
    """As written."""
    models: list[str] = field(default_factory=list)
    gtins: list[str] = field(default_factory=list)
    keyed: bool = False


def bare_code(text: str) -> tuple[str, str]:
    """A code without what stands around it, and its AIM identifier or "".

    Off come STX, ETX and NUL, line ends and spaces at both ends, the AIM identifier, and the
    asterisks that begin and end a Code 39 (ISO/IEC 16388; most scanners leave them out).
    """
    value, aim = without_aim(text.translate(_FRAME).strip("\r\n\t "))
    value = value.strip("\r\n\t ")
    framed = _CODE_39.fullmatch(value)
    return (framed[1].strip() if framed else value), aim


def codes_in(text: str) -> list[str]:
    """The lines of a scan that are not empty, without the space around them."""
    return [line for part in _LINES.split(text) if (line := part.strip("\x00\x02\x03\t "))]


def holds_badge(lines: Iterable[str]) -> bool:
    """Whether one of several codes is somebody's badge of our own form, so that none is shown."""
    return any(is_ours(bare_code(line)[0]) for line in lines)


def take_apart(text: str, lines: list[str], known: Patterns) -> tuple[Fields, str]:
    """What several codes say together, and why they say nothing ("" where they do).

    By content, in this order: key and value, GS1 or data identifiers; MAC; a brand's form of
    serial; GTIN; model. One code that remains, where nothing had a key, is the serial; where
    several remain nobody can say which.
    """
    whole = read_fields(text)
    heap = _Heap(keyed=whole is not None)
    _add(heap, whole or Fields())
    for line in lines:
        code, aim = bare_code(line)
        if parse_command(code) or parse_equipment(code) or parse_number(code):
            return Fields(), "several codes came at once, and not all are of one unit"
        _sort(heap, code, aim, known)
    return _judged(heap)


def _add(heap: _Heap, fields: Fields) -> None:
    for place, value in (
        (heap.serials, fields.serial),
        (heap.models, fields.model),
        (heap.gtins, fields.gtin),
    ):
        if value and canonical(value) not in map(canonical, place):
            place.append(value)
    if fields.mac and mac_of(fields.mac) not in map(mac_of, heap.macs):
        heap.macs.append(fields.mac)


def _sort(heap: _Heap, code: str, aim: str, known: Patterns) -> None:
    gtin, mac = product_code(code, aim, known), mac_of(code)
    if gtin:
        _add(heap, Fields(gtin=gtin))
    elif mac:
        _add(heap, Fields(mac=code))
    elif fields := read_fields(code, aim):
        heap.keyed = True
        _add(heap, fields)
    elif known.of(code):
        _add(heap, Fields(serial=code))
    elif known.is_model(code):
        _add(heap, Fields(model=code))
    elif fields := lone_identifier(code, known):
        _add(heap, fields)
    elif _could_be_serial(code) and canonical(code) not in map(canonical, heap.others):
        heap.others.append(code)


def _could_be_serial(code: str) -> bool:
    """A code beside others: one word with a digit in it, not `Made in …`."""
    return is_serial(code) and not re.search(r"\s", code) and any(c.isdigit() for c in code)


def _judged(heap: _Heap) -> tuple[Fields, str]:
    serials = heap.serials or ([] if heap.keyed else heap.others)
    if len(serials) > 1:
        return Fields(), "several codes came at once, and more than one may be the serial"
    macs = [mac_of(text) or "" for text in heap.macs]
    if not serials and len(macs) > 1:
        return Fields(), "several codes came at once, with more than one MAC and no serial"
    # A unit with several MACs does not say which of them it is known by.
    mac = macs[0] if len(macs) == 1 else ""
    plain = bool(mac) and heap.macs[0].isalnum() and not heap.keyed
    serial = serials[0] if serials else heap.macs[0] if plain else ""
    model, gtin = (place[0] if place else "" for place in (heap.models, heap.gtins))
    found = Fields(serial, mac, model, gtin)
    nothing = "" if found != Fields() else "several codes came at once, and no serial among them"
    return found, nothing
