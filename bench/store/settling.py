"""What a restored backup must not do again in silence: print labels, send letters, and give RMA
numbers that have gone out since it was made."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from bench.scan.rma_number import LAST
from bench.store.classification import classify
from bench.store.copying import driver
from bench.store.errors import StoreError
from bench.store.link import Link, Row
from bench.store.proof import Fetch
from bench.store.records import LetterState, PrintState
from bench.store.rma_numbers import FIRST_KEY, first_running
from bench.store.snapshot import Snapshot, open_snapshot

JUMP = 10_000
"""RMA numbers that each bench leaves out after a restore, for nobody knows how many it has given
since the backup. The oldest backup that is kept is four weeks old: this is enough for 500 returns
on each of twenty working days, and a bench has enough numbers for a hundred restores."""
LOOK = "restored from a backup: look whether it came out"
_UNSURE = PrintState.UNSURE.value
_OPEN = (PrintState.QUEUED.value, PrintState.SENDING.value, PrintState.FAILED.value)
"""What may have been printed since: of what had failed, somebody may have mended the cause."""
_LABELS = (
    "UPDATE print_job SET state = ?, why = ?, next_try_at = NULL, claimed_by = '',"
    " version = version + 1 WHERE unfinished = 1 AND state IN (?, ?, ?)"
)
ASK = "restored from a backup: ask whether it arrived"
_LETTERS = (
    "UPDATE letter SET state = ?, why = ?, next_try_at = NULL, claimed_by = '',"
    " version = version + 1 WHERE unfinished = 1 AND state IN (?, ?)"
)
_ADD = "INSERT INTO rma_letters (letters, station, running) VALUES (?, ?, ?) ON CONFLICT DO NOTHING"
_NOTE = (
    'INSERT INTO meta ("key", "value") VALUES (?, ?)'
    ' ON CONFLICT ("key") DO UPDATE SET "value" = EXCLUDED."value"'
)


@dataclass(frozen=True, slots=True)
class Given:
    """Which RMA numbers a database has given."""

    rows: tuple[Row, ...] = ()
    """Letters, station and running number of each bench."""
    first: int = 0
    """How many a bench without letters leaves out when it begins."""


def given_in(path: Path) -> Given:
    """What the present database has given; nothing where it is not there or cannot be read."""
    if not path.exists():
        return Given()
    try:
        with open_snapshot(path, held=False) as here:
            return _given(here.rows, here.tables())
    except StoreError:  # it is restored because it is damaged: the jump has to do
        return Given()


def _given(fetch: Fetch, tables: Collection[str]) -> Given:
    known = "rma_letters" in tables
    rows = fetch("SELECT letters, station, running FROM rma_letters", ()) if known else []
    return Given(tuple(rows), first_running(fetch))


def settle(fetch: Fetch, tables: Collection[str], replaced: Given | None = None) -> None:
    """Makes a database that was just restored safe to work with; inside a transaction.

    Labels and letters that waited are UNSURE: a person looks before they go again. No bench gives a
    number that it has given in this database or in the `replaced` one, nor one of the JUMP after
    it. Of an older backup, which knows no labels, only the numbers of new benches are left out.
    """
    if "print_job" in tables:
        fetch(_LABELS, (_UNSURE, LOOK, *_OPEN))
    if "letter" in tables:
        waiting = LetterState.QUEUED.value, LetterState.SENDING.value
        fetch(_LETTERS, (LetterState.UNSURE.value, ASK, *waiting))
    there, here = _given(fetch, tables), replaced or Given()
    if "rma_letters" in tables:
        for row in here.rows:
            fetch(_ADD, row)
        _jump(fetch, there, here)
    fetch(_NOTE, (FIRST_KEY, str(_after(max(there.first, here.first)))))


def _jump(fetch: Fetch, there: Given, here: Given) -> None:
    # By letters, not by station: they are what stands on the labels.
    highest: dict[str, int] = {}
    for letters, _, running in (*there.rows, *here.rows):
        highest[letters] = max(running, highest.get(letters, 0))
    for letters, running in highest.items():
        sql = "UPDATE rma_letters SET running = ? WHERE letters = ?"
        fetch(sql, (_after(running), letters))


def _after(running: int) -> int:
    after: int = min(running + JUMP, LAST)
    return after


def settle_link(link: Link, replaced: Given | None = None) -> None:
    """`settle` for a database that was just loaded, in the transaction that loads it."""
    settle(link.rows, link.db.get_tables(), replaced)


def settle_file(path: Path, replaced: Given) -> None:
    """`settle` for the copy of a backup, which stays of the schema that it is of.

    Raises StoreError kinds.
    """
    try:
        with closing(driver.connect(str(path), timeout=20, isolation_level=None)) as db:

            def fetch(sql: str, params: Collection[object] = ()) -> list[Row]:
                found: list[Row] = db.execute(sql, tuple(params)).fetchall()
                return found

            db.execute("BEGIN IMMEDIATE")
            names = fetch("SELECT name FROM sqlite_master WHERE type = 'table'")
            settle(fetch, {name for (name,) in names}, replaced)
            db.execute("COMMIT")
    except driver.Error as error:
        raise classify(error) from error


def labels_to_look_at(snapshot: Snapshot) -> int:
    """How many labels of a restored database are for a person to look at."""
    if "print_job" not in snapshot.tables():
        return 0
    sql = "SELECT count(*) FROM print_job WHERE unfinished = 1 AND state = ?"
    return snapshot.number(sql, (_UNSURE,))
