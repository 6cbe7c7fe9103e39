"""Following replacements back to the unit that was bought first."""

from __future__ import annotations

from collections.abc import Callable

from bench.store.records import Rma, State, Unit

Link = tuple[Unit, Rma | None]


def chain_of(
    unit: Callable[[str], Unit | None],
    rmas_of: Callable[[str], list[Rma]],
    unit_id: str,
    limit: int,
) -> tuple[list[Link], str]:
    """The ancestors of a unit, the oldest first, and a sentence on why they end too early ("")."""
    links: list[Link] = []
    here, seen = unit(unit_id), {unit_id}
    while here is not None and here.replaces_id:
        if here.replaces_id in seen:
            fault = f"The chain of replacements runs in a circle at serial {here.serial}."
            return links[::-1], fault
        if len(links) >= limit:
            return links[::-1], f"The chain of replacements is longer than {limit} units."
        parent = unit(here.replaces_id)
        if parent is None:
            fault = f"The unit that serial {here.serial} replaced is not in the database."
            return links[::-1], fault
        seen.add(here.replaces_id)
        links.append((parent, _replaced_in(rmas_of(parent.id), here.id)))
        here = parent
    return links[::-1], ""


def _replaced_in(rmas: list[Rma], next_id: str) -> Rma | None:
    """The return in which the next unit was given out, else the newest that was not cancelled."""
    for rma in rmas:
        if rma.replacement_id == next_id:
            return rma
    return next((rma for rma in rmas if rma.state is not State.CANCELLED), None)
