"""A dialog for a text of several lines: typed, or pasted."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.widgets import Static

from bench.scan.commands import Verb, code
from bench.screens.dialogs import Dialog
from bench.screens.letter_dialog import Text


class TextEntry(Dialog):
    """Several lines to type or paste. Answers the text, or "" for never mind."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "take", "take it", id="text.take", priority=True),
    ]

    def __init__(self, title: str, detail: str = "", text: str = "") -> None:
        super().__init__()
        self.question, self.detail, self.text = title, detail, text

    def compose(self) -> ComposeResult:
        """Question, text, keys."""
        with Vertical(classes="dialog dialog-wide"):
            yield Static(self.question, classes="dialog--title", markup=False)
            if self.detail:
                yield Static(self.detail, markup=False)
            yield Text(self.text)
            yield Static(id="text-entry--complaint", markup=False)
            keys = f"^s or {code(Verb.OK)}: take it    esc or {code(Verb.NO)}: never mind"
            yield Static(keys, classes="dialog--keys")

    def on_mount(self) -> None:
        """Ready to type."""
        self.query_one(Text).focus()

    def action_take(self) -> None:
        """Nothing is no answer: escape is for that."""
        text = self.query_one(Text).text
        if text.strip():
            self.dismiss(text)
        else:
            self.query_one("#text-entry--complaint", Static).update("nothing entered")

    def command(self, verb: str) -> bool:
        """OK takes what stands there."""
        if verb == Verb.OK:
            self.action_take()
            return True
        return super().command(verb)
