"""Technicians in the store: each name and badge once, nothing overwritten unseen."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from bench.store.errors import (
    DuplicateBadge,
    DuplicateName,
    RuleBroken,
    StaleRecord,
    UnknownRecord,
)
from bench.store.models import TechnicianRow
from bench.store.records import Technician
from bench.store.rows import TECHNICIAN
from bench.store.store import Store, Tx
from tests.store.helpers import NOON


def a_person(name: str = "Ana R.", badge: str | None = "ab" * 32, **more: Any) -> Technician:
    """Somebody whose id is the name."""
    made = Technician(name, name, badge, False, True, NOON, "Petra", NOON, "Petra")
    return replace(made, **more)


def add(store: Store, *people: Technician) -> None:
    """Enrols them."""
    store.write("", lambda tx: [tx.add_technician(person) for person in people])


def test_what_is_saved_is_read_back(store: Store) -> None:
    ana, jo = a_person(), a_person("Jo", None, supervisor=True, active=False)
    add(store, jo, ana)
    assert store.technicians() == [ana, jo]
    assert store.technician("Jo") == jo
    assert store.technician_named(" ana  R.") == ana
    assert store.technician_by_badge("ab" * 32) == ana
    assert store.technician_by_badge("cd" * 32) is None


@pytest.mark.parametrize(("active", "answer"), [(True, True), (False, False)])
def test_only_active_people_count_as_enrolled(store: Store, active: bool, answer: bool) -> None:
    assert not store.enrolled()
    add(store, a_person(active=active))
    assert store.enrolled() is answer


def test_several_people_may_be_without_a_badge(store: Store) -> None:
    add(store, a_person("Ana", None), a_person("Jo", None))
    assert len(store.technicians()) == 2


def test_names_and_badges_are_kept_apart(store: Store) -> None:
    add(store, a_person(), a_person("Jo", None))
    with pytest.raises(DuplicateName, match="Ana"):
        add(store, replace(a_person("ANA R.", None), id="other"))
    with pytest.raises(DuplicateBadge, match="the one of Ana"):
        store.write("", lambda tx: tx.save_technician(replace(a_person("Jo"), id="Jo")))


def test_the_database_itself_has_the_last_word(store: Store) -> None:
    add(store, a_person())
    row = TECHNICIAN.to_row(a_person("Jo"))
    with pytest.raises(RuleBroken):
        store.write("", lambda tx: tx._link.run(TechnicianRow.insert(row)))


def test_a_change_of_what_is_no_longer_so_is_refused(store: Store) -> None:
    add(store, a_person())
    saved = store.write("", lambda tx: tx.save_technician(a_person(supervisor=True)))
    assert saved.version == 1
    with pytest.raises(StaleRecord):
        store.write("", lambda tx: tx.save_technician(a_person(active=False)))
    with pytest.raises(UnknownRecord):
        store.write("", lambda tx: tx.save_technician(a_person("Kim", None)))
    assert store.technicians() == [saved]


def test_the_fingerprint_of_the_key(store: Store) -> None:
    assert store.badge_key() == ""
    for text in ("0123456789abcdef", "fedcba9876543210"):
        store.write("", partial(Tx.set_badge_key, fingerprint=text))
        assert store.badge_key() == text
