"""What a unit's console told, in the history of its RMA: captures, and a serial that differs.

A capture's seal stands in an event, and so in the unit's chain of hashes: whoever changes the
files later does not get away with it. Where the console names another serial than the label, the
board was swapped or the cable is in another unit. Which of the two is for a technician to say,
and until then nothing is diagnosed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

from bench.scan.rma_number import parse_number
from bench.scan.serials import LONGEST, canonical
from bench.store.records import Event, Step
from bench.text import clean_line
from bench.workflow.aliases import alias_key
from bench.workflow.capture_record import CaptureRecord, capture_data, captures_of, console_detail
from bench.workflow.desk import Desk, Refused
from bench.workflow.projection import BOARD_SWAPPED, WRONG_CABLE, standing
from bench.workflow.steps import Data, Saved, record
from bench.workflow.views import UnitView

if TYPE_CHECKING:
    from bench.store.store import Tx

__all__ = [
    "CaptureRecord",
    "Settling",
    "captured",
    "captures_of",
    "console_detail",
    "console_differed",
    "may_erase",
    "names_another",
    "recording_id",
    "settle_console",
]
_SPACE = UUID("7d4f3a52-5b0e-5c1d-9e33-2a4c61f0b7d8")


class Settling(StrEnum):
    """What a technician says of a console that names another serial than the label."""

    BOARD_SWAPPED = BOARD_SWAPPED
    """It is this unit, with another board in it: both serials are kept."""
    WRONG_CABLE = WRONG_CABLE
    """The cable was in another unit: nothing that it told is a fact of this one."""


def recording_id(step: Step, rma_id: str, capture_id: str, serial: str = "") -> str:
    """The op id of what a bench records by itself: the same each time that it tries.

    Whoever tries again (another bench, or after a crash) does not record it twice, nor anew what
    a technician has taken back.
    """
    return str(uuid5(_SPACE, f"{step}/{rma_id}/{capture_id}/{canonical(serial)}"))


def captured(desk: Desk, op_id: str, rma_id: str, capture: CaptureRecord) -> Saved:
    """Keeps a sealed capture with the RMA. One that is kept with it already is `already` saved.

    Raises Refused where the RMA is not open any more, or the capture is not sealed.
    """
    data = capture_data(capture)

    def made(tx: Tx, view: UnitView) -> Data | None:
        kept = captures_of(tx.events_of_rma(rma_id))
        return None if any(one.capture == capture.capture for one in kept) else data

    return record(desk, op_id, rma_id, Step.CAPTURED, made)


def names_another(view: UnitView, console_serial: str) -> bool:
    """Whether a serial off the console is another than the unit's own, and not known to be its.

    Its own are the serial and MAC of the record, the labels remembered for the unit, and the
    serial of a board that was swapped.
    """
    keys = {canonical(console_serial), alias_key(console_serial)} - {""}
    board = view.rma.board_serial if view.rma else ""
    own = {view.unit.serial_key, view.unit.mac, canonical(board)}
    return bool(keys) and not keys & (own | {alias.key for alias in view.aliases})


def console_differed(
    desk: Desk, op_id: str, rma_id: str, capture_id: str, console_serial: str
) -> Saved:
    """Records that the console names another serial: nothing is diagnosed until it is settled.

    `already`: it stands open, it is the unit's own after all, or a technician has said that this
    capture is of another unit. Raises Refused where the RMA is not open.
    """
    serial = clean_line(console_serial, LONGEST)
    if not canonical(serial):
        raise Refused("the console names no serial", "nothing was changed")

    def made(tx: Tx, view: UnitView) -> Data | None:
        known = _is_open(view, serial) or not names_another(view, serial)
        if known or _was_another(tx.events_of_rma(rma_id), capture_id):
            return None
        capture = clean_line(capture_id, 64)
        return {"capture": capture, "console_serial": serial, "scanned": view.unit.serial}

    return record(desk, op_id, rma_id, Step.CONSOLE_DIFFERED, made)


def settle_console(desk: Desk, op_id: str, rma_id: str, how: str) -> Saved:
    """Settles a serial that differs: a technician says how it came about (a `Settling`).

    Raises Refused where none is open, ValueError for any other `how`.
    """
    said = Settling(how)

    def made(tx: Tx, view: UnitView) -> Data:
        counted = standing(tx.events_of_rma(rma_id))
        last = next(e for e in reversed(counted) if e.step is Step.CONSOLE_DIFFERED)
        return {"how": said.value, **{name: last.data[name] for name in _SETTLES}}

    return record(desk, op_id, rma_id, Step.CONSOLE_SETTLED, made)


_SETTLES = ("capture", "console_serial", "scanned")


def _is_open(view: UnitView, serial: str) -> bool:
    stands = view.rma.console_serial if view.rma else ""
    return bool(stands) and canonical(stands) == canonical(serial)


def _was_another(events: list[Event], capture_id: str) -> bool:
    settled = (e.data for e in standing(events) if e.step is Step.CONSOLE_SETTLED)
    return any(d["how"] == WRONG_CABLE and d.get("capture") == capture_id for d in settled)


def may_erase(desk: Desk, rma: str) -> bool:
    """Whether captures of an RMA (its id, or its number as shown or scanned) are needed no more.

    They are kept as long as it is open, however old they are. Of an RMA that nobody knows nothing
    is needed. Raises StoreError kinds.
    """
    found = desk.store.rma(rma) or desk.store.rma_by_number(parse_number(rma) or rma)
    return found is None or not found.state.is_open
