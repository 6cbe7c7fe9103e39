"""After a restore nothing prints twice in silence, and no RMA number is given twice."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.cli import main
from bench.printer_settings import LabelSort
from bench.scan.rma_number import LAST
from bench.store import migrate
from bench.store.backup import make_backup
from bench.store.openform import write_file
from bench.store.records import LetterState, PrintJob, PrintState
from bench.store.rma_numbers import FIRST_KEY, NumbersUsedUp
from bench.store.settling import ASK, JUMP, LOOK
from bench.store.snapshot import open_snapshot
from bench.store.store import Store
from bench.workflow.proving import prove
from tests import pg
from tests.store import test_letters as letters
from tests.store.helpers import NOON, later, raw
from tests.store.histories import a_history

S, HERE = PrintState, "Bench 2"
DONE = (S.SENT, S.CANCELLED)
Put = Callable[[Path], Path | str]


@pytest.fixture
def put(where: Path | str, request: pytest.FixtureRequest) -> Iterator[Put]:
    """Restores a backup: in place of the file, or into an empty database; says where it is."""
    made: list[str] = []

    def restore(file: Path) -> Path | str:
        place = where
        if isinstance(where, str):
            place = pg.fresh(request.getfixturevalue("pg_url"), pg.TEMPLATE)
            made.append(place)
        assert main(["restore", str(file), "--yes", "--database", str(place)]) == 0
        return place

    yield restore
    for url in made:
        pg.forget(url)


def keep(where: Path | str, *states: PrintState) -> None:
    """A label in each of these states, called after it."""
    given: dict[str, Any] = {
        **{"id": "", "sort": LabelSort.RMA, "title": "RMA label", "content": "{}"},
        **{"station": HERE, "printer": "B", "unit_id": None, "rma_id": None},
        **{"state": S.QUEUED, "at": NOON, "actor": "Ana", "next_try_at": later(9)},
        **{"why": "no paper", "claimed_by": "run try", "claimed_at": NOON, "version": 4},
    }
    job = PrintJob(**given)
    with closing(Store.open(where)) as store:
        for state in states:
            mine = replace(job, id=state.value, state=state)
            store.write("", lambda tx, mine=mine: tx.add_print_job(mine))  # type: ignore[misc]


def give(where: Path | str, station: str, count: int = 1) -> list[tuple[str, int]]:
    """The next numbers of a station."""
    with closing(Store.open(where)) as store:
        return [store.write("", lambda tx: tx.next_running(station)) for _ in range(count)]


def back_up(where: Path | str, tmp_path: Path) -> Path:
    """A backup as it is now."""
    folder = tmp_path / "kept"
    folder.mkdir()
    return make_backup(where, folder, NOON, "test")[0]


def test_labels_that_waited_are_for_a_person_to_look_at(
    where: Path | str, put: Put, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep(where, *S)
    place = put(back_up(where, tmp_path))
    with closing(Store.open(place)) as store:
        left = {job.id: job for job in store.print_jobs_left(HERE)}
        over = {job.id: job for job in store.print_jobs_over(HERE, 9)}
        assert store.printers_waited_for(HERE) == []
        assert store.print_jobs_sending(HERE) == []
    assert {job.state for job in left.values()} == {S.UNSURE}
    for state in (S.QUEUED, S.SENDING, S.FAILED):
        job = left.pop(state.value)
        found = (job.why, job.next_try_at, job.claimed_by, job.version)
        assert found == (LOOK, None, "", 5)
    assert [(job.id, job.why) for job in left.values()] == [("unsure", "no paper")]
    assert {name: job.state for name, job in over.items()} == {s.value: s for s in DONE}
    told = capsys.readouterr().out
    assert "4 labels of the backup wait until somebody looks whether they came out" in told
    assert f"each bench leaves out {JUMP:,} RMA numbers" in told


def test_no_number_is_given_twice(where: Path | str, put: Put, tmp_path: Path) -> None:
    """Neither by a bench that is in the backup, nor by one that came after it."""
    given = give(where, HERE, 3)
    file = back_up(where, tmp_path)
    given += give(where, HERE, 5) + give(where, "Dock 7", 4)
    place = put(file)
    more = give(place, HERE, 2) + give(place, "Dock 7", 2) + give(place, "Dock 8")
    assert not set(given) & set(more)
    assert [more[0][0], more[2][0]] == [given[0][0], given[-1][0]], "the same letters as before"
    assert all(running > JUMP for _, running in more)
    assert more[-1][1] == JUMP + 1


def test_what_the_replaced_file_has_given_counts(path: Path, put: Put, tmp_path: Path) -> None:
    """However many that is, and as often as the same backup is restored."""
    (first,) = give(path, HERE)
    file = back_up(path, tmp_path)
    give(path, "Dock 7")
    with raw(path) as connection:
        connection.execute("UPDATE rma_letters SET running = running + 90000")
    for time in (1, 2, 3):
        put(file)
        assert give(path, HERE) == [(first[0], 90_001 + time * (JUMP + 1))]
        assert give(path, "Dock 7")[0][1] == 90_001 + time * (JUMP + 1)
        assert give(path, f"Dock {time + 7}")[0][1] == time * JUMP + 1


def test_a_damaged_file_tells_nothing(path: Path, put: Put, tmp_path: Path) -> None:
    (first,) = give(path, HERE)
    file = back_up(path, tmp_path)
    path.write_bytes(b"\xff" * 8192)
    put(file)
    assert give(path, HERE) == [(first[0], 1 + JUMP + 1)]


def test_no_number_is_beyond_the_last(where: Path | str, put: Put, tmp_path: Path) -> None:
    (first,) = give(where, HERE)
    with closing(Store.open(where)) as store:
        store._link.rows("UPDATE rma_letters SET running = ?", (LAST - 5,))
    place = put(back_up(where, tmp_path))
    with pytest.raises(NumbersUsedUp, match="it has used all"):
        give(place, HERE)
    with open_snapshot(place) as snapshot:
        assert snapshot.rows("SELECT letters, running FROM rma_letters") == [(first[0], LAST)]


def test_a_file_from_before_labels(
    path: Path, put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(_older(tmp_path, monkeypatch, is_open=False))
    with open_snapshot(path) as snapshot:
        assert "rma_letters" not in snapshot.tables(), "as it was, until a bench opens it"
    _begins_later(path)


def test_an_export_from_before_labels(
    put: Put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    _begins_later(put(_older(tmp_path, monkeypatch, is_open=True)))


def _begins_later(place: Path | str) -> None:
    assert [running for _, running in give(place, HERE, 2)] == [JUMP + 1, JUMP + 2]
    assert prove(place, deep=True).count == 0


def _older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, is_open: bool) -> Path:
    """A backup by the bench before it knew labels."""
    folder, made = tmp_path / "migrations", tmp_path / "older" / "bench.db"
    shutil.copytree(migrate.MIGRATIONS, folder, ignore=shutil.ignore_patterns("000[7-9]*", "__*"))
    with monkeypatch.context() as then:
        then.setattr(migrate, "MIGRATIONS", folder)
        Store.open(made).close()
        if not is_open:
            return back_up(made, tmp_path)
        with open_snapshot(made) as snapshot:
            write_file(snapshot, tmp_path / "all.jsonl", NOON.isoformat(), pack=False)
    return tmp_path / "all.jsonl"


def test_what_was_restored_is_proved(where: Path | str, put: Put, tmp_path: Path) -> None:
    a_history(where)
    keep(where, S.QUEUED)
    file = back_up(where, tmp_path)
    place = put(file)
    assert prove(place).count == 0
    assert main(["verify", "--against", str(file), "--database", str(place)]) == 0


@pytest.mark.parametrize("value", ["", "x", "-5", "٣", "1" * 40, "7.0"])
def test_a_note_that_is_no_number_is_none(store: Store, value: str) -> None:
    store._link.rows('INSERT INTO meta ("key", "value") VALUES (?, ?)', (FIRST_KEY, value))
    assert store.write("", lambda tx: tx.next_running(HERE))[1] == 1


def test_letters_that_waited_are_asked_about(where: Path | str, put: Put, tmp_path: Path) -> None:
    """They may have gone since: none is sent a second time by itself."""
    with closing(Store.open(where)) as store:
        letters.keep(store, *(letters.a_letter(state.value, state=state) for state in LetterState))
    place = put(back_up(where, tmp_path))
    with closing(Store.open(place)) as store:
        now = {state: store.letter(state.value) for state in LetterState}
        assert store.letters_queued() == []
    became = {state for state, letter in now.items() if letter and letter.state is not state}
    assert became == {LetterState.QUEUED, LetterState.SENDING}
    for state in became:
        letter = now[state]
        assert letter is not None
        assert (letter.state, letter.why) == (LetterState.UNSURE, ASK)
