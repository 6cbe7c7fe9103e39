"""Remembered labels: a text that is no serial, and the unit that a technician said it means.

Near matches are shown and asked about, never merged silently (DOMAIN section 8); the answer is an
event of the unit, and the row that scans are looked up by follows from the unit's events.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bench.scan.badge import badge_hash
from bench.scan.label import LabelKind, classify
from bench.scan.serials import LONGEST, canonical, is_serial, mac_of
from bench.store.records import Alias, Step, Unit
from bench.text import clean_line
from bench.workflow.desk import Desk, Refused
from bench.workflow.people import key_of, refuse_nobody
from bench.workflow.projection import remembered
from bench.workflow.steps import Saved
from bench.workflow.telling import Moved, told
from bench.workflow.views import UnitView, view_of

if TYPE_CHECKING:
    from bench.store.store import Tx

ANOTHER = "scan the label with the serial number"
GONE = "this unit is not in the database any more"
_KINDS = {
    LabelKind.COMMAND: "is a command",
    LabelKind.RMA_NUMBER: "is one of our RMA numbers",
    LabelKind.CONSOLE: "is the label of a console cable",
    LabelKind.PRINTER: "is the label of a printer",
    LabelKind.TEST_CODE: "is the test code of the scanner check",
}
"""Kinds of codes that have a meaning already, and how that is said of them."""
_SERIALS = (LabelKind.CODE, LabelKind.BAD_RMA_NUMBER)
"""Kinds of codes that can be a serial."""


def alias_key(scanned: str) -> str:
    """The form in which a label is looked up: a MAC as twelve digits, else the canonical text."""
    return mac_of(scanned) or canonical(scanned)


def read_as(view: UnitView, scanned: str) -> Alias | None:
    """The remembered label by which a text means this unit; None where it is its serial or MAC."""
    key = alias_key(scanned)
    if key in (view.unit.serial_key, view.unit.mac):
        return None
    return next((alias for alias in view.aliases if alias.key == key), None)


def remember(desk: Desk, op_id: str, unit_id: str, scanned: str) -> Saved:
    """Remembers that a text means this unit from now on.

    `scanned` is the text that was looked up (`Found.text`), as it came. `already` in the answer:
    it was remembered for this unit before, nothing was done. Raises Refused where the text means
    something else, or can be no label; and StoreError kinds.
    """
    key = alias_key(scanned)
    _refuse_text(desk, scanned, key)

    def work(tx: Tx) -> bool:
        unit = _unit(tx, unit_id)
        if tx.done(op_id):
            return True
        _refuse_badge(desk, tx, scanned)
        _refuse_exact(tx, unit, scanned, key)
        here = tx.alias(key)
        if here is not None and here.unit_id == unit_id:
            return True
        _refuse_taken(desk, tx, here)
        _append(desk, tx, op_id, Step.ALIAS_ADDED, Alias(key, unit_id, scanned, op_id))
        relabel(desk, tx, unit_id)
        return False

    return _saved(desk, unit_id, Step.ALIAS_ADDED, desk.store.write(op_id, work))


def forget(desk: Desk, op_id: str, unit_id: str, key: str) -> Saved:
    """Takes a remembered label back, by a further event. `key`: that of the Alias.

    Raises Refused where it is not remembered for this unit (any more), and StoreError kinds.
    """

    def work(tx: Tx) -> bool:
        _unit(tx, unit_id)
        if tx.done(op_id):
            return True
        alias = tx.alias(key)
        if alias is None or alias.unit_id != unit_id:
            what = f"{_shown(key)} is not remembered for this unit any more"
            raise Refused(what, "nothing was changed")
        _append(desk, tx, op_id, Step.ALIAS_REMOVED, alias)
        relabel(desk, tx, unit_id)
        return False

    return _saved(desk, unit_id, Step.ALIAS_REMOVED, desk.store.write(op_id, work))


def _append(desk: Desk, tx: Tx, op_id: str, step: Step, alias: Alias) -> None:
    """Appends the event: to the open RMA where there is one, else to the unit alone."""
    refuse_nobody(desk, tx)
    rma = tx.open_rma(alias.unit_id)
    rma_id, data = rma.id if rma else None, {"scanned": alias.scanned, "key": alias.key}
    at, who, where, mine = desk.clock.now(), desk.actor, desk.station, desk.technician_id
    tx.append(op_id, alias.unit_id, rma_id, step, at, who, where, data, technician_id=mine)


def _saved(desk: Desk, unit_id: str, step: Step, already: bool) -> Saved:
    view = view_of(desk, unit_id)
    if view is None:
        raise Refused(GONE, "scan the unit again")
    return Saved(view, step, already)


# --- inside a transaction


def relabel(desk: Desk, tx: Tx, unit_id: str) -> None:
    """Makes the labels of a unit those that its events leave remembered.

    Raises Moved where one of them has come to mean another unit.
    """
    wanted = remembered(tx.label_events(unit_id))
    for alias in tx.aliases_of(unit_id):
        if wanted.get(alias.key) == alias:
            del wanted[alias.key]
        else:
            tx.drop_alias(alias.key)
    for alias in wanted.values():
        _refuse_taken(desk, tx, tx.alias(alias.key))
        tx.add_alias(alias)


def _unit(tx: Tx, unit_id: str) -> Unit:
    unit = tx.unit(unit_id)
    if unit is None:
        raise Refused(GONE, "scan the unit again")
    return unit


def _refuse_taken(desk: Desk, tx: Tx, alias: Alias | None) -> None:
    """Raises Moved, with whose the label is and who said so, where it is one."""
    if alias is None:
        return
    unit, event = tx.unit(alias.unit_id), tx.event(alias.op_id)
    whose = _name(unit) if unit else "another unit"
    by = f" ({told(desk.clock, event)})" if event else ""
    remedy = "if that is wrong, forget it on the record of that unit first"
    raise Moved(f"{_shown(alias.scanned)} means {whose} already{by}", remedy)


def _refuse_exact(tx: Tx, unit: Unit, scanned: str, key: str) -> None:
    found = tx.find_exact(key)
    if not found:
        return
    other = next((one for one in found if one.id == unit.id), found[0])
    what = "serial" if other.serial_key == key else "MAC"
    if other.id == unit.id:
        raise Refused(f"{_shown(scanned)} is this unit's own {what}", "go on with this unit")
    raise Refused(f"{_shown(scanned)} is the {what} of {_name(other)}", "go on with that unit")


def _refuse_badge(desk: Desk, tx: Tx, scanned: str) -> None:
    """A company's badge can look like any serial: its text must be kept nowhere."""
    badge = classify(scanned).badge
    if badge and tx.enrolled() and tx.technician_by_badge(badge_hash(key_of(desk, tx), badge)):
        raise Refused("that is a badge, and no badge is kept here", ANOTHER)


# --- the text alone


def _refuse_text(desk: Desk, scanned: str, key: str) -> None:
    label = classify(scanned)
    if not key:
        raise Refused("there is nothing in it that can be read", ANOTHER)
    if label.kind is LabelKind.BADGE:
        raise Refused("that is a badge, and no badge is kept here", ANOTHER)
    if label.kind in _KINDS:
        raise Refused(f"{_shown(scanned)} {_KINDS[label.kind]}", ANOTHER)
    tracking = desk.rules.carriers.recognise(scanned)
    if tracking is not None:
        raise Refused(f"{_shown(scanned)} is a tracking number of {tracking.carrier}", ANOTHER)
    if max(len(scanned), len(key)) > LONGEST:
        raise Refused(f"the text has more than {LONGEST} characters", ANOTHER)
    if label.kind not in _SERIALS or not is_serial(key):
        raise Refused(f"{_shown(scanned)} cannot be the label of a unit", ANOTHER)


def _shown(text: str) -> str:
    return clean_line(text, 40)


def _name(unit: Unit) -> str:
    return clean_line(f"{unit.brand} {unit.serial}", 60)
