"""Where scans come in: from the keyboard's gate and from scanners in serial mode, put right by what
the scanner check has learned, and on into the one queue."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextvars import Context, copy_context
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING

from textual import events
from textual.app import App

from bench.datafile import DataError
from bench.hardware.scanner_models import Mark
from bench.scan.gate import PASTE, SILENCE, Released, Scanned
from bench.scan.keys import LINE_FEED, TERMINATORS
from bench.scan.label import Label, LabelKind, classify
from bench.scan.layouts import Layouts, load_layouts
from bench.scan.profile import NO_SUFFIX, Profile
from bench.scan.scanner_check import DamagedCode, is_test_code, learn
from bench.scan.timing import CHECKING, Timing, learned
from bench.screens.everywhere import Station
from bench.screens.gatekeeper import Gatekeeper
from bench.screens.heard import AT_LOCK, Hearing
from bench.screens.lock import Lock
from bench.screens.scanner_check import ScannerCheck
from bench.screens.turns import Item, Job, Turns
from bench.widgets.marks import DONE, HOLD, REFUSED
from bench.widgets.strips import Read, TopLine
from bench.workflow.scanner_profile import ProfileTrouble, load_profile, save_profile

if TYPE_CHECKING:
    from bench.hardware.scanners import ScannerBank
    from bench.hardware.serial_scanner import Status

log = logging.getLogger("bench")
SPOILT = "an incomplete scan: no Enter at its end, or its beginning is missing"
FOUL = "the code presses keys in its middle: nothing of it was done"
ANSWERS = {DONE: Mark.GOOD, HOLD: Mark.WARNING, REFUSED: Mark.REFUSED}
LIGHTS = {"ready": "●", "missing": "○", "stopped": "○", "lost": "◌", "busy": "!", "denied": "!"}
ECHO = 0.15
"""Seconds in which the line feed of a CR and LF comes in."""


class Intake:
    """Takes keys, pastes and serial scans, and lines up labels.

    `line_up` puts an item into the queue; `release` hands a typed key on; `waits` shows which key
    acts in a moment, once it cannot be a scanner's any more.
    """

    def __init__(
        self,
        app: App[int],
        station: Station,
        turns: Turns,
        line_up: Callable[[Item], None],
        release: Callable[[events.Key], Awaitable[None]],
        waits: Callable[[str], None],
    ) -> None:
        self.app, self.station, self.turns, self._line_up = app, station, turns, line_up
        self.gatekeeper = Gatekeeper(app, self._scanned, self._spoilt, release, waits)
        self.hearing = Hearing(station.clock.now)
        self.profile: Profile | None = None
        """What the scanner check has learned of the keyboard's scanner."""
        self.bank: ScannerBank | None = None
        self._early: list[Scanned] | None = []
        """Scans from before it is known what was learned; None: it is known."""
        self._trouble: ProfileTrouble | None = None
        self._checking = False
        self._layouts: Layouts | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._context = Context()
        self._wedge = "○"
        self._closed = False

    # --- start and end

    async def read(self) -> None:
        """Reads what was learned; scans that came before are put right now."""
        file = self.station.settings.scanner_file
        try:
            self._use(await asyncio.to_thread(load_profile, file))
        except ProfileTrouble as trouble:
            log.warning("%s: %s", trouble.what, trouble.remedy)
            self._trouble = trouble
        early, self._early = self._early or [], None
        for scan in early:
            self._scanned(scan)

    async def begin(self) -> None:
        """Opens the scanners in serial mode, and says what is wrong. To be called once."""
        self._loop, self._context = asyncio.get_running_loop(), copy_context()
        await asyncio.to_thread(self._open_bank)
        if self._trouble is not None:
            self.station.say(Read("", self._trouble.remedy, HOLD, self._trouble.what))

    def _open_bank(self) -> None:
        from bench.hardware.scanners import scanner_bank  # late: serial ports are an option
        from bench.hardware.serial_scanner import Listener

        listener = Listener(
            heard=lambda *said: self._from_thread(self._heard, *said),
            spoilt=lambda *said: self._from_thread(self._serial_spoilt, *said),
            changed=lambda *said: self._from_thread(self._light, *said),
        )
        settings = self.station.settings
        if settings.find_scanners or settings.scanners:
            self.bank = scanner_bank(settings, listener)
            self.bank.start()

    def _from_thread(self, tell: Callable[..., None], *said: object) -> None:
        if self._loop is not None and not self._closed and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(partial(tell, *said), context=self._context)

    def close(self) -> None:
        """Lets go of the ports; nothing more is heard from them."""
        self._closed = True
        if self.bank is not None:
            self.bank.close()

    def _use(self, profile: Profile | None) -> None:
        self.profile = profile
        timing = CHECKING if self._checking else Timing()
        if profile is not None and profile.suffix != PASTE and not self._checking:
            silence = profile.suffix in NO_SUFFIX
            alone = self.station.settings.only_scanner
            timing = learned(profile.median, profile.p95, silence, alone)
        self.gatekeeper.gate.timing = timing

    async def layouts(self) -> Layouts:
        """The keyboard layouts, read when first needed. Raises DataError."""
        if self._layouts is None:
            file = self.station.settings.layouts_file
            self._layouts = await asyncio.to_thread(load_layouts, file)
        return self._layouts

    # --- from the keyboard

    def _scanned(self, scan: Scanned) -> None:
        if self._early is not None:
            self._early.append(scan)
            return
        self._tell_wedge("●")
        if is_test_code(scan.text):
            self._line_up(Job(lambda: self._check(scan)))
            return
        corrected = self.profile is not None and scan.suffix != PASTE
        text = self.profile.correct(scan.text) if self.profile and corrected else scan.text
        label = classify(text, self.station.rules.patterns)
        if text != scan.text and label.kind is not LabelKind.BADGE:
            label = replace(label, came=scan.text)
        self._line_up(replace(label, started=scan.started, ended=scan.ended))

    def _spoilt(self, keys: Released) -> None:
        if is_test_code(keys.text):
            self._line_up(Job(lambda: self._check(_unended(keys))))
            return
        text = classify(keys.text).raw  # of a badge, not its text
        self._refuse_soon(text, "", FOUL if keys.pressed else SPOILT)

    def _refuse_soon(self, text: str, source: str, what: str) -> None:
        """In its turn: what became of the scans before it must not paint over the refusal."""

        async def tell() -> None:
            locked = any(isinstance(screen, Lock) for screen in self.app.screen_stack)
            shown = AT_LOCK if locked else text  # it may be the half of a badge
            read = Read(shown, "scan it again", REFUSED, what)
            self.hearing.add(shown, source, read)
            self.station.say(read)

        self.turns.add(Job(tell), in_turn=True)

    # --- from scanners in serial mode

    def _heard(self, name: str, text: str, at: float) -> None:
        label = classify(text, self.station.rules.patterns)
        if label.kind is LabelKind.TEST_CODE:
            said = "it sends just what it reads, whatever the keyboard is set to"
            read = Read(name, said, DONE, "this scanner needs no check")
            self._line_up(Job(lambda: self._say(read, name)))
            return
        self._line_up(replace(label, source=name, started=at, ended=at))

    def _serial_spoilt(self, name: str, text: str, why: str) -> None:
        self._refuse_soon(classify(text).raw, name, why)

    def _light(self, name: str, status: Status, detail: str) -> None:
        self._show_lights()
        trouble = status.value in ("busy", "denied", "lost")
        if trouble:
            self._line_up(Job(lambda: self._say(Read(name, detail, HOLD, f"scanner {status}"))))

    async def _say(self, read: Read, source: str = "") -> None:
        """Says something of no label; with its `source` it is a scan of the test code."""
        if source:
            self.hearing.add("test code", source, read)
        with self.hearing.telling_of(0):  # of none: the last scan has been told of
            self.station.say(read)

    def _tell_wedge(self, light: str) -> None:
        if self._wedge != light:
            self._wedge = light
            self._show_lights()

    def _show_lights(self) -> None:
        states = self.bank.states() if self.bank is not None else []
        lights = "".join(LIGHTS[state.status.value] for state in states)
        self.station.frame.query_one(TopLine).tell(scanner=self._wedge + lights)

    def answer(self, label: Label, mark: str) -> None:
        """Tells a scanner in serial mode what became of its scan, where it can be told."""
        if self.bank is not None and label.source and mark in ANSWERS:
            self.bank.answer(label.source, ANSWERS[mark], label.ended or None)

    # --- the scanner check

    def look(self, checking: bool) -> None:
        """While the scanner check is open, even a very slow scanner is one."""
        self._checking = checking
        self._use(self.profile)

    async def _check(self, scan: Scanned) -> None:
        """The test code was scanned: learns from it, keeps that, and shows what it is.

        At the lock too: on a wrong layout no badge could be read.
        """
        await asyncio.sleep(ECHO)
        echoed = self.gatekeeper.gate.echoed_at >= scan.ended
        suffix = f"{scan.suffix}+{LINE_FEED}" if echoed else scan.suffix
        suffix = "none" if suffix == SILENCE else suffix
        gaps = () if scan.suffix == PASTE else scan.gaps
        read = Read("test code", "from now on scans are put right where need be", DONE, "learned")
        try:
            profile = learn(scan.text, gaps, suffix, await self.layouts(), self.station.today())
            await asyncio.to_thread(save_profile, self.station.settings.scanner_file, profile)
            self._use(profile)
        except (DamagedCode, ProfileTrouble) as trouble:
            read = Read("test code", trouble.remedy, REFUSED, trouble.what)
        except DataError as error:
            read = Read("test code", "nothing was learned", REFUSED, str(error))
        self.hearing.add("test code", "", read)
        if self.station.locked:
            self.station.say_at_lock(read)
            return
        self.station.say(read)
        self.show_check()

    def show_check(self) -> None:
        """Opens the scanner check, or shows in the open one what is new."""
        if isinstance(self.app.screen, ScannerCheck):
            self.app.screen.tell(self.profile)
        else:
            self.station.show_guide(ScannerCheck(self.profile, self.look))


def _unended(keys: Released) -> Scanned:
    """A test code that the gate has not taken for a scan: no key at its end, or keys amid it."""
    times = [key.time for key in keys.keys]
    last = keys.keys[-1].name
    gaps = tuple(b - a for a, b in pairwise(times))
    suffix = last if last in TERMINATORS else SILENCE
    return Scanned(keys.text, times[0], times[-1], suffix, gaps)
