"""The right column: the answer in big letters, one plain sentence, why, what stands in the way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from bench.text import printable
from bench.widgets.big_word import big_word
from bench.widgets.marks import NONE, SIGNS, STYLES
from bench.widgets.unit_card import heading


@dataclass(frozen=True, slots=True)
class Item:
    """One thing before the unit leaves: its mark, its name, how it stands."""

    mark: str
    name: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """One part of the decision: a short value, the sentence, the rule."""

    value: str
    text: str
    rule: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the verdict shows. `mark` gives colour and sign."""

    word: str
    mark: str
    sentence: str
    whys: tuple[Why, ...] = ()
    items: tuple[Item, ...] = ()
    items_heading: str = "BEFORE IT LEAVES"
    extra: str = ""
    """A further sentence that must not be overlooked, such as an override with its reason."""
    brief: bool = False
    """The word stands in the line of the sentence, and the reasons are left out: where something
    below them needs the room."""


class Verdict(Widget):
    """Paints an Answer; what does not fit is cut from the right, the big word never."""

    answer = Answer("", NONE, "")

    def tell(self, answer: Answer) -> None:
        """Shows another answer."""
        changed = answer != self.answer
        self.answer = answer
        if changed:
            self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the answer needs."""
        return len(self._rows(width))

    def render(self) -> RenderResult:
        """The answer, top down."""
        return Content("\n").join(self._rows(self.size.width))

    def _rows(self, width: int) -> list[Content]:
        answer, style = self.answer, STYLES[self.answer.mark]
        rows: list[Content] = []
        if answer.brief:
            return _brief(answer, width)
        if answer.word:
            rows += big_word(answer.word, style, width - 3).split("\n")
            rows[0] = Content.assemble(rows[0], "  ", (SIGNS[answer.mark], f"bold {style}"))
            rows.append(Content(""))
        rows += _wrap(printable(answer.sentence), width, "bold")
        if answer.extra:
            rows += _wrap(printable(answer.extra), width, "bold $hold")
        if answer.items:
            rows += [Content(""), heading(answer.items_heading), *_items(answer.items, width)]
        if answer.whys:
            rows += [Content(""), heading("WHY"), *_whys(answer.whys, width)]
        return rows


def _brief(answer: Answer, width: int) -> list[Content]:
    style = f"bold {STYLES[answer.mark]}"
    word = f"{SIGNS[answer.mark]} {answer.word}  " if answer.word else ""
    sentence = Content.styled(printable(answer.sentence), "bold")
    rows = Content.assemble((word, style), sentence).wrap(max(10, width))
    return [*rows, *_wrap(printable(answer.extra), width, "bold $hold")]


def _wrap(text: str, width: int, style: str) -> list[Content]:
    return [row.stylize(style) for row in Content(text).wrap(max(10, width))] if text else []


def _whys(whys: Iterable[Why], width: int) -> list[Content]:
    rows = []
    rule_width = 40 if width >= 96 else 0
    for why in whys:
        text = Content.assemble((f"{why.value:<20} ", "bold"), printable(why.text))
        if rule_width:
            text = text.truncate(width - rule_width, ellipsis=True, pad=True)
            text = Content.assemble(text, "  ", (printable(why.rule), "$quiet"))
        rows.append(text.truncate(width, ellipsis=True))
    return rows


def _items(items: Iterable[Item], width: int) -> list[Content]:
    rows = []
    for item in items:
        mark = Content.styled(SIGNS[item.mark], f"bold {STYLES[item.mark]}")
        row = Content.assemble(mark, f" {item.name:<22} ", printable(item.text))
        rows.append(row.truncate(width, ellipsis=True))
    return rows
