"""Small pieces of text for a vendor case: signs of moves, days left, lines cut between words."""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size
from textual.content import Content

from bench.policy.clocks import DayKind
from bench.policy.vendor_legs import Standing
from bench.widgets.marks import DONE, HOLD, NONE, SIGNS, STYLES

SOON = 2
"""Days left from which a last day stands out."""
STANDING_SIGNS = {
    Standing.DONE: SIGNS[DONE],
    Standing.NEXT: "▸",
    Standing.OPEN: SIGNS[NONE],
    Standing.BLOCKED: SIGNS[HOLD],
    Standing.OFF: "–",
}
"""One sign for each way a move can stand."""
STANDING_STYLES = {
    Standing.DONE: STYLES[DONE],
    Standing.NEXT: "$accent",
    Standing.OPEN: STYLES[NONE],
    Standing.BLOCKED: STYLES[HOLD],
    Standing.OFF: STYLES[NONE],
}


def standing_sign(standing: Standing) -> Content:
    """The sign of a move in its colour, and a space."""
    return Content.styled(f"{STANDING_SIGNS[standing]} ", f"bold {STANDING_STYLES[standing]}")


def left_words(days: int, unit: DayKind = DayKind.CALENDAR) -> str:
    """Days to a last day: 3 days left, 1 business day late, today is the last day."""
    if days == 0:
        return "due today"
    count = abs(days)
    kind = "business day" if unit is DayKind.BUSINESS else "day"
    return f"{count} {kind}{'' if count == 1 else 's'} {'left' if days > 0 else 'late'}"


def left_style(days: int | None) -> str:
    """How days left are painted: late and nearly late stand out, and say so in words too."""
    if days is None or days > SOON:
        return "$quiet"
    return "bold $refused" if days < 0 else "bold $hold"


def fit(text: str, width: int) -> str:
    """A line of at most `width` cells: cut between words where that leaves enough of it."""
    if cell_len(text) <= width:
        return text
    if width < 2:
        return set_cell_size(text, max(0, width))
    cut = set_cell_size(text, width - 1)
    gap = cut.rfind(" ")
    inside_word = text[len(cut) : len(cut) + 1].isalnum()
    if inside_word and gap > len(cut) // 2:
        cut = cut[:gap]
    return cut.rstrip(" ,:;·") + "…"


def wrapped(text: str, width: int, limit: int) -> list[str]:
    """At most `limit` lines of `width` cells; what is left over ends in an ellipsis."""
    lines = [line.plain.rstrip() for line in Content(text).wrap(max(1, width))] if text else []
    if len(lines) <= limit:
        return lines
    return [*lines[: limit - 1], fit(" ".join(lines[limit - 1 :]), width)]
