"""Originals that are out after an advance replacement: the list with days left, and billing."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content

from bench.policy.words import day
from bench.screens.dialogs import KEYED, Pick
from bench.screens.host import RECORD, Host
from bench.text import printable
from bench.widgets.marks import DONE
from bench.widgets.strips import Read
from bench.widgets.unit_card import heading, unit_name
from bench.workflow.advance import Outstanding, bill, outstanding
from bench.workflow.views import view_of

SHOWN = 6
"""Originals on the screen; the dialog has more, the export all of them."""
BILL, OPEN = "bill", "open"


def originals_text(owed: Sequence[Outstanding]) -> Content:
    """A line for each original that is out, the worst first; nothing where none is."""
    if not owed:
        return Content("")
    rows = [heading(f"ORIGINALS OUT  {len(owed)}")]
    rows += [_row(one) for one in owed[:SHOWN]]
    if len(owed) > SHOWN:
        rows.append(Content.styled(f"and {len(owed) - SHOWN} more", "$quiet"))
    return Content("\n").join(rows)


def _row(one: Outstanding) -> Content:
    sign, style = ("!", "bold $refused") if one.to_bill else ("▸", "$quiet")
    name = printable(f"{unit_name(one.unit)}  {one.unit.serial}")
    return Content.assemble(
        (f"{sign} ", style),
        (f"{_left(one):<24} ", "bold $refused" if one.to_bill else "bold"),
        f"{name:<34}  ",
        (printable(one.customer), "$quiet"),
    )


def _left(one: Outstanding) -> str:
    """How long it has still, or how late it is, in words."""
    if one.billed_on is not None:
        return f"billed on {day(one.billed_on)}"
    if one.days_left == 0:
        return "due back today"
    days = "1 day" if abs(one.days_left) == 1 else f"{abs(one.days_left)} days"
    return f"{days} late: bill it" if one.late else f"{days} left"


async def show_originals(host: Host) -> None:
    """The list to choose from: opens the unit, or puts a late one on the billing list."""
    owed = await host.in_store(outstanding)
    if not owed:
        host.say(Read("", "every original is back", DONE, "no advance replacement is out"))
        return

    async def chosen(place: str) -> None:
        if place:
            await _ask_what(host, owed[int(place)])

    options = [(str(n), f"{one.unit.serial}  {_left(one)}") for n, one in enumerate(owed[:KEYED])]
    title = "Originals out. All of them: bench export --what advances"
    host.ask(Pick(title, options, bare_enter=False), chosen)


async def _ask_what(host: Host, one: Outstanding) -> None:
    if not one.to_bill:
        await _open(host, one)
        return

    async def chosen(what: str) -> None:
        if what == OPEN:
            await _open(host, one)
        elif what == BILL:
            await _bill(host, one)

    options = [
        (BILL, f"bill {printable(one.replacement)} to the customer"),
        (OPEN, "open its unit"),
    ]
    title = f"{one.unit.serial} is not back, {_left(one)}"
    host.ask(Pick(printable(title), options, bare_enter=False), chosen)


async def _bill(host: Host, one: Outstanding) -> None:
    """The list stays in front: no unit comes into hand by it."""
    before = host.session.view
    if await host.save(lambda d, op: bill(d, op, one.rma.id)):
        host.session.view = before
        await host.reload()
        host.say(Read(one.unit.serial, printable(one.customer), DONE, "on the billing list"))


async def _open(host: Host, one: Outstanding) -> None:
    unit_id, rma_id = one.unit.id, one.rma.id
    view = await host.in_store(lambda desk: view_of(desk, unit_id, rma_id))
    if view is not None:
        await host.open_unit(view, RECORD)
