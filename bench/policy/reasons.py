"""Why: one plain sentence for each part of a decision, with the rule that it came from."""

from __future__ import annotations

from collections.abc import Iterator

from bench.policy.facts import Band, Decision, Facts, Hold, Outcome, Payer, Reason, Speed
from bench.policy.tables import Tables, Terms
from bench.policy.words import BANDS, CHANNELS, LIFTED_BY, OUTCOMES, PAYERS, ROUTES, day, money

AGE_RULE = "RMA process · aging"
CHAIN_RULE = "Warranty coverage · replaced part way"


def explain(facts: Facts, d: Decision, tables: Tables) -> tuple[Reason, ...]:
    """The reasons for every part of `d` that could be decided, in the order a technician asks."""
    return (
        *_age(facts, d, tables),
        *_warranty(facts, d, tables),
        *_way_back(facts, d, tables),
        *_money(facts, d, tables),
        *_duties(facts, d, tables),
        *_holds(facts, d, tables),
    )


def _terms(facts: Facts, d: Decision, tables: Tables) -> Terms | None:
    if d.band is None:
        return None
    channels = [facts.channel] if facts.channel else [c for b, c in tables.terms if b is d.band]
    return tables.terms[d.band, channels[0]]


def _where(facts: Facts, d: Decision) -> str:
    band = BANDS[d.band] if d.band else "band still open"
    return f"{band}, {CHANNELS[facts.channel]}" if facts.channel else band


def _quoted_why(facts: Facts, d: Decision) -> str:
    if d.band is Band.OUT_OF_WARRANTY:
        return "out of warranty: the Partner Team decides and quotes"
    brand = facts.brand.strip()[:40]
    return f"{brand} allows {d.replacements_allowed} replacement, {d.replacements_used} used"


def _age(facts: Facts, d: Decision, tables: Tables) -> Iterator[Reason]:
    if d.band is None or d.reference is None:
        return
    early = f"day {d.age_days} of {tables.early_last_day}"
    text = early if d.band is Band.EARLY else f"day {d.age_days}, {day(d.reference_on)}"
    yield Reason("band", BANDS[d.band], f"{text}, counted to the day {d.reference}", AGE_RULE)
    if d.other_band is not None:
        why = f"the other day would give {BANDS[d.other_band]}; the day {d.reference} counts"
        yield Reason("reference", d.reference.value, why, AGE_RULE)


def _warranty(facts: Facts, d: Decision, tables: Tables) -> Iterator[Reason]:
    brand = tables.brand(facts.brand)
    if brand is not None and d.warranty_ends is not None:
        length = (
            "by service contract"
            if brand.warranty_years is None
            else f"{brand.warranty_years} years"
        )
        yield Reason(
            "warranty", f"to {day(d.warranty_ends)}", f"{brand.name}: {length}", brand.rule
        )
    if facts.chain and d.warranty_start is not None:
        why = (
            "a replacement inherits the warranty start of the unit it replaced"
            if d.replacements_used
            else "the unit before it was dead on arrival: the clock started anew"
        )
        yield Reason("chain", f"from {day(d.warranty_start)}", why, CHAIN_RULE)


def _way_back(facts: Facts, d: Decision, tables: Tables) -> Iterator[Reason]:
    if facts.outcome is None or d.speed is None:
        return
    rule = tables.outcomes[facts.outcome].rule
    name = OUTCOMES[facts.outcome].lower()
    if facts.outcome is Outcome.NO_TROUBLE_FOUND:
        asked = d.speed is Speed.RUSH
        why = "the customer asked for rush and pays" if asked else f"{name} ships ground at any age"
    else:
        when = (
            f"within {tables.early_last_day} days"
            if d.band is Band.EARLY
            else (f"after day {tables.early_last_day}")
        )
        why = f"{name} {when} ships {d.speed}"
    yield Reason("speed", d.speed.value, why, rule)


def _money(facts: Facts, d: Decision, tables: Tables) -> Iterator[Reason]:
    terms = _terms(facts, d, tables)
    rule = terms.rule if terms else AGE_RULE
    quoted = _quoted_why(facts, d) if d.partner_team else ""
    if quoted and d.band is not Band.OUT_OF_WARRANTY:
        rule = CHAIN_RULE
    for part, payer in (
        ("payer_back", d.payer_back),
        ("payer_to_us", d.payer_to_us),
        ("payer_to_distributor", d.payer_to_distributor),
    ):
        if payer is None or payer is Payer.NOBODY:
            continue
        why = _where(facts, d) if payer is not Payer.BY_QUOTE else quoted
        if part == "payer_back" and facts.outcome and _rush_wish(facts, d, tables):
            why, rule_here = "rush at the customer's wish", tables.outcomes[facts.outcome].rule
        else:
            rule_here = rule
        yield Reason(part, PAYERS[payer], why, rule_here)
    if d.deductible_by_quote:
        yield Reason("deductible", "by quote", quoted, rule)
    elif d.deductible_cents is not None:
        yield _deductible(facts, d, tables, rule)


def _rush_wish(facts: Facts, d: Decision, tables: Tables) -> bool:
    """Whether the customer chose rush and pays for it."""
    rule = tables.outcomes[facts.outcome] if facts.outcome else None
    asked = facts.rush_paid_by_customer is True and d.payer_back is Payer.CUSTOMER
    return asked and rule is not None and rule.rush_if_customer_pays


def _deductible(facts: Facts, d: Decision, tables: Tables, rule: str) -> Reason:
    cents = d.deductible_cents or 0
    if cents:
        amount = money(cents, tables.currency)
        return Reason("deductible", amount, f"per {d.kind}, in warranty", tables.deductible_rule)
    if facts.outcome and not tables.outcomes[facts.outcome].vendor_rma:
        why, rule = "no vendor RMA starts", tables.outcomes[facts.outcome].rule
    elif d.band is Band.EARLY:
        why = f"none in the first {tables.early_last_day} days"
    else:
        why, rule = f"none for an {d.kind}", tables.deductible_rule
    return Reason("deductible", "none", why, rule)


def _duties(facts: Facts, d: Decision, tables: Tables) -> Iterator[Reason]:
    terms = _terms(facts, d, tables)
    rule = terms.rule if terms else AGE_RULE
    if d.advance_replacement:
        why = f"original back within {d.advance_return_days} days, or it is billed"
        yield Reason("advance", "offered", why, rule)
    if d.packaging_required:
        yield Reason("packaging", "needed", "the original packaging must come back", rule)
    if d.management_notice:
        why = "ticket and full details, internal comments"
        yield Reason("notice", "to management", why, rule)
    if d.failure_question:
        why = "why did it fail on site, though tested here?"
        yield Reason("question", "to answer", why, rule)
    if d.vendor_route is not None:
        brand = tables.brand(facts.brand)
        yield Reason("vendor", "vendor RMA", ROUTES[d.vendor_route], brand.rule if brand else rule)


def _holds(facts: Facts, d: Decision, tables: Tables) -> Iterator[Reason]:
    terms = _terms(facts, d, tables)
    outcome_rule = tables.outcomes[facts.outcome].rule if facts.outcome else AGE_RULE
    rules = {Hold.QUOTE: terms.rule if terms else AGE_RULE}
    if d.allowance_used_up and d.band is not Band.OUT_OF_WARRANTY:
        rules[Hold.QUOTE] = CHAIN_RULE
    for hold in d.holds:
        yield Reason(f"hold {hold}", "hold", LIFTED_BY[hold], rules.get(hold, outcome_rule))
