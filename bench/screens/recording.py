"""What the program does about consoles: follows them, tells of them, writes into the history."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
from collections.abc import Callable, Coroutine, MutableSequence
from typing import TYPE_CHECKING, TypeVar

from bench.datafile import DataError
from bench.scan.commands import Verb
from bench.scan.equipment import Sort
from bench.screens.host import CONSOLE
from bench.store.errors import StoreError
from bench.store.records import Step
from bench.widgets.marks import DONE, HOLD, REFUSED
from bench.widgets.offers import Offer
from bench.widgets.strips import Read, TopLine
from bench.workflow.capture import (
    Settling,
    captured,
    console_differed,
    recording_id,
    settle_console,
)
from bench.workflow.desk import Desk, Refused
from bench.workflow.on_cable import OnCable
from bench.workflow.views import UnitView, view_of

if TYPE_CHECKING:
    from bench.evidence.capture_format import Meta
    from bench.evidence.offering import Offered
    from bench.screens.everywhere import Station
    from bench.workflow.cables import Cable, News
    from bench.workflow.console_offers import ConsoleOffers
    from bench.workflow.consoles import Consoles

T = TypeVar("T")
log = logging.getLogger("bench")
SETTLING = {Verb.NO: Settling.WRONG_CABLE, Verb.NEXT: Settling.BOARD_SWAPPED}
SETTLE_OFFERS = (
    Offer(Verb.NO, "no: wrong cable", "n"),
    Offer(Verb.NEXT, "board was swapped, record both", "b"),
    Offer(Verb.HOLD, "hold", "h"),
)
SETTLED = {
    Settling.WRONG_CABLE: "the cable was in another unit: nothing of it counts",
    Settling.BOARD_SWAPPED: "board swapped: both serials are kept",
}
OPENING = 100
"""Looks, 50 ms apart, for consoles that are still being looked at just after the start."""
AGAIN = 5.0
"""Seconds after which what could not be written into the history is tried again."""
TURN = 0.0005
"""Seconds that the thread that looks through a flood of lines may keep a key waiting, each time
that the program waits for anything: Python's own 5 ms add up over the many steps of a key."""
LAST = 5.0
"""Seconds that the end of the program waits for captures to be sealed."""


def on_cable(view: UnitView | None) -> OnCable | None:
    """The unit in hand, as a cable knows it; None where nothing is open."""
    if view is None or view.rma is None or not view.rma.state.is_open:
        return None
    unit, rma = view.unit, view.rma
    return OnCable(rma.id, rma.number, unit.id, unit.serial, unit.brand, unit.model)


