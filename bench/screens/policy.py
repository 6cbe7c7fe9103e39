"""Policy: the tables in force, and a what-if that asks the same function as the bench does."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from bench.policy.decide import decide
from bench.policy.facts import Band, Channel, Decision, Facts, Outcome, Payer
from bench.policy.tables import Tables
from bench.policy.words import BANDS, CHANNELS, HOLDS, LIFTED_BY, OUTCOMES, PAYERS, ROUTES, money
from bench.scan.commands import Verb
from bench.screens.body import Body
from bench.screens.host import POLICY
from bench.screens.ship_answer import whys
from bench.text import clean_line
from bench.widgets.field import Field
from bench.widgets.marks import HOLD, NONE, REFUSED, SPEED_MARKS
from bench.widgets.offers import Next, Offer
from bench.widgets.unit_card import age_line, heading
from bench.widgets.verdict import Answer, Item, Verdict
from bench.workflow.entry import parse_field

LABELS = {
    "brand": "brand",
    "channel": "channel",
    "shipped_on": "ship date",
    "opened_on": "opened on",
    "outcome": "outcome",
    "packaging": "packaging",
    "rush": "asks for rush",
    "contract_ends_on": "contract end",
}
YES_NO = {"yes": True, "y": True, "no": False, "n": False}


class PolicyBody(Body):
    """What the rules say, and what they would say."""

    PLACE: ClassVar[str] = POLICY
    HELP_TEXT: ClassVar[str] = (
        "Type facts to see what the policy would say; nothing is saved. Below are the tables as "
        "they are in force here. They come from policy.toml and brands.toml."
    )

    def __init__(self) -> None:
        super().__init__(id="policy")

    def compose(self) -> ComposeResult:
        """The what-if at the top, the tables below it."""
        suggestions = {
            "brand": self.host.rules.tables.brand_names(),
            "channel": tuple(Channel),
            "outcome": tuple(o.value for o in Outcome),
            "packaging": ("yes", "no"),
            "rush": ("yes", "no"),
        }
        with VerticalScroll(can_focus=False):
            with Horizontal(id="policy--what-if"):
                with VerticalScroll(id="policy--form", can_focus=False):
                    yield Static(heading("WHAT IF"))
                    for name, label in LABELS.items():
                        yield Field(name, label, suggestions.get(name, ()))
                yield Verdict()
            yield Static(id="policy--tables")

    def on_mount(self) -> None:
        """The tables never change while the program runs."""
        self.query_one("#policy--tables", Static).update(tables_text(self.host.rules.tables))

    def show(self) -> None:
        """Answers what stands in the fields."""
        values = {f.name or "": clean_line(f.value, 200) for f in self.query(Field)}
        facts, faults = self._facts(values)
        for field in self.query(Field):
            field.complain(faults.get(field.name or "", ""))
        decision = decide(facts, self.host.rules.tables, self.host.rules.prefer)
        early = self.host.rules.tables.early_last_day
        self.query_one(Verdict).tell(what_if_answer(facts, decision, early))

    def _facts(self, values: dict[str, str]) -> tuple[Facts, dict[str, str]]:
        typed: dict[str, Any] = {"brand": values.pop("brand", "")}
        faults: dict[str, str] = {}
        for name, text in values.items():
            if text:
                typed[_FACT.get(name, name)], fault = _parse(name, text, self.host)
                if fault:
                    faults[name] = fault
        return Facts(**typed), faults

    def next(self) -> Next:
        """Back to work."""
        return Next("type facts to ask what if", (Offer(Verb.DESK, "queue", "q"),))

    def on_field_changed(self, event: Field.Changed) -> None:
        """Answers anew."""
        event.stop()
        self.show()


_FACT = {"packaging": "original_packaging", "rush": "rush_paid_by_customer"}


def _parse(name: str, text: str, host: Any) -> tuple[Any, str]:
    word = text.casefold()
    if name in _FACT:
        found = YES_NO.get(word)
        return found, "" if found is not None else f"{LABELS[name]}: yes or no"
    if name == "outcome":
        for outcome in Outcome:
            if outcome.value.startswith(word.replace(" ", "_")):
                return outcome, ""
        return None, "outcome: no trouble found, repair or replace"
    return parse_field(name, text, host.today().replace(year=host.today().year + 20))


def what_if_answer(facts: Facts, decision: Decision, early: int) -> Answer:
    """A decision as a verdict."""
    if not facts.brand and facts.shipped_on is None and facts.outcome is None:
        return Answer("", NONE, "Type a brand, a ship date, an opening day and an outcome.")
    items = [Item(HOLD, HOLDS[h], LIFTED_BY[h]) for h in decision.holds]
    items += [Item(REFUSED, "missing", f"{gap.why}; ask {gap.who}") for gap in decision.missing]
    word = decision.speed.value.upper() if decision.speed else "?"
    mark = SPEED_MARKS[decision.speed] if decision.speed else NONE
    outcome = OUTCOMES[facts.outcome] if facts.outcome else "Outcome not known"
    back = f", {PAYERS[decision.payer_back]} back" if decision.payer_back else ""
    sentence = f"{outcome}, {age_line(decision, early)}{back}."
    return Answer(word, mark, sentence, tuple(whys(decision)), tuple(items))


def tables_text(tables: Tables) -> Content:
    """The tables in force, for reading."""
    rows = [heading("BANDS"), *_bands(tables), Content("")]
    rows += [heading("WARRANTY BY BRAND"), *_brands(tables), Content("")]
    rows += [heading("OUTCOMES"), *_outcomes(tables), Content("")]
    rows += [heading("CLOCKS"), Content(_clocks(tables))]
    return Content("\n").join(rows)


def _bands(tables: Tables) -> list[Content]:
    rows = [_row(("", "to us", "back", "fee", "pack", "adv", "notice"), "$quiet")]
    for band in Band:
        for channel in Channel:
            t = tables.terms[band, channel]
            fee = money(max(tables.deductible_cents.values()), tables.currency)
            deductible = {"none": "none", "fixed": fee, "by_quote": "by quote"}[t.deductible]
            name = f"{BANDS[band]} · {CHANNELS[channel]}"
            yes = ["yes" if v else "no" for v in (t.packaging_required, t.advance_replacement)]
            notice = "yes" if t.management_notice else "no"
            payers = (_short(t.payer_to_us), _short(t.payer_back))
            rows.append(_row((name, *payers, deductible, *yes, notice)))
    return rows


def _short(payer: Payer) -> str:
    return "we" if payer is Payer.US else payer.value.replace("_", " ")


def _row(cells: tuple[str, ...], style: str = "") -> Content:
    widths = (32, 9, 9, 10, 5, 5, 6)
    return Content.styled(
        "".join(f"{c:<{w}}" for c, w in zip(cells, widths, strict=True)).rstrip(), style
    )


def _brands(tables: Tables) -> list[Content]:
    rows = []
    for name in tables.brand_names():
        brand = tables.brand(name)
        if brand is None:
            continue
        years = f"{brand.warranty_years} years" if brand.warranty_years else "by contract"
        allowed = brand.replacements_allowed
        cap = "no cap" if allowed is None else f"{allowed} replacement"
        text = f"{name:<16}{years:<13}{cap:<15}{ROUTES[brand.route]}"
        rows.append(Content(text))
    return rows


def _outcomes(tables: Tables) -> list[Content]:
    rows = []
    for outcome, rule in tables.outcomes.items():
        early, later = rule.speed[Band.EARLY], rule.speed[Band.IN_WARRANTY]
        asks = ", contact first, rush if the customer pays" if rule.contact_first else ""
        rows.append(Content(f"{OUTCOMES[outcome]:<19}early {early}, later {later}{asks}"))
    return rows


def _clocks(tables: Tables) -> str:
    return (
        f"early to day {tables.early_last_day} · advance original back within "
        f"{tables.advance_return_days} days · vendor stalled after "
        f"{tables.vendor_stalled_business_days} business days"
    )
