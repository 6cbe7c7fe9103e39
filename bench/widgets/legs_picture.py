"""The picture of three legs as rows of text: columns where there is room, one column else.

Pure: a plan and a width in, rows and the places of the moves in them out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from textual.content import Content

from bench.policy.vendor_legs import Leg, LegName, Move, Plan, Standing
from bench.policy.vendor_plan import CaseStep
from bench.policy.words import day
from bench.text import printable
from bench.widgets.legs_text import fit, left_style, left_words, standing_sign, wrapped

WIDE = 100
"""Cells from which on the legs stand side by side."""
_HEADINGS = {LegName.CUSTOMER: "CUSTOMER ⇄ US", LegName.VENDOR: "US ⇄ VENDOR"}
_UNITS = "UNIT AND SUCCESSOR"
_INDENT = 5
"""Cells for sign and number before a title."""
_TITLE, _DAYS = 28, 14
"""Cells for title and days in the one column."""
_LEAST_DETAIL = 12
_GAP = " │ "


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a leg, and the place of its move among all moves; None for none."""

    text: Content
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a move is painted: its row, and from which cell to which."""

    row: int
    left: int
    right: int
    place: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Rows of equal meaning to every reader: painted text, and what a click on it means."""

    rows: tuple[Content, ...]
    spots: tuple[Spot, ...]

    def place_at(self, x: int, y: int) -> int | None:
        """The move under a cell; None where there is none."""
        found = (s.place for s in self.spots if s.row == y and s.left <= x < s.right)
        return next(found, None)

    def rows_of(self, place: int) -> tuple[int, int] | None:
        """The first row of a move, and how many it has; None where it is not shown."""
        own = [spot.row for spot in self.spots if spot.place == place]
        return (own[0], len(own)) if own else None


def picture(plan: Plan, width: int, chosen: int | None, airy: bool = False) -> Picture:
    """The legs of a plan at that width, with the move `chosen` in plan.moves marked.

    `airy`: white space between legs that stand below each other.
    """
    legs = _joined(plan.legs)
    places = {move.step: place for place, move in enumerate(plan.moves)}
    if width >= WIDE:
        each = (width - len(_GAP) * (len(legs) - 1)) // max(1, len(legs))
        columns = [_marked(_column(leg, places, each), each, chosen) for leg in legs]
        return _side_by_side(columns, each)
    rows: list[Row] = []
    for leg in legs:
        rows += [Row(Content(""))] if airy and rows else []
        rows += [Row(_narrow_heading(leg, width))]
        rows += [Row(_narrow_row(move, width), places[move.step]) for move in leg.moves]
    return _side_by_side([_marked(rows, width, chosen)], width)


def _joined(legs: Iterable[Leg]) -> list[Leg]:
    """The legs that have moves. A phone's diagnosis is all there is between customer and us: it
    stands with the unit, so that two legs remain."""
    customer, vendor, units = legs
    if len(customer.moves) == 1:
        asked = customer.moves[0].standing is not Standing.DONE
        state = customer.state if asked else units.state
        units = replace(units, moves=customer.moves + units.moves, state=state)
        return [vendor, units]
    return [leg for leg in (customer, vendor, units) if leg.moves]


def _marked(rows: Iterable[Row], width: int, chosen: int | None) -> list[Row]:
    padded = [Row(row.text.truncate(width, pad=True), row.place) for row in rows]
    return [
        replace(row, text=row.text.stylize("bold on $chosen"))
        if chosen is not None and row.place == chosen
        else row
        for row in padded
    ]


def _side_by_side(columns: Sequence[Sequence[Row]], width: int) -> Picture:
    height = max((len(column) for column in columns), default=0)
    empty = Row(Content(" " * width))
    rule = Content.styled(_GAP, "$rule")
    rows, spots = [], []
    for y in range(height):
        parts = [column[y] if y < len(column) else empty for column in columns]
        rows.append(rule.join([part.text for part in parts]))
        for n, part in enumerate(parts):
            left = n * (width + len(_GAP))
            if part.place is not None:
                spots.append(Spot(y, left, left + width, part.place))
    return Picture(tuple(rows), tuple(spots))


# --- a leg


def _heading(leg: Leg) -> str:
    return _HEADINGS.get(leg.name, _UNITS)


