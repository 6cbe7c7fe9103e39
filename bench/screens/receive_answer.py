"""What Receive says: expected, not announced, unknown, and what to look at meanwhile."""

from __future__ import annotations

from bench.policy.facts import Band, Decision
from bench.policy.words import day
from bench.store.records import State
from bench.text import printable
from bench.widgets.marks import DONE, HOLD, NONE, REFUSED, RUSH
from bench.widgets.unit_card import age_line, state_name, unit_name
from bench.widgets.verdict import Answer, Item
from bench.workflow.views import UnitView

HEADING = "AT RECEIVING"


def receive_answer(view: UnitView, decision: Decision, early: int, unproved: bool) -> Answer:
    """The verdict on a unit that is known; `unproved`: its serial is yet to be scanned."""
    name, rma = unit_name(view.unit), view.rma
    items = _items(view, decision)
    if rma is not None and rma.state is State.EXPECTED:
        customer = rma.customer or "an unknown customer"
        sentence = f"{name} for {customer}, {age_line(decision, early)}."
        word, mark = ("SCAN IT", HOLD) if unproved else ("EXPECTED", DONE)
        return Answer(word, mark, sentence, items=items, items_heading=HEADING)
    if rma is not None and rma.state.is_open:
        sentence = f"Already here on RMA {rma.number}, {state_name(rma.state)}."
        return Answer("HERE", HOLD, sentence, extra="Nothing was changed.")
    sentence = f"{name} is known from our shipments, but no return of it is expected."
    extra = "Receive it anyway: a new RMA is opened for it."
    return Answer("NO RMA", HOLD, sentence, (), items, HEADING, extra)


def stranger_answer(serial: str, gaps: list[str], decision: Decision, early: int) -> Answer:
    """The verdict on a serial that nobody knows; `gaps`: what is still missing, in words."""
    if not serial:
        return Answer("", NONE, "Scan the serial of the unit that came out of the box.")
    items = (
        Item(HOLD if gaps else DONE, "still missing", ", ".join(gaps) if gaps else "nothing"),
        Item(RUSH if decision.band is Band.EARLY else NONE, "age", age_line(decision, early)),
    )
    shown = printable(serial)[:40]
    sentence = f"Nobody has entered {shown} before. What do its label and the note say?"
    return Answer("UNKNOWN", HOLD, sentence, (), items, HEADING)


def wrong_answer(view: UnitView, scanned: str) -> Answer:
    """Another unit than the one that is awaited was scanned."""
    number = view.rma.number if view.rma else ""
    serial, other = printable(view.unit.serial)[:40], printable(scanned)[:40]
    sentence = f"RMA {number} is for {serial}, and {other} was scanned."
    extra = "Scan the right unit, or go to the queue (BENCHDESK) and scan this one there."
    return Answer("WRONG", REFUSED, sentence, extra=extra)


def _items(view: UnitView, decision: Decision) -> tuple[Item, ...]:
    found = []
    if view.rma is not None and view.rma.advance_open:
        due = day(view.rma.advance_due_on, "no set day")
        found.append(Item(RUSH, "advance replacement", f"is out: due back by {due}"))
    if decision.packaging_required is not False:
        text = "must come back" if decision.packaging_required else "not known if it must"
        found.append(Item(RUSH if decision.packaging_required else NONE, "packaging", text))
    if decision.failure_question:
        found.append(Item(RUSH, "to answer", "why did it fail on site, though tested here?"))
    if decision.management_notice:
        found.append(Item(RUSH, "management notice", "ticket number and full details"))
    if view.earlier:
        times = (
            "1 earlier return" if len(view.earlier) == 1 else f"{len(view.earlier)} earlier returns"
        )
        found.append(Item(HOLD, "back again", times))
    gaps = [gap for gap in decision.missing if gap.fact not in ("outcome", "opened_on")]
    found += [Item(REFUSED, "missing", f"{gap.why}; ask {gap.who}") for gap in gaps]
    return tuple(found)
