"""Copies of a capture to share: what is hidden in them, and what somebody must look at first."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from bench.evidence.sharing_text import Prepared
from bench.scan.commands import Verb, code
from bench.screens.dialogs import Dialog, Entry
from bench.screens.host import Host
from bench.text import printable
from bench.widgets.marks import DONE, HOLD, sign
from bench.widgets.strips import Read
from bench.workflow.cables import Cable
from bench.workflow.copies import prepared_copy, write_copy

SHARE, HIDE = "share", "hide"


class LookFirst(Dialog):
    """What is hidden, and the lines that may still hold a secret. Answers share, hide or ""."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "answer('share')", "write the copies", id="look.share"),
        Binding("h", "answer('hide')", "hide a word", id="look.hide"),
        Binding("n", "answer('')", "not now", id="look.no"),
        Binding("up", "scroll(-1)", "up", id="look.up"),
        Binding("down", "scroll(1)", "down", id="look.down"),
        Binding("pageup", "scroll(-10)", "page up", id="look.pageup"),
        Binding("pagedown", "scroll(10)", "page down", id="look.pagedown"),
    ]

    def __init__(self, prepared: Prepared) -> None:
        super().__init__()
        self.prepared = prepared

    def compose(self) -> ComposeResult:
        """Counts, lines, keys."""
        redacted = self.prepared.redacted
        with VerticalScroll(classes="dialog dialog-wide", id="look--all"):
            count = len(redacted.unsure) + redacted.more_unsure
            title = f"Look first: {count} lines may still hold a secret" if count else "Share it?"
            yield Static(title, classes="dialog--title", markup=False)
            yield Static(self._text())
            keys = (
                f"y or {code(Verb.OK)}: looked, write the copies    h: hide a word in them too\n"
                f"n, esc or {code(Verb.NO)}: not now    up and down scroll"
            )
            yield Static(keys, classes="dialog--keys")

    def _text(self) -> Content:
        redacted = self.prepared.redacted
        counts = ", ".join(f"{n} × {printable(kind)}" for kind, n in redacted.counts().items())
        rows = [Content(f"Hidden: {counts or 'nothing was found to hide'}."), Content("")]
        for unsure in redacted.unsure:
            text = redacted.lines[unsure.line].text if unsure.line < len(redacted.lines) else ""
            rows.append(
                Content.assemble(
                    sign(HOLD), (f" line {unsure.line + 1:<6} ", "$quiet"), printable(text)
                )
            )
            rows.append(Content.styled(f"   {unsure.why}", "$quiet"))
        return Content("\n").join(rows)

    def command(self, verb: str) -> bool:
        """OK writes the copies, NO leaves it."""
        if verb == Verb.OK:
            self.dismiss(SHARE)
            return True
        return super().command(verb)

    def action_scroll(self, by: int) -> None:
        """Moves through the lines."""
        self.query_one("#look--all").scroll_relative(y=by, animate=False)


async def share(host: Host, cable: Cable, words: Sequence[str] = ()) -> None:
    """Shows what will be hidden, then writes the copies. Raises Refused, DataError."""
    prepared = await asyncio.to_thread(prepared_copy, cable, host.settings, words)

    async def looked(answer: str) -> None:
        if answer == SHARE:
            await _write(host, cable, prepared)
        elif answer == HIDE:
            host.ask(Entry("A word to hide in the copies", "word"), hidden)

    async def hidden(word: str) -> None:
        more = (*words, word) if len(word) > 1 else words
        await share(host, cable, more)

    host.ask(LookFirst(prepared), looked)


async def _write(host: Host, cable: Cable, prepared: Prepared) -> None:
    folder = await asyncio.to_thread(write_copy, cable, host.settings, prepared, True)
    hidden = len(prepared.redacted.hits)
    code_ = cable.unit.serial if cable.unit else f"cable {cable.name}"
    host.say(Read(code_, str(folder), DONE, f"copies written, {hidden} secrets hidden"))
