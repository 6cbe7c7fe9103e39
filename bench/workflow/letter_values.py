"""What a letter tells of a return, in plain words; and which letters a return asks for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from bench.clock import Clock
from bench.policy.clocks import DayKind, Start, days_left
from bench.policy.facts import Decision, Hold, Payer
from bench.policy.letters import LetterKind, LetterTemplate, compose
from bench.policy.words import BANDS, CHANNELS, OUTCOMES, PAYERS, day, money
from bench.store.records import Event, Rma, State, Step
from bench.workflow.desk import Desk, Rules
from bench.workflow.projection import standing
from bench.workflow.views import UnitView

_UNKNOWN = ""
"""An empty value: `policy.letters.compose` writes it as not known."""
_PACKAGING = {True: "original packaging", False: "not in its original packaging", None: _UNKNOWN}


def letter_values(
    view: UnitView,
    rules: Rules,
    clock: Clock,
    *,
    technician: str,
    station: str,
    failed_on_site: str = "",
) -> Mapping[str, str]:
    """A value for each name that a template may hold (`policy.letters.PLACEHOLDERS`).

    Days as 28 Oct 2026, money as 45.00 USD; "" where something is not known. The ship date is the
    one that the age counts from (DOMAIN section 2). Foreign text is in it: `compose` cleans it.
    """
    rma = view.rma or Rma(id="", number="", unit_id=view.unit.id)
    desk_facts = {
        "today": day(clock.today()),
        "technician": technician,
        "station": station,
        "failed_on_site": failed_on_site,
    }
    return {
        **_unit_values(view, rma),
        **_age_values(view, rules),
        **_found_values(view, rma, rules),
        **_advance_values(view, rma, rules, clock.today()),
        **desk_facts,
    }


def _unit_values(view: UnitView, rma: Rma) -> dict[str, str]:
    unit, channel = view.unit, view.facts.channel
    return {
        "rma": rma.number,
        "ticket": rma.ticket,
        "serial": unit.serial,
        "brand": unit.brand,
        "model": unit.model,
        "mac": unit.mac,
        "customer": rma.customer or unit.customer,
        "channel": CHANNELS[channel] if channel else _UNKNOWN,
        "address": rma.address,
        "service_level": rma.service_level or unit.service_level,
        "opened_on": day(rma.opened_on, _UNKNOWN),
        "received_on": day(rma.received_on, _UNKNOWN),
        "tries": str(rma.contact_tries),
    }


def _age_values(view: UnitView, rules: Rules) -> dict[str, str]:
    decision = view.decision
    return {
        "shipped_on": day(decision.warranty_start or view.unit.shipped_on, _UNKNOWN),
        "age_days": _UNKNOWN if decision.age_days is None else str(decision.age_days),
        "band": BANDS[decision.band] if decision.band else _UNKNOWN,
        "warranty_until": day(decision.warranty_ends, _UNKNOWN),
        "reason": _quoted_why(decision),
        "deductible": _deductible(decision, rules),
    }


def _quoted_why(decision: Decision) -> str:
    """Why the Partner Team has to act: the reason of whatever is paid by quote."""
    quoted = (r.why for r in decision.reasons if r.value == PAYERS[Payer.BY_QUOTE])
    return next(quoted, _UNKNOWN)


def _deductible(decision: Decision, rules: Rules) -> str:
    if decision.deductible_by_quote:
        return PAYERS[Payer.BY_QUOTE]
    cents = decision.deductible_cents
    if cents is None:
        return _UNKNOWN
    return money(cents, rules.tables.currency) if cents else "none"


def _found_values(view: UnitView, rma: Rma, rules: Rules) -> dict[str, str]:
    """What was found at the bench; one check a line, those that were left out not at all."""
    catalogue = rules.catalogue
    conditions = {choice.id: choice.name for choice in catalogue.conditions}
    accessories = {choice.id: choice.name for choice in catalogue.accessories}
    names = {check.id: check.name for check in catalogue.checks}
    done = [(name, result) for name, result in rma.checks.items() if result != "skipped"]
    return {
        "packaging": _PACKAGING[rma.original_packaging] if rma.received_on else _UNKNOWN,
        "condition": conditions.get(rma.condition, rma.condition),
        "accessories": ", ".join(accessories.get(one, one) for one in rma.accessories),
        "symptom": rma.symptom,
        "checks": "\n".join(f"- {names.get(name, name)}: {result}" for name, result in done),
        "findings": rma.findings,
        "outcome": OUTCOMES[rma.outcome] if rma.outcome else _UNKNOWN,
    }


def _advance_values(view: UnitView, rma: Rma, rules: Rules, today: date) -> dict[str, str]:
    """The clock of an advance replacement: what went out, and by when its original was due."""
    due = rma.advance_due_on
    return {
        "replacement": view.replacement.serial if view.replacement else _UNKNOWN,
        "sent_ahead_on": day(rma.sent_ahead_on, _UNKNOWN),
        "due_on": day(due, _UNKNOWN),
        "days_over": str(_days_over(due, rules, today)) if due else _UNKNOWN,
    }


def _days_over(due: date, rules: Rules, today: date) -> int:
    row = rules.clocks.row(Start.ADVANCE_SHIPPED)
    kind = row.kind if row else DayKind.CALENDAR
    return max(0, -days_left(due, today, kind, rules.clocks.holidays))


def drafted(
    desk: Desk, view: UnitView, template: LetterTemplate, failed_on_site: str = ""
) -> tuple[str, str]:
    """Subject and text of a letter before anybody edits it, under the name of who acts now."""
    values = letter_values(
        view,
        desk.rules,
        desk.clock,
        technician=desk.actor,
        station=desk.station,
        failed_on_site=failed_on_site,
    )
    return compose(template, values)


# --- which letters are due


def due_letters(view: UnitView, today: date) -> list[LetterKind]:
    """The letters that this return asks for, and that nobody has written yet.

    Management hears of an early return once the unit is here (DOMAIN section 3); the quote, and
    the customer's answer, are asked for while something waits for them; a bill once the last day
    on which the original was in time is over.
    """
    rma = view.rma
    if rma is None or rma.state is State.CANCELLED:
        return []
    written = written_kinds(event for event in view.events if event.rma_id == rma.id)
    return [kind for kind in LetterKind if kind not in written and _asks(kind, view, rma, today)]


def _asks(kind: LetterKind, view: UnitView, rma: Rma, today: date) -> bool:
    holds = view.decision.holds if rma.state.is_open else ()
    if kind is LetterKind.MANAGEMENT_NOTICE:
        return view.decision.management_notice is True and rma.received_on is not None
    if kind is LetterKind.QUOTE_REQUEST:
        asked = rma.received_on is not None and rma.quote_accepted is None
        return Hold.QUOTE in holds and asked
    if kind is LetterKind.CUSTOMER_CONTACT:
        return Hold.CONTACT in holds
    late = rma.advance_due_on is not None and today > rma.advance_due_on
    return late and rma.advance_open and rma.billed_on is None


def written_kinds(events: Iterable[Event]) -> set[str]:
    """The kinds of the letters that these events leave written, one that was replaced aside."""
    found = list(events)
    replaced = {event.data.get("instead_of") for event in found}
    counted = (e for e in standing(found) if e.step is Step.LETTER_WRITTEN)
    return {str(e.data.get("kind", "")) for e in counted if e.op_id not in replaced}
