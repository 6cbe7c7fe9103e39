"""Receive: an expected unit with its facts, one that nobody announced, or a serial nobody knows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from bench.policy.decide import decide
from bench.policy.facts import Decision, Facts
from bench.scan.commands import Verb
from bench.scan.serials import canonical
from bench.screens.facts_form import FactsForm, known_facts
from bench.screens.host import RECEIVE
from bench.screens.lending import lend, tell_owed
from bench.screens.receive_answer import receive_answer, stranger_answer, wrong_answer
from bench.screens.unit_pane import UnitBody
from bench.store.records import State
from bench.text import printable
from bench.widgets.field import Field
from bench.widgets.marks import DONE, HOLD, REFUSED
from bench.widgets.offers import Next, Offer
from bench.widgets.strips import Read
from bench.widgets.unit_card import unit_name
from bench.widgets.verdict import Answer
from bench.workflow.gates import facts_of
from bench.workflow.identify import Found, Known
from bench.workflow.receive import Receipt, receive, receive_unannounced
from bench.workflow.views import Place, draft_key, stranger_key

FACTS = ("brand", "channel", "shipped_on", "opened_on", "contract_ends_on")
"""The fields that the policy looks at."""


class ReceiveBody(UnitBody):
    """What came out of the box, and the question about its packaging."""

    PLACE: ClassVar[str] = RECEIVE
    HELP_TEXT: ClassVar[str] = (
        "Scan the serial. For an expected unit the facts stand there already; otherwise fill in "
        "what the label and the delivery note say, as far as known. Then answer the question in "
        "NEXT. Tab goes into the fields, escape comes back out."
    )

    def __init__(self) -> None:
        super().__init__(id="receive")
        self.condition = ""
        self.accessories: tuple[str, ...] = ()
        self._key = ""
        self._guessed: dict[str, str] = {}

    def parts(self) -> ComposeResult:
        """Condition, accessories, and the facts as fields."""
        yield Static(id="receive--choices")
        yield FactsForm(self.host.rules.tables, self.host.rules.escalation.service_levels)

    @property
    def form(self) -> FactsForm:
        """The facts as fields."""
        return self.query_one(FactsForm)

    # --- painting

    def show(self) -> None:
        """Paints the unit or the stranger in hand, with what was half entered before."""
        key = self._draft_key()
        if key != self._key:
            self._key = key
            self._fill()
        elif self.view is None and self._guess() != self._guessed:
            self._guessed = self._guess()
            self.form.suggest(self._guessed)
        self.paint(self._answer())
        self._paint_choices()

    def _draft_key(self) -> str:
        session = self.host.session
        if session.view is not None:
            rma = session.view.rma
            return draft_key(session.view.unit.id, Place.RECEIVE) + (f"/{rma.id}" if rma else "")
        return stranger_key(canonical(session.stranger)) if session.stranger else ""

    def _fill(self) -> None:
        view, session = self.view, self.host.session
        drafted: dict[str, Any] = dict(session.stranger_fields)
        if view is not None:
            draft = view.drafts.get(Place.RECEIVE)
            drafted = dict(draft.fields) if draft else {}
        if view is not None:
            self.form.fill(known_facts(view.unit, view.rma), drafted)
        else:
            self._guessed = self._guess()
            self.form.fill({}, drafted or self._guessed)
        self.condition = str(drafted.get("condition", ""))
        self.accessories = tuple(drafted.get("accessories", ()))

    def _guess(self) -> dict[str, str]:
        session, tables = self.host.session, self.host.rules.tables
        mac = session.stranger_mac
        brand = tables.brand_of_mac(mac) if mac else None
        return {"mac": mac, "brand": brand.name if brand else "", "model": session.stranger_model}

    def _answer(self) -> Answer:
        view, session = self.view, self.host.session
        decision, early = self._decision(), self.host.rules.tables.early_last_day
        if view is None:
            return stranger_answer(session.stranger, self.form.gaps(), decision, early)
        return receive_answer(view, decision, early, session.unproved)

    def _decision(self) -> Decision:
        """What the policy says with what stands in the fields, as if it were received now."""
        facts, _ = self.form.read(self.host.today())
        base = self._base_facts()
        today = self.host.today()
        known = replace(base, received_on=base.received_on or today)
        typed = {name: facts[name] for name in FACTS if name in facts}
        return decide(replace(known, **typed), self.host.rules.tables, self.host.rules.prefer)

    def _base_facts(self) -> Facts:
        """The unit's facts; of a return that is over only what belongs to the unit."""
        view = self.view
        if view is None or (view.rma is not None and view.rma.state.is_open):
            return view.facts if view else Facts()
        return facts_of(view.unit, None, view.chain, view.facts.chain_fault)

    def _paint_choices(self) -> None:
        catalogue, rows = self.host.rules.catalogue, [Content("")]
        keys = {offer.verb: offer.key for offer in self._choice_offers()}
        kind = self._decision().kind
        for title, choices, ticked in (
            ("condition", catalogue.conditions, (self.condition,)),
            ("accessories", catalogue.accessories_of(kind), self.accessories),
        ):
            row = Content.styled(f"{title:<15}", "$quiet")
            for choice in choices:
                row += _box(
                    choice.id in ticked, choice.name, choice.code, keys.get(choice.code, " ")
                )
            rows.append(row)
        self.query_one("#receive--choices", Static).update(Content("\n").join(rows))

    # --- what can be done

    def next(self) -> Next:
        """The packaging question, or plain receiving."""
        session, view = self.host.session, self.view
        if view is None and not session.stranger:
            return Next("scan the unit's serial")
        if view is not None and view.rma is not None and view.rma.state.is_open:
            if view.rma.state is not State.EXPECTED:
                return Next("go on with it", (Offer(Verb.NEXT, "its next step", "enter"),))
            if session.unproved:
                vouch = Offer(Verb.NEXT, "its label cannot be read", "v")
                return Next("scan the serial of the unit", (vouch, *self._choice_offers()))
        if self._decision().packaging_required is False:
            plain = (Offer(Verb.OK, "received", "y"),)
            return Next("receive it", (*plain, *self._choice_offers()))
        offers = (Offer(Verb.OK, "yes", "y"), Offer(Verb.NO, "no", "n"))
        return Next("original packaging?", (*offers, *self._lend_offer(), *self._choice_offers()))

    def _lend_offer(self) -> tuple[Offer, ...]:
        """Before the original is here, where the policy offers an advance replacement."""
        view = self.view
        rma = view.rma if view else None
        expected = rma is not None and rma.state is State.EXPECTED and rma.sent_ahead_on is None
        if view is None or not expected or view.decision.advance_replacement is not True:
            return ()
        return (Offer(Verb.LEND, "advance replacement", "a", extra=True),)

    def _choice_offers(self) -> tuple[Offer, ...]:
        catalogue, kind = self.host.rules.catalogue, self._decision().kind
        conditions = zip(catalogue.conditions, "gub", strict=False)
        accessories = zip(catalogue.accessories_of(kind), "1234567", strict=False)
        pairs = (*conditions, *accessories)
        return tuple(Offer(choice.code, choice.name, key, quiet=True) for choice, key in pairs)

    async def offered(self, verb: str) -> None:
        """Receives, or ticks a condition or an accessory."""
        catalogue = self.host.rules.catalogue
        if condition := catalogue.condition_by_code(verb):
            self.condition = "" if self.condition == condition.id else condition.id
        elif accessory := catalogue.accessory_by_code(verb):
            has = accessory.id in self.accessories
            others = tuple(a for a in self.accessories if a != accessory.id)
            self.accessories = others if has else (*others, accessory.id)
        elif verb in (Verb.OK, Verb.NO):
            await self._receive(verb == Verb.OK)
            return
        elif verb == Verb.NEXT and self.host.session.unproved:
            self._vouch()
            return
        elif verb == Verb.NEXT and self.view is not None:
            await self.host.open_unit(self.view)
            return
        elif verb == Verb.LEND and self.view is not None:
            await lend(self.host, self.view)
            return
        self._paint_choices()
        self._park()

    def _vouch(self) -> None:
        """Goes on without a scan of the serial; the receipt says so."""
        session = self.host.session
        session.unproved, session.vouched = False, True
        self.show()
        self.host.changed()
        self.host.say(Read("", "serial not scanned", HOLD, "you vouch that it is this unit"))

    async def _receive(self, packaging: bool) -> None:
        view, session = self.view, self.host.session
        asked = self._decision().packaging_required is not False
        facts, faults = self.form.read(self.host.today())
        if faults:
            self.form.complain(faults)
            self.host.say(Read("", "not received yet", REFUSED, next(iter(faults.values()))))
            return
        packed = packaging if asked else None
        receipt = Receipt(
            original_packaging=packed,
            condition=self.condition,
            accessories=self.accessories,
            facts=facts,
            label=session.scanned,
            vouched=session.vouched,
        )
        key, self._key = self._key, ""  # what was typed last may arrive late: not parked again
        if view is not None and view.rma is not None and view.rma.state is State.EXPECTED:
            rma_id = view.rma.id
            saved = await self.host.save(lambda desk, op: receive(desk, op, rma_id, receipt))
        else:
            serial = view.unit.serial if view else session.stranger
            unit_id = view.unit.id if view else None
            saved = await self.host.save(
                lambda desk, op: receive_unannounced(desk, op, serial, unit_id, receipt)
            )
        if saved is None:
            self._key = key
        else:
            text = f"received as RMA {saved.view.rma.number}" if saved.view.rma else "received"
            await self.host.open_unit(saved.view)
            self.host.say(Read(saved.view.unit.serial, unit_name(saved.view.unit), DONE, text))
            await tell_owed(self.host, saved.view)

    async def take(self, found: Found) -> bool:
        """Where a certain unit is awaited, the scan must be of that unit."""
        session, view = self.host.session, self.view
        if not session.unproved or view is None or view.rma is None:
            return False
        number = view.rma.number
        close = {unit.id for unit in found.units}
        if found.known is Known.NEAR and view.unit.id in close:
            return False
        same = found.view.unit.id if found.known is Known.UNIT and found.view else ""
        if view.unit.id in (close | {same}):
            session.unproved = False
            session.scanned = found.label.came or found.label.raw
            self.host.say(Read(found.text, unit_name(view.unit), DONE, "the right unit"))
            await self.host.reload()
            return True
        if found.known in (Known.RMA, Known.TRACKING):
            return False
        self.host.say(Read(found.text, _where(found), REFUSED, f"wrong unit for RMA {number}"))
        self.paint(wrong_answer(view, found.text))
        return True

    # --- half-entered work

    def entered(self) -> dict[str, str]:
        """The fields, and what was ticked."""
        ticked = {"condition": self.condition, "accessories": ", ".join(self.accessories)}
        return super().entered() | {name: text for name, text in ticked.items() if text}

    def on_field_changed(self, event: Field.Changed) -> None:
        """Parks what was typed."""
        event.stop()
        self.paint(self._answer())
        self._paint_choices()
        self.host.changed()
        self._park()

    def _park(self) -> None:
        if not self._key:
            return
        view = self.view
        fields: dict[str, Any] = dict(self.form.entered())
        fields |= {"condition": self.condition, "accessories": list(self.accessories)}
        serial = view.unit.serial if view else self.host.session.stranger
        if view is None:
            fields["serial"] = serial
        name = unit_name(view.unit) if view else "unknown"
        if not any(v for k, v in fields.items() if k != "serial"):
            fields = {}
        key = self._key.split("/")[0]
        self.host.park(key, f"{name} {serial}", RECEIVE, fields)

    def without_unit(self) -> str:
        """What the left column says of a stranger."""
        serial = printable(self.host.session.stranger)[:40]
        return f"{serial}\nnot in the records" if serial else "no unit in hand"


def _where(found: Found) -> str:
    """What is known of a unit that is not the awaited one."""
    if found.view is None:
        return "nobody knows it"
    rma = found.view.rma
    return f"it is on RMA {rma.number}" if rma else "it is not expected"


def _box(ticked: bool, name: str, verb: str, key: str) -> Content:
    box = Content.assemble(
        (f"{key} ", "$accent"), (f"{'■' if ticked else '□'} {name}", "bold" if ticked else "")
    )
    return box.stylize(f"@click=app.offer('{verb}')") + Content("   ")
