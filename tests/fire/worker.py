"""One bench as a program of its own: receives units, one after the other, by the program's own
steps, and says of each what it was told.

Arguments: the database, a name for the bench, the number of the first unit and of the one after the
last, and how many to skip from one to the next. Lines: `ready`, then for each unit
`saved OP_ID SERIAL`, `told SERIAL WHAT` or `error SERIAL WHAT`.
"""

from __future__ import annotations

import sys

from bench.settings import Settings, database_of
from bench.store.errors import StoreError
from bench.store.records import new_op_id
from bench.workflow.desk import Desk, Refused, open_desk
from bench.workflow.receive import Receipt, receive

PATIENT = 3
"""How often a step that could not be saved is tried again, under the op id that it has."""


def serial(number: int) -> str:
    """The serial of a unit of the fire tests."""
    return f"3146029{number:09d}"


def step(desk: Desk, number: int) -> str:
    """Receives one unit; what came of it."""
    mine = serial(number)
    (unit,) = desk.store.find(mine)
    (rma,) = desk.store.rmas_of(unit.id)
    op_id = new_op_id()
    for again in range(PATIENT):
        try:
            receive(desk, op_id, rma.id, Receipt(True, "good", ()))
        except Refused as refused:
            return f"told {mine} {refused.what}"
        except StoreError as error:
            if again == PATIENT - 1:
                return f"error {mine} {error.what}"
        else:
            break
    return f"saved {op_id} {mine}"


def main(where: str, name: str, first: int, end: int, stride: int) -> None:
    """Waits for a line on standard input, then works."""
    settings = Settings(
        database=database_of(where), station=name, technician=f"T-{name}", timezone="UTC"
    )
    desk = open_desk(settings)
    print("ready", flush=True)
    sys.stdin.readline()
    for number in range(first, end, stride):
        print(step(desk, number), flush=True)
    desk.store.close()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6]))
