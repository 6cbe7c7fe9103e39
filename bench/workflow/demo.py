"""The demo: some sixty units in every state, made by the real steps, always as fresh as today.

`data/demo.toml` says what happened to each unit and how long ago. Shipments, announcements and
steps are sorted into one story and told from its beginning, with a clock that is moved back, so
that numbers, events and waiting times come out as if a bench had worked like this.
"""

from __future__ import annotations

import atexit
import re
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from bench.clock import Clock
from bench.datafile import Table, data_dir
from bench.policy.facts import Channel
from bench.scan.serials import canonical
from bench.settings import Settings
from bench.workflow.demo_consoles import read_demo_consoles
from bench.workflow.demo_steps import TEXTS, Call, day_of, read_blind, read_step
from bench.workflow.desk import Desk, Refused, open_desk
from bench.workflow.drafts import park
from bench.workflow.import_rows import Entry
from bench.workflow.import_steps import load_expected, load_shipments
from bench.workflow.views import Place, draft_key

SPACE = UUID("c0b0f2c4-32a7-5e0c-8f3e-5d1f8f6a9d10")
"""What the ids of the demo are derived from."""
_AGO = re.compile(r"(?:(\d+)d)?\s*(?:(\d+)h)?\s*(?:(\d+)m)?")


@dataclass(slots=True)
class MovableClock:
    """A clock that stands at a moment and can be set back from it."""

    wall: Clock
    moment: datetime
    back: timedelta = timedelta(0)

    def now(self) -> datetime:
        """The moment, as far back as the clock is set."""
        return self.moment - self.back

    def today(self) -> date:
        """The warehouse's calendar day of that moment."""
        return self.local(self.now()).date()

    def local(self, moment: datetime) -> datetime:
        """A moment on the warehouse wall."""
        return self.wall.local(moment)


@dataclass(frozen=True, slots=True)
class Deed:
    """One thing that happened: how long ago, who did it where, and how."""

    ago: timedelta
    actor: str
    station: str
    do: Callable[[Desk], object]


@dataclass(frozen=True, slots=True)
class Story:
    """One return as it is told: its serial, its ids, and the steps' table."""

    serial: str
    brand: str
    place: str

    def op(self, number: int) -> str:
        """The op id of a step; the same in every demo."""
        return str(uuid5(SPACE, f"{self.brand}/{self.serial}/{self.place}/{number}"))

    @property
    def rma_id(self) -> str:
        """The id that the first step gives the RMA."""
        return f"rma-{self.op(0)}"


