"""Enrolling technicians and changing them. Nobody is ever deleted: what they did keeps its name."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from bench.scan.badge import LONGEST, SHORTEST, badge_hash, fingerprint
from bench.scan.label import classify
from bench.scan.serials import canonical
from bench.store.records import Technician, new_op_id
from bench.text import clean_line
from bench.workflow.badge_key import make_key, read_key, set_aside
from bench.workflow.desk import Desk, Refused
from bench.workflow.people import key_of

if TYPE_CHECKING:
    from bench.store.store import Tx

NAME_LIMIT = 40


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be changed of somebody; None leaves it as it is."""

    name: str | None = None
    badge: str | None = None
    """The text of a new badge; "" takes the badge away."""
    supervisor: bool | None = None
    active: bool | None = None


@dataclass(frozen=True, slots=True)
class Enrolled:
    """Somebody as saved, and what is worth knowing about that."""

    person: Technician
    notes: tuple[str, ...] = ()


def enrol(desk: Desk, name: str, badge: str, supervisor: bool = False) -> Enrolled:
    """Enrols somebody under a badge. Raises Refused, KeyTrouble, and StoreError kinds."""
    name, badge, person_id = _name(name), _badge(badge), new_op_id()
    _key_for_enrolling(desk)

    def work(tx: Tx) -> Technician:
        tx.lock_people()
        known = tx.technician(person_id)  # saved before the connection was lost
        if known is not None:
            return known
        hashed, now, by = _hash(desk, tx, badge), desk.clock.now(), desk.actor
        person = Technician(person_id, name, hashed, supervisor, True, now, by, now, by)
        return tx.add_technician(person)

    return _told(desk, desk.store.write("", work), badge)


def change(desk: Desk, name: str, changes: Changes) -> Enrolled:
    """Changes somebody. Raises Refused, KeyTrouble, and StoreError kinds."""
    new_name = None if changes.name is None else _name(changes.name)
    badge = _badge(changes.badge) if changes.badge else ""
    if badge:
        _key_for_enrolling(desk)

    def work(tx: Tx) -> Technician:
        tx.lock_people()
        before = tx.technician_named(name)
        if before is None:
            what = f"nobody called {clean_line(name, NAME_LIMIT)} is enrolled"
            raise Refused(what, "see: bench technician list")
        news = {"name": new_name, "supervisor": changes.supervisor, "active": changes.active}
        given: dict[str, Any] = {key: value for key, value in news.items() if value is not None}
        if changes.badge is not None:
            given["badge_hash"] = _hash(desk, tx, badge) if badge else None
        given |= {"changed_at": desk.clock.now(), "changed_by": desk.actor}
        after = replace(before, **given)
        _keep_a_supervisor(tx, before, after)
        return tx.save_technician(after)

    return _told(desk, desk.store.write("", work), badge)


def renew_key(desk: Desk) -> int:
    """Takes every badge away and makes a new key; how many badges are to be given anew.

    For a key that was lost, or that somebody else may have.
    """
    set_aside(desk.badge_key)
    key = make_key(desk.badge_key)

    def work(tx: Tx) -> int:
        tx.lock_people()
        people = [person for person in tx.technicians() if person.badge_hash]
        now, by = desk.clock.now(), desk.actor
        for person in people:
            tx.save_technician(replace(person, badge_hash=None, changed_at=now, changed_by=by))
        tx.set_badge_key(fingerprint(key))
        return len(people)

    return desk.store.write("", work)


def _keep_a_supervisor(tx: Tx, before: Technician, after: Technician) -> None:
    if not (before.supervisor and before.active) or (after.supervisor and after.active):
        return
    others = [p for p in tx.technicians() if p.id != before.id and p.active]
    remaining = others or after.active
    if remaining and not any(person.supervisor for person in others):
        what = f"{before.name} is the last supervisor, and others still work here"
        raise Refused(what, "make somebody else a supervisor first")


def _name(text: str) -> str:
    name = clean_line(text, NAME_LIMIT + 1)
    if len(name) > NAME_LIMIT:
        raise Refused(f"the name has more than {NAME_LIMIT} characters", "choose a shorter one")
    if not any(c.isalnum() for c in name):
        raise Refused("a name is needed", "give the name that is to stand in the history")
    return name


def _badge(text: str) -> str:
    badge = classify(text).badge
    if not badge:
        fits = f"{SHORTEST} to {LONGEST} characters, no command and no RMA number"
        raise Refused(f"this cannot be a badge ({fits})", "take another one, or use --make")
    return badge


def _key_for_enrolling(desk: Desk) -> None:
    """Makes the key of this bench where there has never been one, in no database of its own."""
    if read_key(desk.badge_key) is None and not desk.store.badge_key():
        make_key(desk.badge_key)


def _hash(desk: Desk, tx: Tx, badge: str) -> str:
    key = key_of(desk, tx)
    if not tx.badge_key():
        tx.set_badge_key(fingerprint(key))
    return badge_hash(key, badge)


def _told(desk: Desk, person: Technician, badge: str) -> Enrolled:
    checks: tuple[tuple[str, Callable[[], bool]], ...] = (
        (
            "a unit has this serial too: at the benches the badge comes first, so that unit "
            "cannot be scanned by it",
            lambda: bool(badge) and bool(desk.store.find(canonical(badge))),
        ),
        (
            "nobody is a supervisor: give somebody --supervisor",
            lambda: not any(p.active and p.supervisor for p in desk.store.technicians()),
        ),
        ("without a badge nobody can act under this name", lambda: not person.badge_hash),
    )
    return Enrolled(person, tuple(text for text, holds in checks if holds()))
