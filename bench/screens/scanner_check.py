"""The scanner check, and the last scans: two guides that are there on every screen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from textwrap import wrap
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Static

from bench.labels.qr import half_blocks, qr_modules
from bench.policy.words import day
from bench.scan.commands import Verb, code
from bench.scan.profile import Profile
from bench.scan.scanner_check import TEST_CODE
from bench.screens.guides import Guide
from bench.screens.heard import Heard
from bench.text import printable
from bench.widgets.marks import sign

TEXT = 34
"""Columns of a scan's text."""
WHAT_TO_DO = (
    "Scan this code: off the glass with an imager, or from the sheet that “bench sheet” prints. "
    "One scan tells how the scanner and this computer's keyboard go together; what does not fit is "
    "put right from then on."
)
NOT_CHECKED = "Not checked yet at this bench."


class ScannerCheck(Guide):
    """Shows the test code, and what its scan has told of the scanner and the keyboard."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q,escape", "answer('')", "close", id="check.close"),
    ]

    def __init__(self, profile: Profile | None, look: Callable[[bool], None]) -> None:
        super().__init__("Scanner check")
        self.add_class("-full")
        self.profile, self._look = profile, look

    def on_mount(self) -> None:
        """From now on even a slow scanner is heard."""
        self._look(True)

    def on_unmount(self) -> None:
        """As usual again."""
        self._look(False)

    def tell(self, profile: Profile | None) -> None:
        """Another scan of the test code has been read."""
        self.profile = profile
        self.repaint()

    def paint(self) -> None:
        """The code for an imager at the left, at the right what to do and what was found."""
        text = self.query_one("#guide--text", Static)
        picture = half_blocks(qr_modules(TEST_CODE))
        width = text.size.width - len(picture[0]) - 5  # a bar to scroll may come
        words = self._words(max(20, width))
        rows = []
        for place in range(max(len(picture), len(words))):
            row = picture[place] if place < len(picture) else ""
            shown = Content.styled(row, "black on white") if row else Content(" " * len(picture[0]))
            said = words[place] if place < len(words) else Content("")
            rows.append(Content.assemble(shown, "   ", said))
        text.update(Content("\n").join(rows))

    def _words(self, width: int) -> list[Content]:
        if self.profile is None:
            return [*map(Content, wrap(WHAT_TO_DO, width)), Content(""), Content(NOT_CHECKED)]
        when = day(date.fromisoformat(self.profile.learned))
        rows = [*map(Content, wrap(f"Checked on {when}. Scan it again at any time.", width))]
        for finding in self.profile.explain():
            rows += [
                Content(""),
                Content.assemble(sign(finding.mark), (f" {finding.what}", "bold")),
            ]
            rows += [Content(f"  {line}") for line in wrap(finding.sentence, width - 2)]
        return rows


class LastScans(Guide):
    """The last scans with what became of each."""

    def __init__(self, scans: Sequence[Heard], clock: Callable[[datetime | None], str]) -> None:
        super().__init__("The last scans")
        self.scans, self._clock = scans, clock

    def paint(self) -> None:
        """One scan: when, what, and underneath what became of it."""
        text = self.query_one("#guide--text", Static)
        width = text.size.width - 3  # a bar to scroll may come
        rows = [row for scan in self.scans for row in self._rows(scan, width)]
        nothing = f"Nothing has been scanned yet. {code(Verb.GUN)} checks the scanner."
        text.update(Content("\n").join(rows or [Content.styled(nothing, "$quiet")]))

    def _rows(self, scan: Heard, width: int) -> list[Content]:
        shown = printable(scan.text)
        shown = shown[: TEXT - 1] + "…" if len(shown) > TEXT else shown
        head = Content.assemble(
            sign(scan.read.mark),
            (f" {self._clock(scan.at)}  ", "$quiet"),
            (f"{shown:<{TEXT}}", "bold"),
        )
        became = Content(printable(scan.became))
        by = Content.styled(f"  {printable(scan.source)}", "$quiet") if scan.source else Content("")
        room = width - head.cell_length - 2
        if became.cell_length + by.cell_length <= room:
            return [Content.assemble(head, "  ", became, by)]
        second = Content.assemble(" " * 12, became, by).truncate(width, ellipsis=True)
        return [head, second]
