"""BenchApp: the scan gate's glue, one queue for everything that happens, one worker boundary."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import date, datetime
from functools import cached_property
from importlib import import_module
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events, work
from textual.binding import BindingType
from textual.screen import ModalScreen, Screen
from textual.theme import Theme

from bench.clock import Clock, SystemClock
from bench.datafile import DataError
from bench.keeper.link import CRASHED, Link
from bench.policy.words import day
from bench.scan.commands import Verb
from bench.scan.fields import load_gs1
from bench.scan.label import Label, classify
from bench.scan.layouts import Layouts
from bench.screens.backups import Backups
from bench.screens.comeback import Comeback, Kept
from bench.screens.dialogs import Dialog, Entry
from bench.screens.equipment import EquipmentChoice
from bench.screens.everywhere import KEYS, undoable
from bench.screens.feedback import Feedback
from bench.screens.frame import BODIES, LATE, Frame
from bench.screens.guard import Guard
from bench.screens.host import QUEUE, TITLES, Named, Saving, Session
from bench.screens.intake import Intake
from bench.screens.key_map import KEY_MAP
from bench.screens.live import Live
from bench.screens.mail_worker import MailWorker
from bench.screens.old_captures import OldCaptures
from bench.screens.print_worker import PrintWorker
from bench.screens.recording import Recording
from bench.screens.router import Router
from bench.screens.saving import Saver
from bench.screens.scanner_check import LastScans
from bench.screens.turns import Command, Item, Job, Turns, verb_of
from bench.settings import Settings
from bench.store.errors import StoreError
from bench.widgets import themes
from bench.widgets.field import Line
from bench.widgets.marks import HOLD, REFUSED
from bench.widgets.offers import Offer
from bench.widgets.strips import KeyLine, NextStrip, Read, ScanStrip, TopLine
from bench.widgets.tour import TourLine, load_tour
from bench.workflow.background import Background
from bench.workflow.desk import Desk, Refused, Rules, load_rules, open_desk
from bench.workflow.steps import Saved
from bench.workflow.views import UnitView, view_of

if TYPE_CHECKING:
    from bench.screens.labels_asked import LabelsAsked
    from bench.screens.letters import Letters

T = TypeVar("T")
IN_TURN = 0.05
"""Seconds in which keys that were handed on have acted."""
HOPS = 6
"""Turns of the loop in which widgets tell the screen that they have changed."""
LATER = 2.0
"""Seconds after the start at which what is big is loaded: the parser of GS1 labels, consoles."""
log = logging.getLogger("bench")


def load_late() -> None:
    """What is too big for the start, before it is needed."""
    load_gs1()
    import_module("bench.screens.console")
    import_module("bench.screens.vendor")
    import_module("bench.screens.labels")
    import_module("bench.screens.labels_asked")


class BenchApp(Kept):
    """The program of one station."""

    CSS_PATH: ClassVar[list[str]] = [  # type: ignore[assignment]
        "app.tcss",
        *(
            f"screens/{name}.tcss"
            for name in (
                "home",
                "receive",
                "diagnose",
                "console",
                "vendor",
                "record",
                "letters",
                "labels",
                "policy",
                "trouble",
                "lock",
            )
        ),
    ]
    TITLE = "bench"
    ENABLE_COMMAND_PALETTE = True
    BINDINGS: ClassVar[list[BindingType]] = KEY_MAP

    def __init__(
        self,
        settings: Settings,
        clock: Clock | None = None,
        rules: Rules | None = None,
        prepare: Callable[[Desk], object] | None = None,
        tour: bool = False,
        link: Link | None = None,
    ) -> None:
        super().__init__(link)
        self.comeback = Comeback(self, link)
        self.prepare, self.tour = prepare, tour
        self.settings = settings
        self.clock: Clock = clock or SystemClock(settings.zone)
        self.rules = rules or load_rules(settings)
        self.session = Session()
        self.router = Router(self)
        self.turns = Turns()
        self.intake = Intake(self, self, self.turns, self._line_up, self._release, self._waits)
        self.gatekeeper, self.hearing = self.intake.gatekeeper, self.intake.hearing
        self.equipment = EquipmentChoice(self)
        self.feedback = Feedback(self, settings)
        self._question: ModalScreen[Any] | None = None
        self._answered = asyncio.Event()
        self._background = Background()
        at_once = self.router.everywhere.run
        self.saver = Saver(self, self, self._background, self.turns, at_once)
        self.live = Live(self, self.turns, self.saver.own)
        self.recording = Recording(self, self.saver.own)
        self.backups = Backups(self, settings, self.clock, self._alarm)
        self.old_captures = OldCaptures(self, self)
        self.mail = MailWorker(self, self, self._background, self.saver.own)
        self.printing = PrintWorker(self, self, self._background)
        self.guard = Guard(self, self, self._background, self._line_up)
        self._rising: Awaitable[None] | None = None
        """The dialog that is on its way to the glass."""

    # --- start and end

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """The colours with a meaning, for themes that do not name them."""
        return themes.DEFAULTS

    def get_theme(self, theme_name: str) -> Theme | None:
        """A theme by its name. Asked for with each line that is painted; the way of Textual copies
        all themes each time."""
        return themes.BY_NAME.get(theme_name) or super().get_theme(theme_name)

    def get_default_screen(self) -> Screen[Any]:
        """The lasting frame."""
        return Frame(load_tour() if self.tour else None)

    def on_mount(self) -> None:
        """Paints first, then opens the store."""
        for theme in themes.THEMES.values():
            self.register_theme(theme)
        self.theme = themes.THEMES[self.settings.theme].name
        self.comeback.listen(lambda: self.exit(CRASHED))
        self.call_after_refresh(self._begin)

    def _begin(self) -> None:
        where = {"station": self.settings.station, "technician": self.settings.technician}
        self.frame.query_one(TopLine).tell(**where)
        free = [key for key in KEYS if key[2] != Verb.LOCK]  # shown where badges are in use
        keys = [(k, word, self._key_action(verb, word)) for k, word, verb in free]
        self.frame.query_one(KeyLine).tell(keys)
        self._serve()

    def _key_action(self, verb: str, word: str) -> str:
        other = {"type a code": "app.type_code", "commands": "app.command_palette"}
        return other.get(word, f"app.offer('{verb}')")

    @work(exit_on_error=True, name="serve")
    async def _serve(self) -> None:
        """Opens the store, then deals with scans, commands and answers one after the other."""
        await self.intake.read()
        if not await self._open_store():
            return
        await self.guard.begin()
        self.feedback.begin()
        self.equipment.begin()
        self.live.start()
        self.recording.start()
        self.printing.start()
        if self.prepare is None and not self.tour:
            self.backups.start()
            self.old_captures.start()
            self.mail.start()
        gc.collect()  # before the first scan can come: it would be kept from being read meanwhile
        await self.go(QUEUE)
        await self.intake.begin()
        await self.comeback.resume()
        for place in BODIES:
            if place not in LATE:
                await self.frame.ready(place)
                await asyncio.sleep(0)
        self.set_timer(LATER, lambda: self.run_worker(self._load_late(), name="late"))
        gc.freeze()  # what is there now stays: a full collection in mid-shift would be felt
        self.turns.dealing = False
        while True:
            item = await self.turns.next()
            self.turns.dealing = True
            await self._deal(item)
            await self._hear_answer()
            self.turns.dealing = False

    async def _load_late(self) -> None:
        """Loads what the start could do without, and keeps it out of later looks for garbage."""
        await asyncio.to_thread(load_late)
        while not self.idle or self.hears_key:
            await asyncio.sleep(IN_TURN)
        gc.collect()
        gc.freeze()

    async def _hear_answer(self) -> None:
        """Where a scan has answered a question, that is dealt with before the next scan."""
        if self._question is not None and self._question not in self.screen_stack:
            await self._answered.wait()
            self._question = None

    def _line_up(self, item: Item) -> None:
        if not self.saver.hears(item):
            self.turns.add(item)
            self.saver.lined_up()

    async def _open_store(self) -> bool:
        def opening() -> Desk:
            desk = open_desk(self.settings, self.rules, self.clock, self.saver.store_waits)
            if self.prepare is not None:
                self.prepare(desk)
            return desk

        return await self.saver.open(opening)

    async def _deal(self, item: Item) -> None:
        """The one worker boundary: nothing that goes wrong with one scan stops the next one."""
        if self._rising is not None:
            await self._rising
        if not isinstance(item, Job):
            self._leave_palette()
            hidden = self.guard.lock is not None or self._asks_secret
            self.hearing.begin(item if isinstance(item, Label) else None, hidden)
        strip = self.frame.query_one_optional(ScanStrip)
        before = strip.read if strip is not None else Read()
        try:
            if await self.guard.takes(item):
                pass
            elif isinstance(item, Label):
                await self.router.label(item)
            elif isinstance(item, Command):
                await self.router.command(item.verb)
            else:
                await item.run()
                self.changed()
        except Refused as refused:
            self._tell_refused(item, refused.what, refused.remedy)
        except DataError as error:
            self._tell_refused(item, str(error), "mend that file, then scan again")
        except StoreError as error:
            self._tell_refused(item, error.what, error.todo)
        except Exception as error:
            if strip is None or not strip.is_attached:
                return  # the program ends: there is nothing left to say it on
            log.exception("dealing with %s", self.guard.named(item))
            what = f"something is wrong with the program ({type(error).__name__})"
            self._tell_refused(item, what, "what was saved is safe; scan again")
        if isinstance(item, Label):
            mark = self.hearing.end(TITLES[self.frame.place])
            if verb_of(item) and strip and strip.read is before and before.mark == REFUSED:
                strip.tell(self.hearing.last[0].read)  # no earlier refusal stands for this scan
            self.feedback.good(mark)
            self.intake.answer(item, mark)

    def _leave_palette(self) -> None:
        """A scan goes to the bench, whatever of Textual's own lies over it."""
        while not isinstance(self.screen, Frame | Dialog):
            self.pop_screen()

    def _alarm(self, what: str) -> None:
        self.frame.query_one(TopLine).tell(alarm=what)

    @property
    def _asks_secret(self) -> bool:
        """Whether what comes now may be a password, typed as fast as a scanner types."""
        question = self.dialog()
        return isinstance(question, Entry) and question.secret

    def _tell_refused(self, item: Item, what: str, remedy: str) -> None:
        shown = item.raw if isinstance(item, Label) and not self._asks_secret else ""
        self.say(Read(shown, remedy, REFUSED, what))

    async def action_leave(self) -> None:
        """Quits; everything half entered is on disk by then, or it is asked first."""
        self.saver.leave()

    async def on_unmount(self) -> None:
        """Finishes what is being saved, and closes the store."""
        await self.mail.end()
        await self.printing.end()
        self.live.end()
        self.recording.end()
        self.intake.close()
        self.feedback.close()
        self.backups.end()
        self.old_captures.end()
        self.saver.close()

    @cached_property
    def letters(self) -> Letters:
        """Letters about returns, and those that wait for somebody."""
        from bench.screens.letters import Letters  # late: the start needs none of it

        return Letters(self)

    @cached_property
    def labels(self) -> LabelsAsked:
        """Labels that were asked for, and how they look."""
        from bench.screens.labels_asked import LabelsAsked  # late: the start needs none of it

        return LabelsAsked(self)

    # --- what the bodies ask for (screens.host.Host)

    @property
    def frame(self) -> Frame:
        """The lasting frame, whatever dialog is on top of it."""
        frame = self.screen_stack[0]
        assert isinstance(frame, Frame)
        return frame

    @property
    def idle(self) -> bool:
        """Whether every scan, command and answer so far has been dealt with."""
        return self.turns.idle

    @property
    def hears_key(self) -> bool:
        """Whether a key is coming in that may be a scanner's."""
        return self.gatekeeper.gate.deadline is not None

    @property
    def locked(self) -> bool:
        """Whether nobody is at work, and nothing but a badge is taken."""
        return self.guard.lock is not None

    def dialog(self) -> Dialog | None:
        """The dialog on top, if there is one."""
        return self.screen if isinstance(self.screen, Dialog) else None

    async def in_store(self, job: Callable[[Desk], T], patient: bool = True) -> T:
        """Runs work on the store's thread; where it is `patient`, until the store answers."""
        return await self.saver.read(job, patient)

    def tell_trouble(self, error: StoreError) -> None:
        """Says that something failed which no scan asked for: its screen, or a line."""
        self.saver.tell_trouble(error)

    async def save(self, work: Saving) -> Saved | None:
        """Writes a step; tells what was refused or not saved, and then returns None."""
        before, named = self.session.view, Named(work)
        saved = await self.saver.save(self.guard.watching(named))
        if saved is not None:
            self.session.view = saved.view
            self.tour_saw(saved.step)
            self.printing.after(named.op_id, saved, before)
        await self.guard.after()
        return saved

    async def open_unit(self, view: UnitView, place: str | None = None) -> None:
        """Puts a unit on the bench and shows the screen of its next step (or the one named)."""
        self.session = Session(view=view)
        await self.go(place or view.place)
        self.tour_saw("opened")

    async def go(self, place: str) -> None:
        """Shows a screen."""
        await self.frame.ready(place)
        with self.batch_update():  # one repaint of all: each costs tens of milliseconds
            body = await self.frame.front(place)
            self.frame.query_one(TopLine).tell(place=TITLES[place])
            if place == QUEUE:
                self.frame.query_one(ScanStrip).tell(Read())
            body.show()
            self.changed()
            for _ in range(HOPS):
                await asyncio.sleep(0)

    async def reload(self) -> None:
        """Reads the unit in hand anew and paints it."""
        view = self.session.view
        if view is not None:
            rma_id = view.rma.id if view.rma else None
            unit_id = view.unit.id
            self.session.view = await self.in_store(lambda d: view_of(d, unit_id, rma_id))
        with self.batch_update():
            self.frame.body.show()
            self.changed()

    def say(self, read: Read) -> None:
        """Shows in the scan strip what became of a scan or a step; refusals sound."""
        self.frame.query_one(ScanStrip).tell(read)
        self.hearing.said(read)
        if read.mark in (HOLD, REFUSED):
            self.feedback.sound(read.mark)

    def heard_with(self, read: Read) -> None:
        """What became of a scan that changes nothing on the screen."""
        self.hearing.said(read)

    async def layouts(self) -> Layouts:
        """The keyboard layouts. Raises DataError."""
        return await self.intake.layouts()

    def ask(self, dialog: ModalScreen[T], then: Callable[[T], Awaitable[None]]) -> None:
        """Shows a dialog; once it was answered, `then` runs before the scans that wait.

        What comes of the answer is told of the scan that raised the question.
        """
        heard, raised = asyncio.Event(), self.hearing.turn

        async def go_on(answer: T) -> None:
            with self.hearing.telling_of(raised):
                await then(answer)

        def answered(answer: T | None) -> None:
            if answer is not None:
                self._line_up(Job(lambda: go_on(answer)))
            heard.set()

        self._question, self._answered = dialog, heard
        self._rising = self.push_screen(dialog, answered)

    def park(self, key: str, title: str, step: str, fields: dict[str, Any]) -> None:
        """Keeps half-entered work, soon and in order, without making anyone wait."""

        self.saver.park(key, title, step, fields)

    def take_offer(self, verb: str) -> None:
        """An offer was taken by key or mouse; it waits its turn behind the scans before it."""
        self._line_up(Command(verb))

    def changed(self) -> None:
        """What NEXT offers has changed."""
        strip = self.frame.query_one_optional(NextStrip)
        if strip is None:
            return  # the program ends
        waits = self.saver.waiting.next()
        if waits is not None:
            strip.tell(waits)
            return
        what, last = self.frame.body.next(), undoable(self.session.view)
        undo = (Offer(Verb.UNDO, f"undo {last}", "^z", extra=True),) if last else ()
        strip.tell(replace(what, offers=(*what.offers, *undo)))
        self.comeback.note()

    def tour_saw(self, kind: str) -> None:
        """Tells the tour what was done; without a tour nothing happens."""
        for line in self.frame.query(TourLine):
            line.saw(kind)

    def today(self) -> date:
        """The warehouse's calendar day."""
        return self.clock.today()

    def clock_text(self, moment: datetime | None) -> str:
        """A moment as the clock on the wall: 14:03, or the day where it is not today."""
        if moment is None:
            return ""
        local = self.clock.local(moment)
        if local.date() == self.clock.today():
            return f"{local:%H:%M:%S}"
        return day(local.date())

    def show_guide(self, guide: ModalScreen[str]) -> None:
        """Shows a dialog that asks nothing."""
        self._rising = self.push_screen(guide)
        self.tour_saw(type(guide).__name__.lower())

    def say_at_lock(self, read: Read) -> None:
        """Says something while the bench is locked, where nothing else is seen."""
        if self.guard.lock is not None:
            self.guard.lock.say(f"{read.answer}: {read.what}", read.mark)

    def show_scans(self) -> None:
        """Shows the last scans."""
        self.show_guide(LastScans(self.hearing.last, self.clock_text))

    def show_check(self) -> None:
        """Shows the scanner check."""
        self.intake.show_check()

    # --- keys

    def action_offer(self, verb: str) -> None:
        """An offer or a program-wide command, by key or mouse."""
        self.take_offer(verb)

    def action_type_code(self) -> None:
        """A line to type what cannot be scanned: a serial, an RMA number, a tracking number."""

        async def typed(text: str) -> None:
            if text:
                await self.router.label(classify(text, self.rules.patterns))

        if self.dialog() is None:
            title = "Type a serial, a MAC, an RMA number, a tracking number or a command"
            self.ask(Entry(title, "code"), typed)

    def action_end_tour(self) -> None:
        """Ends the tour of the demo for good."""
        self.frame.query(TourLine).remove()

    def action_leave_field(self) -> None:
        """Out of the fields, so that letters are keys again."""
        self.frame.body.left()
        self.frame.set_focus(self.frame.body.focus_first())

    def action_enter_fields(self) -> None:
        """Into the first field of the body, or on to the next one."""
        if isinstance(self.focused, Line) or self.dialog() is not None:
            self.screen.focus_next(Line)
            return
        lines = [line for line in self.frame.body.query(Line) if line.focusable]
        if lines:
            self.frame.set_focus(lines[0])

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """What of the program's own may be done now."""
        return self.guard.allows(action, parameters)

    async def on_event(self, event: events.Event) -> None:
        """Keys pass the gate before focus and bindings see them: a scan never types."""
        if isinstance(event, events.Key | events.MouseEvent | events.Paste):
            self.guard.touched()
        if isinstance(event, events.Key) and not event.is_forwarded:
            await self.gatekeeper.key(event)
            return
        comes_in = isinstance(event, events.Paste | events.MouseDown) and not event.is_forwarded
        if comes_in and await self.gatekeeper.settle_all() and isinstance(event, events.Paste):
            self.set_timer(IN_TURN, lambda: self.post_message(event))  # after the keys before it
            return
        if not isinstance(event, events.Paste) or not self.gatekeeper.paste(event):
            await super().on_event(event)

    def _waits(self, key: str) -> None:
        """A key waits to act, by its name; "": none does any more."""
        if self.screen_stack and (not key or self.dialog() is None):
            self.frame.press(key)

    async def _release(self, event: events.Key) -> None:
        await super().on_event(event)
