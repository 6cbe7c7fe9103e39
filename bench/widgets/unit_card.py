"""The left column: which unit, for whom, how old, what came before, what was found."""

from __future__ import annotations

from datetime import date

from textual.content import Content

from bench.policy.facts import AgeReference, Band, Decision
from bench.policy.words import BANDS, CHANNELS, CONTACTS, OUTCOMES, day
from bench.store.records import Rma, State, Unit
from bench.text import printable
from bench.workflow.address_line import address_parts
from bench.workflow.views import UnitView

UNKNOWN = "not known yet"
LABEL = 11


def heading(text: str) -> Content:
    """A group's small bold heading."""
    return Content.styled(text, "bold $quiet")


def line(label: str, value: str | Content, style: str = "") -> Content:
    """A label in the left column and its value in the right; unknown values are quiet."""
    if isinstance(value, str):
        known = bool(value) and value != UNKNOWN
        value = Content.styled(printable(value) or UNKNOWN, style if known else "$quiet italic")
    return Content.assemble((f"{label:<{LABEL}}", "$quiet"), value)


def mac_text(mac: str) -> str:
    """A MAC as 80:5E:C0:A1:B2:C3."""
    return ":".join(mac[i : i + 2] for i in range(0, len(mac), 2))


def unit_name(unit: Unit) -> str:
    """Brand and model, as far as they are known."""
    return f"{unit.brand} {unit.model}".strip() or "unknown unit"


def state_name(state: State) -> str:
    """A state as a technician says it."""
    return state.value.replace("_", " ")


def age_line(decision: Decision, early_last_day: int) -> str:
    """The age in words: day 22, early to day 30 (with 0 for the last day: day 22, early)."""
    if decision.age_days is None:
        return UNKNOWN
    if decision.band is Band.EARLY:
        last = f" to day {early_last_day}" if early_last_day else ""
        return f"day {decision.age_days}, early{last}"
    band = BANDS[decision.band] if decision.band else "band still open"
    return f"day {decision.age_days}, {band}"


def age_bar(decision: Decision, early_last_day: int, width: int = 28) -> Content:
    """How much of the early band is used up, as a bar; nothing after it."""
    if decision.band is not Band.EARLY or decision.age_days is None:
        return Content("")
    full = round(width * decision.age_days / early_last_day) if early_last_day else width
    return Content.assemble(("━" * full, "$rush"), ("─" * (width - full), "$rule"))


def chain_line(decision: Decision, chain: int) -> str:
    """Where the unit stands in its chain and what is left of the allowance."""
    if decision.replacements_used is None:
        return "cannot be followed"
    place = "original unit" if not chain else f"replacement no. {chain}"
    allowed = decision.replacements_allowed
    cap = f"{decision.replacements_used} of {allowed} used" if allowed is not None else "no cap"
    return f"{place}, {cap}"


def unit_card(view: UnitView, early_last_day: int) -> Content:
    """Everything on a unit, in groups with white space between."""
    groups = [
        _who(view.unit, view.rma),
        _owner(view),
        _age(view, early_last_day),
        _before(view.earlier),
        _found(view.rma),
    ]
    return Content("\n\n").join([Content("\n").join(group) for group in groups if group])


def unit_lines(view: UnitView) -> Content:
    """The same in two lines, for a small screen."""
    unit, rma, d = view.unit, view.rma, view.decision
    customer = printable((rma.customer if rma else "") or unit.customer) or "customer not known"
    channel = CHANNELS[view.facts.channel] if view.facts.channel else "channel not known"
    first = Content.assemble(
        (printable(unit_name(unit)), "bold"), f"  {printable(unit.serial)}  ", (customer, "bold")
    )
    before = f" · back {len(view.earlier)}× before" if view.earlier else ""
    second = (
        f"{channel} · shipped {day(unit.shipped_on)} · {age_line(d, 0)}"
        f" · to {day(d.warranty_ends)}{before}"
    )
    return Content.assemble(first, "\n", (second, "$quiet"))


def _who(unit: Unit, rma: Rma | None) -> list[Content]:
    rows = [heading("UNIT"), Content.styled(printable(unit_name(unit)), "bold")]
    rows.append(line("serial", unit.serial))
    if unit.mac:
        rows.append(line("mac", mac_text(unit.mac)))
    if rma is not None and rma.console_serial:
        rows.append(line("console", rma.console_serial, "bold $refused"))
    if rma is not None and rma.board_serial:
        rows.append(line("board", rma.board_serial, "bold $hold"))
    return rows


def _owner(view: UnitView) -> list[Content]:
    unit, rma = view.unit, view.rma
    customer = (rma.customer if rma else "") or unit.customer
    channel = CHANNELS[view.facts.channel] if view.facts.channel else "channel not known"
    level = (rma.service_level if rma else "") or unit.service_level
    rows = [
        heading("FOR"),
        Content.assemble((printable(customer) or "customer not known", "bold"), f"  {channel}"),
    ]
    if level:
        rows.append(line("level", level))
    if rma is not None:
        opened = f", opened {day(rma.opened_on)}" if rma.opened_on else ""
        rows.append(line("ticket", f"{rma.ticket or 'none'}{opened}"))
        rows.append(line("RMA", rma.number))
        parts = address_parts(rma.address) or [UNKNOWN]
        rows += [line("" if n else "goes to", part) for n, part in enumerate(parts)]
    return rows


def _age(view: UnitView, early_last_day: int) -> list[Content]:
    d = view.decision
    rows = [heading("AGE"), line("shipped", day(view.unit.shipped_on))]
    rows.append(line("age", age_line(d, early_last_day), "bold"))
    bar = age_bar(d, early_last_day)
    if bar.plain:
        rows.append(bar)
    if d.reference is AgeReference.RECEIVED and view.rma is not None:
        rows.append(line("counted", "to the day it was received"))
    rows.append(line("warranty", f"to {day(d.warranty_ends)}" if d.warranty_ends else UNKNOWN))
    if view.chain and d.warranty_start != view.unit.shipped_on:
        rows.append(line("from", f"{day(d.warranty_start)}, by its chain"))
    rows.append(line("chain", chain_line(d, len(view.chain))))
    return rows


def _before(earlier: tuple[Rma, ...]) -> list[Content]:
    rows = [heading("BEFORE")]
    counted = [r for r in earlier if r.state is not State.CANCELLED]
    if not counted:
        return [*rows, Content("no earlier return")]
    for rma in counted[:4]:
        when: date | None = rma.received_on or rma.opened_on
        outcome = OUTCOMES[rma.outcome].lower() if rma.outcome else state_name(rma.state)
        rows.append(line(day(when, "day unknown"), f" {outcome}"))
    if len(counted) > 4:
        rows.append(Content.styled(f"and {len(counted) - 4} more", "$quiet"))
    return rows


def _found(rma: Rma | None) -> list[Content]:
    if rma is None or rma.outcome is None:
        return []
    rows = [heading("FOUND"), Content.styled(OUTCOMES[rma.outcome], "bold")]
    if rma.symptom:
        rows.append(line("symptom", rma.symptom.replace("\n", " ")))
    failed = [name for name, result in rma.checks.items() if result == "failed"]
    if rma.checks:
        rows.append(line("checks", f"{len(rma.checks)} done, {len(failed)} failed"))
    if rma.findings:
        rows.append(line("findings", rma.findings.replace("\n", " ")))
    if rma.contact is not None:
        tries = f", {rma.contact_tries} tries" if rma.contact_tries > 1 else ""
        rows.append(line("customer", f"{CONTACTS[rma.contact]}{tries}"))
    return rows
