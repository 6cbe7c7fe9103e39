"""Record: everything known of a unit, its whole history, and its facts to correct."""

from __future__ import annotations

from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from bench.policy.words import OUTCOMES
from bench.scan.commands import Verb
from bench.screens.dialogs import Confirm, Pick
from bench.screens.facts_form import FactsForm, known_facts
from bench.screens.host import RECORD
from bench.screens.ship_answer import whys
from bench.screens.unit_pane import UnitBody
from bench.store.records import Event, State, Step
from bench.text import printable
from bench.widgets.field import Field
from bench.widgets.marks import DONE, HOLD, NONE, REFUSED
from bench.widgets.offers import Next, Offer
from bench.widgets.strips import Read
from bench.widgets.unit_card import heading, state_name, unit_name
from bench.widgets.verdict import Answer
from bench.workflow.aliases import forget
from bench.workflow.capture_record import console_detail
from bench.workflow.case_record import case_detail
from bench.workflow.entry import LABELS
from bench.workflow.receive import correct_facts
from bench.workflow.ship import cancel, close
from bench.workflow.telling import NAMES, did
from bench.workflow.views import Place, UnitView, draft_key

STATE_MARKS = {State.SHIPPED: DONE, State.CLOSED: DONE, State.CANCELLED: NONE}
SHOWN = 60
"""Events on the screen, newest first."""


class RecordBody(UnitBody):
    """The unit's record and history."""

    PLACE: ClassVar[str] = RECORD
    HELP_TEXT: ClassVar[str] = (
        "Who did what, when and where, newest first; undone steps stay in the list. Tab goes into "
        "the facts; OK saves what was corrected."
    )

    def __init__(self) -> None:
        super().__init__(id="record")
        self._key = ""

    def parts(self) -> ComposeResult:
        """The facts as fields, and the history."""
        yield FactsForm(self.host.rules.tables, self.host.rules.escalation.service_levels)
        yield Static(id="record--history")

    @property
    def form(self) -> FactsForm:
        """The facts as fields."""
        return self.query_one(FactsForm)

    def show(self) -> None:
        """Paints the unit in hand."""
        view = self.view
        self.paint(self._answer(view))
        self.form.display = view is not None and self._correctable(view)
        known = known_facts(view.unit, view.rma) if view else {}
        key = f"{view.unit.id}/{known}" if view else ""
        if key != self._key and view is not None:
            draft = view.drafts.get(Place.RECORD)
            drafted = dict(draft.fields) if draft else {}
            if self._key.startswith(f"{view.unit.id}/"):  # the facts were changed under the hand
                drafted |= self.form.entered()
            self._key = key
            self.form.fill(known, drafted)
        history = _history(view, self.host.clock_text) if view else Content("")
        self.query_one("#record--history", Static).update(history)

    def _correctable(self, view: UnitView) -> bool:
        return view.rma is not None and view.rma.state.is_open

    def _answer(self, view: UnitView | None) -> Answer:
        if view is None:
            return Answer("", NONE, "Scan a unit to see its record.")
        name, rma = unit_name(view.unit), view.rma
        if rma is None:
            return Answer("NO RMA", NONE, f"{name} was never returned.", tuple(whys(view.decision)))
        mark = STATE_MARKS.get(rma.state, HOLD if rma.mark == HOLD else NONE)
        outcome = f", {OUTCOMES[rma.outcome].lower()}" if rma.outcome else ""
        why = f": {rma.closed_why}" if rma.closed_why else ""
        gone = (
            f" Gone with {rma.carrier} {rma.tracking}." if rma.tracking and rma.shipped_at else ""
        )
        sentence = f"RMA {rma.number} is {state_name(rma.state)}{outcome}{why}.{gone}"
        word = {State.WITH_PARTNER_TEAM: "QUOTE", State.AWAITING_CONTACT: "CONTACT"}.get(
            rma.state, state_name(rma.state).split()[0].upper()
        )
        return Answer(word, mark, sentence, tuple(whys(view.decision)) if rma.state.is_open else ())

    def next(self) -> Next:
        """The unit's next step, and the record's own actions."""
        view = self.view
        if view is None:
            return Next("scan a unit", (Offer(Verb.DESK, "queue", "q"),))
        label = (Offer(Verb.DROP, "forget a label", "f", extra=True),) if view.aliases else ()
        if view.rma is None or not view.rma.state.is_open:
            word = "receive it again" if view.rma else "receive it"
            offers = [Offer(Verb.BOX, word, "r")]
            if view.rma is not None and view.rma.state is State.SHIPPED:
                offers.append(Offer(Verb.OK, "close the RMA", "c"))
            return Next("scan the next unit", (*offers, *label))
        step = Offer(Verb.NEXT, "its next step", "enter")
        save = (Offer(Verb.OK, "save facts", "c"),) if self.form.entered() else ()
        cancelling = Offer(Verb.NO, "cancel the RMA", "x")
        return Next(f"go on: {view.place}", (step, *save, cancelling, *label))

    async def offered(self, verb: str) -> None:
        """Goes on, saves facts, closes or cancels."""
        view = self.view
        if view is None:
            return
        if verb == Verb.NEXT:
            await self.host.open_unit(view)
        elif verb == Verb.OK and view.rma is not None and view.rma.state is State.SHIPPED:
            rma_id = view.rma.id
            await self._save(lambda d, op: close(d, op, rma_id, "shipped, all done"), "closed")
        elif verb == Verb.OK:
            await self._correct(view)
        elif verb == Verb.DROP and view.aliases:
            self._ask_forget(view)
        elif verb == Verb.NO and view.rma is not None:
            self._ask_cancel(view.rma.id, view.rma.number)

    async def _save(self, step: Any, text: str) -> None:
        saved = await self.host.save(step)
        if saved is not None:
            self._key = ""
            await self.host.reload()
            unit = saved.view.unit
            self.host.say(Read(unit.serial, unit_name(unit), DONE, text))

    async def _correct(self, view: UnitView) -> None:
        facts, faults = self.form.read(self.host.today())
        self.form.complain(faults)
        if faults:
            self.host.say(Read("", "facts not saved", REFUSED, next(iter(faults.values()))))
        elif facts and view.rma is not None:
            rma_id = view.rma.id
            await self._save(lambda d, op: correct_facts(d, op, rma_id, facts), "facts corrected")

    def _ask_cancel(self, rma_id: str, number: str) -> None:
        async def answered(answer: str) -> None:
            if answer:
                why = "cancelled at the bench"
                await self._save(lambda d, op: cancel(d, op, rma_id, why), "cancelled")

        question = f"Cancel RMA {number}?"
        self.host.ask(Confirm(question, "It can be undone, and the history stays."), answered)

    def _ask_forget(self, view: UnitView) -> None:
        async def answered(key: str) -> None:
            if key:
                unit_id = view.unit.id
                await self._save(lambda d, op: forget(d, op, unit_id, key), "label forgotten")

        options = [(alias.key, printable(alias.scanned)) for alias in view.aliases]
        title = "Which label does not mean this unit any more?"
        self.host.ask(Pick(title, options, bare_enter=False), answered)

    def on_field_changed(self, event: Field.Changed) -> None:
        """NEXT offers to save once something was changed; until then it is parked."""
        event.stop()
        self.host.changed()
        view = self.view
        if view is not None and self._correctable(view):
            title = f"{unit_name(view.unit)} {view.unit.serial}"
            key = draft_key(view.unit.id, Place.RECORD)
            self.host.park(key, title, RECORD, dict(self.form.entered()))


