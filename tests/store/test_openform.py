"""The open form: everything out, and in again on any engine; nothing half of a bad file."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from bench.store import openlines
from bench.store.database import open_link
from bench.store.errors import NewerDatabase
from bench.store.loading import NotEmpty, load_file
from bench.store.openform import Content, is_open_form, write_file
from bench.store.openlines import BadFile
from bench.store.snapshot import open_snapshot
from bench.store.store import Store
from bench.workflow.proving import prove
from tests import pg
from tests.conftest import SQLITE
from tests.store.helpers import a_unit, raw, save
from tests.store.histories import a_history, content

Where = Path | str
Lines = list[dict[str, Any]]


@pytest.fixture
def other(engine: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Where]:
    """An empty database of the other engine."""
    if engine != SQLITE:
        yield tmp_path / "other.db"
        return
    url = pg.fresh(request.getfixturevalue("pg_url"), pg.TEMPLATE)
    yield url
    pg.forget(url)


def _export(where: Where, file: Path) -> Content:
    with open_snapshot(where) as snapshot:
        return write_file(snapshot, file, "2026-03-02", pack=file.suffix == ".gz")


def _load(where: Where, file: Path) -> Content:
    link = open_link(where, 5.0)
    try:
        return load_file(link, file)
    finally:
        link.close()


@pytest.mark.parametrize("name", ["all.jsonl", "all.jsonl.gz"])
def test_there_and_back_again(where: Where, other: Where, tmp_path: Path, name: str) -> None:
    a_history(where)
    there, back = tmp_path / name, tmp_path / f"back-{name}"
    written = _export(where, there)
    assert is_open_form(there)
    assert _load(other, there) == written
    assert content(other) == content(where)
    assert prove(other, deep=False).count == 0
    _export(other, back)
    assert back.read_bytes() == there.read_bytes()


def test_what_was_loaded_goes_on(where: Where, other: Where, tmp_path: Path) -> None:
    a_history(where)
    _export(where, tmp_path / "all.jsonl")
    _load(other, tmp_path / "all.jsonl")
    a, b = Store.open(where), Store.open(other)
    assert a.queue(0, 50) == b.queue(0, 50)
    assert a.last_event("bench-1") == b.last_event("bench-1")
    assert a.events_of_unit("u2") == b.events_of_unit("u2")
    save(b, a_unit("new"))
    a.close()
    b.close()


def test_an_empty_database_goes_out_and_in(where: Where, other: Where, tmp_path: Path) -> None:
    Store.open(where).close()
    assert _export(where, tmp_path / "all.jsonl").events == 0
    assert _load(other, tmp_path / "all.jsonl").units == 0


def test_a_database_with_content_is_left_alone(where: Where, tmp_path: Path) -> None:
    a_history(where, units=2)
    _export(where, tmp_path / "all.jsonl")
    before = content(where)
    with pytest.raises(NotEmpty, match="not empty"):
        _load(where, tmp_path / "all.jsonl")
    assert content(where) == before


def test_an_export_is_one_moment(where: Where, tmp_path: Path) -> None:
    a_history(where, units=2)
    with open_snapshot(where) as snapshot:
        store = Store.open(where)
        save(store, a_unit("later"))
        store.close()
        written = write_file(snapshot, tmp_path / "all.jsonl", "", pack=False)
    assert written.rows["unit"] == 2


def test_a_column_that_a_later_migration_adds_comes_along(path: Path, tmp_path: Path) -> None:
    a_history(path)
    target = tmp_path / "t.db"
    Store.open(target).close()
    for file in (path, target):
        with raw(file) as connection:
            connection.execute("ALTER TABLE unit ADD COLUMN colour TEXT")
            connection.execute("CREATE TABLE later (a TEXT PRIMARY KEY, b BLOB) STRICT")
        connection.close()
    with raw(path) as connection:
        connection.execute("UPDATE unit SET colour = 'red' WHERE id = 'u1'")
        connection.execute("INSERT INTO later VALUES ('x', x'00ff')")
    connection.close()
    _export(path, tmp_path / "all.jsonl")
    _load(target, tmp_path / "all.jsonl")
    assert content(target) == content(path)
    assert content(target)["later"] == [("x", b"\x00\xff")]


# --- files that are not what they should be


@pytest.fixture
def lines(tmp_path: Path) -> Lines:
    """The lines of a good file."""
    a_history(tmp_path / "good.db", units=2)
    _export(tmp_path / "good.db", tmp_path / "good.jsonl")
    return [json.loads(line) for line in (tmp_path / "good.jsonl").read_text().splitlines()]


def _place(lines: Lines, **wanted: object) -> int:
    return next(
        number
        for number, line in enumerate(lines)
        if all(line.get(name) == value for name, value in wanted.items())
    )


def _refused(where: Where, file: Path, text: bytes) -> BadFile:
    file.write_bytes(text)
    with pytest.raises(BadFile) as caught:
        _load(where, file)
    assert "Nothing was written" in str(caught.value)
    with open_snapshot(where) as snapshot:
        for table in ("unit", "rma", "event", "draft", "rma_letters"):
            assert snapshot.number(f"SELECT count(*) FROM {table}") == 0
    return caught.value


def _bytes(lines: Lines) -> bytes:
    return "".join(f"{json.dumps(line)}\n" for line in lines).encode()


Spoil = Callable[[Lines], int]


def _unknown_table(lines: Lines) -> int:
    lines[3]["table"] = "sqlite_master"
    return 4


def _unknown_column(lines: Lines) -> int:
    lines[3]["x\x1b[2J"] = 1
    return 4


def _no_table(lines: Lines) -> int:
    del lines[3]["table"]
    return 4


def _wrong_hash(lines: Lines) -> int:
    at = _place(lines, op_id="u1-3")
    lines[at]["hash"] = "00" * 32
    return at + 1


def _no_hex(lines: Lines) -> int:
    at = _place(lines, op_id="u1-3")
    lines[at]["hash"] = "xyz"
    return at + 1


def _changed_event(lines: Lines) -> int:
    at = _place(lines, op_id="u1-3")
    lines[at]["actor"] = "Bob"
    return at + 1


def _missing_event(lines: Lines) -> int:
    at = _place(lines, op_id="u1-3")
    del lines[at]
    return at + 1


def _missing_tail(lines: Lines) -> int:
    del lines[_place(lines, op_id="u1-5")]
    return len(lines)


def _missing_tail_with_counts(lines: Lines) -> int:
    del lines[_place(lines, op_id="u1-5")]
    lines[-1]["rows"]["event"] -= 1
    return len(lines)


def _missing_unit(lines: Lines) -> int:
    del lines[_place(lines, table="unit", id="u1")]
    return _place(lines, table="rma", unit_id="u1") + 1


def _twice(lines: Lines) -> int:
    at = _place(lines, table="unit", id="u1")
    lines.insert(at, lines[at])
    return at + 2


def _no_footer(lines: Lines) -> int:
    del lines[-1]
    return len(lines) + 1


def _after_the_end(lines: Lines) -> int:
    lines.append(lines[2])
    return len(lines)


def _no_header(lines: Lines) -> int:
    del lines[0]
    return 1


def _not_a_number(lines: Lines) -> int:
    at = _place(lines, op_id="u0-2")
    lines[at]["seq"] = "zwei"
    return at + 1


def _nested(lines: Lines) -> int:
    lines[3]["brand"] = {"a": 1}
    return 4


def _huge_number(lines: Lines) -> int:
    lines[3]["version"] = 2**70
    return 4


def _nul(lines: Lines) -> int:
    lines[3]["brand"] = "a\0b"
    return 4


def _half_a_character(lines: Lines) -> int:
    lines[3]["brand"] = "\ud800"
    return 4


def _a_mark_of_migrations(lines: Lines) -> int:
    lines.insert(1, {"table": "meta", "key": "migration:0001_first", "value": "x"})
    return 2


@pytest.mark.parametrize(
    "spoil",
    [
        *(_unknown_table, _unknown_column, _no_table, _wrong_hash, _no_hex, _changed_event),
        *(_missing_event, _missing_tail, _missing_tail_with_counts, _missing_unit, _twice),
        *(_no_footer, _after_the_end, _no_header, _not_a_number, _nested, _huge_number, _nul),
        *(_half_a_character, _a_mark_of_migrations),
    ],
)
def test_a_bad_file_is_refused_with_its_line(
    where: Where, tmp_path: Path, lines: Lines, spoil: Spoil
) -> None:
    Store.open(where).close()
    number = spoil(lines)
    assert _refused(where, tmp_path / "bad.jsonl", _bytes(lines)).line == number


@pytest.mark.parametrize("text", [b"", b"\n", b"{", b"[]\n", b"[" * 100_000 + b"\n", b"\xff\xfe\n"])
def test_what_is_no_open_form_is_refused(where: Where, tmp_path: Path, text: bytes) -> None:
    Store.open(where).close()
    assert _refused(where, tmp_path / "bad.jsonl", text).line == 1
    assert not is_open_form(tmp_path / "bad.jsonl")


def test_a_line_without_an_end_is_refused(
    where: Where, tmp_path: Path, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    Store.open(where).close()
    monkeypatch.setattr(openlines, "LONGEST", 5000)
    lines[3]["brand"] = "a" * 6000
    assert "longer than" in str(_refused(where, tmp_path / "bad.jsonl", _bytes(lines)))


@pytest.mark.parametrize("cut", [1, 20, 300])
def test_a_file_that_was_cut_off_is_refused(
    where: Where, tmp_path: Path, lines: Lines, cut: int
) -> None:
    Store.open(where).close()
    _refused(where, tmp_path / "bad.jsonl", _bytes(lines)[:-cut])
    _refused(where, tmp_path / "bad.jsonl.gz", gzip.compress(_bytes(lines))[:-cut])


def test_packed_rubbish_is_refused(where: Where, tmp_path: Path, lines: Lines) -> None:
    Store.open(where).close()
    packed = bytearray(gzip.compress(_bytes(lines)))
    packed[len(packed) // 2] ^= 0xFF
    _refused(where, tmp_path / "bad.jsonl.gz", bytes(packed))
    _refused(where, tmp_path / "bad.jsonl.gz", b"\x1f\x8brubbish")


@pytest.mark.parametrize(
    "change", [{"version": 2}, {"schema": ["0001_first", "9999_tomorrow"]}], ids=str
)
def test_a_file_of_a_newer_bench_is_refused(
    where: Where, tmp_path: Path, lines: Lines, change: dict[str, object]
) -> None:
    lines[0] |= change
    (tmp_path / "new.jsonl").write_bytes(_bytes(lines))
    with pytest.raises(NewerDatabase, match="Update bench"):
        _load(where, tmp_path / "new.jsonl")


def test_a_csv_file_is_none(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("serial,brand\nA,B\n")
    assert not is_open_form(tmp_path / "a.csv")


def test_a_disk_that_fails_while_writing_leaves_no_file(path: Path, tmp_path: Path) -> None:
    a_history(path, units=1)

    def told(what: str, part: float) -> None:
        raise OSError(28, "No space left on device")

    with open_snapshot(path) as snapshot, pytest.raises(OSError, match="No space"):
        write_file(snapshot, tmp_path / "all.jsonl", "", told, pack=False)
    assert not list(tmp_path.glob("*all*"))
