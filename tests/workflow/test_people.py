"""Who may act: badges, rights, and what two benches do to the same technician at once."""

from __future__ import annotations

import stat
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from threading import Barrier, Thread
from typing import Any

import pytest

from bench.policy.facts import Outcome
from bench.scan.badge import KEY_BYTES
from bench.store.errors import DuplicateBadge, DuplicateName, StoreError
from bench.store.records import Step, Technician
from bench.store.store import Store
from bench.workflow import ship
from bench.workflow.badge_key import KeyTrouble
from bench.workflow.desk import Desk, Refused
from bench.workflow.enrolling import Changes, change, enrol, renew_key
from bench.workflow.people import NobodyAtWork, standing, supervisor_of, whose
from bench.workflow.receive import Receipt, receive
from tests.workflow.helpers import World

ANA, PETRA = "EMP-0042", "PERSONBCDEFGHJKLNO"


@pytest.fixture(autouse=True)
def key_of_its_own(world: World, tmp_path: Path) -> None:
    """The desk has a badge key of its own, and nobody is at work."""
    world.desk = replace(world.desk, badge_key=tmp_path / "keys" / "badge.key")


def at_work(desk: Desk, person: Technician) -> Desk:
    """The same desk with somebody at work."""
    return replace(desk, actor=person.name, technician_id=person.id)


def staff(desk: Desk) -> tuple[Technician, Technician]:
    """Ana, a technician, and Petra, a supervisor."""
    petra = enrol(desk, "Petra", PETRA, supervisor=True).person
    return enrol(desk, "Ana R.", ANA).person, petra


# --- nobody enrolled


def test_with_nobody_enrolled_nothing_is_asked_for(world: World, desk: Desk) -> None:
    assert not standing(desk).enrolled
    assert not whose(desk, ANA).enrolled
    world.received("A1")
    assert not desk.badge_key.exists()


# --- enrolling


def test_a_badge_is_known_again_however_it_is_written(desk: Desk) -> None:
    ana, _ = staff(desk)
    assert whose(desk, "emp-0042").person == ana
    assert whose(desk, "EMP-0043").person is None


def test_the_key_is_made_once_and_only_its_owner_reads_it(desk: Desk) -> None:
    staff(desk)
    assert stat.S_IMODE(desk.badge_key.stat().st_mode) == 0o600
    assert len(desk.badge_key.read_bytes()) == KEY_BYTES
    assert [file.name for file in desk.badge_key.parent.iterdir()] == ["badge.key"]


def test_names_and_badges_are_each_one_persons(desk: Desk) -> None:
    staff(desk)
    with pytest.raises(DuplicateName, match="Ana R"):
        enrol(desk, " ana  r. ", "OTHER-1")
    with pytest.raises(DuplicateBadge, match="the one of Petra") as caught:
        enrol(desk, "Jo", PETRA)
    assert PETRA not in str(caught.value)
    assert [person.name for person in desk.store.technicians()] == ["Ana R.", "Petra"]


@pytest.mark.parametrize("name", ["", "  ", "\x1b\x00", "…", "x" * 41])
def test_a_name_is_needed(desk: Desk, name: str) -> None:
    with pytest.raises(Refused, match="name"):
        enrol(desk, name, ANA)


def test_a_name_is_kept_harmless(desk: Desk) -> None:
    assert enrol(desk, "Ana\x1b[2J\nR.", ANA).person.name == "Ana[2J R."


@pytest.mark.parametrize("badge", ["", "12345", "BENCHOK", "R26004812K", "RBKVLVRFV", "x" * 65])
def test_what_cannot_be_a_badge(desk: Desk, badge: str) -> None:
    with pytest.raises(Refused, match="cannot be a badge"):
        enrol(desk, "Ana", badge)


def test_a_unit_of_the_same_serial_is_worth_a_warning(world: World, desk: Desk) -> None:
    world.stock(ANA)
    assert any("a unit has this serial too" in note for note in enrol(desk, "Ana", ANA).notes)


# --- the key


def test_a_bench_without_the_key_says_so(desk: Desk, tmp_path: Path) -> None:
    staff(desk)
    other = replace(desk, badge_key=tmp_path / "elsewhere.key")
    with pytest.raises(KeyTrouble, match="has no badge key") as caught:
        whose(other, ANA)
    assert str(other.badge_key) in caught.value.remedy
    with pytest.raises(KeyTrouble):
        enrol(other, "Jo", "OTHER-1")
    assert not other.badge_key.exists(), "a second key would make everybody unknown"


