"""What the doctor finds out about a database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bench.store import migrate
from bench.store.health import Finding, Grade, database_findings, may_lose_writes
from bench.store.server import grant, prepare
from bench.store.store import Store
from tests import pg
from tests.store.helpers import NOON, a_unit, log, raw, save


def _by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


@pytest.mark.parametrize(
    ("version", "bug"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 53, 4), False),
    ],
)
def test_the_wal_reset_bug_by_version(version: tuple[int, ...], bug: bool) -> None:
    assert may_lose_writes(version) is bug


def test_a_sound_file(store: Store, path: Path) -> None:
    found = _by_name(database_findings(path, NOON))
    assert {finding.grade for finding in found.values()} == {Grade.GOOD}
    assert f"schema {max(migrate.known())}" in found["database"].text
    assert found["permissions"].text == "bench.db 0600, home/ 0700"


def test_a_file_that_is_not_there_is_not_made(path: Path) -> None:
    (finding,) = database_findings(path, NOON)
    assert (finding.grade, finding.name) == (Grade.HINT, "database")
    assert not path.parent.exists()


def test_a_damaged_file(store: Store, path: Path) -> None:
    save(store, *(a_unit(f"u{number}", customer="c" * 300) for number in range(300)))
    store.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"\x07" * (len(content) - len(content) // 2)
    path.write_bytes(content)
    found = _by_name(database_findings(path, NOON))
    assert found["database"].grade is Grade.WRONG
    assert "restore" in found["database"].todo


def test_a_newer_file(store: Store, path: Path) -> None:
    store.close()
    connection = raw(path)
    row = ("9999_tomorrow", "2031-01-01 00:00:00")
    connection.execute("INSERT INTO schema_migration (name, applied) VALUES (?, ?)", row)
    connection.close()
    (finding,) = database_findings(path, NOON)
    assert finding.grade is Grade.WRONG
    assert "newer bench" in finding.text
    assert "Update bench" in finding.todo


def test_others_that_may_look_in(store: Store, path: Path) -> None:
    path.chmod(0o644)
    finding = _by_name(database_findings(path, NOON))["permissions"]
    assert finding.grade is Grade.HINT
    assert finding.todo.startswith("chmod o-rwx ")


def test_a_clock_before_the_newest_step(store: Store, path: Path) -> None:
    save(store, a_unit())
    store.write("e1", lambda tx: log(tx, "e1", at=NOON))
    late, early = NOON + timedelta(hours=1), NOON - timedelta(days=400)
    assert _by_name(database_findings(path, late))["clock"].grade is Grade.GOOD
    finding = _by_name(database_findings(path, early))["clock"]
    assert (finding.grade, "2026-03-02 12:00" in finding.text) == (Grade.WRONG, True)


def test_a_server_that_keeps_what_it_confirms_or_not() -> None:
    now = datetime.now(UTC)
    with pg.server(durable=True) as own:
        prepare(own.url)
        pg.execute(own.url, "CREATE ROLE clerk LOGIN")
        grant(own.url, "clerk")
        clerk = own.url.replace("bench@", "clerk@")
        found = _by_name(database_findings(clerk, now))
        assert {finding.grade for finding in found.values()} == {Grade.GOOD}
        assert _by_name(database_findings(own.url, now))["permissions"].grade is Grade.HINT
        behind = _by_name(database_findings(clerk, now - timedelta(minutes=5)))["clock"]
        assert (behind.grade, "behind the server" in behind.text) == (Grade.WRONG, True)
        pg.execute(own.url, "ALTER SYSTEM SET synchronous_commit = off", "SELECT pg_reload_conf()")
        found = _by_name(database_findings(clerk, now))
        assert "synchronous_commit off" in found["server"].text


def test_a_server_that_is_gone() -> None:
    (finding,) = database_findings("postgresql://bench@127.0.0.1:1/rma", NOON)
    assert finding.grade is Grade.WRONG
    assert "rma on 127.0.0.1:1: The database server does not answer" in finding.text
