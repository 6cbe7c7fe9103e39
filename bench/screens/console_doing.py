"""What the Console screen does: records, seals, types, runs commands, searches, settles, shares."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from textual import events
from textual.widgets import Static

from bench.hardware.captures import NoCapture
from bench.scan.commands import Verb
from bench.scan.equipment import Sort
from bench.screens.dialogs import Confirm, Entry, Pick
from bench.screens.good_start import keep_good_start
from bench.screens.recording import SETTLING, ended_words, on_cable
from bench.screens.sharing import share
from bench.text import printable
from bench.widgets.field import Field
from bench.widgets.marks import DONE, HOLD
from bench.widgets.screen_mode import ScreenMode
from bench.widgets.strips import Read
from bench.workflow.cables import Cable, Life
from bench.workflow.desk import Refused

if TYPE_CHECKING:
    from bench.screens.console import ConsoleBody

LOCK_AFTER = 120.0
"""Seconds without typing after which typing is locked again."""
SETTLED = 1.0
"""Seconds after which the line to type into has the keys."""
KEYS = {
    "up": b"\x1b[A",
    "down": b"\x1b[B",
    "ctrl+c": b"\x03",
    "ctrl+d": b"\x04",
    "pageup": b"\x1b[5~",
    "pagedown": b"\x1b[6~",
}
"""Keys that go to the unit at once while typing is unlocked: menus need them."""
ENTER = b"\r"


class ConsoleDoing:
    """The verbs of the Console screen."""

    def __init__(self, body: ConsoleBody) -> None:
        self.body = body
        self.unlocked = False
        """Whether what is entered goes to the unit."""
        self._unlocked_for = ""
        self._typed_at = 0.0
        self._asked = False

    # --- shown beside the text

    def show(self) -> None:
        """The lock, in words and colour."""
        cable = self.body.cable
        if self.unlocked and (cable is None or cable.name != self._unlocked_for or not cable.live):
            self.lock()
        lock = self.body.query_one("#console--lock", Static)
        lock.display = self.unlocked
        if self.unlocked and cable is not None:
            unit = cable.unit.serial if cable.unit else "the unit"
            secret = " · hidden, it asks for a password" if self._secret(cable) else ""
            lock.update(
                f" UNLOCKED  what you enter goes to {printable(unit)} on cable {cable.name}"
                f" · esc locks{secret}"
            )

    def tick(self) -> None:
        """Locks what was forgotten; asks what a command script must know."""
        if self.unlocked and self._forgotten():
            self.lock()
        cable = self.body.cable
        if self.unlocked and cable is not None:
            self._line("send").line.password = self._secret(cable)
        asks = cable.order.asks if cable and cable.order else None
        if asks is None:
            self._asked = False
        elif not self._asked and cable is not None:
            self._asked = True
            self._ask(cable, asks.words, asks.secret)

    def _forgotten(self) -> bool:
        """Whether the technician has turned to something else, a scan for one."""
        quiet = time.monotonic() - self._typed_at
        elsewhere = not self._line("send").line.has_focus and self.body.station.idle
        return (elsewhere and quiet > SETTLED) or quiet > LOCK_AFTER

    def _line(self, name: str) -> Field:
        return self.body.query_one(f"#field-{name}", Field)

    def _ask(self, cable: Cable, words: str, secret: bool) -> None:
        async def answered(value: str) -> None:
            if value and cable.order is not None:
                cable.order.answer(value, time.monotonic())
            else:
                cable.stop_order()

        label = "password" if secret else "user name"
        self.body.host.ask(Entry(words, label, secret=secret), answered)

    # --- verbs

    async def do(self, verb: str) -> None:
        """Does one. Raises Refused."""
        cable = self._cable()
        if verb.startswith(Verb.TURN):
            self._choose(verb.removeprefix(Verb.TURN))
        elif verb == Verb.RECORD:
            await self.begin(cable)
        elif verb == Verb.CLOSE:
            meta = await self.body.recording.finish(cable)
            self.body.host.say(ended_words(cable, meta))
        elif verb in (Verb.NO, Verb.NEXT, Verb.OK):
            await self._answer(cable, verb)
        elif verb == Verb.UNLOCK:
            self.lock() if self.unlocked else self._unlock(cable)
        elif verb == Verb.ORDER:
            self._order(cable)
        elif verb == Verb.NOTE:
            self._note(cable)
        elif verb == Verb.BRK:
            await self._send_break(cable)
        elif verb == Verb.TELL:
            await share(self.body.host, cable)
        elif verb == Verb.BEST:
            await keep_good_start(self.body.host, self.body.recording, cable)
        else:
            self._view(verb)
        self.body.show()

    def _cable(self) -> Cable:
        cable = self.body.cable
        if cable is None:
            raise Refused("no console cable is here", "plug one in")
        return cable

    def _choose(self, name: str) -> None:
        """Another cable comes into focus: the one that was clicked, or the next."""
        cables = self.body.recording.cables
        names = [cable.name for cable in cables]
        if not name:
            here = self._cable().name
            name = names[(names.index(here) + 1) % len(names)]
        self.lock()
        self.body.station.equipment.chosen[Sort.CONSOLE] = name
        self.body.recording.show()

    async def begin(self, cable: Cable) -> None:
        """Records the unit in hand, or whatever hangs on the cable. Raises Refused."""
        unit = on_cable(self.body.host.session.view)
        await self.body.recording.begin(cable, unit)

    async def _answer(self, cable: Cable, verb: str) -> None:
        order = cable.order
        if order is not None and not order.over:
            cable.stop_order()
            return
        if verb == Verb.OK:
            await self._adopt(cable)
            return
        await self.body.recording.settle(SETTLING[Verb(verb)])

    async def _adopt(self, cable: Cable) -> None:
        """What was recorded without a unit is of the one in hand."""
        unit = on_cable(self.body.host.session.view)
        if unit is None:
            raise Refused("no unit is in hand", "scan the unit on this cable")
        await self.body.recording.attach(cable, unit)
        self.body.host.say(Read(unit.serial, f"on cable {cable.name}", DONE, "it is this unit"))

    def _view(self, verb: str) -> None:
        text, screen = self.body.text, self.body.query_one(ScreenMode)
        if verb == Verb.HEX:
            text.hexadecimal = not text.hexadecimal
        elif verb == Verb.SCREEN:
            screen.display = not screen.display
            text.display = not screen.display
            cable = self.body.cable
            screen.show(cable.reader if cable and screen.display else None)
        elif verb == Verb.LOOK:
            field = self._line("find")
            field.display = True
            field.line.focus()

    def _note(self, cable: Cable) -> None:
        offset = self.body.text.chosen_offset

        async def answered(text: str) -> None:
            if text:
                await self._told(cable, lambda: cable.note(text, offset))

        self.body.host.ask(Entry("A note at this line", "note"), answered)

    async def _send_break(self, cable: Cable) -> None:
        async def sure(answer: str) -> None:
            if answer:
                await self._told(cable, cable.send_break)

        question = Confirm("Send a break?", "A break stops many boot loaders.")
        self.body.host.ask(question, sure)

    async def _told(self, cable: Cable, work: object) -> None:
        """Something the capture process does. Raises Refused."""
        assert callable(work)
        try:
            await self.body.recording.in_thread(work)
        except NoCapture as error:
            raise Refused(f"cable {cable.name}: {error}", "look at the cable") from None

    # --- commands

    def _order(self, cable: Cable) -> None:
        """Asks which script to run; nothing is sent before."""
        if cable.life is not Life.RECORDING:
            raise Refused("nothing is recorded on this cable", "start the recording first")
        profile = self.body.recording.consoles.profile_of(cable)
        if not profile.scripts:
            raise Refused("no commands are known for this unit", "type to it instead")

        async def answered(wanted: str) -> None:
            script = profile.script(wanted)
            if script is not None:
                cable.begin_order(script, time.monotonic())

        options = [(script.id, script.title) for script in profile.scripts]
        self.body.host.ask(Pick("Which commands?", options, bare_enter=False), answered)

    # --- typing and searching

    def _unlock(self, cable: Cable) -> None:
        if cable.life is not Life.RECORDING:
            raise Refused("nothing is recorded on this cable", "start the recording first")
        self.unlocked, self._unlocked_for = True, cable.name
        self._typed_at = time.monotonic()
        field = self._line("send")
        field.display = True
        field.line.focus()

    def lock(self) -> None:
        """Nothing that is typed goes to a unit any more."""
        self.unlocked = False
        self.body.query_one("#console--lock").display = False
        field = self._line("send")
        field.put("")
        field.line.password = False
        if field.line.has_focus:
            self.body.text.focus()
        field.display = False

    def leave(self) -> bool:
        """Escape: locks typing, leaves the search; True where there was something to leave."""
        find = self._line("find")
        there = self.unlocked or find.display
        if self.unlocked:
            self.lock()
        if find.display:
            find.display = False
            self.body.text.wanted = ""
            self.body.text.focus()
        return there

    def key(self, field: str, event: events.Key) -> bool:
        """A key in one of the lines; True where it has acted."""
        if field == "find" and event.key in ("enter", "up"):
            self.body.run_worker(self._find(backwards=event.key == "up"), name="find")
            return True
        if field == "send" and self.unlocked and (event.key == "enter" or event.key in KEYS):
            self._type(event.key)
            return True
        return False

    def _type(self, key: str) -> None:
        cable = self._cable()
        field = self._line("send")
        data = KEYS.get(key) or field.value.encode() + ENTER
        secret = self._secret(cable)
        self._typed_at = time.monotonic()
        if key == "enter":
            field.put("")
        self.body.run_worker(self._send(cable, data, secret), name="type")

    async def _send(self, cable: Cable, data: bytes, secret: bool) -> None:
        try:
            await self.body.recording.in_thread(lambda: cable.send(data, secret))
        except NoCapture as error:
            self.body.host.say(Read(f"cable {cable.name}", "nothing was sent", HOLD, str(error)))

    def _secret(self, cable: Cable) -> bool:
        """Whether the unit asks for a password just now."""
        reader = cable.reader
        if reader is None or not len(reader.lines):
            return False
        last = reader.lines.line(len(reader.lines) - 1)
        return not last.whole and cable.profile.manner.is_a("password", last.text)

    async def _find(self, backwards: bool) -> None:
        cable, view = self.body.cable, self.body.text
        wanted = self._line("find").value
        if cable is None or cable.reader is None or not wanted:
            return
        reader, view.wanted = cable.reader, wanted
        here = reader.lines.number_at(view.chosen_offset or 0)
        start = here + (0 if view.following and not backwards else -1 if backwards else 1)
        if view.following and not backwards:
            start = 0
        found = await self.body.recording.in_thread(
            lambda: reader.search(wanted, max(0, start), backwards)
        )
        if found is None:
            self._line("find").complain("search: nothing further")
        else:
            view.go_to_line(found)
