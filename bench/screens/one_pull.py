"""Several codes in one pull of the trigger: a gun that sees serial, MAC, GTIN and model of one
label sends them back to back, in any order."""

from __future__ import annotations

from collections.abc import Sequence

from bench.scan.label import Label, LabelKind, is_companion
from bench.scan.serials import canonical
from bench.screens.doubts import Doubts
from bench.screens.everywhere import Station
from bench.store.records import Unit
from bench.widgets.marks import DONE, HOLD
from bench.widgets.strips import Read
from bench.workflow.agreement import disagreements, two_units
from bench.workflow.desk import Refused
from bench.workflow.identify import Found, Known, identify

DIFFERS = "label and record differ"
OPENS = (Known.UNIT, Known.STRANGER)


class OnePull:
    """Which codes belong together, and what each of them tells of what is in hand."""

    def __init__(self, station: Station, doubts: Doubts) -> None:
        self.station, self.doubts = station, doubts
        self.asked: Label | None = None
        """The label that raised the open question, or the last one of the same pull."""
        self.early: list[Label] = []
        """Codes that came before one that opens something."""
        self._opened: tuple[Label, Found] | None = None
        """What the label in hand was found to be, with the last code of the same pull."""

    def end(self) -> None:
        """Something else was scanned: what comes now is no part of that label."""
        self.asked, self._opened, self.early = None, None, []

    def first(self, label: Label) -> Found | None:
        """What opened what is in hand, where a code is of the same pull."""
        opened = self._opened
        return opened[1] if opened is not None and is_companion(label, opened[0]) else None

    def begin(self, label: Label) -> tuple[Found | None, list[Label]]:
        """Takes a code: what opened the label in hand, and what came before that."""
        first, early = self.first(label), self.early
        self._opened, self.early = None, []
        return first, early if early and is_companion(label, early[-1]) else []

    def goes_with(self, found: Found, first: Found) -> bool:
        """Whether a code of the same pull leaves in hand what is there."""
        view, opened = self.station.session.view, found.view
        unit = view.unit if view is not None else None
        if found.known is Known.UNIT and opened is not None:
            if unit is None or (unit.id != opened.unit.id and not _by_mac_only(found)):
                return False
            self.companion(found.label, first, _mac_of_another(unit, opened.unit))
            return True
        if found.known is Known.TRACKING:
            return False
        if found.known is Known.SEVERAL and unit not in found.units:
            return False
        if first.known is Known.STRANGER and found.known is Known.NEAR:
            return False
        if first.known is found.known is Known.STRANGER and not _by_mac_only(found):
            self.doubts.ask_serial(first, found)
        else:
            self.companion(found.label, first)
        return True

    def companion(self, label: Label, first: Found, differs: str = "") -> None:
        """Another code of the label in hand, after the one that opened it."""
        self._opened = (label, first)
        if not (self._differ(label, [differs]) if differs else self._tell(label)):
            read = Read(label.raw, "", DONE, f"read together with {first.text}")
            self.station.heard_with(read)

    def opened_by(
        self, found: Found, first: Found | None, early: Sequence[Label], asked: bool
    ) -> None:
        """A code has opened something, or raised a question: what came before it counts too."""
        if asked:
            for label in early:
                self.doubts.beside(label)
        elif found.known in OPENS:
            self._opened = (found.label, found)
            for label in early:
                self._tell(label)
            self._tell_two(first, found)

    def _tell_two(self, first: Found | None, found: Found) -> None:
        """Says where the MAC that came first is another unit's than the serial after it."""
        if first is None or first.view is None or found.view is None or not _by_mac_only(first):
            return
        sentence = _mac_of_another(found.view.unit, first.view.unit)
        self._differ(found.label, [sentence] if sentence else [])

    def _tell(self, label: Label) -> bool:
        """What another code of the label in hand tells: kept where it is new; True: it differs."""
        station = self.station
        session, view = station.session, station.session.view
        if view is not None:
            return self._differ(label, disagreements(label, view.unit, station.rules))
        session.stranger_mac = session.stranger_mac or label.mac
        session.stranger_model = session.stranger_model or label.model
        station.frame.body.show()
        return False

    def _differ(self, label: Label, said: Sequence[str]) -> bool:
        """Tells what the label in hand says otherwise than the record; False: nothing new."""
        session = self.station.session
        new = [sentence for sentence in said if sentence not in session.disagrees]
        if new:
            session.disagrees = (*session.disagrees, *new)
            self.station.frame.body.show()
            self.station.say(Read(label.raw, new[0], HOLD, DIFFERS))
        return bool(new)

    # --- while a question about the label is open

    def is_asked(self, label: Label) -> bool:
        """Whether a code is of the pull that has raised the open question."""
        return self.asked is not None and is_companion(label, self.asked)

    async def settles(self, label: Label) -> bool:
        """Whether a code of that pull answers the question: it is a certain unit's."""
        self.asked = label
        try:
            found = await self.station.in_store(lambda desk: identify(desk, label))
        except Refused:
            found = None
        if found is not None and found.known is Known.UNIT:
            return True
        self.doubts.beside(label)
        self.station.heard_with(Read(label.raw, "", DONE, "read together with what is asked about"))
        return False


def _by_mac_only(found: Found) -> bool:
    """Whether a code is a MAC, and not the serial of a unit too."""
    mac, unit = found.label.mac, found.view.unit if found.view else None
    return bool(mac) and canonical(found.text) == mac and (unit is None or unit.serial_key != mac)


def _mac_of_another(unit: Unit, other: Unit) -> str:
    """The sentence for the MAC of another unit beside the serial of this one; "" for its own."""
    if unit.id == other.id:
        return ""
    return two_units(Label(LabelKind.CODE, "", serial=unit.serial, mac=other.mac), unit, other)
