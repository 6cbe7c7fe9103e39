"""The proof: whoever changes history is found, and the first broken link is named in words."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bench.cli.verify import report
from bench.clock import FixedClock
from bench.store import proof
from bench.store.backup import make_backup
from bench.store.errors import NotADatabase, NotPrepared, StoreError
from bench.store.hashes import link
from bench.store.manifest import beside
from bench.store.snapshot import open_snapshot
from bench.store.store import Store
from bench.text import printable
from bench.workflow.proving import Findings, prove
from tests.store.helpers import NOON, ROOT, a_unit, save
from tests.store.histories import Hand, a_history

CLOCK = FixedClock(NOON)
Where = Path | str


def _told(findings: Findings) -> str:
    return "\n".join(report(findings, CLOCK))


def _only(findings: Findings) -> str:
    assert findings.broken.count == 1
    return findings.broken.named[0].what


def test_a_whole_history_is_well(where: Where) -> None:
    a_history(where)
    findings = prove(where)
    assert (findings.events, findings.units, findings.count) == (30, 6, 0)
    assert "all is well" in _told(findings)


def test_an_empty_database_is_well(where: Where) -> None:
    Store.open(where).close()
    assert prove(where, deep=True).count == 0


def test_a_changed_event_is_named_with_all_that_is_known_of_it(where: Where) -> None:
    a_history(where)
    with Hand(where) as hand:
        hand.run("UPDATE event SET data = ? WHERE op_id = ?", '{"n":9}', "u3-1")
    findings = prove(where)
    assert _only(findings) == "its content is not what was written"
    told = _told(findings)
    for part in ("Snom SER-u3", "RMA 26-r3", "event 1 ", "received", "2026-03-02 12:00"):
        assert part in told
    assert "by Ana at bench-1; op id u3-1" in told


@pytest.mark.parametrize(
    "change",
    [
        "actor = 'Bob'",
        "station = 'x'",
        "at = '2020-01-01T00:00:00.000000Z'",
        "rma_id = NULL",
        "step = 'closed'",
        "op_id = 'u2-99'",
        "reverses = 'u2-3'",
        "technician_id = 't1'",
    ],
)
def test_no_column_of_an_event_can_be_changed_unseen(where: Where, change: str) -> None:
    a_history(where)
    with Hand(where) as hand:
        hand.run(f"UPDATE event SET {change} WHERE op_id = 'u2-4'")
    assert "does not follow on the event before it" in _only(prove(where))


def test_one_event_with_a_new_hash_breaks_the_next(where: Where) -> None:
    a_history(where)
    with Hand(where) as hand:
        hand.run("UPDATE event SET actor = 'Bob' WHERE op_id = 'u3-3'")
        hand.rehash("u3", only=3)
    findings = prove(where)
    assert "or that of event 3, is not what was written" in _only(findings)
    assert findings.broken.named[0].seq == 4


def test_a_hash_that_is_none_is_found(where: Where) -> None:
    a_history(where)
    with Hand(where) as hand:
        hand.run("UPDATE event SET hash = ? WHERE op_id = 'u3-5'", b"")
    assert prove(where).broken.named[0].seq == 5


@pytest.mark.parametrize(
    ("gone", "what"),
    [
        ("u4-4", "an event is missing between 3 and 5"),
        ("u4-1", "an event is missing before 2"),
    ],
)
def test_a_deleted_event_leaves_a_gap(where: Where, gone: str, what: str) -> None:
    a_history(where)
    with Hand(where) as hand:
        hand.run("DELETE FROM event WHERE op_id = ?", gone)
    assert _only(prove(where)) == what


def test_several_deleted_events_are_counted(where: Where) -> None:
    a_history(where)
    with Hand(where) as hand:
        hand.run("DELETE FROM event WHERE op_id IN ('u4-3', 'u4-4')")
    assert _only(prove(where)) == "2 events are missing between 2 and 5"


def test_closing_the_gap_does_not_help(where: Where) -> None:
    a_history(where)
    with Hand(where) as hand:
        hand.run("DELETE FROM event WHERE op_id = 'u4-3'")
        hand.run("UPDATE event SET seq = 3 WHERE op_id = 'u4-4'")
        hand.run("UPDATE event SET seq = 4 WHERE op_id = 'u4-5'")
    assert "does not follow" in _only(prove(where))


def test_two_events_that_changed_places_are_found(where: Where) -> None:
    a_history(where)
    with Hand(where) as hand:
        for op_id, seq in (("u1-3", 99), ("u1-4", 3), ("u1-3", 4)):
            hand.run("UPDATE event SET seq = ? WHERE op_id = ?", seq, op_id)
    findings = prove(where)
    assert "does not follow" in _only(findings)
    assert findings.broken.named[0].op_id == "u1-4"


def test_an_event_of_another_unit_is_found(where: Where) -> None:
    a_history(where)
    with Hand(where) as hand:
        hand.run("UPDATE event SET unit_id = 'u0', seq = 6 WHERE op_id = 'u5-5'")
    findings = prove(where)
    assert findings.broken.named[0].unit_id == "u0"
    assert findings.broken.named[0].op_id == "u5-5"


def test_many_broken_units_are_counted_and_twenty_are_named(where: Where) -> None:
    a_history(where, units=25, events=2)
    with Hand(where) as hand:
        hand.run("UPDATE event SET actor = 'Bob' WHERE seq = 1")
    findings = prove(where)
    assert (findings.broken.count, len(findings.broken.named)) == (25, 20)
    assert "… and 5 more" in _told(findings)


def test_two_processes_find_what_one_finds(where: Where) -> None:
    a_history(where, units=9)
    with Hand(where) as hand:
        hand.run("UPDATE event SET actor = 'Bob' WHERE op_id IN ('u1-2', 'u8-5')")
    alone, both = prove(where, processes=1), prove(where, processes=3, deep=True)
    assert alone.broken == both.broken
    assert (both.events, both.units, both.rmas) == (45, 9, 9)
    assert alone.broken.count == 2


# --- what no chain shows


def _backup(where: Where, tmp_path: Path) -> Path:
    folder = tmp_path / "kept"
    folder.mkdir()
    return make_backup(where, folder, NOON, "test")[0]


def test_a_tail_that_was_cut_off_shows_beside_a_backup(where: Where, tmp_path: Path) -> None:
    a_history(where)
    backup = _backup(where, tmp_path)
    with Hand(where) as hand:
        hand.run("DELETE FROM alias WHERE unit_id = 'u2'")
        hand.run("DELETE FROM event WHERE unit_id = 'u2' AND seq > 3")
    assert prove(where).count == 0
    findings = prove(where, backup=backup)
    assert findings.missing.count == findings.count == 1
    assert "is missing: the backup has it" in findings.missing.named[0].what
    assert "Snom SER-u2" in _told(findings)


def test_a_unit_without_any_event_left_shows_beside_a_backup(where: Where, tmp_path: Path) -> None:
    a_history(where)
    backup = _backup(where, tmp_path)
    with Hand(where) as hand:
        hand.run("DELETE FROM event WHERE unit_id = 'u5'")
    assert prove(where, backup=beside(backup)).missing.named[0].unit_id == "u5"


def test_a_chain_made_anew_shows_beside_a_backup(where: Where, tmp_path: Path) -> None:
    a_history(where)
    backup = _backup(where, tmp_path)
    with Hand(where) as hand:
        hand.run("UPDATE event SET actor = 'Bob' WHERE op_id = 'u3-2'")
        hand.rehash("u3")
    assert prove(where).count == 0
    found = prove(where, backup=backup).missing
    assert (found.count, found.named[0].unit_id) == (1, "u3")
    assert "history was rewritten" in found.named[0].what


def test_what_came_after_the_backup_is_no_fault(where: Where, tmp_path: Path) -> None:
    a_history(where, units=3)
    backup = _backup(where, tmp_path)
    store = Store.open(where)
    save(store, a_unit("later"))
    store.close()
    assert prove(where, backup=backup).count == 0
    assert prove(where, backup=beside(backup)).count == 0


@pytest.mark.engines("sqlite")
def test_a_manifest_alone_tells_that_history_changed(where: Where, tmp_path: Path) -> None:
    a_history(where)
    backup = _backup(where, tmp_path)
    backup.unlink()
    assert prove(where, backup=beside(backup)).count == 0
    with Hand(where) as hand:
        hand.run("DELETE FROM alias WHERE unit_id = 'u2'")
        hand.run("DELETE FROM event WHERE unit_id = 'u2' AND seq > 3")
    assert prove(where, backup=beside(backup)).missing.count == 1


@pytest.mark.engines("postgresql")
def test_a_servers_manifest_wants_its_backup(where: Where, tmp_path: Path) -> None:
    a_history(where)
    backup = _backup(where, tmp_path)
    backup.unlink()
    with pytest.raises(StoreError, match="not beside its manifest"):
        prove(where, backup=beside(backup))


def test_a_backup_that_was_tampered_with_is_no_witness(where: Where, tmp_path: Path) -> None:
    a_history(where)
    backup = _backup(where, tmp_path)
    with backup.open("ab") as stream:
        stream.write(b"\n")
    with pytest.raises(StoreError, match="not the file that"):
        prove(where, backup=beside(backup))


# --- the tables, and what is no database


def test_rows_that_point_nowhere_are_found(path: Path) -> None:
    a_history(path)
    with Hand(path) as hand:
        hand.run("DELETE FROM rma WHERE id = 'r1'")
    assert "names a rma that is not there" in prove(path).tables[0]


def test_bytes_that_are_no_text_are_found(path: Path) -> None:
    a_history(path)
    with Hand(path) as hand:
        hand.run("UPDATE event SET actor = CAST(x'ff41' AS TEXT) WHERE op_id = 'u1-1'")
    findings = prove(path)
    assert _only(findings) == "its content is not what was written"
    assert "by \ufffdA at bench-1" in printable(_told(findings))


def test_a_damaged_file_is_damage(path: Path) -> None:
    a_history(path, units=300)
    data = bytearray(path.read_bytes())
    data[len(data) // 2 :] = b"\x55" * (len(data) - len(data) // 2)
    path.write_bytes(data)
    with pytest.raises(StoreError, match="damaged"):
        prove(path)


def test_a_file_of_another_kind_is_refused(path: Path) -> None:
    path.parent.mkdir()
    path.write_bytes(b"serial,brand\n" * 500)
    with pytest.raises(NotADatabase):
        prove(path)


def test_a_database_from_before_the_proof_says_what_to_do(path: Path) -> None:
    a_history(path)
    with Hand(path) as hand:
        hand.run("ALTER TABLE event DROP COLUMN hash")
    with pytest.raises(NotPrepared):
        prove(path)


def test_looking_changes_nothing(path: Path) -> None:
    a_history(path)
    before = path.read_bytes()
    prove(path, deep=True)
    assert path.read_bytes() == before


def test_the_fast_hash_is_the_hash(where: Where) -> None:
    row = ("o", "ü", None, 12, "s", "a", "b", "c", '{"x":"株"}', None, "t", b"")
    assert proof.hashed(bytes(32), row) == link(bytes(32), row[:11])


def test_writers_are_not_disturbed(where: Where) -> None:
    a_history(where)
    with open_snapshot(where) as snapshot:
        store = Store.open(where, patience=1)
        save(store, a_unit("more"))
        assert snapshot.number("SELECT count(*) FROM unit") == 6
        assert store.unit("more") is not None
        store.close()


def _all_ended(group: int) -> bool:
    for _ in range(300):  # its helpers end with it, each in its time
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.1)
    return False


def test_ctrl_c_ends_it_at_once(path: Path, tmp_path: Path) -> None:
    a_history(path, units=400, events=40)
    code = (
        "import sys, pathlib\n"
        "from bench.workflow.proving import prove\n"
        "if __name__ == '__main__':\n"
        "    print('ready', flush=True)\n"
        "    while True: prove(pathlib.Path(sys.argv[1]), processes=2, deep=True)\n"
    )
    script = tmp_path / "forever.py"
    script.write_text(code)
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, str(script), str(path)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=env,
        start_new_session=True,
    ) as program:
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
        time.sleep(1.5)
        os.killpg(program.pid, signal.SIGINT)
        _, error = program.communicate(timeout=30)
    assert error.count(b"KeyboardInterrupt") >= 1
    assert b"_work" not in error
    assert _all_ended(program.pid)
