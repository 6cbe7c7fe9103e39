"""Text for the clipboard of whoever sits at the terminal, by the terminal itself (OSC 52)."""

from __future__ import annotations

from textual.app import App

from bench.text import clean_text

LONGEST = 60_000
"""Characters; terminals drop longer ones."""


def to_clipboard(app: App[int], text: str) -> None:
    """Puts cleaned text on the clipboard; a terminal that has none ignores it."""
    app.copy_to_clipboard(clean_text(text, LONGEST))
