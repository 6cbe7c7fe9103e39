"""What Ship says: the speed in big letters, who pays, why, and what still stands in the way."""

from __future__ import annotations

from bench.policy.facts import Band, Decision, Hold, Outcome, Payer, Reason, Speed
from bench.policy.words import HOLDS, LIFTED_BY, OUTCOMES, PAYERS
from bench.store.records import Rma, State
from bench.widgets.marks import DONE, HOLD, NONE, REFUSED, RUSH, SPEED_MARKS
from bench.widgets.verdict import Answer, Item, Why
from bench.workflow.case_gates import needs_test, replaced_already, vendor_stops, waits_for_vendor
from bench.workflow.views import UnitView

SENTENCES = {
    Outcome.NO_TROUBLE_FOUND: "Send it back unchanged at {speed} speed",
    Outcome.REPAIR: "Send it back repaired at {speed} speed",
    Outcome.REPLACE: "Send a replacement at {speed} speed",
}
PARTS = {
    "speed": "{value}",
    "payer_back": "{value} back",
    "payer_to_us": "{value} in",
    "payer_to_distributor": "{value} onward",
    "deductible": "deductible {value}",
    "band": "{value}",
    "reference": "other day",
    "warranty": "{value}",
    "chain": "{value}",
    "advance": "advance offered",
    "packaging": "packaging",
    "notice": "notice",
    "question": "question",
    "vendor": "vendor RMA",
}
LISTED = ("packaging", "notice")
"""Parts that stand under BEFORE IT LEAVES already."""
ORDER = ("speed", "payer_back", "payer_to_us", "payer_to_distributor", "deductible", "advance")


def ship_answer(view: UnitView | None) -> Answer:
    """The verdict of the Ship screen."""
    if view is None or view.rma is None:
        return Answer("", NONE, "Scan a unit to ship it.")
    word, mark, sentence = _headline(view, view.rma)
    return Answer(
        word,
        mark,
        sentence,
        whys=tuple(whys(view.decision)),
        items=tuple(_items(view, view.rma)),
        extra=_override(view.rma, view.decision),
    )


def _headline(view: UnitView, rma: Rma) -> tuple[str, str, str]:
    decision, shipping = view.decision, view.shipping
    if rma.state is State.EXPECTED:
        return "NOT HERE", HOLD, "It is expected, and has not been received yet."
    if rma.state is State.CANCELLED or (rma.state is State.CLOSED and rma.shipped_at is None):
        return rma.state.value.upper(), NONE, f"Nothing was shipped: {rma.closed_why or 'closed'}."
    if rma.state in (State.SHIPPED, State.CLOSED):
        return "SHIPPED", DONE, f"Gone with {rma.carrier} {rma.tracking}."
    if rma.outcome is None:
        return "DIAGNOSE", HOLD, "It has no outcome yet: diagnose it first."
    if not decision.send_back:
        return (
            "KEEP",
            HOLD,
            "The customer does not want it back: nothing is shipped, close the RMA.",
        )
    if Hold.QUOTE in decision.holds and rma.quote_accepted is False:
        return "REFUSED", REFUSED, "The customer refused the quote: nothing ships."
    if vendor_stops(rma) and not (rma.held_why or decision.holds or rma.console_serial):
        return _vendor_headline(rma)
    if shipping.stops and not (rma.held_why or decision.holds or rma.console_serial):
        return "ASK", REFUSED, "A fact is missing: " + shipping.stops[0][0] + "."
    if shipping.stops:
        return "HOLD", HOLD, f"It may not leave yet: {shipping.stops[0][0]}."
    return _speed_headline(rma.outcome, shipping.speed, shipping.payer)


def _vendor_headline(rma: Rma) -> tuple[str, str, str]:
    """Nothing of this return leaves, or not yet: what its vendor case says about it."""
    what, lift = vendor_stops(rma)[0]
    sentence = f"{what[0].upper()}{what[1:]}: {lift}."
    if replaced_already(rma):
        return "REPLACED", HOLD if rma.case_open else DONE, sentence
    word = "TEST" if needs_test(rma) else "WAIT" if waits_for_vendor(rma) else "HOLD"
    return word, HOLD, sentence


