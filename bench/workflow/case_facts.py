"""What the gates of a vendor case look at, gathered from a unit's view; and the plan they give."""

from __future__ import annotations

from datetime import date

from bench.clock import Clock
from bench.policy.facts import Outcome, Route
from bench.policy.vendor_legs import Plan, plan
from bench.policy.vendor_plan import CaseFacts
from bench.workflow.desk import Desk, Rules
from bench.workflow.views import UnitView


def case_route(desk: Desk, view: UnitView) -> Route | None:
    """Where a defective unit of this brand goes; None where no rule says so."""
    return route_of(desk.rules, view)


def route_of(rules: Rules, view: UnitView) -> Route | None:
    """The route of a case that was begun, else that of the brand."""
    if view.rma is not None and view.rma.vendor is not None:
        return view.rma.vendor.route
    brand = rules.tables.brand(view.unit.brand)
    return brand.route if brand is not None else None


def case_facts(desk: Desk, view: UnitView) -> CaseFacts:
    """The facts of one case."""
    return facts_for(desk.rules, desk.clock, view)


def facts_for(rules: Rules, clock: Clock, view: UnitView) -> CaseFacts:
    """The same for a screen, which has no desk."""
    rma, decision = view.rma, view.decision
    if rma is None:
        return CaseFacts(case=None, route=route_of(rules, view), brand=view.unit.brand)
    return CaseFacts(
        case=rma.vendor,
        route=route_of(rules, view),
        brand=view.unit.brand,
        service_level=rma.service_level,
        ticket=rma.ticket,
        channel=view.facts.channel,
        received_on=rma.received_on,
        diagnosed_on=clock.local(rma.diagnosed_at).date() if rma.diagnosed_at else None,
        outcome=rma.outcome,
        replacement_serial=_replacement(view),
        sent_ahead_on=rma.sent_ahead_on or _shipped_on(clock, view),
        advance_due_on=rma.advance_due_on,
        vendor_rma_wanted=_wanted(view),
        ships_straight=decision.ships_straight_to_customer is True,
        symptom=rma.symptom,
        troubleshooting=_troubleshooting(view),
        outputs=rma.captures,
    )


def _replacement(view: UnitView) -> str:
    """The serial of the unit from our stock; what the vendor gave later is none."""
    case = view.rma.vendor if view.rma else None
    stock = view.replacement
    if stock is None or (case is not None and stock.id == case.vendor_unit_id):
        return ""
    return stock.serial


def _shipped_on(clock: Clock, view: UnitView) -> date | None:
    """The day on which the unit from our stock left by Ship, as any other replacement does."""
    rma = view.rma
    if rma is None or rma.shipped_at is None or not _replacement(view):
        return None
    return clock.local(rma.shipped_at).date()


def _wanted(view: UnitView) -> bool | None:
    """Whether a vendor RMA starts: the policy's answer, as far as it can be given."""
    outcome, decision = view.facts.outcome, view.decision
    if outcome is Outcome.NO_TROUBLE_FOUND:
        return False
    if view.facts.quote_accepted:
        return True  # the Partner Team's quote says how it goes on
    if outcome is None or decision.partner_team is None:
        return None
    return decision.vendor_route is not None


def _troubleshooting(view: UnitView) -> str:
    rma = view.rma
    if rma is None:
        return ""
    checks = [f"{name}: {result}" for name, result in rma.checks.items() if result != "skipped"]
    return "; ".join(filter(None, (rma.findings, *checks)))


def plan_for(rules: Rules, clock: Clock, view: UnitView) -> Plan:
    """The steps, legs and duties of a unit's case today."""
    return plan(facts_for(rules, clock, view), rules.clocks, clock.today())
