"""Importing expected returns and shipment history from CSV: safe to run again, at any moment.

A file is read in chunks, each saved whole or not at all. Every id that an import makes follows
from the file's content and line, so a run that was cut off goes on where it stopped, and a file
that was imported before changes nothing.
"""

from __future__ import annotations

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from bench.csvfile import MAX_FILE_BYTES, TOO_LARGE, CsvFileError, CsvTable, read_table
from bench.store.errors import FileAlreadyImported
from bench.store.store import ImportBatch, Tx
from bench.workflow.desk import Desk
from bench.workflow.import_block import Block
from bench.workflow.import_reader import RowReader
from bench.workflow.import_rows import Columns, ImportKind, map_columns
from bench.workflow.import_steps import load_block, load_expected
from bench.workflow.import_units import Met, Note, Tally, id_from

__all__ = ["CsvFileError", "ImportKind", "ImportOptions", "ImportReport", "Note", "import_file"]
CHUNKS = {ImportKind.EXPECTED: 100, ImportKind.SHIPMENTS: 8000}
"""Rows in one transaction: other benches wait for about a tenth of a second."""
Progress = Callable[[int, float], None]
"""Told after each chunk: the rows so far, and how much of the file that is (0 to 1)."""
Stop = Callable[[], bool]
"""Asked before each chunk: whether to leave it and the rest of the file."""


@dataclass(frozen=True, slots=True)
class ImportOptions:
    """How a file is to be read."""

    kind: ImportKind | None = None
    """None: by the names of its columns."""
    mapping: Mapping[str, str] = field(default_factory=dict)
    """Their header to our field; "" leaves a column out."""
    encoding: str = ""
    dry_run: bool = False
    again: bool = False
    """Import a file even where the same one was imported before."""


@dataclass(slots=True)
class ImportReport:
    """What an import did, or (a dry run) would do."""

    columns: Columns
    header: tuple[str, ...]
    encoding: str
    delimiter: str
    dry_run: bool
    rows: int = 0
    tally: Tally = field(default_factory=Tally)
    earlier: ImportBatch | None = None
    """The import of this very file; where it is set, nothing was done now."""
    stopped: bool = False
    """Somebody ended it before the end of the file: the rows until there are saved."""


class _TakeBack(Exception):
    """Ends the transaction of a dry run."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        super().__init__()


def import_file(
    desk: Desk,
    path: Path,
    options: ImportOptions,
    progress: Progress | None = None,
    stop: Stop | None = None,
) -> ImportReport:
    """Imports a CSV file. Raises OSError, CsvFileError for the file, StoreError for the store.

    A bad row is named in the report's tally and the others go in.
    """
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        raise CsvFileError(TOO_LARGE)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
        stream.seek(0)
        table = read_table(stream, options.encoding)
        columns = map_columns(table.header, options.mapping, options.kind)
        report = ImportReport(
            columns, tuple(table.header), table.encoding, table.delimiter, options.dry_run
        )
        report.earlier = None if options.again else desk.store.import_batch(digest)
        if report.earlier is None:
            with _seldom_collecting():
                for _ in _load(desk, table, report, digest, stop):
                    if progress:
                        progress(report.rows, stream.tell() / max(size, 1))
            _note_batch(desk, report, path.name, digest)
    return report


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Rows are many and live short: looking for cycles among them takes a tenth of the time."""
    usual = gc.get_threshold()
    gc.set_threshold(100_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _load(
    desk: Desk, table: CsvTable, report: ImportReport, digest: str, stop: Stop | None
) -> Iterator[None]:
    """Saves chunk by chunk; what is saved stays, whatever happens to the next."""
    tally, size = report.tally, CHUNKS[report.columns.kind]
    reader = RowReader(report.columns, desk.clock.today(), desk.rules.tables)
    met = Met()

    def bad(line: int, why: str) -> None:
        tally.bad.append(Note(line, why))

    while rows := list(islice(table.rows, size)):
        report.stopped = stop is not None and stop()
        if report.stopped:
            break
        report.rows += len(rows)
        block, repeated = met.first_of(reader.read(rows, bad), bad)
        tally.unchanged += repeated
        tally.add(_save(desk, report, block, digest))
        yield
    tally.bad.sort(key=lambda note: note.line)


def _save(desk: Desk, report: ImportReport, block: Block, digest: str) -> Tally:
    """One transaction; that of a dry run is taken back."""

    def op_id(line: int) -> str:
        return id_from(f"{digest}:{line}")

    def work(tx: Tx) -> Tally:
        if report.columns.kind is ImportKind.EXPECTED:
            tally = load_expected(desk, tx, block.entries(), op_id)
        else:
            tally = load_block(desk, tx, block)
        if report.dry_run:
            raise _TakeBack(tally)
        return tally

    try:
        return desk.store.write("", work)
    except _TakeBack as end:
        return end.tally


def _note_batch(desk: Desk, report: ImportReport, name: str, digest: str) -> None:
    if report.dry_run or report.stopped:
        return
    batch = ImportBatch(digest, name, report.rows, desk.clock.now(), desk.actor)
    with suppress(FileAlreadyImported):  # asked for again, or by another bench just now
        desk.store.write("", lambda tx: tx.record_batch(batch))
