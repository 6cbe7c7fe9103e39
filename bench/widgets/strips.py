"""The lines that never move: the top line, the scan strip, NEXT, and the keys."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from textual.app import RenderResult
from textual.content import Content
from textual.widget import Widget

from bench.text import printable
from bench.widgets.marks import DONE, HOLD, NONE, REFUSED, SIGNS, STYLES
from bench.widgets.offers import PRESSED, Next, Offer


def spread(left: Content, right: Content, width: int) -> Content:
    """Left text at the left edge, right text at the right edge; the right one gives way first."""
    room = width - left.cell_length - 2
    if room < 4:
        return left.truncate(width, ellipsis=True)
    right = right.truncate(room, ellipsis=True) if right.cell_length > room else right
    gap = " " * max(1, width - left.cell_length - right.cell_length)
    return Content.assemble(left, gap, right)


LIGHT_STYLES = {"●": "$done", "○": "$quiet", "◌": "$hold bold"}
"""Full: scans come in; ring: none has yet; broken ring: it was unplugged. Others mean trouble."""


class TopLine(Widget):
    """Where I am, who I am, what is connected, whether it is saved."""

    place = "Queue"
    station = ""
    technician = ""
    scanner = "○"
    """A light for the keyboard's scanner, and one for each in serial mode: see LIGHT_STYLES."""
    console = ""
    """Which console cable is in use, by its letters; "": none was chosen."""
    recording = ""
    """A light for each console that is recorded: full, or ! where its unit has failed."""
    printer = ""
    stuck = ""
    """A sign and how many labels wait, where one of them does not go by itself: ▲2."""
    saved = "opening"
    saved_style = "$quiet"
    alarm = ""
    """What is wrong though every step is saved."""

    def tell(self, **values: str) -> None:
        """Changes any of what stands above."""
        changed = {name: text for name, text in values.items() if getattr(self, name) != text}
        for name, text in changed.items():
            setattr(self, name, text)
        if changed:
            self.refresh()

    def render(self) -> RenderResult:
        """One line: the program and the screen at the left, the station's state at the right."""
        left = Content.assemble(
            (" bench", "$accent bold"), "  ", (self.place, "bold" if self.app.ansi_color else "")
        )
        right = Content.assemble(
            (f"{printable(self.station)} · {printable(self.technician)} · ", "$quiet"),
            ("scanner ", "$quiet"),
            *((light, LIGHT_STYLES.get(light, "$refused bold")) for light in self.scanner),
            (" · ", "$quiet"),
            *self._equipment(),
            (self.saved, self.saved_style),
            " ",
        )
        if self.alarm:
            room = max(12, self.size.width - left.cell_length - right.cell_length - 4)
            alarm = Content.styled(printable(self.alarm), "$refused bold")
            left = Content.assemble(left, "  ", alarm.truncate(room, ellipsis=True))
        return spread(left, right, self.size.width)

    def _equipment(self) -> Iterator[tuple[str, str]]:
        lights = [(light, LIGHT_STYLES.get(light, "$refused bold")) for light in self.recording]
        stuck = [(self.stuck, "$hold bold")] if self.stuck else []
        for word, name, signs in (
            ("console", self.console, lights),
            ("printer", self.printer, stuck),
        ):
            if name or signs:
                yield f"{word} ", "$quiet"
                yield name, "bold"
                yield " " if name and signs else "", ""
                yield from signs
                yield " · ", "$quiet"


@dataclass(frozen=True, slots=True)
class Read:
    """What was scanned last and what it turned out to be."""

    code: str = ""
    what: str = "ready"
    mark: str = NONE
    answer: str = ""


SHORTEST = 16
"""Columns that are kept for the flag and what was scanned, whatever the answer is."""
FLAGS = {DONE: "GOOD", HOLD: "LOOK", REFUSED: "REFUSED"}
FLAG_STYLES = {
    DONE: "bold $background on $done",
    HOLD: "bold $background on $hold",
    REFUSED: "bold $refused on $background",
}


