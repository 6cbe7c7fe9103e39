"""A labelled line to type into, with its own complaint beside it; one row high."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widgets import Input, Static
from textual.widgets.input import Selection

from bench.text import clean_line

LIMIT = 2000
"""Characters that a field takes; what is pasted beyond is cut off, with a complaint."""


class Line(Input):
    """An Input that takes only clean text and leaves enter and escape to the screen.

    `between` is what stands between the lines of a paste once they are one.
    What may yet turn out to be a scan is shown at once, but tells nobody until it is settled.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "screen.focus_next", "next field", show=False, id="field.next"),
    ]

    def __init__(self, name: str, suggestions: tuple[str, ...] = (), between: str = " ") -> None:
        suggester = SuggestFromList(suggestions, case_sensitive=False) if suggestions else None
        super().__init__(
            name=name, id=f"line-{name}", compact=True, suggester=suggester, max_length=LIMIT
        )
        self.cursor_blink = False
        self._between = between
        self._before: tuple[str, Selection] | None = None
        """What stood here before what is not settled yet."""

    class Shown(Message):
        """A character to be shown, that may be a person's or a scanner's."""

        def __init__(self, character: str) -> None:
            self.character = character
            super().__init__()

    class Settled(Message):
        """What was shown is a person's and stays, or is a scanner's and goes again."""

        def __init__(self, stays: bool) -> None:
            self.stays = stays
            super().__init__()

    def on_line_shown(self, event: Shown) -> None:
        """Shows it in the place of what is selected."""
        event.stop()
        if self._before is None:
            self._before = (self.value, self.selection)
        with self.prevent(Input.Changed):
            self.delete_selection()
            self.insert_text_at_cursor(event.character)

    def on_line_settled(self, event: Settled) -> None:
        """Tells what is new, or puts back what stood here."""
        event.stop()
        before, self._before = self._before, None
        if before is None:
            return
        value, selection = before
        if not event.stays:
            with self.prevent(Input.Changed):
                self.value, self.selection = value, selection
        elif self.value != value:
            self.post_message(self.Changed(self, self.value, self.validate(self.value)))

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Printable keys are for this line; all others may be bindings."""
        return character is not None and character.isprintable()

    class Cut(Message):
        """More was pasted than fits, and cut off."""

    def on_paste(self, event: events.Paste) -> None:
        """A paste of several lines becomes one; it takes the place of what is selected."""
        event.stop()
        event.prevent_default()
        self.delete_selection()
        self.insert_text_at_cursor(event.text)

    def insert_text_at_cursor(self, text: str) -> None:
        """Inserts typed or pasted text, cleaned of everything that could act."""
        text = text[: LIMIT * 4]
        if self._between != " ":
            text = self._between.join(text.splitlines())
        cleaned = clean_line(f"|{text}|", LIMIT * 12)[1:-1]
        room = LIMIT - len(self.value)
        super().insert_text_at_cursor(cleaned[:room])
        if len(cleaned) > room:
            self.post_message(self.Cut())


class Field(Horizontal):
    """A label, a line, and room for what is wrong with it."""

    class Changed(Message):
        """The text of a field was changed by a person."""

        def __init__(self, field: Field, value: str) -> None:
            self.field, self.value = field, value
            super().__init__()

    def __init__(
        self, name: str, label: str, suggestions: tuple[str, ...] = (), between: str = " "
    ) -> None:
        super().__init__(name=name, id=f"field-{name}", classes="field")
        self.label, self._suggestions, self.fault = label, suggestions, ""
        self._between = between

    def compose(self) -> ComposeResult:
        """Label, line, complaint."""
        yield Static(self.label, classes="field--label", markup=False)
        yield Line(self.name or "", self._suggestions, self._between)
        yield Static("", classes="field--fault", markup=False)

    @property
    def line(self) -> Line:
        """The line to type into."""
        return self.query_one(Line)

    @property
    def value(self) -> str:
        """What stands in the line."""
        return self.line.value

    def put(self, value: str) -> None:
        """Sets the line without telling anyone."""
        value = clean_line(value, LIMIT)  # it may come from another program's hand
        if self.line.value != value:
            with self.line.prevent(Input.Changed):
                self.line.value = value

    def complain(self, fault: str) -> None:
        """Shows what is wrong, or nothing."""
        if fault != self.fault:
            self.fault = fault
            what = fault.split(": ", 1)[-1]
            self.query_one(".field--fault", Static).update(f"! {what}" if what else "")
            self.set_class(bool(fault), "-fault")

    def on_line_cut(self, event: Line.Cut) -> None:
        """Says that not everything that was pasted stands there."""
        event.stop()
        self.complain(f"{self.label}: only {LIMIT} characters fit, the rest is cut off")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Tells the screen, and takes the old complaint away."""
        event.stop()
        self.complain("")
        self.post_message(self.Changed(self, event.value))
