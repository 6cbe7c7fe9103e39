"""A label as its printer would print it: the very bitmap, shrunk, black on white."""

from __future__ import annotations

import os

from textual.app import RenderResult
from textual.content import Content
from textual.geometry import Size
from textual.widget import Widget

from bench.labels.bitmap import Bitmap
from bench.text import printable

BLOCKS_ONLY = "linux"
"""A terminal whose font has no finer patterns: the console of Linux itself."""
PAPER = "black on white"
"""The colours of a label, whatever the theme: it is a picture of paper."""


def label_rows(bitmap: Bitmap, columns: int, rows: int) -> list[Content]:
    """The bitmap in at most so many cells; bars and big letters keep their shapes."""
    shrunk = bitmap.shrunk(columns, rows, fine=os.environ.get("TERM") != BLOCKS_ONLY)
    return [Content.styled(row, PAPER) for row in shrunk]


class LabelPreview(Widget):
    """As wide as there is room for, and at most `most` rows high."""

    def __init__(self, most: int = 14) -> None:
        super().__init__()
        self.most = most
        self.bitmap: Bitmap | None = None
        self.instead = ""
        """What is shown where there is no picture: why."""
        self._shown: tuple[Bitmap | None, int, int] = (None, 0, 0)
        self._rows: list[Content] = []

    def tell(self, bitmap: Bitmap | None, instead: str = "") -> None:
        """Shows another label, or says why there is none to show."""
        self.bitmap, self.instead = bitmap, instead
        self.refresh(layout=True)

    def rows_at(self, columns: int) -> list[Content]:
        """What is painted at that width."""
        if self.bitmap is None:
            return [Content.styled(printable(self.instead), "$quiet")] if self.instead else []
        wanted = (self.bitmap, columns, self.most)
        if wanted != self._shown:
            self._shown = wanted
            self._rows = label_rows(self.bitmap, columns, self.most)
        return self._rows

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many rows as the picture has at that width; a sentence wraps."""
        if self.bitmap is None:
            return len(Content(self.instead).wrap(max(1, width))) if self.instead else 0
        return len(self.rows_at(width))

    def render(self) -> RenderResult:
        """The picture, or the sentence."""
        return Content("\n").join(self.rows_at(self.size.width))
