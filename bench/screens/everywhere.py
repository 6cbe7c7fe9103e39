"""What can be asked for on every screen: undo, hold, help, and the codes of the screen in front."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from textual.screen import ModalScreen

from bench.scan.commands import Verb
from bench.scan.equipment import Sort
from bench.scan.label import Label
from bench.scan.layouts import Layouts
from bench.screens.dialogs import Dialog, Pick
from bench.screens.feedback import Feedback
from bench.screens.frame import Frame
from bench.screens.guides import Codes, Help
from bench.screens.heard import Hearing
from bench.screens.host import TITLES, VENDOR, Host
from bench.screens.recording import Recording
from bench.store.records import Event, Step
from bench.widgets.marks import DONE, HOLD
from bench.widgets.offers import Offer
from bench.widgets.strips import Read
from bench.widgets.unit_card import unit_name
from bench.workflow.desk import Desk, Refused
from bench.workflow.ship import hold
from bench.workflow.telling import NAMES
from bench.workflow.undo import last_step, refuse_announcement, undo
from bench.workflow.views import UnitView, view_of

if TYPE_CHECKING:
    from bench.screens.labels_asked import LabelsAsked
    from bench.screens.letters import Letters
    from bench.screens.print_worker import PrintWorker

KEYS = (
    ("F1", "help", Verb.HELP),
    ("F2", "queue", Verb.DESK),
    ("F3", "receive", Verb.BOX),
    ("F4", "diagnose", Verb.TEST),
    ("F5", "console", Verb.PORT),
    ("F6", "ship", Verb.SEND),
    ("^z", "undo", Verb.UNDO),
    ("F8", "record", Verb.LOG),
    ("^f", "type a code", ""),
    ("F9", "codes", Verb.SHEET),
    ("F10", "scanner", Verb.GUN),
    ("F12", "scans", Verb.SEEN),
    ("^o", "vendor", Verb.VENDOR),
    ("^n", "labels", Verb.SPOOL),
    ("^r", "policy", Verb.RULES),
    ("^p", "commands", ""),
    ("^b", "print", Verb.PRINT),
    ("^g", "QR", Verb.CODE),
    ("^l", "lock", Verb.LOCK),
)
"""Key as shown, word, verb."""


class EquipmentInUse(Protocol):
    """What the station has chosen among its equipment."""

    chosen: dict[Sort, str]

    def scanned(self, label: Label) -> None:
        """Chooses what the label is stuck to. Raises Refused where the settings do not know it."""
        ...

    def choose(self, sort: Sort, name: str) -> None:
        """Uses it from now on, where the settings still know it."""
        ...


class Station(Host, Protocol):
    """The program, as the router and the commands of every screen see it."""

    hearing: Hearing
    feedback: Feedback
    recording: Recording
    printing: PrintWorker

    @property
    def letters(self) -> Letters:
        """Letters about returns, and those that wait for somebody."""
        ...

    @property
    def labels(self) -> LabelsAsked:
        """Labels that were asked for, and how they look."""
        ...

    @property
    def frame(self) -> Frame:
        """The lasting frame."""
        ...

    @property
    def idle(self) -> bool:
        """Whether every scan, command and answer so far has been dealt with."""
        ...

    @property
    def hears_key(self) -> bool:
        """Whether a key is coming in that may be a scanner's."""
        ...

    @property
    def locked(self) -> bool:
        """Whether nobody is at work, and nothing but a badge is taken."""
        ...

    def dialog(self) -> Dialog | None:
        """The dialog on top, if there is one."""
        ...

    def tour_saw(self, kind: str) -> None:
        """Tells the tour what was done."""
        ...

    def show_guide(self, guide: ModalScreen[str]) -> None:
        """Shows a dialog that asks nothing."""
        ...

    def say_at_lock(self, read: Read) -> None:
        """Says something while the bench is locked, where nothing else is seen."""
        ...

    def show_scans(self) -> None:
        """Shows the last scans."""
        ...

    def show_check(self) -> None:
        """Shows the scanner check."""
        ...

    def heard_with(self, read: Read) -> None:
        """What became of a scan that changes nothing on the screen."""
        ...

    async def layouts(self) -> Layouts:
        """The keyboard layouts. Raises DataError."""
        ...

    async def action_leave(self) -> None:
        """Quits; everything half entered is on disk by then, or it is asked first."""
        ...

    @property
    def equipment(self) -> EquipmentInUse:
        """The console cable and the printer in use."""
        ...


