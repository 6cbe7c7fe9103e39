"""A letter on the screen before it leaves: who it goes to, what it says, all of it editable."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static, TextArea

from bench.policy.letters import BODY, NOT_KNOWN, LetterKind
from bench.scan.commands import Verb, code
from bench.screens.dialogs import Dialog
from bench.screens.guides import Guide
from bench.store.records import Letter
from bench.text import printable
from bench.widgets.field import Field, Line
from bench.workflow.desk import Refused
from bench.workflow.mailing import checked

SEND = "send"
LEAVE = f"what you wrote goes: esc or {code(Verb.NO)} once more to leave it, or write on"


@dataclass(frozen=True, slots=True)
class Draft:
    """A letter that is being written."""

    kind: LetterKind
    to: str
    subject: str
    body: str

    @property
    def whole(self) -> str:
        """All of it as one text, for the clipboard."""
        return f"To: {self.to}\nSubject: {self.subject}\n\n{self.body}"


class Text(TextArea):
    """Several lines of clean text. Keys reach it through the scan gate, so that no scan types."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+home", "end('start')", "beginning", id="text.start", show=False),
        Binding("ctrl+end", "end('end')", "end", id="text.end", show=False),
    ]

    def __init__(self, text: str) -> None:
        super().__init__(text, tab_behavior="focus", compact=True, highlight_cursor_line=False)
        self.cursor_blink = False

    def action_end(self, which: str) -> None:
        """To the beginning or the end of the text."""
        self.move_cursor((0, 0) if which == "start" else self.document.end)

    def on_paste(self, event: events.Paste) -> None:
        """A paste takes the place of what is selected, cleaned of everything that could act."""
        event.stop()
        event.prevent_default()
        lines = event.text[:BODY].replace("\r\n", "\n").replace("\r", "\n").split("\n")
        text = "\n".join(map(printable, lines))
        result = self.replace(text, *self.selection, maintain_selection_offset=False)
        self.move_cursor(result.end_location)


class LetterDialog(Dialog):
    """To, subject and text. Answers SEND, with the letter in `draft`, or "": nothing is kept.

    It leaves the scan strip in sight: a code that is scanned meanwhile is refused there.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012
    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "send", "send", id="letter.send"),
        Binding("escape", "leave", "leave it", id="letter.leave"),
    ]

    def __init__(self, draft: Draft, title: str, by_mail: bool, edited: bool = False) -> None:
        super().__init__()
        self.draft, self.question, self.by_mail = draft, title, by_mail
        self._kept, self._edited = draft, edited
        self._sure = False
        """Whether the next wish to leave it does."""

    def compose(self) -> ComposeResult:
        """Title, fields, text, what is wrong, keys."""
        with Vertical(classes="dialog dialog-wide", id="letter"):
            yield Static(printable(self.question), classes="dialog--title", markup=False)
            yield Field("to", "to")
            yield Field("subject", "subject")
            yield Text(self.draft.body)
            yield Static(id="letter--fault", markup=False)
            yield Static(classes="dialog--keys", id="letter--keys", markup=False)

    def on_mount(self) -> None:
        """Ready to type: the address where there is none, else the text."""
        for name in ("to", "subject"):
            self._field(name).put(getattr(self.draft, name))
        self._kept = self._now()
        (self.query_one(Text) if self.draft.to else self._field("to").line).focus()
        self._paint()

    def _field(self, name: str) -> Field:
        return self.query_one(f"#field-{name}", Field)

    def _now(self) -> Draft:
        """The letter as it stands on the screen."""
        to, subject = self._field("to").value, self._field("subject").value
        return Draft(self.draft.kind, to, subject, self.query_one(Text).text)

    def _paint(self, fault: str = "") -> None:
        line = self.query_one("#letter--fault", Static)
        line.display = bool(fault)
        line.update(Content(f"! {printable(fault)}"))
        sends = "send it by mail" if self.by_mail else "copy it for your own mail; it is a to-do"
        unknown = self.query_one(Text).text.count(NOT_KNOWN)
        open_ = f"    {unknown} × “{NOT_KNOWN}” to fill in" if unknown else ""
        leave = LEAVE if self._sure else f"esc or {code(Verb.NO)}: leave it    tab: next{open_}"
        keys = f"^s or {code(Verb.OK)}: {sends}\n{leave}"
        below = self.query_one("#letter--keys", Static)
        below.update(Content(keys))
        below.set_class(self._sure, "-sure")

    def on_text_area_changed(self) -> None:
        """Whoever writes on does not leave."""
        self._sure = False
        self._paint()

    def on_field_changed(self) -> None:
        """The same for a line."""
        self.on_text_area_changed()

    def on_key(self, event: events.Key) -> None:
        """Enter in a line goes on to the next one: it never sends."""
        if event.key == "enter" and isinstance(self.focused, Line):
            event.stop()
            event.prevent_default()
            self.focus_next()

    def _take(self) -> None:
        """Closes with the letter. Raises Refused where it is none yet, and says so here too."""
        now = self._now()
        try:
            self.draft = Draft(now.kind, *checked(now.to, now.subject, now.body))
        except Refused as refused:
            self._paint(f"{refused.what}: {refused.remedy}")
            raise
        self.dismiss(SEND)

    def action_send(self) -> None:
        """By key: what is wrong stands above the keys."""
        try:
            self._take()
        except Refused:
            self.app.bell()

    def action_leave(self) -> None:
        """Nothing is kept; where something was written, only when it is wished twice."""
        if self._sure or not (self._edited or self._now() != self._kept):
            self.dismiss("")
            return
        self._sure = True
        self._paint()

    def command(self, verb: str) -> bool:
        """OK sends, NO leaves. Raises Refused where it is no letter yet, or would be lost."""
        if verb == Verb.OK:
            self._take()
        elif verb == Verb.NO:
            before = self._sure
            self.action_leave()
            if self._sure and not before:
                raise Refused("what you wrote is not kept", f"{code(Verb.NO)} once more leaves it")
        else:
            return False
        return True


class LetterLook(Guide):
    """A letter as it was written, to read."""

    def __init__(self, title: str, letter: Letter) -> None:
        super().__init__(title)
        self.letter = letter

    def paint(self) -> None:
        """To, subject, what became of it so far, the text."""
        one = self.letter
        rows = [Content(f"To: {printable(one.to)}"), Content(f"Subject: {printable(one.subject)}")]
        if one.why:
            rows.append(Content.styled(printable(one.why), "$quiet"))
        rows += [Content(""), *(Content(printable(line)) for line in one.body.split("\n"))]
        self.query_one("#guide--text", Static).update(Content("\n").join(rows))
