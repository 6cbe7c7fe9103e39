"""Vendor: every open case, and the legs of the one in hand, with who owes whom what by when."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.widget import Widget
from textual.widgets import Static

from bench.policy.vendor_legs import Move, Plan
from bench.policy.vendor_plan import CaseStep
from bench.scan.commands import Verb
from bench.screens.host import VENDOR
from bench.screens.originals import originals_text, show_originals
from bench.screens.unit_pane import UnitBody
from bench.screens.vendor_answer import vendor_answer
from bench.screens.vendor_doing import VendorDoing
from bench.screens.vendor_next import next_of
from bench.store.errors import StoreError
from bench.widgets.case_list import CaseList
from bench.widgets.field import Line
from bench.widgets.offers import Next, Offer
from bench.widgets.three_legs import ThreeLegs, duties_text
from bench.workflow.advance import Outstanding, outstanding
from bench.workflow.case_facts import plan_for
from bench.workflow.desk import Desk
from bench.workflow.duties import CaseLine, cases
from bench.workflow.identify import Found
from bench.workflow.views import view_of

REFRESH_SECONDS = 15.0


_LISTS = (
    Offer(Verb.LEND, "originals out", "o", extra=True),
    Offer(Verb.TODO, "letters to do", "t", extra=True),
)


def _read(desk: Desk) -> tuple[list[CaseLine], list[Outstanding]]:
    return cases(desk), outstanding(desk)


class VendorBody(UnitBody):
    """The list of cases, or the case of the unit in hand."""

    PLACE: ClassVar[str] = VENDOR
    HELP_TEXT: ClassVar[str] = (
        "Without a unit in hand: every open case, stalled ones first. With one: the three legs, "
        "what is done, what is next, and who owes whom what by when. Up and down choose a step; "
        "a step that cannot be done yet says what is missing and leads there."
    )

    def __init__(self) -> None:
        super().__init__(id="vendor")
        self.plan: Plan | None = None
        self.cursor: CaseStep | None = None
        """The step that was chosen with the arrows; None: the one that is next."""
        self._unit = ""
        self._short = False
        self.doing = VendorDoing(self)

    def compose(self) -> ComposeResult:
        """The list above, the case below; one of them is shown."""
        yield CaseList()
        yield Static(id="vendor--originals")
        yield from super().compose()

    def parts(self) -> ComposeResult:
        """The picture, and who owes what."""
        yield ThreeLegs()
        yield Static(id="vendor--duties")

    def on_resize(self) -> None:
        """Another width breaks the lines elsewhere; on a low screen the verdict makes room."""
        super().on_resize()
        if self._short is not self.screen.has_class("-short"):
            self._paint_answer()
        self.call_after_refresh(self._paint_legs)

    def on_hide(self) -> None:
        """Away from here no scan is waited for any more."""
        self.doing.forget()

    def on_mount(self) -> None:
        """What other benches do shows up by itself."""
        self.set_interval(REFRESH_SECONDS, self._again)

    def _again(self) -> None:
        if self.display and self.view is None:
            self.show()

    @property
    def list(self) -> CaseList:
        """The list of cases."""
        return self.query_one(CaseList)

    def focus_first(self) -> Widget | None:
        """The list, for its arrows, while no unit is in hand."""
        return self.list if self.view is None else None

    # --- painting

    def show(self) -> None:
        """Paints the case of the unit in hand, or the list."""
        view = self.view
        self.list.display = view is None
        self.query_one("#vendor--originals").display = view is None
        for pane in self.query(".unit-lines, Horizontal"):
            pane.set_class(view is None, "-away")
        if view is None:
            self.plan, self._unit = None, ""
            self.run_worker(self._read(), group="cases", exclusive=True)
            return
        if view.unit.id != self._unit:
            self._unit, self.cursor = view.unit.id, None
            self.doing.forget()
        self.plan = plan_for(self.host.rules, self.host.clock, view)
        self._paint_answer()
        self._paint_legs()

    def _paint_answer(self) -> None:
        self._short = self.screen.has_class("-short")
        if self.view is not None and self.plan is not None:
            answer = vendor_answer(self.view, self.plan, self.host.rules.clocks)
            self.paint(replace(answer, brief=self._short))

    def _paint_legs(self) -> None:
        if self.plan is not None:
            self.query_one(ThreeLegs).tell(self.plan, self._place)
            owed = self.query_one("#vendor--duties", Static)
            owed.update(duties_text(self.plan, owed.size.width, self._short))

    async def _read(self) -> None:
        try:
            found, owed = await self.host.in_store(_read, patient=False)
        except StoreError as error:
            self.host.tell_trouble(error)
            return
        if self.is_attached and self.query(CaseList):
            self.query_one("#vendor--originals", Static).update(originals_text(owed))
            self.list.load(found, self.host.clock.local)
            self.host.changed()

    def without_unit(self) -> str:
        """What stands where the unit would."""
        return "no unit in hand"

    # --- the step under the cursor

    @property
    def _place(self) -> int | None:
        moves = self.plan.moves if self.plan else ()
        return next((n for n, move in enumerate(moves) if move.step is self.cursor), None)

    @property
    def move(self) -> Move | None:
        """The step that was chosen, else the one that is next."""
        if self.plan is None:
            return None
        place = self._place
        return self.plan.next if place is None else self.plan.moves[place]

    def pressed(self, event: events.Key) -> None:
        """Up and down choose a step."""
        by = {"up": -1, "down": 1}.get(event.key, 0)
        if by and self.plan is not None and not isinstance(self.app.focused, Line):
            event.stop()
            self._choose(by)
            return
        super().pressed(event)

    def _choose(self, by: int) -> None:
        moves = self.plan.moves if self.plan else ()
        if not moves:
            return
        at = self._place
        if at is None:
            following = self.plan.next if self.plan else None
            at = moves.index(following) if following in moves else 0
        self.cursor = moves[max(0, min(len(moves) - 1, at + by))].step
        self._paint_legs()
        self.host.changed()

    def on_three_legs_picked(self, event: ThreeLegs.Picked) -> None:
        """A step was clicked."""
        self.cursor = event.step
        self._paint_legs()
        self.host.changed()

    def on_case_list_opened(self, event: CaseList.Opened) -> None:
        """A case was chosen with enter, or clicked twice."""
        self.host.take_offer(Verb.NEXT)

    # --- what can be done

    def next(self) -> Next:
        """The chosen step, or what it lacks; without a unit, the chosen case."""
        view = self.view
        if view is None:
            if self.list.chosen is None:
                return Next("scan a unit to begin its case", _LISTS)
            opening = Offer(Verb.NEXT, "open", "enter")
            return Next("scan a unit, or open the case", (opening, *_LISTS))
        if self.plan is None:
            return Next("reading")
        return next_of(view, self.plan, self.move, self.doing.awaits)

    async def offered(self, verb: str) -> None:
        """Opens a case, or does what was offered for the one in hand."""
        if self.view is None:
            if verb == Verb.NEXT and self.list.chosen is not None:
                await self._open(self.list.chosen)
            elif verb == Verb.TODO:
                await self.doing.todo()
            elif verb == Verb.LEND:
                await show_originals(self.host)
            return
        await self.doing.offered(verb)

    async def _open(self, line: CaseLine) -> None:
        unit_id, rma_id = line.unit.id, line.rma.id
        view = await self.host.in_store(lambda desk: view_of(desk, unit_id, rma_id))
        if view is not None:
            await self.host.open_unit(view, VENDOR)

    async def take(self, found: Found) -> bool:
        """A tracking number or a unit that the step in turn waits for."""
        return False if self.view is None else await self.doing.scans.take(found)

    def left(self) -> None:
        """Escape: back to the step that is next."""
        self.cursor = None
        self.doing.forget()
        self._paint_legs()
        self.host.changed()
