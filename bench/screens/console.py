"""Console: every cable of the bench, one in focus; what it says, what that means, what is kept."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, ClassVar, cast

from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from bench.scan.commands import Verb
from bench.screens.body import Body
from bench.screens.console_doing import ConsoleDoing
from bench.screens.console_side import folded, rate, side, wall_text
from bench.screens.host import CONSOLE
from bench.screens.recording import SETTLE_OFFERS, Recording, on_cable
from bench.text import printable
from bench.widgets.field import Field, Line
from bench.widgets.offers import Next, Offer
from bench.widgets.screen_mode import ScreenMode
from bench.widgets.transcript_source import BAD, LOOK, PLAIN_STYLE, CaptureSource, LineStyle
from bench.widgets.transcript_view import TranscriptView
from bench.workflow.cables import Cable, Life
from bench.workflow.identify import Found
from bench.workflow.known_good_boots import can_be_good

if TYPE_CHECKING:
    from bench.screens.everywhere import Station

NO_CABLE = (
    "No console cable is here.\n\n"
    "Plug one in, and it shows up by itself.\n"
    "[consoles] in the settings gives it a letter to scan."
)
SIDE = 38
"""Columns of the left column."""
TEXT, FIGURES = 0.1, 0.25
"""Seconds between two paintings of the text, and of the figures beside it, which nobody reads as
quickly: what is painted is time in which no key is answered."""
FLOOD = 500
"""Lines since the last painting from which on the text is painted no oftener than the figures."""


GROWING = ("side", "empty")
"""Texts whose height follows from what they say."""


class ConsoleBody(Body):
    """The consoles of the bench."""

    PLACE: ClassVar[str] = CONSOLE
    HELP_TEXT: ClassVar[str] = (
        "Scan the unit, then the label of its cable: what the unit says is recorded byte for byte "
        "until the recording is ended and sealed. Nothing is sent to the unit before you unlock "
        "typing or start commands. Arrows scroll, end follows again."
    )

    def __init__(self) -> None:
        super().__init__(id="console")
        self.doing = ConsoleDoing(self)
        self._shown: object = None
        self._offered: Next | None = None
        self._source: CaptureSource | None = None
        self._failed: tuple[int, dict[int, str]] = (-1, {})
        self._told: dict[str, Content] = {}
        self._shown_at = 0.0

    def compose(self) -> ComposeResult:
        """The folded lines, the left column, and the text of the cable in focus."""
        yield Static(id="console--folded")
        with Horizontal():
            with VerticalScroll(classes="card-pane", can_focus=False):
                yield Static(id="console--side")
            with Vertical(id="console--main"):
                yield Static(id="console--title", markup=False)
                yield Static(NO_CABLE, id="console--empty", markup=False)
                yield TranscriptView(self.host.settings.zone, id="console--text")
                yield ScreenMode(id="console--screen")
                yield Field("find", "search")
                yield Static(id="console--lock", markup=False)
                yield Field("send", "send to it")

    def on_mount(self) -> None:
        """Typing is locked, nothing is searched for."""
        for name in ("find", "send"):
            self.query_one(f"#field-{name}").display = False
        self.query_one("#console--lock").display = False
        self.query_one(ScreenMode).display = False
        self.set_interval(TEXT, self._tick)

    # --- what is there

    @property
    def station(self) -> Station:
        """The program, with its equipment."""
        return cast("Station", self.app)

    @property
    def recording(self) -> Recording:
        """The consoles, as the program knows them."""
        return self.station.recording

    @property
    def cable(self) -> Cable | None:
        """The cable in focus."""
        return self.recording.chosen

    @property
    def text(self) -> TranscriptView:
        """The text of the cable in focus."""
        return self.query_one(TranscriptView)

    def focus_first(self) -> Widget | None:
        """The text, for the arrows."""
        return self.text

    # --- painting

    def show(self) -> None:
        """Paints every cable and the one in focus."""
        cable, cables = self.cable, self.recording.cables
        self._follow(cable)
        clock, now_ns = self._clock, time.time_ns()
        if self.screen.has_class("-narrow"):
            width = max(20, self.size.width - 2)
            self._tell("folded", folded(cables, cable, now_ns, width))
        else:
            self._tell("side", side(cables, cable, clock, now_ns, SIDE))
        empty = self.query_one("#console--empty", Static)
        empty.display = cable is None or cable.reader is None
        if empty.display:
            self._tell("empty", Content(self._empty(cable)))
        self._tell("title", Content(self._title(cable)))
        self.doing.show()
        self._shown_at = time.monotonic()

    def _tell(self, name: str, text: Content) -> None:
        """Paints one of the texts anew; other widgets are moved only where its height changes.

        A layout of the whole screen for each new figure would keep the keys waiting.
        """
        told = self._told.get(name)
        if told is not None and told.is_same(text):
            return
        self._told[name] = text
        static = self.query_one(f"#console--{name}", Static)
        static.update(text, layout=False)
        if name not in GROWING:
            return
        width, height = static.size
        if not width or static.visual.get_height(static.styles.get_rules(), width) != height:
            static.refresh(layout=True)

    def _empty(self, cable: Cable | None) -> str:
        if self.recording.trouble:
            return f"Consoles cannot be used: {printable(self.recording.trouble)}"
        if cable is None:
            return NO_CABLE
        if cable.refused:
            return f"Cable {cable.name}: {printable(cable.refused)}."
        if not cable.there:
            return f"Cable {cable.name} is not plugged in."
        return (
            "Nothing is recorded on this cable yet.\n"
            "Connect it to the unit, start, then switch the unit on."
        )

    def _title(self, cable: Cable | None) -> str:
        if cable is None or cable.reader is None:
            return ""
        unit = f" · {cable.unit.serial}" if cable.unit and cable.unit.serial else ""
        text = f"cable {cable.name}{unit} · {rate(cable)}"
        return printable(text + (" · bytes" if self.text.hexadecimal else ""))

    def _follow(self, cable: Cable | None) -> None:
        """The text of another capture, or what is new in this one."""
        reader = cable.reader if cable else None
        if reader is not self._shown:
            self._shown, self._failed = reader, (-1, {})
            self._source = CaptureSource(reader, self._style_of) if reader else None
            self.text.show(self._source)
            if self.query_one(ScreenMode).display:
                self.query_one(ScreenMode).show(reader)
        self.text.sync()

    @property
    def _floods(self) -> bool:
        """Whether so much has come since the last painting that nobody can read it anyway."""
        source = self._source
        return source is not None and len(source) - self.text.line_count > FLOOD

    def _style_of(self, number: int) -> LineStyle:
        """A line that tells of a failure stands out."""
        cable = self.cable
        if cable is None:
            return PLAIN_STYLE
        found = cable.understanding.failures
        if self._failed[0] != len(found):
            marks = {one.line: BAD if one.severity == "bad" else LOOK for one in found}
            self._failed = (len(found), marks)
        severity = self._failed[1].get(number)
        return LineStyle(severity) if severity else PLAIN_STYLE

    def _clock(self, wall_ns: int) -> str:
        return wall_text(wall_ns, self.host.clock.local)

    def _tick(self) -> None:
        if self.display and not self.station.hears_key:  # its answer is not to wait for this
            self.doing.tick()
            since = time.monotonic() - self._shown_at
            if since >= FIGURES:
                self.show()
            elif not self._floods:
                self._follow(self.cable)
            if (now := self.next()) != self._offered:
                self._offered = now
                self.host.changed()
            screen = self.query_one(ScreenMode)
            if screen.display:
                screen.tick(time.monotonic())

    def on_resize(self) -> None:
        """The other form of the left column may be in sight now."""
        if self.display and self.is_mounted:
            self.show()

    # --- what can be done

    def next(self) -> Next:
        """Record, settle, look on, end: whatever the cable in focus needs."""
        cable, view = self.cable, self.host.session.view
        if cable is None:
            return Next("plug a console cable in", (Offer(Verb.DESK, "queue", "q"),))
        if view is not None and view.rma is not None and view.rma.console_serial:
            return Next("is this the unit that you scanned?", SETTLE_OFFERS)
        if cable.life in (Life.IDLE, Life.ENDED):
            return self._next_idle(cable)
        return self._next_live(cable)

    def _next_idle(self, cable: Cable) -> Next:
        unit = on_cable(self.host.session.view)
        more = [Offer(Verb.TURN, "next cable", "c", extra=True)] if self._several else []
        if cable.life is Life.ENDED:
            more += self._looks()
            more.insert(0, Offer(Verb.TELL, "copies to share", "w", extra=True))
            more += self._best(cable)
        if unit is None:
            record = Offer(Verb.RECORD, "record without a unit", "r")
            return Next("scan the unit on this cable", (record, *more))
        if cable.life is Life.ENDED and cable.unit and cable.unit.unit_id == unit.unit_id:
            offers = (Offer(Verb.TEST, "diagnose", "enter"), Offer(Verb.RECORD, "again", "r"))
            return Next("sealed: now the diagnosis", (*offers, *more))
        offer = Offer(Verb.RECORD, f"record {unit.serial} on cable {cable.name}", "enter")
        return Next("connect the cable, then", (offer, *more))

    @property
    def _several(self) -> bool:
        return len(self.recording.cables) > 1

    def _looks(self) -> list[Offer]:
        return [
            Offer(Verb.LOOK, "search", "slash", extra=True),
            Offer(Verb.HEX, "bytes", "x", extra=True),
            Offer(Verb.SCREEN, "screen", "s", extra=True),
        ]

    def _next_live(self, cable: Cable) -> Next:
        if cable.order is not None and not cable.order.over:
            return Next(f"{cable.order.title} runs", (Offer(Verb.NO, "stop it", "n"),))
        said = (
            "switch the unit on" if not (cable.reader and cable.reader.size) else "it is recorded"
        )
        end = Offer(Verb.CLOSE, "end and seal", "e")
        if cable.life is not Life.RECORDING:
            lost = cable.life is Life.LOST
            said = "the recording has ended: seal it" if lost else "plug the cable in again"
            turn = (Offer(Verb.TURN, "next cable", "c", extra=True),) if self._several else ()
            return Next(said, (end, *turn, *self._looks()))
        typing = "lock typing" if self.doing.unlocked else "type to it"
        offers = [
            end,
            Offer(Verb.UNLOCK, typing, "t", extra=True),
            Offer(Verb.ORDER, "commands", "o", extra=True),
            Offer(Verb.NOTE, "note", "m", extra=True),
        ]
        if cable.unit is None and on_cable(self.host.session.view) is not None:
            offers.insert(0, Offer(Verb.OK, "it is the unit in hand", "enter"))
        if self._several:
            offers.append(Offer(Verb.TURN, "next cable", "c", extra=True))
        brk = Offer(Verb.BRK, "send a break", "k", extra=True, quiet=True)
        return Next(said, (*offers, *self._looks(), *self._best(cable), brk))

    def _best(self, cable: Cable) -> list[Offer]:
        """A start that came to its end can be what others are compared with."""
        good = cable.unit is not None and can_be_good(cable)
        return [Offer(Verb.BEST, "keep as a good start", "g", extra=True)] if good else []

    async def offered(self, verb: str) -> None:
        """Does what NEXT offers. Raises Refused."""
        await self.doing.do(verb)

    async def take(self, found: Found) -> bool:
        """A scan is a unit's; it is opened as everywhere."""
        return False

    # --- keys

    def on_key(self, event: events.Key) -> None:
        """Enter in a line searches or sends; a few keys go to the unit while typing is unlocked."""
        line = self.app.focused
        if isinstance(line, Line) and self.doing.key(line.name or "", event):
            event.stop()
            event.prevent_default()

    def left(self) -> None:
        """Escape locks typing and leaves the search."""
        self.doing.leave()
