"""Asking the store: a step is saved, or left out and said so; nobody waits without being told."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from textual.app import App

from bench.scan.commands import Verb
from bench.scan.label import Label
from bench.screens.everywhere import Station
from bench.screens.host import Saving
from bench.screens.keeping import keep
from bench.screens.once_more import OnceMore
from bench.screens.quitting import Quitting
from bench.screens.trouble import AGAIN, QUIT, Trouble, is_trouble
from bench.screens.turns import Item, Job, Turns, verb_of
from bench.screens.waiting import Kind, Waiting
from bench.store.errors import StoreError
from bench.store.records import new_op_id
from bench.widgets.marks import HOLD, REFUSED
from bench.widgets.strips import Read, TopLine
from bench.workflow.background import Background, Stopped
from bench.workflow.desk import Desk, Refused
from bench.workflow.steps import Saved
from bench.workflow.telling import refuse_unseen

T = TypeVar("T")
PAUSE = 0.5
"""Seconds between two tries, beside the store's own patience."""
AT_ONCE = frozenset({Verb.HELP, Verb.SHEET, Verb.SEEN})
"""What needs no store, and so never waits for it."""
HANGS = 0.1
"""Seconds from which on a step keeps others waiting; sooner, everything keeps its order."""
REMEMBERED = 1000
"""Own steps that are known again when they come back as somebody's change."""


class LeftOut(Exception):
    """The technician waits no longer for this."""