def test_a_bench_with_another_key_says_so(desk: Desk, tmp_path: Path) -> None:
    staff(desk)
    other = replace(desk, badge_key=tmp_path / "elsewhere.key")
    other.badge_key.write_bytes(b"x" * KEY_BYTES)
    with pytest.raises(KeyTrouble, match="not the one of this database"):
        whose(other, ANA)
    other.badge_key.write_bytes(b"short")
    with pytest.raises(KeyTrouble, match="is no badge key"):
        whose(other, ANA)


def test_a_copied_key_serves_another_bench(desk: Desk, tmp_path: Path) -> None:
    ana, _ = staff(desk)
    other = replace(desk, badge_key=tmp_path / "elsewhere.key")
    other.badge_key.write_bytes(desk.badge_key.read_bytes())
    assert whose(other, ANA).person == ana


def test_after_a_new_key_badges_are_given_anew(desk: Desk) -> None:
    staff(desk)
    assert renew_key(desk) == 2
    assert whose(desk, ANA) == standing(desk), "enrolled, and nobody's"
    change(desk, "Ana R.", Changes(badge=ANA))
    found = whose(desk, ANA).person
    assert found is not None
    assert found.name == "Ana R."


# --- who may act


def test_nobody_acts_before_a_badge_was_scanned(world: World, desk: Desk) -> None:
    rma_id = world.expect("A1")
    ana, _ = staff(desk)
    with pytest.raises(NobodyAtWork, match="nobody is at work here: scan your badge"):
        receive(desk, "op-x", rma_id, Receipt(True, "good"))
    receive(at_work(desk, ana), "op-x", rma_id, Receipt(True, "good"))
    event = desk.store.events_of_rma(rma_id)[-1]
    assert (event.actor, event.technician_id, event.station) == ("Ana R.", ana.id, "Bench 2")


def test_who_was_made_inactive_acts_no_more(world: World, desk: Desk) -> None:
    rma_id = world.expect("A1")
    ana, _ = staff(desk)
    change(desk, "Ana R.", Changes(active=False))
    with pytest.raises(NobodyAtWork, match=r"Ana R\. is not enrolled any more"):
        receive(at_work(desk, ana), "op-x", rma_id, Receipt(True, "good"))
    with pytest.raises(Refused, match="not in use any more") as caught:
        whose(desk, ANA)
    assert "Ana" not in str(caught.value)


def test_an_undo_carries_who_did_it(world: World, desk: Desk) -> None:
    rma_id = world.received("A1")
    ana, _ = staff(desk)
    world.desk = at_work(desk, ana)
    world.undo(rma_id)
    event = desk.store.events_of_rma(rma_id)[-1]
    assert (event.step, event.technician_id) == (Step.UNDONE, ana.id)


def test_history_keeps_the_name_of_then(world: World, desk: Desk) -> None:
    rma_id = world.expect("A1")
    ana, _ = staff(desk)
    receive(at_work(desk, ana), "op-x", rma_id, Receipt(True, "good"))
    change(desk, "ana r.", Changes(name="Ana Rivera"))
    assert desk.store.events_of_rma(rma_id)[-1].actor == "Ana R."


# --- supervisors


def held(world: World) -> str:
    """A swap that is held for its packaging."""
    return world.diagnosed("A1", Outcome.REPLACE, box=False)


def test_a_supervisor_at_work_accepts(world: World, desk: Desk) -> None:
    rma_id = held(world)
    _, petra = staff(desk)
    ship.accept_packaging(at_work(desk, petra), "op-x", rma_id, "whoever", "damaged")
    data = desk.store.events_of_rma(rma_id)[-1].data
    assert dict(data) == {"by": "Petra", "by_id": petra.id, "why": "damaged"}


def test_a_supervisors_badge_accepts_for_the_technician_at_work(world: World, desk: Desk) -> None:
    rma_id = held(world)
    ana, petra = staff(desk)
    who = supervisor_of(desk, PETRA)
    ship.accept_packaging(at_work(desk, ana), "op-x", rma_id, who.name, "damaged", who.id)
    event = desk.store.events_of_rma(rma_id)[-1]
    assert (event.actor, event.data["by"], event.data["by_id"]) == ("Ana R.", "Petra", petra.id)
    assert world.rma(rma_id).packaging_accepted_by == "Petra"


