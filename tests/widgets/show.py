"""A small app around one widget, and what of it is on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.widget import Widget

from bench.evidence.capture_reader import CaptureReader
from bench.widgets.themes import THEMES
from bench.widgets.transcript_source import CaptureSource
from tests.evidence.captures_by_hand import Writer


class Show(App[None]):
    """Nothing but the widget."""

    ENABLE_COMMAND_PALETTE = False

    def __init__(self, widget: Widget) -> None:
        super().__init__()
        self.widget = widget
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = "bench-dark"

    def compose(self) -> ComposeResult:
        """The widget alone."""
        yield self.widget

    def on_mount(self) -> None:
        """Keys go to it."""
        self.widget.focus()


def rows(widget: Widget) -> list[str]:
    """The text of each row as it is painted."""
    strips = widget.render_lines(Region(0, 0, *widget.size))
    return [strip.text.rstrip() for strip in strips]


class Growing:
    """A capture that grows, and its source for a view."""

    def __init__(self, folder: Path) -> None:
        self.writer = Writer(folder)
        self.reader = CaptureReader(folder)
        self.source = CaptureSource(self.reader)

    def says(self, data: bytes) -> None:
        """Bytes come, and are read."""
        self.writer.said(data)
        self.reader.poll_all()

    def happens(self, kind: str, **fields: object) -> None:
        """A record, read."""
        self.writer.record(kind, **fields)
        self.reader.poll_all()

    def says_lines(self, numbers: Sequence[int]) -> None:
        """Numbered lines."""
        self.says(b"".join(b"line %d\r\n" % number for number in numbers))
