"""Diagnose: symptom, check list, findings, and the one outcome; earlier returns in view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from bench.policy.facts import Band, Outcome
from bench.policy.words import OUTCOMES
from bench.scan.commands import Verb
from bench.screens.host import DIAGNOSE
from bench.screens.recording import SETTLE_OFFERS, SETTLING, Recording
from bench.screens.unit_pane import UnitBody
from bench.store.records import State
from bench.widgets.field import Field, Line
from bench.widgets.marks import DONE, GROUND, HOLD, NONE, REFUSED, RUSH, SIGNS, STYLES
from bench.widgets.offers import Next, Offer
from bench.widgets.strips import Read
from bench.widgets.unit_card import age_line, heading, unit_name
from bench.widgets.verdict import Answer, Item
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.views import Place, UnitView, draft_key

if TYPE_CHECKING:
    from bench.evidence.offering import Offered
    from bench.screens.everywhere import Station

RESULTS = {"": NONE, "passed": DONE, "failed": REFUSED}
OUTCOME_OFFERS = (
    Offer(Verb.NTF, "no trouble found", "n"),
    Offer(Verb.FXD, "repair", "r"),
    Offer(Verb.REPL, "replace", "x"),
)
OUTCOME_OF = {
    Verb.NTF: Outcome.NO_TROUBLE_FOUND,
    Verb.FXD: Outcome.REPAIR,
    Verb.REPL: Outcome.REPLACE,
}


class DiagnoseBody(UnitBody):
    """What is wrong with it, if anything."""

    PLACE: ClassVar[str] = DIAGNOSE
    HELP_TEXT: ClassVar[str] = (
        "Go through the check list: good or defect, one after the other; up and down move. "
        "Tab goes into symptom and findings. The outcome saves everything and decides the way back."
    )

    def __init__(self) -> None:
        super().__init__(id="diagnose")
        self.results: dict[str, str] = {}
        self.cursor = 0
        self._key = ""

    def parts(self) -> ComposeResult:
        """The check list, symptom and findings."""
        yield Static(id="diagnose--checks")
        yield Field("symptom", "symptom")
        yield Field("findings", "findings")

    def show(self) -> None:
        """Paints the unit in hand, with what was half entered before."""
        view = self.view
        key = draft_key(view.unit.id, Place.DIAGNOSE) if view else ""
        if key != self._key:
            self._key, self.cursor = key, 0
            self._fill(view)
        self.paint(self._answer(view))
        self._paint_checks()

    def _fill(self, view: UnitView | None) -> None:
        entered: dict[str, Any] = {}
        if view is not None and view.rma is not None and view.rma.state.is_open:
            rma = view.rma
            entered = {"symptom": rma.symptom, "findings": rma.findings, "checks": dict(rma.checks)}
            draft = view.drafts.get(Place.DIAGNOSE)
            entered |= dict(draft.fields) if draft else {}
        self.results = dict(entered.get("checks", {}))
        for field in self.query(Field):
            field.put(str(entered.get(field.name or "", "")))

    def _answer(self, view: UnitView | None) -> Answer:
        if view is None:
            return Answer("", NONE, "Scan a unit to diagnose it.")
        decision = view.decision
        days = "?" if decision.age_days is None else str(decision.age_days)
        mark = {Band.EARLY: RUSH, Band.IN_WARRANTY: GROUND, Band.OUT_OF_WARRANTY: HOLD}
        return Answer(
            f"DAY {days}",
            mark[decision.band] if decision.band else REFUSED,
            _sentence(view, age_line(decision, self.host.rules.tables.early_last_day)),
            items=tuple(_notes(view)),
            items_heading="KEEP IN MIND",
        )

    # --- the check list

    def _checks(self) -> list[tuple[str, str]]:
        kind = self.view.decision.kind if self.view else None
        return [(check.id, check.name) for check in self.host.rules.catalogue.checks_of(kind)]

    def _paint_checks(self) -> None:
        rows = [Content(""), heading("CHECKS")]
        for place, (check, name) in enumerate(self._checks()):
            mark = RESULTS.get(self.results.get(check, ""), NONE)
            word = self.results.get(check, "")
            row = Content.assemble(
                (f"{SIGNS[mark]} ", f"bold {STYLES[mark]}"),
                f"{name:<44} ",
                (f"{word:<7}", "$quiet"),
            )
            row = row.stylize("on $chosen") if place == self.cursor else row
            rows.append(row)
        self.query_one("#diagnose--checks", Static).update(Content("\n").join(rows))

    def pressed(self, event: events.Key) -> None:
        """Up and down move in the check list."""
        step = {"up": -1, "down": 1}.get(event.key, 0)
        if step and not isinstance(self.app.focused, Line):
            event.stop()
            self.cursor = max(0, min(len(self._checks()) - 1, self.cursor + step))
            self._paint_checks()
            return
        super().pressed(event)

    def _mark(self, result: str) -> None:
        checks = self._checks()
        if result:
            self.results[checks[self.cursor][0]] = result
        self.cursor = min(len(checks) - 1, self.cursor + 1)
        self._paint_checks()
        self._park()

    # --- what can be done

    def next(self) -> Next:
        """The outcome; and the check under the cursor."""
        view = self.view
        if view is None or view.rma is None or not view.rma.state.is_open:
            return Next("scan a unit that is here", (Offer(Verb.DESK, "queue", "q"),))
        if view.rma.state is State.EXPECTED:
            return Next("receive it first", (Offer(Verb.BOX, "receive", "enter"),))
        if view.rma.console_serial:
            return Next("the console names another serial: is it this unit?", SETTLE_OFFERS)
        checks = (
            Offer(Verb.GOOD, "check good", "g", extra=True),
            Offer(Verb.DEFECT, "defect", "d", extra=True),
            Offer(Verb.NEXT, "skip", "s", extra=True),
        )
        found = (Offer(Verb.FOUND, "take what the console found", "c"),) if self._told() else ()
        hold = Offer(Verb.HOLD, "hold", "h", extra=True)
        return Next("outcome?", (*found, *OUTCOME_OFFERS, *checks, hold))

    def _told(self) -> Offered | None:
        """What the console found out about the unit in hand, where it is not taken over yet."""
        offered = self.recording.offered(self.view)
        values = {field.name: field.value for field in self.query(Field)}
        if offered is None or offered.findings in values.get("findings", ""):
            return None
        return offered

    @property
    def recording(self) -> Recording:
        """The consoles, as the program knows them."""
        return cast("Station", self.app).recording

    def _take_over(self) -> None:
        """What was typed stays; what the console found comes behind it."""
        offered = self._told()
        if offered is None:
            return
        for name, text in (("symptom", offered.symptom), ("findings", offered.findings)):
            field = self.query_one(f"#field-{name}", Field)
            if text and text not in field.value:
                field.put("; ".join(filter(None, (field.value, text))))
        known = {check for check, _ in self._checks()}
        self.results |= {c: "failed" for c in offered.failed_checks if c in known}
        self._paint_checks()
        self._park()
        serial = self.view.unit.serial if self.view else ""
        self.host.say(Read(serial, "change what you like", DONE, "taken from the console"))
        self.host.changed()

    async def offered(self, verb: str) -> None:
        """Marks a check, or saves the outcome."""
        results = {Verb.GOOD: "passed", Verb.DEFECT: "failed", Verb.NEXT: ""}
        view = self.view
        if verb in SETTLING and view and view.rma and view.rma.console_serial:
            await self.recording.settle(SETTLING[Verb(verb)])
        elif verb == Verb.FOUND:
            self._take_over()
        elif verb in results:
            self._mark(results[Verb(verb)])
        elif verb in OUTCOME_OF:
            await self._diagnose(OUTCOME_OF[Verb(verb)])

    async def _diagnose(self, outcome: Outcome) -> None:
        if self.view is None or self.view.rma is None:
            return
        rma_id = self.view.rma.id
        values = {field.name: field.value for field in self.query(Field)}
        diagnosis = Diagnosis(outcome, values["symptom"], dict(self.results), values["findings"])
        key, self._key = self._key, ""  # what was typed last may arrive late: not parked again
        saved = await self.host.save(lambda desk, op: diagnose(desk, op, rma_id, diagnosis))
        if saved is None:
            self._key = key
        else:
            await self.host.open_unit(saved.view)
            unit = saved.view.unit
            answer = f"diagnosed: {OUTCOMES[outcome].lower()}"
            self.host.say(Read(unit.serial, unit_name(unit), DONE, answer))

    # --- half-entered work

    def entered(self) -> dict[str, str]:
        """The fields, and the checks that were done."""
        done = {name: self.results.get(check, "") for check, name in self._checks()}
        return super().entered() | {name: result for name, result in done.items() if result}

    def on_field_changed(self, event: Field.Changed) -> None:
        """Parks what was typed."""
        event.stop()
        self._park()

    def _park(self) -> None:
        view = self.view
        if not self._key or view is None or view.rma is None or not view.rma.state.is_open:
            return
        fields: dict[str, Any] = {field.name or "": field.value for field in self.query(Field)}
        fields["checks"] = dict(self.results)
        title = f"{unit_name(view.unit)} {view.unit.serial}"
        self.host.park(draft_key(view.unit.id, Place.DIAGNOSE), title, DIAGNOSE, fields)


def _sentence(view: UnitView, age: str) -> str:
    d = view.decision
    if d.band is Band.EARLY:
        return f"{age[0].upper()}{age[1:]}: repair or replace ships rush."
    if d.band is Band.IN_WARRANTY:
        return f"{age[0].upper()}{age[1:]}: ships ground whatever is found."
    if d.band is Band.OUT_OF_WARRANTY:
        return "Out of warranty: goes to the Partner Team whatever is found."
    return "Age or band not known yet: " + "; ".join(
        gap.why for gap in d.missing if gap.fact != "outcome"
    )


def _notes(view: UnitView) -> list[Item]:
    d, notes = view.decision, []
    for rma in view.earlier:
        if rma.outcome is not None:
            text = f"{OUTCOMES[rma.outcome].lower()}: {rma.findings or rma.symptom or 'no note'}"
            notes.append(Item(HOLD, f"RMA {rma.number}", text.replace("\n", " ")))
    if d.failure_question:
        notes.append(Item(RUSH, "to answer", "why did it fail on site, though tested here?"))
    if d.allowance_used_up:
        text = f"{d.replacements_used} of {d.replacements_allowed} used: replace needs a quote"
        notes.append(Item(HOLD, "replacements", text))
    if view.rma is not None and view.rma.held_why:
        notes.append(Item(HOLD, "on hold", view.rma.held_why))
    return notes[:4]
