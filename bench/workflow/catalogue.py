"""What the bench asks, as data: conditions, accessories, check lists and reasons (`bench.toml`)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from bench.datafile import Table
from bench.policy.facts import Kind
from bench.scan.commands import check_verb, is_known

KEYED = 8
"""Reasons that each have a key of their own, beside the one for another reason."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A condition or an accessory: its id in records, its plain name, its command verb."""

    id: str
    name: str
    code: str
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class Check:
    """One line of a check list."""

    id: str
    name: str
    kinds: frozenset[Kind]


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that a station offers to choose from."""

    conditions: tuple[Choice, ...]
    accessories: tuple[Choice, ...]
    checks: tuple[Check, ...]
    override_reasons: tuple[str, ...]
    hold_reasons: tuple[str, ...]
    packaging_reasons: tuple[str, ...]
    undo_reasons: tuple[str, ...]

    def accessories_of(self, kind: Kind | None) -> tuple[Choice, ...]:
        """The accessories of a kind of product; every one where the kind is not known."""
        return tuple(a for a in self.accessories if kind is None or kind in a.kinds)

    def checks_of(self, kind: Kind | None) -> tuple[Check, ...]:
        """The check list of a kind of product (a phone's where the kind is not known)."""
        return tuple(c for c in self.checks if (kind or Kind.PHONE) in c.kinds)

    def condition_by_code(self, code: str) -> Choice | None:
        """The condition whose command verb this is."""
        return next((c for c in self.conditions if c.code == code), None)

    def accessory_by_code(self, code: str) -> Choice | None:
        """The accessory whose command verb this is."""
        return next((a for a in self.accessories if a.code == code), None)


def load_catalogue(file: Path) -> Catalogue:
    """Reads and checks `bench.toml`. Raises DataError naming file, key and what was expected."""
    table = Table.read(file)
    reasons = table.table("reasons")
    catalogue = Catalogue(
        conditions=tuple(_choice(t, known=True) for t in table.tables("condition")),
        accessories=tuple(_choice(t) for t in table.tables("accessory")),
        checks=tuple(_check(t) for t in table.tables("check")),
        override_reasons=reasons.texts("override"),
        hold_reasons=reasons.texts("hold"),
        packaging_reasons=reasons.texts("packaging"),
        undo_reasons=_undo_reasons(reasons),
    )
    reasons.done()
    table.done()
    codes = [c.code for c in (*catalogue.conditions, *catalogue.accessories)]
    if len(set(codes)) != len(codes):
        raise table.wrong("code", "each code only once", sorted(codes))
    return catalogue


def _undo_reasons(reasons: Table) -> tuple[str, ...]:
    found = reasons.texts("undo")
    if not all(reason.strip() for reason in found) or not 1 <= len(found) <= KEYED:
        raise reasons.wrong("undo", f"1 to {KEYED} reasons, none of them empty", list(found))
    return found


def _kinds(t: Table) -> frozenset[Kind]:
    names = t.texts("kinds", [k.value for k in Kind])
    for name in names:
        if name not in set(Kind):
            raise t.wrong("kinds", "kinds out of " + ", ".join(Kind), name)
    return frozenset(Kind(name) for name in names)


def _choice(t: Table, known: bool = False) -> Choice:
    code = t.text("code")
    fault = check_verb(code)
    if fault or (is_known(code) and not known):
        raise t.wrong("code", f"a free command code ({fault or 'taken by a command'})", code)
    choice = Choice(t.text("id"), t.text("name"), code, _kinds(t))
    t.done()
    return choice


def _check(t: Table) -> Check:
    check = Check(t.text("id"), t.text("name"), _kinds(t))
    t.done()
    return check
