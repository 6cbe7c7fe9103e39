"""Everything between the diagnosis and the door: contact, quote, overrides, tracking, shipping."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from bench.policy.clocks import Start
from bench.policy.facts import Contact, Outcome, Payer, Speed
from bench.scan.serials import canonical
from bench.store.records import Step, Unit
from bench.text import clean_line, printable
from bench.workflow.desk import Desk, Refused
from bench.workflow.people import proved_supervisor
from bench.workflow.steps import Saved, record, stock_changes
from bench.workflow.views import UnitView

if TYPE_CHECKING:
    from bench.store.store import Tx


def contacted(desk: Desk, op_id: str, rma_id: str, answer: Contact) -> Saved:
    """Records what the customer said to: do you want it back?

    Without an answer it comes back to the queue after the days that clocks.toml gives.
    """
    again = None
    if answer is Contact.NO_ANSWER:
        again = desk.rules.clocks.due(Start.CONTACT_TRIED, desk.clock.today())
    data = {"answer": answer.value, "again_on": again.isoformat() if again else None}
    return record(desk, op_id, rma_id, Step.CONTACTED, data)


def quote_answered(
    desk: Desk, op_id: str, rma_id: str, accepted: bool, cents: int | None = None
) -> Saved:
    """Records whether the customer accepted the Partner Team's quote, and its amount in cents."""
    data = {"accepted": accepted, "cents": cents}
    return record(desk, op_id, rma_id, Step.QUOTE_ANSWERED, data)


def confirm_packaging(desk: Desk, op_id: str, rma_id: str) -> Saved:
    """The original packaging has turned up after all."""
    data = {"rma": {"original_packaging": True}}
    return record(desk, op_id, rma_id, Step.FACTS_CORRECTED, data)


def accept_packaging(
    desk: Desk, op_id: str, rma_id: str, by: str, why: str, by_id: str | None = None
) -> Saved:
    """A supervisor accepts the swap without the original packaging; who and why are kept.

    Where badges are in use, a name proves nothing: `by_id` is whose badge was read (None: the
    technician at work), and must be a supervisor at this moment. Raises Refused.
    """
    who, reason = needed(by, "the supervisor's name"), needed(why, "a reason")

    def data(tx: Tx, view: UnitView) -> dict[str, Any]:
        person = proved_supervisor(desk, tx, by_id)
        if person is None:
            return {"by": who, "why": reason}
        return {"by": person.name, "by_id": person.id, "why": reason}

    return record(desk, op_id, rma_id, Step.PACKAGING_ACCEPTED, data)


def ask_rush(desk: Desk, op_id: str, rma_id: str, rush: bool) -> Saved:
    """No trouble found: the customer asks for rush and pays, or no longer does."""
    return record(desk, op_id, rma_id, Step.RUSH_ASKED, {"rush": rush})


def override(
    desk: Desk, op_id: str, rma_id: str, speed: Speed | None, payer: Payer | None, reason: str
) -> Saved:
    """Sets another speed or payer than the policy's; the reason stays visible on the RMA."""
    if speed is None and payer is None:
        raise Refused("neither a speed nor a payer was chosen", "choose one of them")
    data = {
        "speed": speed.value if speed else None,
        "payer": payer.value if payer else None,
        "reason": needed(reason, "a reason"),
    }
    return record(desk, op_id, rma_id, Step.OVERRIDDEN, data)


def hold(desk: Desk, op_id: str, rma_id: str, why: str) -> Saved:
    """Holds a unit for a reason of the technician's."""
    return record(desk, op_id, rma_id, Step.HELD, {"why": needed(why, "a reason")})


def release(desk: Desk, op_id: str, rma_id: str) -> Saved:
    """Releases a unit that was held by hand."""
    return record(desk, op_id, rma_id, Step.RELEASED)


def scan_tracking(desk: Desk, op_id: str, rma_id: str, text: str) -> Saved:
    """Records a tracking number whose carrier is recognised and whose check digit is right."""
    return record(desk, op_id, rma_id, Step.TRACKING_SCANNED, tracking_data(desk, text))


