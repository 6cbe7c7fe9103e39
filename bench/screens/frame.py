"""The lasting frame: the lines that never move, with one body between them."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container
from textual.reactive import Reactive
from textual.screen import Screen
from textual.widget import Widget

from bench.scan.commands import Verb
from bench.scan.keys import starts_scan
from bench.screens.body import Body
from bench.screens.diagnose import DiagnoseBody
from bench.screens.home import HomeBody
from bench.screens.host import (
    CONSOLE,
    DIAGNOSE,
    LABELS,
    POLICY,
    QUEUE,
    RECEIVE,
    RECORD,
    SHIP,
    VENDOR,
)
from bench.screens.policy import PolicyBody
from bench.screens.receive import ReceiveBody
from bench.screens.record import RecordBody
from bench.screens.ship import ShipBody
from bench.widgets.strips import KeyLine, NextStrip, ScanStrip, TopLine
from bench.widgets.tour import Tour, TourLine


def _console_body() -> Body:
    from bench.screens.console import ConsoleBody  # late: it needs more than all others together

    return ConsoleBody()


def _vendor_body() -> Body:
    from bench.screens.vendor import VendorBody  # late: packets need what consoles need

    return VendorBody()


def _labels_body() -> Body:
    from bench.screens.labels import LabelsBody  # late: most days begin without a label

    return LabelsBody()


BODIES: dict[str, Callable[[], Body]] = {
    QUEUE: HomeBody,
    RECEIVE: ReceiveBody,
    DIAGNOSE: DiagnoseBody,
    CONSOLE: _console_body,
    SHIP: ShipBody,
    VENDOR: _vendor_body,
    RECORD: RecordBody,
    POLICY: PolicyBody,
    LABELS: _labels_body,
}


LATE = (CONSOLE, VENDOR, LABELS)
"""The bodies that are made when they are first needed, or once the program is idle."""


class Frame(Screen[None]):
    """The only screen of the program; bodies are mounted when first needed, or when idle."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("tab", "app.enter_fields", "into the fields", id="frame.tab", show=False),
        Binding(
            "f7",
            f"app.offer('{Verb.STOP}')",
            "leave the step out that is not saved yet",
            id="frame.stop",
            show=False,
            priority=True,
        ),
    ]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (110, "-wide")]  # noqa: RUF012
    VERTICAL_BREAKPOINTS = [(0, "-short"), (32, "-tall")]  # noqa: RUF012
    AUTO_FOCUS = None
    focused: Reactive[Widget | None] = Reactive(None, repaint=False)
    """As with any screen; widgets that gain or lose the focus are painted, not all of the glass."""

    def __init__(self, tour: Tour | None = None) -> None:
        super().__init__()
        self.tour = tour
        self.bodies: dict[str, Body] = {}
        self.place = QUEUE

    def compose(self) -> ComposeResult:
        """Top line, scan strip, body, NEXT, keys."""
        yield TopLine()
        yield ScanStrip()
        self.bodies[QUEUE] = HomeBody()
        with Container(id="stage"):
            yield self.bodies[QUEUE]
        yield NextStrip()
        if self.tour is not None:
            yield TourLine(self.tour)
        yield KeyLine()

    @property
    def body(self) -> Body:
        """The body in front."""
        return self.bodies[self.place]

    def on_key(self, event: events.Key) -> None:
        """Keys that no field wanted are the body's."""
        self.body.pressed(event)

    def press(self, key: str) -> None:
        """Shows a key that was pressed and acts in a moment, by its name; "": none any more."""
        strip, line = self.query_one_optional(NextStrip), self.query_one_optional(KeyLine)
        if strip is None or line is None:
            return  # the program begins, or ends
        shown = key.upper() if starts_scan(key) else key.replace("ctrl+", "^")
        known = {offer.key for offer in strip.next.offers} | {key for key, *_ in line.keys}
        line.press("" if strip.press(key) or not known & {key, shown} else shown)

    async def ready(self, place: str) -> Body:
        """The body of a place, mounted out of sight if it was not there yet."""
        if place not in self.bodies:
            body = BODIES[place]()
            body.display = False
            self.bodies[place] = body
            await self.query_one("#stage").mount(body)
        return self.bodies[place]

    async def front(self, place: str) -> Body:
        """Brings the body of a place to the front and gives it the keys."""
        body = await self.ready(place)
        if place != self.place:
            self.bodies[self.place].display = False
            self.place = place
        body.display = True
        self.set_focus(body.focus_first())
        return body
