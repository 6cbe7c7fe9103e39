"""The picture of a vendor case: customer, us and the vendor, with what is done and what is next."""

from __future__ import annotations

from collections.abc import Iterator

from textual import events
from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.widget import Widget

from bench.policy.vendor_legs import Duty, Move, Plan, Standing
from bench.policy.vendor_plan import CaseStep, Party
from bench.policy.words import day
from bench.text import printable
from bench.widgets.legs_picture import WIDE, Picture, picture
from bench.widgets.legs_text import left_style, left_words, wrapped
from bench.widgets.marks import HOLD, NONE, REFUSED, SIGNS, STYLES
from bench.widgets.unit_card import heading
from bench.workflow.duties import PARTIES

NO_VENDOR = (
    "This unit has no vendor to go to: its brand has no rule, or nobody has entered it. "
    "Enter the brand, or ask the Partner Team."
)
TALL = 32
"""Rows of a screen from which on there is room for white space."""
_TURNS = {
    Party.CUSTOMER: "the customer's move",
    Party.US: "our move",
    Party.VENDOR: "the vendor's move",
}


class ThreeLegs(Widget):
    """Paints a plan; a click on a move is told with Picked."""

    class Picked(Message):
        """A move was clicked."""

        def __init__(self, step: CaseStep) -> None:
            self.step = step
            super().__init__()

    def __init__(self) -> None:
        super().__init__()
        self._plan: Plan | None = None
        self._chosen: int | None = None

    def tell(self, plan: Plan, chosen: int | None = None) -> None:
        """Shows a plan, with the move `chosen` in plan.moves under the cursor."""
        moved = chosen != self._chosen
        if not moved and plan == self._plan:
            return
        self._plan, self._chosen = plan, chosen
        self.refresh(layout=True)
        if moved:
            self.call_after_refresh(self._bring_into_sight)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the picture needs."""
        return len(self._rows(width))

    def render(self) -> RenderResult:
        """The legs, and below them what the chosen move lacks."""
        return Content("\n").join(self._rows(self.size.width))

    def on_click(self, event: events.Click) -> None:
        """Tells which move was clicked."""
        at = event.get_content_offset(self)
        if at is None or self._plan is None:
            return
        place = self._picture(self.size.width).place_at(at.x, at.y)
        if place is not None:
            self.post_message(self.Picked(self._plan.moves[place].step))

    @property
    def _is_tall(self) -> bool:
        return self.app.size.height >= TALL

    def _picture(self, width: int) -> Picture:
        if self._plan is None:
            return Picture((), ())
        return picture(self._plan, width, self._chosen, airy=self._is_tall)

    def _rows(self, width: int) -> list[Content]:
        plan = self._plan
        if plan is None:
            return []
        if not plan.moves:
            return [Content(line) for line in wrapped(NO_VENDOR, width, 4)]
        rows = list(self._picture(width).rows)
        move = plan.next if self._chosen is None else plan.moves[self._chosen]
        if move is None:
            return rows
        if width < WIDE and not self._is_tall:
            return rows + list(_gaps(move, width))
        return [*rows, Content(""), *_about(move, width)]

    def _bring_into_sight(self) -> None:
        """Scrolls whatever holds the picture to the chosen move."""
        if self._chosen is None or not isinstance(self.parent, Widget):
            return
        found = self._picture(self.size.width).rows_of(self._chosen)
        if found is not None:
            first, count = found
            own = Region(0, first, self.size.width, count)
            region = own.translate(self.virtual_region.offset)
            self.parent.scroll_to_region(region, animate=False)


def _about(move: Move, width: int) -> Iterator[Content]:
    """The move by name, and line by line what it lacks and what to do about it."""
    number = f"{move.number} " if move.number else ""
    title = heading(number + move.title.upper())
    yield Content.assemble(title, "  ", (_TURNS[move.party], "$quiet"))
    if not move.gaps:
        yield from _hanging("▸", "$accent", printable(f"nothing is missing: {move.detail}"), width)
    yield from _gaps(move, width)


def _gaps(move: Move, width: int) -> Iterator[Content]:
    """What it lacks alone, for a screen with no room to repeat the rest."""
    for n, gap in enumerate(move.gaps):
        mark, style = ("▸", "$accent") if n == 0 else (SIGNS[HOLD], "$hold")
        if move.standing in (Standing.DONE, Standing.OFF):
            mark, style = SIGNS[NONE], "$quiet"
        yield from _hanging(mark, style, printable(f"{gap.what}: {gap.remedy}"), width)


def _hanging(mark: str, style: str, text: str, width: int) -> Iterator[Content]:
    for n, line in enumerate(wrapped(text, width - 2, 3)):
        first = Content.styled(f"{mark} ", f"bold {style}") if n == 0 else Content("  ")
        yield Content.assemble(first, line)


def duties_text(plan: Plan, width: int = 0, brief: bool = False) -> Content:
    """Who owes whom what by when, the soonest first; nothing where nobody owes anything.

    Two lines for what has a last day: the second one names it, and what follows when it is late.
    With a `width` in cells, what is longer goes on below its own beginning. `brief`: one line for
    each, without what follows.
    """
    if not plan.duties:
        return Content("")
    if brief:
        brief_rows = [_brief_row(duty) for duty in plan.duties]
        return Content("\n").join([row.truncate(width, ellipsis=True) for row in brief_rows])
    rows = [heading("WHO OWES WHAT")]
    for duty in plan.duties:
        for row in _duty_rows(duty):
            first, *rest = row.wrap(width - 2) if width > 2 else [row]
            rows += [first, *[Content.assemble("  ", more) for more in rest]]
    return Content("\n").join(rows)


def _duty_rows(duty: Duty) -> list[Content]:
    owes = "owe" if duty.who is Party.US else "owes"
    whom = "us" if duty.whom is Party.US else PARTIES[duty.whom]
    left = duty.days_left
    mark = NONE
    if left is not None and "bold" in left_style(left):
        mark = REFUSED if left < 0 else HOLD
    what = Content.styled(printable(duty.what), "bold")
    head = Content.styled(f"{SIGNS[mark]} ", f"bold {STYLES[mark]}")
    rows = [Content.assemble(head, f"{PARTIES[duty.who]} {owes} {whom} ", what)]
    if left is not None:
        words = Content.styled(left_words(left, duty.unit), left_style(left))
        row = Content.assemble(f"  by {day(duty.due_on)}, ", words)
        if duty.consequence:
            row = Content.assemble(row, (f" · {_sentence(duty.consequence)}", "$quiet"))
        rows.append(row)
    return rows


def _brief_row(duty: Duty) -> Content:
    first, *_ = _duty_rows(duty)
    if duty.days_left is None:
        return first
    words = Content.styled(left_words(duty.days_left, duty.unit), left_style(duty.days_left))
    return Content.assemble(first, f" by {day(duty.due_on)}, ", words)


def _sentence(text: str) -> str:
    """A consequence as what stands after a dot in the middle of a line."""
    return printable(text).strip().removesuffix(".")
