"""The server is killed, restarted and frozen while benches work: they wait, and go on."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from bench.store.errors import Unreachable
from bench.store.server import prepare
from bench.store.store import Store
from tests import pg
from tests.fire.rig import Benches, seed
from tests.store.helpers import a_unit, save


@pytest.fixture
def server() -> Iterator[pg.Server]:
    """A server of this test's own, with a prepared database."""
    with pg.server() as own:
        prepare(own.url)
        yield own


def test_killed_twice_under_load(server: pg.Server) -> None:
    seed(server.url, 300)
    benches = Benches(server.url, 3, 300)
    benches.go()
    kills = 0
    while benches.busy() and kills < 2:
        time.sleep(0.3)
        server.kill()
        server.start()
        kills += 1
    outcome = benches.end()
    assert kills == 2
    assert outcome.line() == "saved 300, told 0, errors 0, lost 0, doubled 0, broken chains 0"


def test_a_frozen_server_is_noticed_and_the_step_saved_once(server: pg.Server) -> None:
    heard: list[str] = []
    store = Store.open(server.url, waiting=heard.append)
    save(store, a_unit("u1"))
    server.freeze()
    begun = time.monotonic()
    try:
        impatient = Store.open(server.url, patience=0.1)
    except Unreachable:
        noticed = time.monotonic() - begun
    else:
        impatient.close()
        pytest.fail("a frozen server let somebody in")
    finally:
        server.freeze(thaw=True)
    save(store, a_unit("u2"))
    assert noticed < 10
    assert [unit.id for unit in store.units()] == ["u1", "u2"]
    store.close()


def test_a_dead_network_in_the_middle_of_a_step(
    server: pg.Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bench.store.postgres.SILENCE", 1.0)
    heard: list[str] = []
    store = Store.open(server.url, waiting=heard.append)
    save(store, a_unit("u1"))
    runs = []

    def work(tx: object) -> None:
        runs.append(1)
        if len(runs) == 1:
            server.freeze()
        store.unit("u1")
        if len(runs) == 1:
            pytest.fail("a frozen server answered")

    import threading

    thaw = threading.Timer(3.0, lambda: server.freeze(thaw=True))
    thaw.start()
    store.write("e1", work)
    thaw.join()
    assert len(runs) == 2
    assert any("does not answer" in what for what in heard)
    assert heard[-1] == ""
    store.close()


def test_a_server_that_is_gone_is_said_so_in_time(server: pg.Server) -> None:
    store = Store.open(server.url, patience=1.0)
    server.stop("immediate")
    with pytest.raises(Unreachable, match="does not answer"):
        store.units()
    server.start()
    assert store.units() == []
    store.close()
