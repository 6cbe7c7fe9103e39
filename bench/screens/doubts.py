"""Scans that are not certain, so that a person must say: near matches, several brands, a keyboard
that is set to another language, two unknown codes in one pull. Nothing is merged silently."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bench.scan.commands import Verb, code
from bench.scan.label import Label, LabelKind
from bench.scan.layouts import Guess, Layouts, foreign, guesses
from bench.scan.serials import canonical, difference
from bench.screens.dialogs import Pick
from bench.screens.everywhere import Station
from bench.store.records import Unit
from bench.text import printable
from bench.widgets.marks import HOLD
from bench.widgets.strips import Read
from bench.widgets.unit_card import unit_name
from bench.workflow.aliases import remember
from bench.workflow.desk import Desk
from bench.workflow.identify import Found, Known
from bench.workflow.views import UnitView, view_of

NEW, CHECK = "new", "check"
ONCE, ALWAYS = "once:", "always:"
NO_LABEL = Label(LabelKind.CODE, "")
GUESSED = 4
"""Units that another keyboard would name, at most."""

Strange = Callable[[Found], Awaitable[None]]
Open = Callable[[UnitView, Label], Awaitable[None]]


class LayoutPick(Pick):
    """The question about the keyboard: the code of the scanner check answers it too."""

    def command(self, verb: str) -> bool:
        """GUN opens the check."""
        if verb == Verb.GUN:
            self.dismiss(CHECK)
            return True
        return super().command(verb)


class Doubts:
    """Asks, and goes on with the answer: `opened` gets a unit and the label that led to it,
    `strange` a serial nobody knows."""

    def __init__(self, station: Station, opened: Open, strange: Strange) -> None:
        self.station, self._opened, self._strange = station, opened, strange
        self._label = NO_LABEL
        """The label that is asked about, with what the same pull told besides."""

    def beside(self, label: Label) -> None:
        """Another code of the label that is asked about."""
        mac, model = self._label.mac or label.mac, self._label.model or label.model
        self._label = replace(self._label, mac=mac, model=model)

    def _ask(self, dialog: Pick, label: Label, then: Callable[[str], Awaitable[None]]) -> None:
        self._label = label
        self.station.ask(dialog, then)

    async def _new(self, found: Found) -> None:
        mac, model = self._label.mac, self._label.model
        await self._strange(replace(found, label=replace(found.label, mac=mac, model=model)))

    # --- near matches

    def ask_near(self, found: Found) -> None:
        """Shows each close unit with the difference marked; one may be remembered for this text."""

        async def answered(answer: str) -> None:
            if answer == NEW:
                await self._new(found)
            elif answer.startswith(ALWAYS):
                await self._remember(found, answer.removeprefix(ALWAYS))
            elif answer:
                await self._open_id(answer.removeprefix(ONCE))

        options = []
        for unit in found.units:
            name = f"{unit_name(unit)}  {_marked(found.text, unit)}"
            options += [
                (ONCE + unit.id, name),
                (ALWAYS + unit.id, "   the same, and remember this label for it"),
            ]
        shown = printable(found.text)[:40]
        title = f"{shown} is not known, but something close is. Is it one of these?"
        dialog = Pick(title, [*options, (NEW, f"none of them: {shown} is another unit")])
        self._ask(dialog, found.label, answered)
        self.station.say(Read(found.text, "only a near match", HOLD, "is it one of these?"))

    async def _remember(self, found: Found, unit_id: str) -> None:
        station, text = self.station, found.text
        saved = await station.save(lambda desk, op: remember(desk, op, unit_id, text))
        if saved is not None:
            await self._opened(saved.view, self._label)
            remembered = f"{printable(text)[:40]} means this unit from now on"
            station.say(Read(saved.view.unit.serial, unit_name(saved.view.unit), HOLD, remembered))

    # --- several brands

    def ask_which(self, found: Found) -> None:
        """Several brands use this serial."""

        async def answered(unit_id: str) -> None:
            if unit_id:
                await self._open_id(unit_id)

        options = [
            (u.id, f"{unit_name(u)}  {printable(u.serial)}  {printable(u.customer)}")
            for u in found.units
        ]
        title = f"Units of several brands carry {printable(found.text)[:40]}. Which is it?"
        self._ask(Pick(title, options), found.label, answered)
        self.station.say(Read(found.text, "several brands carry it", HOLD, "which is it?"))

    async def _open_id(self, unit_id: str) -> None:
        view = await self.station.in_store(lambda desk: view_of(desk, unit_id))
        if view is not None:
            await self._opened(view, self._label)

    # --- a keyboard that is set to another language

    async def ask_layout(self, found: Found | None, label: Label, layouts: Layouts) -> bool:
        """Where another keyboard explains a scan: asks, and offers the check. False: none does.

        A scan that was put right already is looked at as it is now.
        """
        raw = label.raw
        meant = await self.station.in_store(lambda desk: lookalikes(desk, raw, layouts))
        if not meant and not foreign(raw):
            return False

        async def answered(answer: str) -> None:
            if answer == CHECK:
                self.station.show_check()
            elif answer == NEW and found is not None and found.known is Known.NEAR:
                self.ask_near(found)
            elif answer == NEW and found is not None:
                await self._new(found)
            elif answer:
                self._label = replace(self._label, mac="", model="")  # garbled: they tell nothing
                await self._open_id(answer)

        shown = printable(raw)[:40]
        options = [(CHECK, f"check the scanner now ({code(Verb.GUN)})")]
        for guess, unit in meant:
            caps = ", with Caps Lock" if guess.caps else ""
            words = f"{printable(guess.text)} on a {guess.layout.words} keyboard{caps}"
            options.append((unit.id, f"it is {unit_name(unit)}  {words}"))
        if found is not None:
            near = found.known is Known.NEAR
            no = "no: show what is close to it" if near else f"no: {shown} is another unit's serial"
            options.append((NEW, no))
        title = f"{shown} looks like a scanner and a keyboard set to different languages."
        self._ask(LayoutPick(title, options), label, answered)
        self.station.say(Read(raw, "wrong keyboard layout?", HOLD, "check the scanner"))
        return True

    # --- two unknown codes in one pull

    def ask_serial(self, first: Found, second: Found) -> None:
        """The label has two codes that nobody knows: only a person can tell which is the serial."""

        async def answered(text: str) -> None:
            if text:
                await self._new(first if text == first.text else second)

        options = [(text, printable(text)) for text in (first.text, second.text)]
        dialog = Pick("Two codes came in one pull. Which is the serial?", options)
        self._ask(dialog, first.label, answered)
        session = self.station.session
        told = replace(second.label, mac=session.stranger_mac or second.label.mac)
        self.beside(replace(told, model=session.stranger_model or told.model))
        self.station.say(Read(second.text, "nobody knows either", HOLD, "which is the serial?"))


def lookalikes(desk: Desk, raw: str, layouts: Layouts) -> list[tuple[Guess, Unit]]:
    """The units that a text names if another keyboard wrote it, the likeliest first."""
    found: list[tuple[Guess, Unit]] = []
    for guess in guesses(raw, layouts):
        have = {unit.id for _, unit in found}
        fitting = desk.store.find(canonical(guess.text))
        found += [(guess, unit) for unit in fitting if unit.id not in have]
        if len(found) >= GUESSED:
            break
    return found[:GUESSED]


def _marked(scanned: str, unit: Unit) -> str:
    """The stored serial with what differs from the scan in brackets of its own."""
    runs = difference(scanned, unit.serial)
    return "".join(f"‹{printable(run)}›" if differs else printable(run) for run, differs in runs)
