"""What was scanned: a unit here, an expected one, a stranger, an RMA number, a parcel?"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from bench.scan.label import Label, LabelKind
from bench.scan.serials import canonical, is_serial, near_candidates
from bench.scan.tracking import Tracking
from bench.store.records import Unit
from bench.text import printable
from bench.workflow.agreement import disagreements, other_serial, two_units
from bench.workflow.desk import Desk, Refused
from bench.workflow.views import UnitView, view_of


class Known(StrEnum):
    """What a scanned code turned out to be."""

    UNIT = "unit"
    """One unit, by serial or MAC."""
    SEVERAL = "several"
    """Units of several brands carry this serial: a person must choose."""
    RMA = "rma"
    """One of our own RMA numbers: the unit in hand is still to be scanned."""
    NEAR = "near"
    """No such serial, but one that differs by little: a person must say."""
    TRACKING = "tracking"
    """A carrier's number."""
    STRANGER = "stranger"
    """A serial that nobody has entered yet."""


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to a scan. `text` is the serial or number as scanned."""

    known: Known
    text: str
    label: Label
    view: UnitView | None = None
    units: tuple[Unit, ...] = ()
    tracking: Tracking | None = None
    disagrees: tuple[str, ...] = ()
    """Of a unit: what the label says otherwise than the record, a sentence each."""
    suggests: str = ""
    """Of a stranger: what its serial is likelier to be, where the maker uses no O, I or L there.
    To be asked about, never taken."""


def identify(desk: Desk, label: Label) -> Found:
    """Looks a scanned label up. Raises Refused, naming the code, where it is nothing of ours."""
    if label.kind is LabelKind.RMA_NUMBER:
        return _by_number(desk, label)
    for text in _looked_up(label):
        units = desk.store.find(canonical(text))
        if units:
            return _known(desk, label, text, units)
    if label.kind is LabelKind.BAD_RMA_NUMBER:
        what = f"{label.value} has a wrong check letter"
        raise Refused(what, "scan the RMA label again, or scan the unit's serial")
    return _unknown(desk, label)


def _looked_up(label: Label) -> list[str]:
    """The texts that may be a unit's, the likeliest first. What looks like a product may be one."""
    product = label.value if label.kind is LabelKind.PRODUCT and is_serial(label.value) else ""
    return list(dict.fromkeys(filter(None, (label.serial, label.mac, product))))


def _known(desk: Desk, label: Label, text: str, units: list[Unit]) -> Found:
    """One unit or several; the MAC beside a serial of several brands says which of them."""
    by_mac = _by_mac(desk, label, text)
    meant = [unit for unit in units if unit in by_mac] or units
    if len(meant) > 1:
        return Found(Known.SEVERAL, text, label, units=tuple(units))
    unit = meant[0]
    if by_mac and unit not in by_mac:
        without_mac = disagreements(replace(label, mac=""), unit, desk.rules)
        said = [two_units(label, unit, by_mac[0]), *without_mac]
    else:
        said = disagreements(label, unit, desk.rules)
    if text == label.mac and label.serial not in ("", text):
        said.insert(0, other_serial(label, unit))
    view = view_of(desk, unit.id)
    return Found(Known.UNIT, text, label, view=view, disagrees=tuple(said))


def _by_mac(desk: Desk, label: Label, text: str) -> list[Unit]:
    """The units that have the MAC that stands beside the serial `text` on the label."""
    if not label.mac or canonical(text) == label.mac:
        return []
    return desk.store.find(label.mac)


def _by_number(desk: Desk, label: Label) -> Found:
    rma = desk.store.rma_by_number(label.value)
    if rma is None:
        raise Refused(f"there is no RMA {label.value} here", "scan the unit's serial instead")
    view = view_of(desk, rma.unit_id, rma.id)
    return Found(Known.RMA, label.value, label, view=view)


def _unknown(desk: Desk, label: Label) -> Found:
    by_chance = label.kind is LabelKind.PRODUCT and bool(label.serial)
    tracking = desk.rules.carriers.recognise(label.raw)
    if tracking is not None and (label.kind is not LabelKind.PRODUCT or by_chance):
        return Found(Known.TRACKING, tracking.number, label, tracking=tracking)
    shown = printable(label.value or label.raw)[:80]
    if label.kind is LabelKind.PRODUCT:
        way_out = "; if this is the serial, type SN: and then the serial" if by_chance else ""
        remedy = f"scan the code that shows the serial{way_out}"
        raise Refused(f"{shown} names the product, not the unit", remedy)
    serial = label.serial or label.mac
    if not is_serial(serial):
        raise Refused(f"{shown}: not a serial", "scan the label with the serial number")
    near = desk.store.near(list(near_candidates(serial)))
    if near:
        return Found(Known.NEAR, serial, label, units=tuple(near))
    return Found(Known.STRANGER, serial, label, suggests=desk.rules.patterns.suggestion(serial))
