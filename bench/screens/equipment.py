"""The console cable and the printer of this station: chosen by scanning the label on them."""

from __future__ import annotations

from bench.scan.equipment import Sort
from bench.scan.label import Label, LabelKind
from bench.screens.everywhere import Station
from bench.text import printable
from bench.widgets.marks import DONE
from bench.widgets.strips import Read, TopLine
from bench.workflow.desk import Refused

SORTS = {LabelKind.CONSOLE: Sort.CONSOLE, LabelKind.PRINTER: Sort.PRINTER}
WORDS = {Sort.CONSOLE: "console cable", Sort.PRINTER: "printer"}


class EquipmentChoice:
    """Which of the station's cables and printers is in use; of one that is alone, no question."""

    def __init__(self, station: Station) -> None:
        self.station = station
        self.chosen: dict[Sort, str] = {}

    def begin(self) -> None:
        """Takes what there is only one of."""
        for sort in Sort:
            if len(self._known(sort)) == 1:
                self.chosen.setdefault(sort, next(iter(self._known(sort))))
        self.show()

    def _known(self, sort: Sort) -> dict[str, str]:
        """What the settings know, by its letters: how each is called or where it is."""
        settings = self.station.settings
        if sort is Sort.CONSOLE:
            return dict(settings.consoles)
        return {letters: printer.name for letters, printer in settings.printers.items()}

    def scanned(self, label: Label) -> None:
        """Chooses what the label is stuck to. Raises Refused where the settings do not know it."""
        sort = SORTS[label.kind]
        name, known = label.value, self._known(sort)
        if name not in known:
            there = ", ".join(sorted(known)) or "none"
            what = f"there is no {WORDS[sort]} {printable(name)[:12] or 'without a name'} here"
            raise Refused(what, f"set up at this bench: {there}; see [{sort.lower()}s] in settings")
        again = self.chosen.get(sort) == name
        self.choose(sort, name)
        answer = f"{WORDS[sort]} {name} is {'still' if again else 'now'} in use"
        self.station.say(Read(label.raw, known[name], DONE, answer))

    def choose(self, sort: Sort, name: str) -> None:
        """Uses it from now on, where the settings still know it."""
        if name in self._known(sort):
            self.chosen[sort] = name
        self.show()

    def show(self) -> None:
        """What is in use, in the top line."""
        told = {sort.lower(): self.chosen.get(sort, "") for sort in Sort}
        self.station.frame.query_one(TopLine).tell(**told)
