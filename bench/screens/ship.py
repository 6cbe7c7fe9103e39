"""Ship: the decided speed, the holds and what lifts each, the tracking number, and the door."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, ClassVar, cast

from bench.policy.facts import Contact, Hold, Outcome, Payer, Speed
from bench.policy.words import PAYERS
from bench.scan.commands import Verb
from bench.screens.dialogs import Entry, Pick
from bench.screens.host import SHIP, Saving
from bench.screens.lock import BadgeEntry
from bench.screens.ship_answer import ship_answer
from bench.screens.ship_vendor import CASE, closing_why, vendor_next
from bench.screens.unit_pane import UnitBody
from bench.store.records import Rma, State
from bench.widgets.marks import DONE, HOLD
from bench.widgets.offers import Next, Offer
from bench.widgets.strips import Read
from bench.widgets.unit_card import unit_name
from bench.workflow import ship
from bench.workflow.desk import Refused
from bench.workflow.entry import cents_of
from bench.workflow.identify import Found, Known
from bench.workflow.people import standing, supervisor_of
from bench.workflow.views import UnitView

if TYPE_CHECKING:
    from bench.screens.everywhere import Station

HOLD_OFFER = Offer(Verb.HOLD, "hold", "h", extra=True)
AGAIN = Offer(Verb.TEST, "diagnose again", "d", extra=True)


class ShipBody(UnitBody):
    """The answer, and the way out."""

    PLACE: ClassVar[str] = SHIP
    HELP_TEXT: ClassVar[str] = (
        "The speed, who pays, and why. What stands in the way is listed with what lifts it. "
        "Scan the carrier's label for the tracking number, then confirm that the unit has left. "
        "BENCHRUSH and BENCHGROUND override the speed, BENCHCOST who pays; both ask for a reason."
    )

    def __init__(self) -> None:
        super().__init__(id="ship")

    def show(self) -> None:
        """Paints the unit in hand."""
        self.paint(ship_answer(self.view))

    # --- what can be done

    def next(self) -> Next:
        """What lifts the first hold; without holds the tracking number, then the door."""
        view = self.view
        if view is None or view.rma is None:
            return Next("scan a unit that is here", (Offer(Verb.DESK, "queue", "q"),))
        rma = view.rma
        if self.host.session.replacement_next:
            return Next("scan the serial of the replacement", (Offer(Verb.NO, "never mind", "n"),))
        if rma.state is State.EXPECTED:
            return Next("receive it first", (Offer(Verb.BOX, "receive", "enter"),))
        if not rma.state.is_open:
            return Next("scan the next unit", (Offer(Verb.LOG, "its record", "l"),))
        if rma.outcome is None:
            return Next("diagnose it first", (Offer(Verb.TEST, "diagnose", "enter"),))
        return self._open_next(view, rma)

    def _open_next(self, view: UnitView, rma: Rma) -> Next:
        holds, extras = view.decision.holds, self._extras(rma)
        if rma.held_why:
            release = Offer(Verb.OK, "release it", "y")
            return Next(f"held: {rma.held_why}", (release, AGAIN))
        if Hold.CONTACT in holds:
            return Next("do they want it back?", (*_CONTACT_OFFERS, *extras))
        if not view.decision.send_back:
            return Next("nothing goes back", (Offer(Verb.OK, "close the RMA", "y"), AGAIN))
        if Hold.QUOTE in holds and rma.quote_accepted is False:
            shut = Offer(Verb.OK, "close the RMA", "y")
            return Next("the quote was refused, nothing ships", (shut, AGAIN))
        if Hold.QUOTE in holds:
            others = tuple(offer for offer in extras if offer.verb != Verb.COST)
            return Next("is the quote accepted?", (*_QUOTE_OFFERS, *others))
        if Hold.PACKAGING in holds:
            others = tuple(offer for offer in extras if offer.verb != Verb.PUT)
            return Next("original packaging?", (*_PACKAGING_OFFERS, *others))
        held_by_vendor = vendor_next(rma, extras, AGAIN)
        if held_by_vendor is not None:
            return held_by_vendor
        if view.shipping.stops:
            unknown = view.shipping.stops[0]
            fix = Offer(Verb.LOG, "enter the facts", "enter")
            return Next(f"{unknown[0]}; {unknown[1]}", (fix, *extras))
        if not rma.tracking:
            return Next("scan the tracking number", extras)
        return Next("has it left?", (Offer(Verb.OK, "shipped", "y"), *extras))

    def _extras(self, rma: Rma) -> tuple[Offer, ...]:
        word = "customer pays rush" if rma.outcome is Outcome.NO_TROUBLE_FOUND else "rush"
        rush = self.view.shipping.speed is Speed.RUSH if self.view else False
        speed = (
            Offer(Verb.GROUND, "ground", "s", extra=True)
            if rush
            else Offer(Verb.RUSH, word, "s", extra=True)
        )
        swap = (Offer(Verb.PUT, "replacement unit", "u", extra=True),)
        routed = self.view is not None and self.view.decision.vendor_route is not None
        return (
            *(swap if rma.outcome is Outcome.REPLACE and rma.replacement_id is None else ()),
            HOLD_OFFER,
            speed,
            Offer(Verb.COST, "who pays", "p", extra=True),
            *((CASE,) if routed or rma.vendor is not None else ()),
            Offer(Verb.LETTER, "letter", "w", extra=True),
            AGAIN,
        )

    async def offered(self, verb: str) -> None:
        """Does what was offered."""
        view = self.view
        if view is None or view.rma is None:
            return
        acts: dict[Verb, Callable[[UnitView, Rma], Awaitable[None]]] = {
            Verb.OK: self._ok,
            Verb.NO: self._no,
            Verb.NORESP: lambda v, r: self._save(_contact(r, Contact.NO_ANSWER), "no answer"),
            Verb.PUT: self._put,
            Verb.RUSH: self._speed(Speed.RUSH),
            Verb.GROUND: self._speed(Speed.GROUND),
            Verb.COST: self._quoted if Hold.QUOTE in view.decision.holds else self._cost,
            Verb.LETTER: lambda v, r: cast("Station", self.app).letters.choose(v),
        }
        if Verb(verb) in acts:
            await acts[Verb(verb)](view, view.rma)

    async def _save(self, step: Saving, text: str, mark: str = DONE) -> None:
        saved = await self.host.save(step)
        if saved is not None:
            unit = saved.view.unit
            await self.host.reload()
            self.host.say(Read(unit.serial, unit_name(unit), mark, text))

    async def _ok(self, view: UnitView, rma: Rma) -> None:
        holds = view.decision.holds
        if rma.held_why:
            await self._save(lambda d, op: ship.release(d, op, rma.id), "released")
        elif Hold.CONTACT in holds:
            await self._save(_contact(rma, Contact.YES), "wants it back")
        elif not view.decision.send_back:
            why = "the customer does not want it back"
            await self._save(lambda d, op: ship.close(d, op, rma.id, why), "closed")
        elif Hold.QUOTE in holds and rma.quote_accepted is False:
            why = "the customer refused the quote"
            await self._save(lambda d, op: ship.close(d, op, rma.id, why), "closed")
        elif Hold.QUOTE in holds:
            await self._save(
                lambda d, op: ship.quote_answered(d, op, rma.id, True), "quote accepted"
            )
        elif Hold.PACKAGING in holds:
            await self._save(
                lambda d, op: ship.confirm_packaging(d, op, rma.id), "packaging is here"
            )
        elif why := closing_why(rma):
            await self._save(lambda d, op: ship.close(d, op, rma.id, why), "closed")
        else:
            await self._save(lambda d, op: ship.ship(d, op, rma.id), "shipped")

    async def _no(self, view: UnitView, rma: Rma) -> None:
        if self.host.session.replacement_next:
            self.host.session.replacement_next = False
            self.show()
        elif Hold.CONTACT in view.decision.holds:
            await self._save(_contact(rma, Contact.NO), "does not want it back", HOLD)
        elif Hold.QUOTE in view.decision.holds:
            step: Saving = lambda d, op: ship.quote_answered(d, op, rma.id, False)  # noqa: E731
            await self._save(step, "quote refused", HOLD)

    async def _put(self, view: UnitView, rma: Rma) -> None:
        if Hold.PACKAGING in view.decision.holds:
            await self._ask_supervisor(rma)
        else:
            self.host.session.replacement_next = True
            self.host.changed()

    # --- with a reason

    async def _ask_supervisor(self, rma: Rma) -> None:
        """By name where nobody is enrolled; else a supervisor at work, or a supervisor's badge."""

        async def named(who: str) -> None:
            if who:
                self._ask_why_accepted(rma, who, None)

        async def shown(badge: str) -> None:
            if badge:
                person = await self.host.in_store(lambda desk: supervisor_of(desk, badge))
                self._ask_why_accepted(rma, person.name, person.id)

        now = await self.host.in_store(standing)
        if now.person is not None and now.person.supervisor:
            self._ask_why_accepted(rma, now.person.name, now.person.id)
        elif now.enrolled:
            title = "Badge of the supervisor who accepts the swap without the original packaging"
            self.host.ask(BadgeEntry(title), shown)
        else:
            title = "Which supervisor accepts the swap without the original packaging?"
            self.host.ask(Entry(title, "name"), named)

    def _ask_why_accepted(self, rma: Rma, who: str, by_id: str | None) -> None:
        reasons = self.host.rules.catalogue.packaging_reasons
        title = "Why is the swap accepted without the original packaging?"
        step = lambda why: lambda d, op: ship.accept_packaging(d, op, rma.id, who, why, by_id)  # noqa: E731
        self._ask_reason(title, reasons, step, f"accepted by {who} without packaging")

    def _ask_reason(
        self, title: str, reasons: tuple[str, ...], step: Callable[[str], Saving], text: str
    ) -> None:
        async def answered(why: str) -> None:
            if why:
                await self._save(step(why), text, HOLD)

        options = [(reason, reason) for reason in reasons]
        self.host.ask(Pick(title, options, free="another reason"), answered)

    def _speed(self, speed: Speed) -> Callable[[UnitView, Rma], Awaitable[None]]:
        async def change(view: UnitView, rma: Rma) -> None:
            if rma.outcome is Outcome.NO_TROUBLE_FOUND:
                rush = speed is Speed.RUSH
                text = "rush, the customer pays" if rush else "ground"
                await self._save(lambda d, op: ship.ask_rush(d, op, rma.id, rush), text)
                return
            title = f"Why {speed}, against the policy?"
            reasons = self.host.rules.catalogue.override_reasons
            step = lambda why: lambda d, op: ship.override(d, op, rma.id, speed, None, why)  # noqa: E731
            self._ask_reason(title, reasons, step, f"overridden: {speed}")

        return change

    async def _quoted(self, view: UnitView, rma: Rma) -> None:
        async def answered(amount: str) -> None:
            if amount:
                cents = cents_of(amount)
                step: Saving = lambda d, op: ship.quote_answered(d, op, rma.id, True, cents)  # noqa: E731
                await self._save(step, "quote accepted")

        self.host.ask(Entry("Amount of the accepted quote, as 120.00", "amount"), answered)

    async def _cost(self, view: UnitView, rma: Rma) -> None:
        async def chosen(value: str) -> None:
            if value:
                payer = Payer(value)
                title = f"Why: {PAYERS[payer]}, against the policy?"
                step = lambda why: lambda d, op: ship.override(d, op, rma.id, None, payer, why)  # noqa: E731
                reasons = self.host.rules.catalogue.override_reasons
                self._ask_reason(title, reasons, step, f"overridden: {PAYERS[payer]}")

        payers = [(p.value, PAYERS[p]) for p in (Payer.US, Payer.CUSTOMER, Payer.RESELLER)]
        self.host.ask(Pick("Who pays the way back?", payers), chosen)

    # --- scans

    async def take(self, found: Found) -> bool:
        """A carrier's number, or the serial of the stock unit that was asked for."""
        view, session = self.view, self.host.session
        if view is None or view.rma is None:
            return False
        rma_id = view.rma.id
        if session.replacement_next and found.known not in (Known.RMA, Known.TRACKING):
            session.replacement_next = False
            serial = found.label.serial or found.text
            await self._save(
                lambda d, op: ship.choose_replacement(d, op, rma_id, serial), "replacement named"
            )
            self.host.changed()
            return True
        if found.known is Known.TRACKING:
            text = found.text
            if text == view.rma.tracking:
                self.host.say(Read(text, "the same number again", DONE, "noted before"))
                return True
            await self._save(
                lambda d, op: ship.scan_tracking(d, op, rma_id, text), "tracking number"
            )
            return True
        here = view.rma.state.is_open and view.rma.outcome is not None
        carriers = self.host.rules.carriers
        if found.known is Known.STRANGER and here and carriers.resembles(found.label.raw):
            remedy = "for a unit that nobody knows go to the queue first (BENCHDESK)"
            raise Refused(carriers.explain(found.label.raw), remedy)
        return False


def _contact(rma: Rma, answer: Contact) -> Saving:
    return lambda desk, op: ship.contacted(desk, op, rma.id, answer)


_CONTACT_OFFERS = (
    Offer(Verb.OK, "yes", "y"),
    Offer(Verb.NO, "no", "n"),
    Offer(Verb.NORESP, "no answer", "a"),
)
_QUOTE_OFFERS = (
    Offer(Verb.OK, "accepted", "y"),
    Offer(Verb.NO, "refused", "n"),
    Offer(Verb.COST, "accepted, with its amount", "c"),
)
_PACKAGING_OFFERS = (
    Offer(Verb.OK, "it is here", "y"),
    Offer(Verb.PUT, "supervisor accepts", "a"),
)