class ScanStrip(Widget):
    """What was read and what became of it.

    Good, warning and refused differ in word, sign, colour and shape, from two metres too: a small
    green flag, a yellow flag between two yellow posts, and a strip that is red from end to end.
    """

    read = Read()

    def tell(self, read: Read) -> None:
        """Shows another scan."""
        self.read = read
        for mark in (DONE, HOLD, REFUSED):
            self.set_class(read.mark == mark, f"-{mark}")
        self.refresh()

    def render(self) -> RenderResult:
        """The code and what it is at the left, the answer at the right behind its flag."""
        read, width = self.read, self.size.width
        left = Content.assemble(
            self._flag(),
            "  ",
            (printable(read.code)[:40], "bold"),
            "   " if read.code else "",
            printable(read.what),
        )
        answer = self._answer()
        if left.cell_length + answer.cell_length + 3 > width:  # the answer matters most
            left = left.truncate(max(SHORTEST, width - answer.cell_length - 3), ellipsis=True)
        line = spread(left, answer, width)
        return Content("\n").join([Content(""), line]) if self.size.height > 1 else line

    def _flag(self) -> Content:
        """What became of the scan in one word, always in the same place."""
        word = FLAGS.get(self.read.mark)
        if word is None:
            return Content.styled("SCAN", "$accent bold")
        return Content.styled(f" {word} ", FLAG_STYLES[self.read.mark])

    def _answer(self) -> Content:
        """The answer, with the sign of its mark."""
        read = self.read
        if read.mark not in FLAGS:
            return Content.styled(printable(read.answer), "$quiet")
        bold = "bold" if read.mark == REFUSED else f"bold {STYLES[read.mark]}"
        shown = f"{SIGNS[read.mark]} {printable(read.answer)}" if read.answer else ""
        return Content.styled(shown, bold)


class NextStrip(Widget):
    """The one next action with its offers, each with its key and its command code."""

    next = Next("opening the database")
    pressed = ""
    """Name of the key that was pressed and acts in a moment."""

    def tell(self, what: Next) -> None:
        """Shows another next action."""
        self.next = what
        self.refresh()

    def press(self, key: str) -> bool:
        """Shows a key as pressed, "" as none; whether it is one of the offers'."""
        before, self.pressed = self.pressed, key
        keys = {offer.key for offer in self._shown}
        if keys & {before, key} - {""}:
            self.refresh()
        return key in keys

    @property
    def _shown(self) -> list[Offer]:
        return [offer for offer in self.next.offers if not offer.quiet]

    def render(self) -> RenderResult:
        """NEXT, what to do, and the offers that fit."""
        head = Content.assemble(("NEXT", "$accent bold"), "  ", printable(self.next.text))
        width, rows = self.size.width, max(1, self.size.height)
        lines: list[Content] = []
        for pieces in _forms(self._shown, self.pressed):
            lines = _flow(head, pieces, width)
            if len(lines) <= rows:
                break
        return Content("\n").join(lines[:rows])


def _forms(offers: Sequence[Offer], pressed: str) -> Iterator[list[Content]]:
    """The offers from fullest to shortest: extras lose their codes, then their place."""

    def piece(offer: Offer, brief: bool = False) -> Content:
        return offer.content(brief, pressed=offer.key == pressed != "")

    main = [offer for offer in offers if not offer.extra]
    extra = [offer for offer in offers if offer.extra]
    for coded in range(len(extra), -1, -1):
        yield [
            *(piece(offer) for offer in main),
            *(piece(offer, brief=place >= coded) for place, offer in enumerate(extra)),
        ]
    for kept in range(len(extra) - 1, -1, -1):
        yield [
            *(piece(offer) for offer in main),
            *(piece(offer, brief=True) for offer in extra[:kept]),
        ]
    yield [piece(offer, brief=True) for offer in main]


def _flow(head: Content, pieces: Sequence[Content], width: int) -> list[Content]:
    lines, line = [], head.truncate(width, ellipsis=True)
    for piece in pieces:
        gap = "     " if line is head else "   "
        if line.cell_length + len(gap) + piece.cell_length > width:
            lines.append(line)
            line = Content.assemble("      ", piece)
        else:
            line = Content.assemble(line, gap, piece)
    return [*lines, line]


class KeyLine(Widget):
    """The keys that work everywhere; each can be clicked."""

    keys: Sequence[tuple[str, str, str]] = ()
    """Key as shown, word, action."""
    pressed = ""
    """The key, as shown, that was pressed and acts in a moment."""

    def tell(self, keys: Sequence[tuple[str, str, str]]) -> None:
        """Shows other keys."""
        self.keys = keys
        self.refresh()

    def press(self, key: str) -> None:
        """Shows a key as pressed, "" as none: in its place, or at the right end."""
        if key != self.pressed:
            self.pressed = key
            self.refresh()

    def render(self) -> RenderResult:
        """As many keys as fit, and one that was pressed."""
        width, used, unseen = self.size.width, 1, self.pressed
        pieces: list[Content | str] = [" "]
        for key, word, action in self.keys:
            used += len(key) + len(word) + 3
            if used > width:
                break
            style = PRESSED if key == self.pressed else "bold"
            unseen = "" if key == unseen else unseen
            piece = Content.assemble((key, style), (f" {word}", "$quiet"))
            pieces += [piece.stylize(f"@click={action}"), "  "]
        line = Content.assemble(*pieces)
        if unseen:
            line = line.truncate(width - len(unseen), pad=True) + Content.styled(unseen, PRESSED)
        return line