def _count(leg: Leg) -> tuple[int, int]:
    """How many moves are done, and how many there are to do in all."""
    counted = [move for move in leg.moves if move.standing is not Standing.OFF]
    return sum(move.standing is Standing.DONE for move in counted), len(counted)


def _progress(leg: Leg) -> str:
    done, total = _count(leg)
    return f"{done} of {total} done" if total else ""


def _goes_on(leg: Leg) -> bool:
    return any(move.standing not in (Standing.DONE, Standing.OFF) for move in leg.moves)


def _column(leg: Leg, places: dict[CaseStep, int], width: int) -> list[Row]:
    progress = _progress(leg)
    title = fit(_heading(leg), width - len(progress) - 1)
    pad = " " * (width - len(title) - len(progress))
    rows = [
        Row(Content.assemble((title, "bold $quiet"), pad, (progress, "$quiet"))),
        Row(_bar(leg, width)),
        *[Row(line) for line in _state(leg, width)],
        Row(Content("")),
    ]
    for move in leg.moves:
        rows += [Row(text, places[move.step]) for text in _wide_rows(move, leg, width)]
    return rows


def _bar(leg: Leg, width: int) -> Content:
    """How much of the leg is done."""
    done, total = _count(leg)
    full = width * done // total if total else 0
    return Content.assemble(("━" * full, "$done"), ("─" * (width - full), "$rule"))


def _state(leg: Leg, width: int) -> list[Content]:
    """Two rows for every leg, so that the moves of all legs begin in one row."""
    has_next = any(move.standing is Standing.NEXT for move in leg.moves)
    style = "bold" if has_next else "" if _goes_on(leg) else "$quiet"
    lines = wrapped(printable(leg.state), width, 2)
    return [Content(line).stylize(style) for line in [*lines, "", ""][:2]]


def _wide_rows(move: Move, leg: Leg, width: int) -> list[Content]:
    rows = [_title(move, width - _INDENT)]
    for text, style in _beneath(move, leg):
        lines = wrapped(printable(text), width - _INDENT, 2)
        rows += [Content.assemble(" " * _INDENT, (line, style)) for line in lines]
    return rows


def _beneath(move: Move, leg: Leg) -> list[tuple[str, str]]:
    """What stands under a title, with its style; not once more what the leg says above."""
    beneath: list[tuple[str, str]] = []
    if move.standing is Standing.DONE:
        done = " · ".join(filter(None, (move.detail, day(move.done_on, ""))))
        beneath.append((done, "$quiet"))
        return beneath
    said = leg.state.startswith(move.detail)
    if not said:
        beneath.append((move.detail, "$quiet"))
    if move.days_left is not None:
        words = left_words(move.days_left)
        due = words if said else f"by {day(move.due_on)}, {words}"
        beneath.append((due, left_style(move.days_left)))
    return beneath


def _title(move: Move, width: int) -> Content:
    style = {Standing.NEXT: "bold", Standing.DONE: "", Standing.OPEN: ""}.get(
        move.standing, "$quiet"
    )
    title = Content.styled(fit(move.title, width), style)
    return Content.assemble(standing_sign(move.standing), f"{move.number:<2} ", title)


# --- one column


def _narrow_heading(leg: Leg, width: int) -> Content:
    said = _progress(leg) if _goes_on(leg) else printable(leg.state)
    title = _heading(leg)
    said = fit(said, max(0, width - len(title) - 2))
    return Content.assemble((title, "bold $quiet"), "  ", (said, "$quiet"))


def _narrow_row(move: Move, width: int) -> Content:
    days = _days(move)
    room = width - _INDENT - _TITLE - 1 - (_DAYS + 1 if days.plain else 0)
    title = _TITLE if room >= _LEAST_DETAIL else max(8, width - _INDENT - _DAYS - 1)
    row = _title(move, title).truncate(_INDENT + title, pad=True)
    if room >= _LEAST_DETAIL:
        style = "" if move.standing in (Standing.DONE, Standing.NEXT) else "$quiet"
        detail = Content.styled(fit(printable(move.detail), room), style)
        row = Content.assemble(row, " ", detail.truncate(room, pad=True))
    return Content.assemble(row, " ", days) if days.plain else row


def _days(move: Move) -> Content:
    if move.days_left is not None:
        return Content.styled(left_words(move.days_left), left_style(move.days_left))
    return Content.styled(day(move.done_on, ""), "$quiet")