def _speed_headline(
    outcome: Outcome, speed: Speed | None, payer: Payer | None
) -> tuple[str, str, str]:
    if speed is None or payer is None:
        return "ASK", REFUSED, "A fact is missing."
    pays = PAYERS[payer]
    sentence = SENTENCES[outcome].format(speed=speed.value) + f". {pays[0].upper()}{pays[1:]}."
    return speed.value.upper(), SPEED_MARKS[speed], sentence


def _override(rma: Rma, decision: Decision) -> str:
    if rma.override_speed is None and rma.override_payer is None:
        return ""
    policy = decision.speed.value if decision.speed else "undecided"
    payer = PAYERS[decision.payer_back] if decision.payer_back else "payer undecided"
    return f"Overridden: {rma.override_reason} (the policy says {policy}, {payer})."


def whys(decision: Decision) -> list[Why]:
    """The reasons for the screen, the way back first."""
    reasons = [r for r in decision.reasons if r.part not in LISTED and "hold " not in r.part]
    ranked = sorted(reasons, key=lambda r: ORDER.index(r.part) if r.part in ORDER else len(ORDER))
    return [Why(_value(reason), reason.why, reason.rule) for reason in ranked]


def _value(reason: Reason) -> str:
    text = PARTS.get(reason.part, "{value}").format(value=reason.value)
    text = text.replace("the customer pays", "customer pays")
    text = text.replace("the reseller pays", "reseller pays")
    return text.replace("deductible none", "no deductible").replace(
        "deductible by quote", "fee by quote"
    )


def _items(view: UnitView, rma: Rma) -> list[Item]:
    """What must be so before it leaves, and how each stands."""
    decision = view.decision
    found = []
    if rma.outcome is not None:
        found.append(Item(DONE, "diagnosis", OUTCOMES[rma.outcome].lower()))
    for hold in Hold:
        if hold in decision.holds:
            found.append(Item(HOLD, HOLDS[hold], _hold_text(hold, rma)))
        elif hold in decision.lifted:
            found.append(Item(DONE, HOLDS[hold], _lifted_text(hold, decision, rma)))
    if rma.held_why:
        found.append(Item(HOLD, "held", rma.held_why))
    of_vendor = vendor_stops(rma)
    mark, name = (HOLD, "vendor case")
    if replaced_already(rma):
        mark, name = (HOLD if rma.case_open else DONE), "replaced already"
    found += [Item(mark, name, what) for what, _ in of_vendor]
    for what, lift in view.shipping.stops:
        other = (what, lift) not in of_vendor
        if other and what not in HOLDS.values() and not what.startswith("on hold"):
            found.append(Item(REFUSED, "missing", f"{what}; {lift}"))
    if decision.management_notice:
        found.append(
            Item(RUSH, "management notice", "ticket number and details, internal comments")
        )
    if rma.outcome is Outcome.REPLACE and decision.band is not Band.OUT_OF_WARRANTY:
        text = view.replacement.serial if view.replacement else "not named (BENCHPUT, then scan it)"
        found.append(Item(DONE if view.replacement else NONE, "replacement unit", text))
    if rma.tracking:
        found.append(Item(DONE, "tracking number", f"{rma.carrier} {rma.tracking}"))
    elif decision.send_back and not replaced_already(rma):
        found.append(Item(NONE, "tracking number", "scan the carrier's label"))
    return found


def _hold_text(hold: Hold, rma: Rma) -> str:
    if hold is Hold.CONTACT and rma.contact_tries:
        tries = "1 try" if rma.contact_tries == 1 else f"{rma.contact_tries} tries"
        return f"no answer, {tries}; ask again"
    return LIFTED_BY[hold]


def _lifted_text(hold: Hold, decision: Decision, rma: Rma) -> str:
    if hold is Hold.PACKAGING and rma.packaging_accepted_by and not rma.original_packaging:
        return f"accepted by {rma.packaging_accepted_by}: {rma.packaging_accepted_why}"
    return decision.lifted[hold]