def _history(view: UnitView, clock: Any) -> Content:
    undone = {e.reverses for e in view.events if e.step is Step.UNDONE}
    numbers = {r.id: r.number for r in (*view.earlier, *((view.rma,) if view.rma else ()))}
    rows = [Content("")]
    if view.aliases:
        labels = ", ".join(printable(alias.scanned) for alias in view.aliases)
        rows += [Content.assemble(("also read as  ", "$quiet"), labels), Content("")]
    rows.append(heading(f"HISTORY  {len(view.events)}"))
    for event in view.events[:SHOWN]:
        quiet = event.op_id in undone or event.step is Step.UNDONE
        row = Content.assemble(
            (f"{clock(event.at):<12} ", "$quiet"),
            (f"{NAMES[event.step]:<22} ", "" if quiet else "bold"),
            printable(_detail(event)),
            (f"  {printable(event.actor)}, {printable(event.station)}", "$quiet"),
            (f"  {numbers.get(event.rma_id or '', '')}", "$quiet"),
        )
        rows.append(row.stylize("strike $quiet") if event.op_id in undone else row)
    return Content("\n").join(rows)


def _detail(event: Event) -> str:
    data = event.data
    if told := console_detail(event) or case_detail(event):
        return told
    if event.step is Step.UNDONE:
        return ": ".join(filter(None, (did(event).removesuffix(" undone"), data.get("why", ""))))
    words = ("outcome", "answer", "tracking", "why", "reason", "serial", "scanned", "speed", "step")
    for key in words:
        if data.get(key):
            return str(data[key]).replace("_", " ")
    if event.step is Step.RECEIVED:
        packaging = {True: "original packaging", False: "without its packaging", None: ""}
        parts = [packaging[data.get("original_packaging")], data.get("condition", "")]
        parts.append("serial not scanned" if data.get("vouched") else "")
        return ", ".join(filter(None, parts))
    changed = [*data.get("unit", {}), *data.get("rma", {})]
    return ", ".join(LABELS.get(name, name) for name in dict.fromkeys(changed))
