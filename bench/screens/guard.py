"""Who is at work: badges, the lock, and the idle minutes after which it closes by itself."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from textual.app import App

from bench.scan.commands import Verb
from bench.scan.label import A_BADGE, Label, LabelKind, classify
from bench.screens.dialogs import Dialog
from bench.screens.everywhere import KEYS, Station
from bench.screens.host import Saving
from bench.screens.lock import BadgeEntry, Lock, LockHelp
from bench.screens.turns import Command, Item, Job, verb_of
from bench.store.errors import StoreError
from bench.store.records import Technician
from bench.widgets.marks import DONE, HOLD, NONE, REFUSED
from bench.widgets.strips import KeyLine, Read, ScanStrip, TopLine
from bench.workflow.background import Background
from bench.workflow.badge_key import KeyTrouble
from bench.workflow.desk import Desk, Refused
from bench.workflow.people import NobodyAtWork, Standing, standing, whose
from bench.workflow.steps import Saved

log = logging.getLogger("bench")
NOBODY = "nobody"
UNKNOWN = "unknown badge: nobody is at work here"


def awake_or_not() -> float:
    """Seconds that go on while the machine sleeps, where the system counts them."""
    if hasattr(time, "CLOCK_BOOTTIME"):
        return time.clock_gettime(time.CLOCK_BOOTTIME)
    return time.monotonic()


class Guard:
    """Lets nobody act who has not said who they are. With nobody enrolled, it does nothing.

    `line_up` puts an item into the queue of everything that happens; `now` counts seconds.
    """

    def __init__(
        self,
        app: App[int],
        station: Station,
        background: Background,
        line_up: Callable[[Item], None],
        now: Callable[[], float] = awake_or_not,
    ) -> None:
        self.app, self.station, self.background = app, station, background
        self.now, self._line_up = now, line_up
        self.person: Technician | None = None
        """Who is at work; None: nobody, or nobody is enrolled."""
        self.lock: Lock | None = None
        """The lock, while the bench is locked."""
        self._turned_away = ""
        self._touched = now()
        self._timer: asyncio.TimerHandle | None = None

    async def begin(self) -> None:
        """At the start of the program: where badges are in use, nobody is at work."""
        why = ""
        try:
            enrolled = (await self.station.in_store(standing)).enrolled
        except (Refused, StoreError) as error:  # better ask for a badge that nobody needs
            enrolled, why = True, error.what
        if enrolled:
            await self._close(why)

    def watching(self, work: Saving) -> Saving:
        """The step; where it is refused because nobody may do it, `after` locks the bench."""

        def watched(desk: Desk, op_id: str) -> Saved:
            try:
                return work(desk, op_id)
            except NobodyAtWork as refused:
                self._turned_away = refused.what
                raise

        return watched

    async def after(self) -> None:
        """After a step: locks where it was refused because nobody was there to do it."""
        what, self._turned_away = self._turned_away, ""
        if what:
            await self._close(what)

    # --- scans and commands

    async def takes(self, item: Item) -> bool:
        """Deals with a badge, and while the bench is locked with everything; else False."""
        if isinstance(item, Job):
            return False
        verb = verb_of(item)
        if self.lock is not None:
            await (self._locked_verb(verb) if verb else self._at_lock(item))
            return True
        if verb == Verb.LOCK:
            await self._asked()
        elif isinstance(item, Label) and item.badge:
            return await self._badge(item)
        return verb == Verb.LOCK

    async def _asked(self) -> None:
        known = self.person is not None  # then a store that does not answer keeps no bench open
        if not known and not (await self.station.in_store(standing)).enrolled:
            raise Refused("nobody is enrolled here, so there is no lock", "bench technician add")
        await self._close()

    async def _badge(self, label: Label) -> bool:
        """A scan while somebody is at work: True where it is a badge, or may be one."""
        dialog = self.station.dialog()
        if isinstance(dialog, BadgeEntry):
            self.station.heard_with(Read(A_BADGE, "", DONE, "asked for"))
            dialog.dismiss(label.badge)
            return True
        try:
            found = await self._whose(label)
        except KeyTrouble:
            if label.kind is not LabelKind.BADGE:
                return False  # a serial, as far as this bench can tell
            raise
        except Refused as refused:
            await self._refuse(f"{refused.what}; {refused.remedy}")
            return True
        if found.person is not None:
            self._open(found.person)
        elif found.enrolled and (label.kind is LabelKind.BADGE or self.person is None):
            await self._refuse(UNKNOWN)
        elif label.kind is LabelKind.BADGE:
            raise Refused("this is a badge, and nobody is enrolled here", "bench technician add")
        else:
            return False
        return True

    async def _whose(self, label: Label) -> Standing:
        """Whose badge it is: as it was put right, or as it came when it was enrolled here."""
        return await self.station.in_store(lambda desk: whose(desk, label.badge, label.came))

    async def _at_lock(self, item: Item) -> None:
        assert self.lock is not None
        if isinstance(self.app.screen, LockHelp):
            self.app.screen.dismiss("")
        label = item if isinstance(item, Label) else None
        self.lock.say("a moment", NONE)
        try:
            found = Standing(enrolled=True)
            if label is not None and label.badge:
                found = await self._whose(label)
        except Refused as refused:
            await self._refuse(f"{refused.what}; {refused.remedy}")
            return
        except StoreError as error:
            await self._refuse(f"{error.what} {error.todo}")
            return
        if found.person is not None or not found.enrolled:
            self._open(found.person)
        else:
            await self._refuse(UNKNOWN)

    async def _locked_verb(self, verb: str) -> None:
        assert self.lock is not None
        if verb == Verb.HELP:
            self.station.show_guide(LockHelp("Help · Locked"))
        else:
            self.lock.say("locked: scan your badge first", HOLD)
            self.station.heard_with(Read("", "", HOLD, "locked: scan your badge first"))
            self.station.feedback.sound(HOLD)

    def _typed(self, text: str) -> None:
        label = classify(text)
        self._line_up(label if label.kind is not LabelKind.COMMAND else Command(label.value))

    # --- closing and opening

    async def _refuse(self, what: str) -> None:
        """Nobody: locked, told, and logged; the text of the badge stands nowhere."""
        log.warning("badge refused at %s: %s", self.station.settings.station, what)
        await self._close(what)
        self.station.heard_with(Read(A_BADGE, "", REFUSED, what))
        self.station.feedback.sound(REFUSED)

    async def _close(self, what: str = "") -> None:
        self.person = None
        self.background.act_as("", None)
        self._name(NOBODY)
        if self.lock is None:
            settings = self.station.settings
            self.lock = Lock(settings.station, self.station.clock, self._typed)
            await self.app.push_screen(self.lock)
        if what:
            self.lock.say(what, REFUSED)
        self._show_keys()

    def _open(self, person: Technician | None) -> None:
        """Somebody is at work; None: badges are no longer in use."""
        self.person = person
        name = person.name if person else self.station.settings.technician
        self.background.act_as(name, person.id if person else None)
        self._name(name)
        lock, self.lock = self.lock, None
        if lock is not None:
            self._uncover(lock)
        shown = self.station.frame.query_one(ScanStrip).read
        if lock is None or shown.mark not in (HOLD, REFUSED):  # what was said before stays
            self.station.say(Read(A_BADGE, f"{name} is at work", DONE, "badge"))
        else:
            self.station.heard_with(Read(A_BADGE, f"{name} is at work", DONE, "badge"))
        self._touched = self.now()
        self._watch()

    def _uncover(self, lock: Lock) -> None:
        while self.app.screen is not lock:
            top = self.app.screen
            if isinstance(top, Dialog):
                top.dismiss("")
            else:
                self.app.pop_screen()
        self.app.pop_screen()

    def _name(self, name: str) -> None:
        self.station.frame.query_one(TopLine).tell(technician=name)

    def _show_keys(self) -> None:
        line = self.station.frame.query_one(KeyLine)
        if not any(word == "lock" for _, word, _ in line.keys):
            line.tell([*line.keys, *((k, w, f"app.offer('{v}')") for k, w, v in LOCK_KEY)])

    # --- keys and the idle minutes

    def allows(self, action: str, parameters: tuple[object, ...]) -> bool:
        """Whether an action of the program may be taken now."""
        if self.lock is None or action == "leave":
            return True
        return action == "offer" and parameters == (str(Verb.HELP),)

    def named(self, item: Item) -> str:
        """An item as it may stand in the log: where badges are in use, any scan may be one."""
        secret = isinstance(item, Label) and (self.person is not None or self.lock is not None)
        return f"a scan ({item.kind})" if secret and isinstance(item, Label) else repr(item)

    def touched(self) -> None:
        """Somebody uses the bench; where it was too late for that, it locks first."""
        self.look_at_clock()
        self._touched = self.now()

    def look_at_clock(self) -> None:
        """Locks where nobody has touched anything for too long."""
        if self.person is not None and self.now() >= self._touched + self._idle_limit:
            self._touched = self.now()
            self._line_up(Command(Verb.LOCK))
        self._watch()

    @property
    def _idle_limit(self) -> float:
        return self.station.settings.lock_after * 60.0 or float("inf")

    def _watch(self) -> None:
        """Looks again when it may be time to lock."""
        if self._timer is not None and not self._timer.cancelled():
            if self.person is not None and self._timer.when() > asyncio.get_running_loop().time():
                return
            self._timer.cancel()
        self._timer = None
        if self.person is not None and self._idle_limit != float("inf"):
            wait = max(0.5, self._touched + self._idle_limit - self.now())
            self._timer = asyncio.get_running_loop().call_later(wait, self.look_at_clock)


LOCK_KEY = tuple(key for key in KEYS if key[2] == Verb.LOCK)