def tracking_data(desk: Desk, text: str) -> dict[str, str]:
    """A carrier's number as it stands in an event. Raises Refused for what is none."""
    found = desk.rules.carriers.recognise(text)
    if found is None:
        why = desk.rules.carriers.explain(printable(text)[:60])
        raise Refused(why, "scan the carrier's label again")
    return {"tracking": found.number, "carrier": found.carrier}


def choose_replacement(desk: Desk, op_id: str, rma_id: str, serial: str) -> Saved:
    """Links the stock unit that goes out in place of the returned one (same brand and model)."""

    def data(tx: Tx, view: UnitView) -> dict[str, Any]:
        before = stock_unit(tx, op_id, serial, view.unit)
        if before.id in {ancestor.id for ancestor, _ in view.chain}:
            what = f"{before.serial} stands before this unit in its chain of replacements"
            raise Refused(what, "scan another stock unit")
        stock = given_out(before, view.unit)
        tx.save_unit(stock)
        changes = stock_changes(before, stock)
        return {"unit_id": stock.id, "serial": stock.serial, "stock": changes}

    return record(desk, op_id, rma_id, Step.REPLACEMENT_CHOSEN, data)


def stock_unit(tx: Tx, op_id: str, serial: str, replaced: Unit) -> Unit:
    """The unit of that serial that may take the place of another one; added if it is new.

    Raises Refused for the returned unit itself, and for one that is in use elsewhere.
    """
    key = canonical(serial)
    found = [u for u in tx.find(key) if u.brand == replaced.brand]
    if key == replaced.serial_key:
        raise Refused("that is the returned unit itself", "scan the unit that goes out instead")
    if found and (found[0].replaces_id not in (None, replaced.id) or tx.open_rma(found[0].id)):
        raise Refused(f"{printable(serial)[:40]} is in use elsewhere", "scan another stock unit")
    if found:
        return found[0]
    unit = Unit(id=f"unit-{op_id}", serial=serial, serial_key=key)
    return tx.add_unit(replace(unit, brand=replaced.brand, model=replaced.model))


def given_out(stock: Unit, replaced: Unit) -> Unit:
    """The stock unit as the one that goes to the customer of the returned one."""
    return replace(
        stock,
        replaces_id=replaced.id,
        customer=replaced.customer,
        channel=replaced.channel,
        contract_ends_on=replaced.contract_ends_on,
    )


def ship(desk: Desk, op_id: str, rma_id: str) -> Saved:
    """The unit has left: only from ready to ship, with a tracking number.

    A replacement that was named gets its own ship date: after an initial DOA its warranty
    starts on that day.
    """

    def data(tx: Tx, view: UnitView) -> dict[str, Any]:
        today = desk.clock.today()
        shipped: dict[str, Any] = {
            "speed": view.shipping.speed,
            "payer": view.shipping.payer,
            "shipped_on": today.isoformat(),
        }
        goes = view.replacement
        if goes is not None and (view.facts.outcome is Outcome.REPLACE or _from_vendor(view, goes)):
            stock = replace(goes, shipped_on=today)
            tx.save_unit(stock)
            shipped |= {"unit_id": stock.id, "stock": stock_changes(goes, stock)}
        return shipped

    return record(desk, op_id, rma_id, Step.SHIPPED, data)


def _from_vendor(view: UnitView, unit: Unit) -> bool:
    """Whether the vendor gave that unit: it goes out even where a repair was expected."""
    case = view.rma.vendor if view.rma else None
    return case is not None and case.vendor_unit_id == unit.id


def close(desk: Desk, op_id: str, rma_id: str, why: str) -> Saved:
    """Closes an RMA: after shipping, or where nothing goes back."""
    return record(desk, op_id, rma_id, Step.CLOSED, {"why": needed(why, "a reason")})


def cancel(desk: Desk, op_id: str, rma_id: str, why: str) -> Saved:
    """Cancels an RMA that has not shipped."""
    return record(desk, op_id, rma_id, Step.CANCELLED, {"why": needed(why, "a reason")})


def needed(text: str, what: str) -> str:
    """What was entered, as one clean line. Raises Refused where there is nothing."""
    line = clean_line(text, 200)
    if not line:
        raise Refused(f"{what} is needed", "enter it and try again")
    return line
