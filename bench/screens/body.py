"""A body: what changes under the lasting frame when the technician goes from screen to screen.

A body is a container and no Screen of Textual's, because a switch between Screens takes three
times as long as a scan may take to be on the glass.
"""

from __future__ import annotations

from typing import ClassVar, cast

from textual import events
from textual.containers import Container
from textual.widget import Widget

from bench.screens.host import Host
from bench.widgets.field import Field, Line
from bench.widgets.offers import Next
from bench.workflow.identify import Found


class Body(Container):
    """The base of all bodies.

    A body never has the focus itself: Textual would restyle everything in it at each change.
    While no field has the focus, keys reach the frame, which hands them to the body in front.
    """

    PLACE: ClassVar[str] = ""
    HELP_TEXT: ClassVar[str] = ""
    """What the help dialog says of this screen."""

    @property
    def host(self) -> Host:
        """The program around this body."""
        return cast(Host, self.app)

    def entered(self) -> dict[str, str]:
        """What stands on the screen as entered, by its label: for a file, in trouble."""
        fields = self.query(Field)
        return {field.label: field.value for field in fields if field.value.strip()}

    def focus_first(self) -> Widget | None:
        """What gets the focus when this body comes to the front; None: nothing."""
        return None

    def show(self) -> None:
        """Paints what the session holds."""

    def next(self) -> Next:
        """The one next action, and what else is on offer."""
        return Next("scan a unit")

    async def offered(self, verb: str) -> None:
        """An offer of `next()` was taken, by command barcode, key or mouse."""

    async def take(self, found: Found) -> bool:
        """A code was scanned; True where it was meant for this body."""
        return False

    def left(self) -> None:
        """Escape was pressed: whatever was opened beside the text closes."""

    def pressed(self, event: events.Key) -> None:
        """The offers' own keys, while no field has the focus."""
        if isinstance(self.app.focused, Line):
            return
        for offer in self.next().offers:
            if offer.key == event.key:
                event.stop()
                event.prevent_default()
                self.host.take_offer(offer.verb)
                return
