"""Dialogs with typed answers. Each can be answered by keys, by mouse, and by command barcodes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from bench.scan.commands import Verb, code
from bench.text import printable
from bench.widgets.field import Field

DIGITS = "123456789"
INDENT = 8
"""Cells beside the text of a choice: its mark, its key, and a margin."""
KEYED = len(DIGITS)
"""Choices that can be taken by a key of their own."""


class Dialog(ModalScreen[str]):
    """A question over the frame. The answer is a text; "" means: never mind."""

    PASSES_SCANS: ClassVar[bool] = False
    """A scan closes it and goes on to what is below."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "answer('')", "never mind", id="dialog.cancel"),
    ]

    def command(self, verb: str) -> bool:
        """A command barcode was scanned; True where this dialog has a use for it."""
        if verb == Verb.NO:
            self.dismiss("")
            return True
        return False

    def typed(self, text: str) -> bool:
        """A code was scanned that is no command; True where this dialog takes it."""
        return False

    def action_answer(self, text: str) -> None:
        """Closes the dialog with an answer."""
        self.dismiss(text)


class Pick(Dialog):
    """Choose one of a few; a last choice may open a line to type another answer."""

    AUTO_FOCUS = ""  # else the line would have the focus while it is still out of sight
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up", "move(-1)", "up", id="pick.up"),
        Binding("down", "move(1)", "down", id="pick.down"),
        Binding("enter", "enter", "choose", id="pick.choose"),
    ]

    def __init__(
        self,
        title: str,
        options: Sequence[tuple[str, str]],
        free: str = "",
        bare_enter: bool = True,
    ) -> None:
        super().__init__()
        self.question, self.cursor = title, 0
        self.options = [*options, *([("", free)] if free else [])]
        self.free = free
        self._armed = bare_enter
        """Whether enter takes the choice: the end of a spoilt scan is an enter too."""

    def compose(self) -> ComposeResult:
        """Question, choices, and the line for another answer."""
        with Vertical(classes="dialog"):
            yield Static(self.question, classes="dialog--title", markup=False)
            yield Static(id="pick--options")
            if self.free:
                yield Field("free", self.free)
            yield Static(classes="dialog--keys", id="pick--keys")

    def on_mount(self) -> None:
        """Paints the choices; the line to type into comes only when it is chosen."""
        if self.free:
            self.query_one(Field).display = False
        self._paint()

    def _paint(self) -> None:
        rows = []
        for place, (_, text) in enumerate(self.options):
            here = place == self.cursor
            key = str(place + 1) if place < KEYED else " "
            lines = Content(printable(text)).wrap(self._room) or [Content("")]
            head = f" {'▸' if here else ' '} {key}  "
            row = Content(head) + Content(f"\n{' ' * len(head)}").join(lines) + Content(" ")
            row = row.stylize("bold on $chosen") if here else row
            rows.append(row.stylize(f"@click=screen.pick({place})"))
        self.query_one("#pick--options", Static).update(Content("\n").join(rows))
        enter = " or enter" if self._armed else ""
        keys = (
            f"{code(Verb.OK)} or its number{enter}: take it\n"
            f"{code(Verb.NEXT)} or down: next    {code(Verb.NO)} or esc: never mind"
        )
        self.query_one("#pick--keys", Static).update(keys)

    @property
    def _room(self) -> int:
        """Cells of a line of a choice: what is longer hangs under its own beginning."""
        return max(20, self.query_one("#pick--options").size.width - INDENT)

    def on_resize(self) -> None:
        """Another width breaks the lines elsewhere."""
        self._paint()

    def action_move(self, by: int) -> None:
        """Moves to another choice, around the end."""
        self._armed = True
        self.cursor = (self.cursor + by) % len(self.options)
        self._paint()

    def action_pick(self, place: int) -> None:
        """A choice was clicked."""
        self.cursor = place
        self._paint()
        self.action_choose()

    def action_enter(self) -> None:
        """Enter takes the choice; where that matters, only after the arrows were used."""
        if self._armed:
            self.action_choose()

    def action_choose(self) -> None:
        """Takes the choice under the cursor, or opens the line for another one."""
        value, _ = self.options[self.cursor]
        if value or not self.free:
            self.dismiss(value)
            return
        field = self.query_one(Field)
        if field.display and field.value.strip():
            self.dismiss(field.value.strip())
        else:
            field.display = True
            field.line.focus()

    def on_key(self, event: events.Key) -> None:
        """Enter in the line answers; elsewhere the number of a choice takes it."""
        typing = bool(self.free) and self.query_one(Field).line.has_focus
        place = int(event.key) - 1 if event.key in DIGITS else -1
        if event.key == "enter" and typing:
            event.stop()
            event.prevent_default()
            self.action_choose()
        elif not typing and 0 <= place < len(self.options):
            event.stop()
            self.action_pick(place)

    def command(self, verb: str) -> bool:
        """NEXT moves on, OK takes, NO gives up."""
        if verb == Verb.NEXT:
            self.action_move(1)
        elif verb == Verb.OK:
            self.action_choose()
        else:
            return super().command(verb)
        return True


