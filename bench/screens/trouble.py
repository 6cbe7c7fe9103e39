"""The screens of trouble: the database cannot be opened, or does not take a step any more."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from bench.scan.commands import Verb, code
from bench.scan.label import Label
from bench.screens.dialogs import Dialog
from bench.screens.turns import Item, verb_of
from bench.store.errors import (
    AccessRefused,
    CannotOpen,
    Damaged,
    DiskTrouble,
    NewerDatabase,
    NotADatabase,
    OnNetworkShare,
    ReadOnly,
    StorageFull,
    StoreBusy,
    StoreError,
    Unreachable,
)
from bench.store.places import shown
from bench.text import printable
from bench.widgets.big_word import big_word
from bench.widgets.marks import DONE, REFUSED, SIGNS, STYLES

AGAIN, KEEP, OUT, QUIT = "again", "keep", "out", "quit"
BY_ITSELF = 5.0
"""Seconds after which a server that did not answer is asked again."""
WORDS: tuple[tuple[type[StoreError], str], ...] = (
    (StorageFull, "full"),
    (ReadOnly, "sealed"),
    (DiskTrouble, "failed"),
    (Damaged, "damaged"),
    (NewerDatabase, "newer"),
    (NotADatabase, "wrong"),
    (CannotOpen, "shut"),
    (OnNetworkShare, "share"),
    (AccessRefused, "refused"),
    (Unreachable, "offline"),
    (StoreBusy, "busy"),
)
"""One big word for each kind of trouble; the first kind that fits."""
OTHER = "stopped"
IN_MID_SHIFT = (StorageFull, ReadOnly, DiskTrouble, Damaged)
STEP_TAIL = ": this step was not saved"


@dataclass(frozen=True, slots=True)
class Way:
    """One way out of the trouble: its answer, command verb, key, and words."""

    answer: str
    verb: str
    key: str
    word: str


START_WAYS = (
    Way(AGAIN, Verb.NEXT, "t", "try again"),
    Way(KEEP, Verb.PUT, "k", "keep what was entered, in a file"),
    Way(QUIT, Verb.END, "q", "quit"),
)
SHIFT_WAYS = (
    *START_WAYS[:2],
    Way(OUT, Verb.STOP, "x", "leave this step out"),
    START_WAYS[2],
)


def is_trouble(error: StoreError) -> bool:
    """Whether this error in mid-shift has a screen of its own."""
    return isinstance(error, IN_MID_SHIFT)


class Trouble(Dialog, inherit_bindings=False):
    """Says in big letters what is wrong, and offers the ways out; nothing is taken meanwhile."""

    AUTO_FOCUS = ""
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(way.key, f"take('{way.answer}')", way.word, id=f"trouble.{way.answer}")
        for way in SHIFT_WAYS
    ]

    def __init__(
        self,
        error: StoreError,
        database: Path | str,
        at_start: bool,
        keep: Callable[[], Awaitable[str]],
    ) -> None:
        super().__init__()
        self.error, self.at_start, self._keep = error, at_start, keep
        self.where = printable(shown(database))
        self.ways = START_WAYS if at_start else SHIFT_WAYS
        self._kept = at_start
        """Quitting loses nothing that was entered."""
        self._said = Content("")

    def compose(self) -> ComposeResult:
        """The word, what happened, what to do, where, the ways out, and what was done last."""
        with Vertical(classes="trouble"):
            yield Static(id="trouble--word", markup=False)
            yield Static(classes="dialog--title", id="trouble--what", markup=False)
            yield Static(printable(self.error.todo), id="trouble--todo", markup=False)
            yield Static(id="trouble--where", markup=False)
            yield Static(id="trouble--ways")
            yield Static(id="trouble--said", markup=False)

    def on_mount(self) -> None:
        """A server may come back by itself, so it is asked again by itself."""
        if self.at_start and self.error.tries == 0:
            self.set_timer(BY_ITSELF, self._again)
        self._paint()

    def _again(self) -> None:
        self.dismiss(AGAIN)

    def on_resize(self) -> None:
        """The word is as wide as there is room."""
        self._paint()

    # --- painting

    def _paint(self) -> None:
        word = next((word for kind, word in WORDS if isinstance(self.error, kind)), OTHER)
        parts = {
            "word": big_word(word, STYLES[REFUSED], max(10, self.app.size.width - 10)),
            "what": self._what(),
            "where": Content.styled(self.where, "$quiet"),
            "ways": Content("\n").join([_row(way) for way in self.ways]),
            "said": self._said,
        }
        for name, content in parts.items():
            self.query_one(f"#trouble--{name}", Static).update(content)

    def _what(self) -> Content:
        what = printable(self.error.what)
        if self.at_start:
            soon = f" bench tries again by itself every {BY_ITSELF:.0f} s."
            soon = soon if self.error.tries == 0 else ""
            return Content(f"{what.replace(STEP_TAIL, '')} bench is not open.{soon}")
        tail = "" if STEP_TAIL in what else " This step is not saved."
        return Content(f"{what}{tail} What you entered is still here.")

    def _say(self, text: str, mark: str) -> None:
        self._said = Content.styled(f"{SIGNS[mark]} {printable(text)}", f"bold {STYLES[mark]}")
        self.query_one("#trouble--said", Static).update(self._said)

    # --- ways out

    def hear(self, item: Item) -> None:
        """A scan or a command: one of the ways out, or refused, with a sound, and shown."""
        verb = verb_of(item)
        way = next((way for way in self.ways if way.verb == verb), None)
        if way is not None:
            self.action_take(way.answer)
            return
        text = item.raw if isinstance(item, Label) else code(verb)
        self._say(f"{text[:40]} is not taken: choose one of these first", REFUSED)
        self.app.bell()

    def action_take(self, answer: str) -> None:
        """Takes a way out; quitting asks once more where something would be lost."""
        if answer == KEEP:
            self.run_worker(self._keep_it(), group="keep", exclusive=True)
        elif answer == QUIT and not self._kept:
            self._kept = True
            self._say("what you entered is in no file yet; quit once more to lose it", REFUSED)
        elif answer in {way.answer for way in self.ways}:
            self.dismiss(answer)

    async def _keep_it(self) -> None:
        said = await self._keep()
        done = said.startswith("kept in ")
        self._kept = self._kept or done
        self._say(said, DONE if done else REFUSED)


def _row(way: Way) -> Content:
    row = Content.assemble(
        (f"{way.key:<4}", "$accent bold"), (f"{code(way.verb):<14}", "bold"), way.word
    )
    return row.stylize(f"@click=screen.take('{way.answer}')")
