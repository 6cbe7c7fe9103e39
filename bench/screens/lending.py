"""Advance replacements on the screen: sent ahead, and the box with another unit in it."""

from __future__ import annotations

from bench.screens.dialogs import Entry
from bench.screens.host import Host
from bench.text import printable
from bench.widgets.marks import DONE, HOLD
from bench.widgets.strips import Read
from bench.widgets.unit_card import unit_name
from bench.workflow.advance import advance_refusal, owed_by_customer, send_ahead
from bench.workflow.desk import Refused
from bench.workflow.views import UnitView


async def lend(host: Host, view: UnitView) -> None:
    """Asks for the stock unit and the carrier's number, then records that it has left.

    Raises Refused where the policy offers no advance replacement, with the reason.
    """
    rma = view.rma
    refusal = await host.in_store(lambda desk: advance_refusal(desk, view))
    if refusal is not None or rma is None:
        raise Refused(*(refusal or ("there is no return to replace in advance",)))

    async def chosen(serial: str) -> None:
        async def tracked(tracking: str) -> None:
            if tracking:
                await _send(host, rma.id, serial, tracking)

        if serial:
            title = f"Scan the carrier's label of {printable(serial)[:40]}"
            host.ask(Entry(title, "tracking", takes_scans=True), tracked)

    days = view.decision.advance_return_days
    title = f"Scan the stock unit that goes out. The original is due back in {days} days"
    host.ask(Entry(title, "serial", takes_scans=True), chosen)


async def _send(host: Host, rma_id: str, serial: str, tracking: str) -> None:
    saved = await host.save(lambda d, op: send_ahead(d, op, rma_id, serial, tracking))
    if saved is not None:
        await host.reload()
        unit = saved.view.unit
        host.say(Read(unit.serial, unit_name(unit), DONE, "advance replacement sent: clock runs"))


async def tell_owed(host: Host, view: UnitView) -> None:
    """Says so where its sender still owes us another unit, for an advance replacement."""
    owed = await host.in_store(lambda desk: owed_by_customer(desk, view))
    if owed:
        first = owed[0]
        what = f"{first.customer} still owes that, RMA {first.rma.number}: its clock runs on"
        answer = f"received: it is not {first.unit.serial}"
        host.say(Read(view.unit.serial, what, HOLD, answer))