class Everywhere:
    """The commands that do not depend on the screen in front."""

    def __init__(self, station: Station) -> None:
        self.station = station

    async def run(self, verb: str) -> bool:
        """Does it; False where the verb is none of these. Raises Refused."""
        if verb == Verb.UNDO:
            await self._undo()
        elif verb == Verb.HELP:
            self._help()
        elif verb == Verb.SHEET:
            self._codes()
        elif verb == Verb.SEEN:
            self.station.show_scans()
        elif verb == Verb.GUN:
            self.station.show_check()
        elif verb == Verb.TODO:
            await self.station.letters.todo()
        elif verb == Verb.LETTER:
            await self.station.letters.choose(self.station.session.view)
        elif verb == Verb.PRINT:
            await self.station.labels.print_this()
        elif verb == Verb.CODE:
            await self.station.labels.show_code()
        elif verb == Verb.HOLD and self.station.session.view is not None:
            self._hold()
        else:
            return False
        return True

    async def _undo(self) -> None:
        """Undoes the last step of the unit in hand, or else of this station."""
        station = self.station
        view = station.session.view
        last = view.last_step if view else None
        if view is None:
            view, last = await station.in_store(_last_here)
        if view is None or view.rma is None or last is None:
            raise Refused("there is nothing to undo here", "scan the unit whose step is wrong")
        refuse_announcement(last)
        self._ask_why(view.rma.id, last)

    def _ask_why(self, rma_id: str, last: Event) -> None:
        station = self.station
        text = f"{NAMES[last.step]} of {station.clock_text(last.at)}"
        at_vendor = station.frame.place == VENDOR  # its case goes on there

        async def answered(why: str) -> None:
            if not why:
                return
            saved = await station.save(lambda desk, op: undo(desk, op, rma_id, last.op_id, why))
            if saved is not None:
                await station.open_unit(saved.view, VENDOR if at_vendor else None)
                unit = saved.view.unit
                station.say(Read(unit.serial, unit_name(unit), DONE, f"undone: {text}"))

        options = [(reason, reason) for reason in station.rules.catalogue.undo_reasons]
        title = f"Why is “{NAMES[last.step]}” of {station.clock_text(last.at)} undone?"
        station.ask(Pick(title, options, free="another reason", bare_enter=False), answered)

    def _hold(self) -> None:
        """Asks why the unit in hand is to be held."""
        station, view = self.station, self.station.session.view
        if view is None or view.rma is None:
            raise Refused("no unit is in hand", "scan the unit to hold")
        rma_id, serial = view.rma.id, view.unit.serial

        async def answered(why: str) -> None:
            if why and await station.save(lambda desk, op: hold(desk, op, rma_id, why)):
                await station.reload()
                station.say(Read(serial, why, HOLD, "held"))

        options = [(reason, reason) for reason in station.rules.catalogue.hold_reasons]
        station.ask(Pick("Why is it held?", options, free="another reason"), answered)

    def _help(self) -> None:
        body, title = self.station.frame.body, TITLES[self.station.frame.place]
        keys = [(key, word, str(verb)) for key, word, verb in KEYS]
        self.station.show_guide(Help(title, body.HELP_TEXT, body.next().offers, keys))

    def _codes(self) -> None:
        own = self.station.frame.body.next().offers
        more = (Offer(Verb.UNDO, "undo"), Offer(Verb.DESK, "queue"))
        known = {offer.verb for offer in own}
        offers = (*own, *(offer for offer in more if offer.verb not in known))
        self.station.show_guide(Codes(TITLES[self.station.frame.place], offers))


def undoable(view: UnitView | None) -> str:
    """What an undo would take back, in a word; "" where there is nothing."""
    last = view.last_step if view else None
    return NAMES[last.step] if last and last.step is not Step.EXPECTED else ""


def _last_here(desk: Desk) -> tuple[UnitView | None, Event | None]:
    """This station's own last step with its unit. Raises Refused where another one went on."""
    last = desk.store.last_event(desk.station)
    if last is None or last.rma_id is None:
        return None, None
    last_step(desk, desk.store.events_of_rma(last.rma_id), last.op_id)
    return view_of(desk, last.unit_id, last.rma_id), last