class Saver:
    """Runs steps and reads on the store's thread until they are done, refused, or left out."""

    def __init__(
        self,
        app: App[int],
        station: Station,
        background: Background,
        turns: Turns,
        at_once: Callable[[str], Awaitable[object]],
    ) -> None:
        self.app, self.station, self.turns = app, station, turns
        self.background, self._at_once = background, at_once
        self.once_more = OnceMore(station)
        self.waiting = Waiting(station, turns, lambda: background.failing)
        self.trouble_screen: Trouble | None = None
        self.own: deque[str] = deque(maxlen=REMEMBERED)
        """The op ids of this program's own steps."""
        self._left_out = asyncio.Event()
        self.quitting = Quitting(app, self.waiting, background, turns)

    # --- opening, saving, reading

    async def open(self, opening: Callable[[], Desk]) -> bool:
        """Opens the store, however often it takes; False where the technician quits instead."""
        while True:
            self.waiting.begin(Kind.OPEN)
            try:
                await self.background.open(opening)
            except Stopped:
                return False
            except StoreError as error:
                self.waiting.end()
                if await self.trouble(error, at_start=True) == QUIT:
                    return False
                continue
            self.waiting.end()
            self.tell("ready", "$done")
            return True

    async def save(self, work: Saving) -> Saved | None:
        """Writes a step; tells what was refused or not saved, and then returns None."""
        op_id, seen = new_op_id(), self.station.session.view
        self.own.append(op_id)

        def job(desk: Desk) -> Saved:
            try:
                return work(desk, op_id)
            except Refused as refused:
                raise refuse_unseen(desk, refused, seen) from None

        self.tell("saving…", "$hold")
        try:
            saved = await self._whole(job, Kind.STEP)
        except Refused as refused:
            self.tell("nothing changed", "$quiet")
            self.station.say(Read("", refused.remedy, REFUSED, refused.what))
        except LeftOut:
            self._tell_left_out(op_id)
        except StoreError as error:
            self.tell("NOT SAVED", "bold $refused")
            self.station.say(Read("", error.todo, REFUSED, f"not saved: {error.what}"))
        else:
            clock = self.station.clock
            self.tell(f"saved {clock.local(clock.now()):%H:%M:%S}", "$done")
            return saved
        return None

    async def read(self, job: Callable[[Desk], T], patient: bool) -> T:
        """Runs work on the store's thread; where it is `patient`, until it is done or left out."""
        if not patient:
            try:
                return await self.background.run(job)
            finally:
                self.waiting.heard("")
        try:
            return await self._whole(job, Kind.READ)
        except LeftOut:
            what = "not looked up: the database does not answer"
            raise Refused(what, "scan it again later") from None

    async def _whole(self, job: Callable[[Desk], T], kind: Kind) -> T:
        first = self.waiting.begin(kind)
        try:
            while True:
                try:
                    return await self.background.run(job)
                except StoreError as error:
                    await self._before_again(error)
                except Stopped:
                    raise LeftOut from None
        finally:
            if first:
                self._left_out.clear()
                self.waiting.end()

    async def _before_again(self, error: StoreError) -> None:
        """Returns when it is worth another try; raises LeftOut, or the error itself."""
        if error.tries == 0:
            self.waiting.heard(error.what)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._left_out.wait(), PAUSE)
        elif not is_trouble(error):
            raise error
        elif await self.trouble(error) != AGAIN:
            raise LeftOut from error
        if self._left_out.is_set():
            raise LeftOut from error

    def park(self, key: str, title: str, step: str, fields: dict[str, Any]) -> None:
        """Keeps half-entered work, soon and in order, without making anyone wait."""

        def told(error: Exception | None) -> None:
            self.background.on_loop(self._tell_parked, error)

        self.background.park(key, title, step, fields, told)

    def _tell_parked(self, error: Exception | None) -> None:
        self.waiting.heard("")
        if error is None:
            self.tell("saved", "$done")
            return
        self.tell("NOT SAVED", "bold $refused")
        read = Read("", "what you typed is still on the screen", REFUSED, str(error))
        self.station.say(read)

    def tell(self, text: str, style: str) -> None:
        """What the top line says of saving."""
        self.station.frame.query_one(TopLine).tell(saved=text, saved_style=style)

    # --- waiting, and no longer waiting

    def store_waits(self, sentence: str) -> None:
        """The store's own word, on its thread, each time that it must wait and try again."""
        if sentence and (self._left_out.is_set() or self.background.closing):
            raise Stopped
        self.background.on_loop(self.waiting.heard, sentence)

    def hears(self, item: Item) -> bool:
        """Takes what must not wait its turn; False where it is to be lined up."""
        verb = verb_of(item)
        if isinstance(item, Label) and verb != Verb.STOP:
            self._forget_stop()
        if isinstance(item, Job) or verb == Verb.LOCK:  # the lock closes as soon as it can
            return False
        if self.trouble_screen is not None:
            self.trouble_screen.hear(item)
        elif self.quitting.command(verb):
            pass
        elif verb == Verb.STOP and self.waiting.next() is not None:
            if not isinstance(item, Label) or self._sure(item):
                self._left_out.set()
                self.waiting.leave()
        elif verb in AT_ONCE and self._hangs and self.app.screen is self.station.frame:
            self.app.run_worker(self._at_once(verb), name="at once")
        else:
            return False
        return True

    def _sure(self, label: Label) -> bool:
        """Whether a step may be left out now; NEXT asks for the second scan as long as it waits."""
        with self.station.hearing.telling_of(0):  # what became of the scan in hand is still to come
            self.waiting.once_more = not self.once_more.sure(label)
        self.station.changed()
        return not self.waiting.once_more

    def _forget_stop(self) -> None:
        self.once_more.forget()
        if self.waiting.once_more:
            self.waiting.once_more = False
            self.station.changed()

    @property
    def _hangs(self) -> bool:
        return self.waiting.kind is not None and self.waiting.seconds > HANGS

    def lined_up(self) -> None:
        """Something more waits: that is shown while the store is waited for."""
        if self.waiting.told:
            self.waiting.show()

    def _tell_left_out(self, op_id: str) -> None:
        self.tell("NOT SAVED", "bold $refused")
        remedy = "look at the unit before you do it again"
        self.station.say(Read("", remedy, REFUSED, "NOT saved: this step was left out"))
        self.app.run_worker(self._doubt(op_id), name="doubt")

    async def _doubt(self, op_id: str) -> None:
        """An answer may have been lost on its way: what was left out may be saved all the same."""
        while True:
            try:
                there = await self.background.run(lambda desk: desk.store.has_event(op_id))
            except StoreError as error:
                if error.tries:
                    return
            except (Stopped, Refused):
                return
            else:
                break
            await asyncio.sleep(PAUSE)
        if there:
            what = "the step that was left out is saved after all"
            self.station.say(Read("", "scan the unit to go on", HOLD, what))

    # --- trouble

    async def trouble(self, error: StoreError, at_start: bool = False) -> str:
        """Raises the screen of this trouble, and gives back what is to be done about it."""

        async def keeping() -> str:
            return await keep(self.station, self.turns, self.background.parking(), error)

        screen = Trouble(error, self.station.settings.database, at_start, keeping)
        self.trouble_screen = screen
        try:
            answer = await self.app.push_screen_wait(screen)
        finally:
            self.trouble_screen = None
        if answer == QUIT:
            self.app.exit(1)
        return answer

    def tell_trouble(self, error: StoreError) -> None:
        """Trouble with what no scan asked for: its screen, or a line where somebody types."""
        typing = self.app.focused is not None and self.station.dialog() is not None
        if not is_trouble(error) or self.trouble_screen is not None or typing:
            self.station.say(Read("", error.todo, REFUSED, error.what))
            return

        async def raised() -> None:
            if await self.trouble(error) == AGAIN:
                self.station.frame.body.show()

        self.app.run_worker(raised(), name="trouble")

    # --- quitting

    def close(self) -> None:
        """The program ends: finishes what is being saved, and closes the store."""
        self.waiting.close()
        self.background.close()

    def leave(self) -> None:
        """Quits; where something is not saved yet, asks first, and quits as soon as it is."""
        if self.trouble_screen is not None:
            self.trouble_screen.action_take(QUIT)
        else:
            self.quitting.leave()
