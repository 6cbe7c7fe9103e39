"""One sign and one colour for each meaning; the colour never stands alone (LOOK)."""

from __future__ import annotations

from textual.content import Content

from bench.policy.facts import Speed

RUSH, GROUND, HOLD, REFUSED, DONE, NONE = "rush", "ground", "hold", "refused", "done", "none"
SIGNS = {RUSH: "▲", GROUND: "■", HOLD: "‖", REFUSED: "!", DONE: "✔", NONE: "○"}
STYLES = {
    RUSH: "$rush",
    GROUND: "$ground",
    HOLD: "$hold",
    REFUSED: "$refused",
    DONE: "$done",
    NONE: "$quiet",
}
SPEED_MARKS = {Speed.RUSH: RUSH, Speed.GROUND: GROUND}


def sign(mark: str) -> Content:
    """The sign of a mark in its colour."""
    return Content.styled(SIGNS.get(mark, "○"), f"bold {STYLES.get(mark, '$quiet')}")
