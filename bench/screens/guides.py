"""Help for the screen in front, and the command codes of it as codes to scan off the glass."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from bench.labels.qr import half_blocks, qr_modules
from bench.scan.commands import Verb, code
from bench.screens.dialogs import Dialog
from bench.widgets.offers import Offer
from bench.widgets.unit_card import heading


class Guide(Dialog):
    """A dialog that only shows something: any scan closes it and goes on as if it had not been."""

    PASSES_SCANS: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,q", "answer('')", "close", id="guide.close"),
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self.title_text = title

    def compose(self) -> ComposeResult:
        """Title, text, keys."""
        with VerticalScroll(classes="dialog dialog-wide"):
            yield Static(self.title_text, classes="dialog--title", markup=False)
            yield Static(id="guide--text")
            yield Static("esc or enter: close    a scan closes it too", classes="dialog--keys")

    def on_mount(self) -> None:
        """Paints once the width is known."""
        self.call_after_refresh(self.repaint)

    def on_resize(self) -> None:
        """As much as there is room for now."""
        self.call_after_refresh(self.repaint)

    def repaint(self) -> None:
        """Fills in the text anew, unless a scan has closed it meanwhile."""
        if self.is_attached and self.query_one_optional("#guide--text") is not None:
            self.paint()

    def paint(self) -> None:
        """Fills in the text."""


class Help(Guide):
    """Keys, command codes, and what this screen is for."""

    def __init__(
        self, title: str, text: str, offers: Sequence[Offer], keys: Sequence[tuple[str, str, str]]
    ) -> None:
        super().__init__(f"Help · {title}")
        self.text, self.offers, self.keys = text, offers, keys

    def paint(self) -> None:
        """The screen's purpose, its offers, the keys that work everywhere."""
        rows = [Content(self.text), Content(""), heading("NOW"), *map(_offer_row, self.offers)]
        rows += [Content(""), heading("EVERYWHERE")]
        for verb, word in EVERYWHERE:
            key = next((k for k, _, known in self.keys if known == verb), "")
            rows.append(_offer_row(Offer(verb, word, key)))
        rows += [Content(""), heading("SCANNING"), Content(SCANNING)]
        self.query_one("#guide--text", Static).update(Content("\n").join(rows))


EVERYWHERE = (
    (Verb.UNDO, "undo the last step"),
    (Verb.DESK, "queue"),
    (Verb.BOX, "receive"),
    (Verb.TEST, "diagnose"),
    (Verb.PORT, "the serial consoles"),
    (Verb.SEND, "ship"),
    (Verb.LOG, "the unit's record"),
    (Verb.SPOOL, "labels on their way to the printers"),
    (Verb.PRINT, "the label of this screen"),
    (Verb.CODE, "the RMA as a QR code"),
    (Verb.RULES, "policy"),
    (Verb.SHEET, "codes of this screen"),
    (Verb.SEEN, "the last scans, and what became of each"),
    (Verb.GUN, "scanner check"),
    (Verb.LOCK, "lock the bench, where badges are in use"),
    (Verb.HELP, "help"),
)
SCANNING = (
    "Scan a unit's serial or MAC at any time: its next step opens, and what was half entered\n"
    "stays parked until that unit is scanned again. ctrl+f types a code instead of scanning it."
)


def _offer_row(offer: Offer) -> Content:
    return Content.assemble(
        (f"{offer.shown_key:<8}", "bold $accent"), (f"{code(offer.verb):<14}", "bold"), offer.word
    )


class Codes(Guide):
    """The screen's command codes as QR codes: an imager reads them off the glass."""

    def __init__(self, title: str, offers: Sequence[Offer]) -> None:
        super().__init__(f"Codes · {title}")
        self.offers = offers

    def paint(self) -> None:
        """As many codes in a row as the width allows."""
        pictures = [_picture(offer) for offer in self.offers]
        each = pictures[0][0].cell_length + 3 if pictures else 1
        width = self.query_one("#guide--text").size.width
        per_row = max(1, (width + 3) // each)
        rows: list[Content] = []
        for start in range(0, len(pictures), per_row):
            group = pictures[start : start + per_row]
            rows += [Content("   ").join(parts) for parts in zip(*group, strict=True)]
            rows.append(Content(""))
        self.query_one("#guide--text", Static).update(Content("\n").join(rows))


def _picture(offer: Offer) -> list[Content]:
    rows = half_blocks(qr_modules(code(offer.verb)), quiet=2)
    width = len(rows[0])
    words = [
        Content.styled(f"{text[:width]:<{width}}", style)
        for text, style in ((code(offer.verb), "bold"), (offer.word, "$quiet"))
    ]
    return [Content.styled(row, "black on white") for row in rows] + words
