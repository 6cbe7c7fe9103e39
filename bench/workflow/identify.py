"""What was scanned: a unit here, an expected one, a stranger, an RMA number, a parcel?"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bench.scan.label import Label, LabelKind
from bench.scan.serials import canonical, is_serial, near_candidates
from bench.scan.tracking import Tracking
from bench.store.records import Unit
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


def identify(desk: Desk, label: Label) -> Found:
    """Looks a scanned label up. Raises Refused, naming the code, where it is nothing of ours."""
    if label.kind is LabelKind.RMA_NUMBER:
        return _by_number(desk, label)
    for text in filter(None, (label.serial, label.mac)):
        units = desk.store.find(canonical(text))
        if len(units) == 1:
            return Found(Known.UNIT, text, label, view=view_of(desk, units[0].id))
        if units:
            return Found(Known.SEVERAL, text, label, units=tuple(units))
    if label.kind is LabelKind.BAD_RMA_NUMBER:
        what = f"{label.value} has a wrong check letter"
        raise Refused(what, "scan the RMA label again, or scan the unit's serial")
    return _unknown(desk, label)


def _by_number(desk: Desk, label: Label) -> Found:
    rma = desk.store.rma_by_number(label.value)
    if rma is None:
        raise Refused(f"there is no RMA {label.value} here", "scan the unit's serial instead")
    view = view_of(desk, rma.unit_id, rma.id)
    return Found(Known.RMA, label.value, label, view=view)


def _unknown(desk: Desk, label: Label) -> Found:
    tracking = desk.rules.carriers.recognise(label.raw)
    if tracking is not None:
        return Found(Known.TRACKING, tracking.number, label, tracking=tracking)
    serial = label.serial or label.mac
    if not is_serial(serial):
        raise Refused(
            f"{label.value or label.raw}: not a serial", "scan the label with the serial number"
        )
    near = desk.store.near(list(near_candidates(serial)))
    known = Known.NEAR if near else Known.STRANGER
    return Found(known, serial, label, units=tuple(near))