def test_a_typed_name_proves_nothing_where_badges_are_in_use(world: World, desk: Desk) -> None:
    rma_id = held(world)
    ana, _ = staff(desk)
    for by_id in (None, ana.id):
        with pytest.raises(Refused, match=r"Ana R\. is not a supervisor"):
            ship.accept_packaging(at_work(desk, ana), "op-x", rma_id, "Petra", "damaged", by_id)
    with pytest.raises(Refused, match="a supervisor is needed"):
        ship.accept_packaging(at_work(desk, ana), "op-x", rma_id, "Petra", "damaged", "no-such")
    with pytest.raises(Refused, match=r"Ana R\. is not a supervisor"):
        supervisor_of(desk, ANA)
    assert world.rma(rma_id).packaging_accepted_by == ""


def test_who_is_no_longer_a_supervisor_when_it_is_saved_accepts_nothing(
    world: World, desk: Desk
) -> None:
    rma_id = held(world)
    ana, petra = staff(desk)
    change(desk, "Ana R.", Changes(supervisor=True))
    who = supervisor_of(desk, PETRA)
    change(desk, "Petra", Changes(supervisor=False))
    with pytest.raises(Refused, match="Petra is not a supervisor"):
        ship.accept_packaging(at_work(desk, ana), "op-x", rma_id, who.name, "damaged", petra.id)


@pytest.mark.parametrize("less", [Changes(supervisor=False), Changes(active=False)])
def test_the_last_supervisor_stays_while_others_work(desk: Desk, less: Changes) -> None:
    staff(desk)
    with pytest.raises(Refused, match="Petra is the last supervisor"):
        change(desk, "Petra", less)
    change(desk, "Ana R.", Changes(active=False))
    if less.active is False:
        change(desk, "Petra", less)
        assert not standing(desk).enrolled, "as before anybody was enrolled"


# --- two benches at once


def at_once(where: Path | str, desk: Desk, *works: Callable[[Desk], object]) -> list[Any]:
    """Each on a store and thread of its own; what came of each."""
    gate, ended = Barrier(len(works)), [None] * len(works)

    def run(place: int, work: Callable[[Desk], object]) -> None:
        store = Store.open(where)
        try:
            gate.wait()
            ended[place] = work(replace(desk, store=store))  # type: ignore[call-overload]
        except (Refused, StoreError) as error:
            ended[place] = error  # type: ignore[call-overload]
        finally:
            store.close()

    threads = [Thread(target=run, args=each) for each in enumerate(works)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ended


def test_two_benches_change_the_same_person_and_neither_is_lost(
    where: Path | str, desk: Desk
) -> None:
    staff(desk)
    ended = at_once(
        where,
        desk,
        lambda there: change(there, "Ana R.", Changes(supervisor=True)),
        lambda there: change(there, "Ana R.", Changes(badge="EMP-0099")),
    )
    assert not [error for error in ended if isinstance(error, Exception)]
    found = whose(desk, "EMP-0099").person
    assert found is not None
    assert (found.name, found.supervisor, found.version) == ("Ana R.", True, 2)


def test_two_supervisors_cannot_demote_each_other_at_once(where: Path | str, desk: Desk) -> None:
    staff(desk)
    enrol(desk, "Jonas", "EMP-0077", supervisor=True)
    ended = at_once(
        where,
        desk,
        lambda there: change(there, "Petra", Changes(supervisor=False)),
        lambda there: change(there, "Jonas", Changes(supervisor=False)),
    )
    refused = [error for error in ended if isinstance(error, Refused)]
    assert len(refused) == 1
    assert "is the last supervisor" in str(refused[0])
    assert sum(person.supervisor for person in desk.store.technicians()) == 1


def test_one_badge_given_out_twice_at_once_is_one_persons(where: Path | str, desk: Desk) -> None:
    staff(desk)
    ended = at_once(
        where,
        desk,
        lambda there: enrol(there, "Jo", "EMP-0100"),
        lambda there: enrol(there, "Kim", "EMP-0100"),
    )
    assert [type(error) for error in ended if isinstance(error, Exception)] == [DuplicateBadge]