class Recording:
    """The station's consoles in the program: one thread follows them, the screen is told."""

    def __init__(self, station: Station, own: MutableSequence[str]) -> None:
        self.station, self._own = station, own
        self._consoles: Consoles | None = None
        self._over = threading.Event()
        self._thread: threading.Thread | None = None
        self._told = self._looked_back = False
        self._offers: ConsoleOffers | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def consoles(self) -> Consoles:
        """The consoles. Raises Refused before they were looked at."""
        if self._consoles is None:
            raise Refused("the consoles are not looked at yet", "wait a moment")
        return self._consoles

    @property
    def cables(self) -> list[Cable]:
        """The cables, those with a letter first; none before they were looked at."""
        return self._consoles.all() if self._consoles else []

    @property
    def trouble(self) -> str:
        """Why consoles cannot be used at all."""
        return self._consoles.trouble if self._consoles else ""

    # --- life

    def start(self) -> None:
        """Begins to follow; for use once the store is open."""
        loop = asyncio.get_running_loop()
        sys.setswitchinterval(TURN)
        self._thread = threading.Thread(target=self._watch, args=(loop,), name="consoles")
        self._thread.daemon = True
        self._thread.start()

    def _watch(self, loop: asyncio.AbstractEventLoop) -> None:
        def tell(news: list[News]) -> None:
            with contextlib.suppress(RuntimeError):  # the program has just ended
                if news or not self._told:
                    self._told = True
                    loop.call_soon_threadsafe(self._heard, news)

        from bench.workflow.consoles import Consoles  # late: nothing else needs as much

        consoles = Consoles(self.station.settings)
        try:
            consoles.open()
        except DataError as error:
            consoles.trouble = str(error)
            log.warning("consoles: %s", error)
        else:
            self._consoles = consoles
            consoles.watch(self._over, tell)
        self._consoles = consoles

    def end(self) -> None:
        """Follows no more, and seals what is still recorded."""
        self._over.set()
        if self._thread is not None:
            self._thread.join(timeout=LAST)
        for cable in self.cables:
            if cable.live:
                with contextlib.suppress(Refused):
                    self.consoles.end(cable.name)

    # --- what a body asks for

    @property
    def chosen(self) -> Cable | None:
        """The cable that the label of was scanned last, else the only one, else the first."""
        cables = self.cables
        name = self.station.equipment.chosen.get(Sort.CONSOLE, "")
        return next((c for c in cables if c.name == name), cables[0] if cables else None)

    def _named(self, name: str) -> Cable | None:
        return next((cable for cable in self.cables if cable.name == name), None)

    def of_rma(self, rma_id: str) -> list[Cable]:
        """The cables that recorded the console of this return's unit."""
        return [c for c in self.cables if c.unit is not None and c.unit.rma_id == rma_id]

    async def begin(self, cable: Cable, unit: OnCable | None) -> None:
        """Starts a recording. Raises Refused."""
        who = self.station.frame.query_one(TopLine).technician
        await asyncio.to_thread(self.consoles.begin, cable.name, unit, who)
        if not cable.understanding.failures:  # a unit that has failed by now was told of already
            code = unit.serial if unit else f"cable {cable.name}"
            what = f"on cable {cable.name}" if unit else "no unit"
            self.station.say(Read(code, what, DONE, "recording: switch the unit on"))
        self.show()

    async def attach(self, cable: Cable, unit: OnCable) -> None:
        """What is recorded on a cable is of this unit. Raises Refused."""
        await asyncio.to_thread(self.consoles.attach, cable.name, unit)
        self.show()

    async def finish(self, cable: Cable) -> Meta:
        """Ends and seals a recording, and writes it into the RMA's history. Raises Refused."""
        meta = await asyncio.to_thread(self.consoles.end, cable.name)
        await self._keep(cable, meta)
        self.show()
        return meta

    async def _keep(self, cable: Cable, meta: Meta) -> None:
        unit = cable.unit
        if unit is None or not unit.rma_id:
            return
        await self._into_history(unit.rma_id, cable, meta)
        await self._look_again(unit)

    async def _into_history(self, rma_id: str, cable: Cable, meta: Meta) -> None:
        from bench.workflow.consoles import record_of, set_kept  # late, as all that is read anew

        record = record_of(cable, meta, self.station.settings.captures)
        op_id = recording_id(Step.CAPTURED, rma_id, meta.id)
        self._own.append(op_id)
        await self.station.in_store(lambda desk: captured(desk, op_id, rma_id, record))
        cable.recorded = True
        self.station.tour_saw(Step.CAPTURED)
        if cable.reader is not None:
            await asyncio.to_thread(set_kept, cable.reader.folder)

    async def _known(self, number: str) -> OnCable | None:
        """The unit of an RMA number, while the RMA is open."""
        return await self.station.in_store(lambda desk: _of_number(desk, number), patient=False)

    async def _know_adopted(self) -> None:
        """Captures that outlived the program know their RMA's number only."""
        for cable in self.cables:
            if cable.unit is not None and not cable.unit.rma_id:
                try:
                    unit = await self._known(cable.unit.rma_number)
                except (Refused, StoreError):
                    continue
                if unit is not None:
                    cable.unit = unit
        live = [cable.name for cable in self.cables if cable.live]
        if live and not self.station.equipment.chosen.get(Sort.CONSOLE):
            self.station.equipment.choose(Sort.CONSOLE, live[0])

    async def _look_back(self) -> None:
        await self._know_adopted()
        await self._keep_left()

    async def _keep_left(self) -> None:
        """What a crash or a quick end left out of the histories; tried at each start."""
        from bench.evidence.capture_format import BadMeta
        from bench.workflow.consoles import reread

        for folder in self.consoles.left:
            try:
                cable, meta = await asyncio.to_thread(reread, folder, self.consoles.rules)
                unit = await self._known(meta.rma)
                if unit is not None:
                    await self._into_history(unit.rma_id, cable, meta)
            except (Refused, StoreError, BadMeta) as error:
                log.warning("a capture is not in its history yet: %s: %s", folder.name, error)

    async def _look_again(self, unit: OnCable) -> None:
        view = self.station.session.view
        if view is not None and view.unit.id == unit.unit_id:
            await self.station.reload()

    async def plugged(self, name: str) -> None:
        """The label of a cable was scanned: the unit in hand is recorded on it. Raises Refused."""
        unit = on_cable(self.station.session.view)
        cable = await self._there(name) if unit is not None else None
        if unit is None or cable is None:
            return
        await self.station.go(CONSOLE)
        if cable.live and cable.unit is not None and cable.unit.unit_id != unit.unit_id:
            what = f"cable {name} records {cable.unit.serial}"
            raise Refused(what, "end that recording first, or take another cable")
        if cable.live and cable.unit is None:
            return
        if not cable.live:
            await self.begin(cable, unit)

    def offered(self, view: UnitView | None) -> Offered | None:
        """What the consoles found out about a unit, for the diagnosis; None: nothing."""
        if view is None or view.rma is None:
            return None
        for cable in reversed(self.of_rma(view.rma.id)):
            found = self._offers_of_cables().of(cable)
            if found.symptom or found.findings:
                return found
        return None

    def _offers_of_cables(self) -> ConsoleOffers:
        from bench.workflow.console_offers import ConsoleOffers  # late: a cable is there

        if self._offers is None:
            rules = self.consoles.rules.redaction
            self._offers = ConsoleOffers(self.station.settings, self.station.clock, rules)
        return self._offers

    async def _there(self, name: str) -> Cable | None:
        """The cable, once the consoles were looked at; None where it is not plugged in."""
        for _ in range(OPENING):
            if self._consoles is not None or self._thread is None:
                break
            await asyncio.sleep(0.05)
        cable = self._named(name)
        if self._consoles is not None and (cable is None or not cable.there):
            await asyncio.to_thread(self._consoles.look_for_ports)  # it may be there since a moment
            cable = self._named(name)
        return cable if cable is not None and cable.there else None

    async def settle(self, how: Settling) -> None:
        """The technician says why the console names another serial. Raises Refused."""
        view = self.station.session.view
        if view is None or view.rma is None:
            raise Refused("no unit is in hand", "scan the unit whose console it is")
        rma_id, serial = view.rma.id, view.unit.serial
        if await self.station.save(lambda desk, op: settle_console(desk, op, rma_id, how)) is None:
            return
        for cable in self.of_rma(rma_id):
            cable.settled = True
        await self.station.reload()
        self.station.say(Read(serial, "on the console", HOLD, SETTLED[how]))

    async def in_thread(self, work: Callable[[], T]) -> T:
        """Work that waits for a capture process."""
        return await asyncio.to_thread(work)

    # --- what comes by itself

    def _heard(self, news: list[News]) -> None:
        for one in news:
            if one.differs:
                self._soon(self._differs(one))
        if not self._looked_back:
            self._looked_back = True
            self._soon(self._look_back())
        if news:
            worst = next((one for one in news if one.bad), news[0])
            self._say(worst)
        self.show()

    def _soon(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _say(self, news: News) -> None:
        cable = self._named(news.cable)
        unit = cable.unit if cable else None
        code = unit.serial if unit else f"cable {news.cable}"
        what = f"on cable {news.cable}" if unit else ""
        with self.station.hearing.telling_of(0):  # it belongs to no scan
            self.station.say(Read(code, what, REFUSED if news.bad else HOLD, news.text))

    async def _differs(self, news: News) -> None:
        """From now on nothing is diagnosed until somebody says why."""
        cable = self._named(news.cable)
        if cable is None or cable.unit is None or cable.reader is None or not cable.unit.rma_id:
            return
        unit, capture = cable.unit, cable.reader.meta.id
        op_id = recording_id(Step.CONSOLE_DIFFERED, unit.rma_id, capture, news.differs)
        self._own.append(op_id)
        while not self._over.is_set() and cable.differs:
            try:
                await self.station.in_store(
                    lambda desk: console_differed(desk, op_id, unit.rma_id, capture, news.differs),
                    patient=False,
                )
            except (Refused, StoreError) as error:  # the bench is locked, or the server away
                log.warning("a serial that differs is not recorded yet: %s", error)
                await asyncio.sleep(AGAIN)
            else:
                await self._look_again(unit)
                return

    def show(self) -> None:
        """Lights in the top line, and the Console screen where it is in front."""
        lights = "".join("!" if cable.broken else "●" for cable in self.cables if cable.live)
        self.station.frame.query_one(TopLine).tell(recording=lights)
        if self.station.frame.place == CONSOLE:
            self.station.frame.body.show()


def _of_number(desk: Desk, number: str) -> OnCable | None:
    rma = desk.store.rma_by_number(number)
    return on_cable(view_of(desk, rma.unit_id, rma.id)) if rma is not None else None


def ended_words(cable: Cable, meta: Meta) -> Read:
    """What is said once a recording is sealed."""
    code = cable.unit.serial if cable.unit else f"cable {cable.name}"
    where = "kept with its RMA" if cable.recorded else "kept, with no RMA"
    return Read(code, f"seal {meta.seal[:8]}", DONE, f"sealed: {meta.bytes} bytes, {where}")