class Entry(Dialog):
    """One line to type: a serial, an RMA number, a tracking number, a name."""

    def __init__(
        self, title: str, label: str, takes_scans: bool = False, secret: bool = False
    ) -> None:
        super().__init__()
        self.question, self.label = title, label
        self.takes_scans = takes_scans or secret
        self.secret = secret
        """What is typed, or scanned, is not shown."""

    def compose(self) -> ComposeResult:
        """Question, line, keys."""
        with Vertical(classes="dialog"):
            yield Static(self.question, classes="dialog--title", markup=False)
            yield Field("entry", self.label)
            keys = f"enter or {code(Verb.OK)}: take it    esc or {code(Verb.NO)}: never mind"
            yield Static(keys, classes="dialog--keys")

    def on_mount(self) -> None:
        """Ready to type."""
        line = self.query_one(Field).line
        line.password = self.secret
        line.focus()

    def on_key(self, event: events.Key) -> None:
        """Enter answers."""
        if event.key == "enter":
            event.stop()
            event.prevent_default()
            self._take()

    def _take(self) -> None:
        """Nothing is no answer: escape is for that."""
        field = self.query_one(Field)
        if field.value.strip():
            self.dismiss(field.value.strip())
        else:
            field.complain("nothing entered")

    def command(self, verb: str) -> bool:
        """OK takes what stands there."""
        if verb == Verb.OK:
            self._take()
            return True
        return super().command(verb)

    def typed(self, text: str) -> bool:
        """A scan answers, where the question is for a code."""
        if self.takes_scans:
            self.dismiss(text)
        return self.takes_scans


class Confirm(Dialog):
    """A second look before something that matters. Answers "yes" or ""."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y,enter", "answer('yes')", "yes", id="confirm.yes"),
        Binding("n", "answer('')", "no", id="confirm.no"),
    ]

    def __init__(self, question: str, detail: str = "") -> None:
        super().__init__()
        self.question, self.detail = question, detail

    def compose(self) -> ComposeResult:
        """Question, detail, keys."""
        with Vertical(classes="dialog"):
            yield Static(self.question, classes="dialog--title", markup=False)
            if self.detail:
                yield Static(self.detail, markup=False)
            keys = f"y or {code(Verb.OK)}: yes    n, esc or {code(Verb.NO)}: no"
            yield Static(keys, classes="dialog--keys")

    def command(self, verb: str) -> bool:
        """OK is yes, NO is no."""
        if verb == Verb.OK:
            self.dismiss("yes")
            return True
        return super().command(verb)


class Leave(Confirm, inherit_bindings=False):
    """Quitting with something not saved yet. Enter is no answer: a spoilt scan ends with one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer('yes')", "quit without it", id="leave.yes"),
        Binding("n,escape", "answer('')", "stay", id="leave.no"),
    ]

    def __init__(self, what: str, behind: str) -> None:
        detail = "Stay: bench goes on trying, and quits by itself as soon as it is saved."
        super().__init__(f"{what}.", f"{behind}. {detail}" if behind else detail)

    def compose(self) -> ComposeResult:
        """What is not saved, what staying does, keys."""
        with Vertical(classes="dialog"):
            yield Static(self.question, classes="dialog--title", markup=False)
            yield Static(self.detail, markup=False)
            keys = f"n, esc or {code(Verb.NO)}: stay    y or {code(Verb.OK)}: quit without it"
            yield Static(keys, classes="dialog--keys")