def demo_settings(settings: Settings) -> Settings:
    """The same station with a database of its own, in a new directory that goes when bench ends."""
    home = Path(tempfile.mkdtemp(prefix="bench-demo-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    return replace(settings, database=home / "bench.db")


def open_demo(settings: Settings) -> Settings:
    """`demo_settings` with the database filled."""
    demo = demo_settings(settings)
    desk = open_desk(demo)
    try:
        fill_demo(desk)
    finally:
        desk.store.close()
    return demo


def fill_demo(desk: Desk) -> tuple[Refused, ...]:
    """Builds the demo's units. Deterministic but for today's date. Raises DataError.

    Gives back the steps that were refused: with the policy that bench comes with, none. A site's
    own policy may end a story earlier.
    """
    table = Table.read(data_dir() / "demo.toml")
    units, crew = table.tables("unit"), _crew(table.table("crew"))
    drafts = table.tables("draft")
    read_demo_consoles(table, units)
    clock = MovableClock(desk.clock, desk.clock.now())
    there, refused = replace(desk, clock=clock), list[Refused]()
    deeds = [deed for unit in units for deed in _deeds(unit, crew, clock.today())]
    deeds.sort(key=lambda deed: -deed.ago)
    clock.back = deeds[0].ago + timedelta(days=1) if deeds else timedelta(0)
    _ship_out(there, units, desk.clock.local(clock.moment).date())
    for deed in deeds:
        clock.back = deed.ago
        try:
            deed.do(replace(there, actor=deed.actor, station=deed.station))
        except Refused as error:
            refused.append(error)
    for draft in drafts:
        _park(there, draft, crew)
    for part in (*units, *drafts, table):
        part.done()
    return tuple(refused)


def _crew(table: Table) -> list[tuple[str, str]]:
    names, stations = table.texts("technicians"), table.texts("stations")
    table.done()
    if not names or len(names) != len(stations):
        raise table.wrong("stations", "as many stations as technicians", stations)
    return list(zip(names, stations, strict=True))


def _ago(table: Table, name: str = "ago") -> timedelta:
    text = table.text(name)
    found = _AGO.fullmatch(text.strip())
    if not found or not text.strip():
        raise table.wrong(name, "a time as 2d 3h 40m", text)
    days, hours, minutes = (int(part or 0) for part in found.groups())
    return timedelta(days=days, hours=hours, minutes=minutes)


def _unit_facts(table: Table, today: date) -> dict[str, Any]:
    facts: dict[str, Any] = {name: table.text(name, "") for name in TEXTS}
    facts["channel"] = table.one_of("channel", Channel) if table.has("channel") else None
    facts["shipped_on"] = day_of(table, "shipped_days_ago", today, -1)
    facts["contract_ends_on"] = day_of(table, "contract_ends_in_days", today, 1)
    facts["replaces"] = canonical(table.text("replaces", ""))
    return {name: value for name, value in facts.items() if value}


def _entry(serial: str, facts: Mapping[str, Any]) -> Entry:
    return Entry(1, serial, canonical(serial), facts)


def _ship_out(desk: Desk, units: list[Table], today: date) -> None:
    """The shipping history: every unit that went out by the order desk."""
    entries = [
        _entry(unit.text("serial"), _unit_facts(unit, today))
        for unit in units
        if unit.yes("in_shipments", True)
    ]
    desk.store.write("", lambda tx: load_shipments(desk, tx, entries, str))


def _deeds(unit: Table, crew: list[tuple[str, str]], today: date) -> Iterator[Deed]:
    serial, brand = unit.text("serial"), unit.text("brand", "")
    number = sum(map(ord, serial)) % len(crew)
    for place, back in enumerate(unit.tables("return", []), 1):
        story = Story(serial, brand, str(place))
        who = back.number("who", 1, len(crew), number + 1) - 1
        steps = back.tables("steps", [])
        if back.yes("announced", True):
            yield _announced(story, unit, back, today)
        blind = not back.yes("announced", True)
        for n, step in enumerate(steps, 0 if blind else 1):
            ago, first = _ago(step), blind and n == 0
            call = read_blind(step, today, serial, brand) if first else read_step(step, today)
            yield Deed(ago, *crew[who], partial(_call, call, story, n))
        back.done()


def _call(call: Call, story: Story, number: int, desk: Desk) -> object:
    return call(desk, story.op(number), story.rma_id)


def _announced(story: Story, unit: Table, back: Table, today: date) -> Deed:
    facts = _unit_facts(unit, today) if unit.yes("in_shipments", True) else {}
    facts |= {"brand": story.brand, "ticket": back.text("ticket", "")}
    facts["address"] = back.text("address", "")
    facts["opened_on"] = day_of(back, "opened_days_ago", today, -1)
    facts["due_on"] = day_of(back, "due_in_days", today, 1)
    ago = timedelta(days=back.number("opened_days_ago", 0, 3650, 2), hours=4)
    known = {name: value for name, value in facts.items() if value and name != "replaces"}

    def do(desk: Desk) -> object:
        entries = [_entry(story.serial, known)]
        return desk.store.write(
            story.op(0), lambda tx: load_expected(desk, tx, entries, lambda line: story.op(0))
        )

    return Deed(ago, "support desk", "import", do)


def _park(desk: Desk, draft: Table, crew: list[tuple[str, str]]) -> None:
    """Work that somebody left half entered."""
    key, place = canonical(draft.text("serial")), draft.one_of("screen", Place)
    fields = draft.table("fields")
    values = {name: fields.text(name) for name in fields.names()}
    unit = desk.store.find(key)[0]
    title = f"{unit.brand} {unit.model} {unit.serial}"
    somebody = replace(desk, actor=crew[0][0])
    park(somebody, draft_key(unit.id, place), title, place.value, values)
