"""What Receive, Diagnose, Ship and Record share: the unit at the left, the verdict at the right."""

from __future__ import annotations

from dataclasses import replace

from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from bench.screens.body import Body
from bench.widgets.unit_card import unit_card, unit_lines
from bench.widgets.verdict import Answer, Verdict
from bench.workflow.views import UnitView


class UnitBody(Body):
    """A body around one unit. What else it shows stands below the verdict."""

    _painted: Answer | None = None
    _narrow = False

    def compose(self) -> ComposeResult:
        """Card, verdict, and the body's own widgets."""
        yield Static(classes="unit-lines", markup=False)
        with Horizontal():
            with VerticalScroll(classes="card-pane", can_focus=False):
                yield Static(classes="unit-card", markup=False)
            with VerticalScroll(classes="main-pane", can_focus=False):
                yield Verdict()
                yield from self.parts()

    def parts(self) -> ComposeResult:
        """The body's own widgets below the verdict."""
        yield from ()

    @property
    def view(self) -> UnitView | None:
        """The unit in hand."""
        return self.host.session.view

    def on_resize(self) -> None:
        """Another width shows the other one of card and lines, so that one is painted now."""
        if self._painted is not None and self._narrow != self.screen.has_class("-narrow"):
            self.paint(self._painted)

    def paint(self, answer: Answer) -> None:
        """Paints verdict and unit: its card, or on a narrow screen its two lines."""
        view, early = self.view, self.host.rules.tables.early_last_day
        self._painted, self._narrow = answer, self.screen.has_class("-narrow")
        said = "  ".join(self.host.session.disagrees)
        if said and said not in answer.extra:
            answer = replace(answer, extra="  ".join(filter(None, (said, answer.extra))))
        if view is not None:
            if self._narrow:
                self.query_one(".unit-lines", Static).update(unit_lines(view))
            else:
                self.query_one(".unit-card", Static).update(unit_card(view, early))
        else:
            self.query_one(".unit-lines", Static).update(self.without_unit())
            self.query_one(".unit-card", Static).update(self.without_unit())
        self.query_one(Verdict).tell(answer)

    def without_unit(self) -> str:
        """What the left column says while no unit is in hand."""
        return "no unit in hand"

    def pane(self) -> Widget:
        """The right column, which scrolls."""
        return self.query_one(".main-pane")
