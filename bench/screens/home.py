"""Home: the queue, sorted by what hurts most when late, and the figures of the day."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from bench.scan.commands import Verb
from bench.screens.body import Body
from bench.screens.host import QUEUE
from bench.store.errors import StoreError
from bench.store.records import Counts, Draft, QueueRow, State
from bench.text import printable
from bench.widgets.marks import DONE, HOLD
from bench.widgets.offers import Next, Offer
from bench.widgets.queue_view import PAGE, QueueView
from bench.widgets.strips import Read
from bench.widgets.unit_card import heading, state_name, unit_name
from bench.workflow.desk import Desk, Refused
from bench.workflow.duties import wake
from bench.workflow.views import view_of

HERE = (
    State.RECEIVED,
    State.DIAGNOSED,
    State.ON_HOLD,
    State.AWAITING_CONTACT,
    State.WITH_PARTNER_TEAM,
    State.AWAITING_VENDOR,
    State.READY_TO_SHIP,
)

REFRESH_SECONDS = 15.0
PARTS = "#home--title, #queue, #home--empty, #home--side"
"""What is painted anew with each reading."""


class HomeBody(Body):
    """The queue and the day."""

    PLACE: ClassVar[str] = QUEUE
    HELP_TEXT: ClassVar[str] = (
        "Every open RMA. Rush first, then what waits for somebody, then the rest; expected units "
        "last. Scan a unit to open its next step, or choose one with the arrows and enter."
    )

    def __init__(self) -> None:
        super().__init__(id="home")
        self.counts: Counts | None = None
        self.drafts: list[Draft] = []
        self.cases = self.originals = 0
        """Vendor cases that are open, and originals that are out after an advance replacement."""

    def compose(self) -> ComposeResult:
        """The table and the column of figures."""
        with Horizontal():
            with Vertical(id="home--queue"):
                yield Static(id="home--title")
                yield QueueView()
                yield Static(id="home--empty", markup=False)
            yield Static(id="home--side")

    def on_mount(self) -> None:
        """What other programs write shows up by itself."""
        self.set_interval(REFRESH_SECONDS, self._again)

    def _again(self) -> None:
        if self.display:
            self.show()

    @property
    def queue(self) -> QueueView:
        """The table."""
        return self.query_one(QueueView)

    def focus_first(self) -> Widget | None:
        """The table, for the arrows."""
        return self.queue

    def show(self) -> None:
        """Reads the queue anew."""
        self.run_worker(self.refresh_queue(), group="queue", exclusive=True)

    async def refresh_queue(self) -> None:
        """Fetches figures and the first page, then paints them; says so where that fails."""
        try:
            await self._read_queue()
        except StoreError as error:
            self.host.tell_trouble(error)
        except Refused:
            return  # the database is not open yet: it is read once it is

    async def _read_queue(self) -> None:
        today = self.host.today()

        def read(desk: Desk) -> tuple[Counts, int, list[QueueRow], list[Draft], int, int]:
            store = desk.store
            wake(desk)
            queue = store.queue_count(), store.queue(0, PAGE), store.drafts()
            out = store.open_case_count(), len(store.open_advances())
            return store.counts(today), *queue, *out

        read_now = await self.host.in_store(read, patient=False)
        self.counts, total, rows, self.drafts, self.cases, self.originals = read_now
        if len(self.query(PARTS)) < PARTS.count("#"):
            return  # the program ends: there is nothing left to paint on
        self.queue.load(total, rows, today)
        self.queue.display = total > 0
        empty = self.query_one("#home--empty", Static)
        empty.display = total == 0
        empty.update(EMPTY)
        self._paint_title()
        self.query_one("#home--side", Static).update(self._side())
        self.host.changed()

    def on_resize(self) -> None:
        """The figures move between the side and the title."""
        if self.counts is not None:
            self._paint_title()

    def _paint_title(self) -> None:
        here = self._here()
        title = Content.assemble(
            ("ON THE BENCH", "bold $quiet"),
            (f"  {here}", "bold"),
            ("    sorted by what hurts most when late", "$quiet"),
        )
        brief = Content.assemble(*self._brief())
        self.query_one("#home--title", Static).update(
            Content.assemble(title, "\n", brief) if self.app.size.width < 100 else title
        )

    def _here(self) -> int:
        return sum(self.counts.by_state.get(state, 0) for state in HERE) if self.counts else 0

    def _brief(self) -> list[tuple[str, str]]:
        counts = self.counts or Counts()
        return [
            ("today ", "$quiet"),
            (f"{counts.received_today}", "bold"),
            (" in, ", "$quiet"),
            (f"{counts.shipped_today}", "bold"),
            (" out · rush left ", "$quiet"),
            (f"{counts.rush_left}", "bold $rush"),
            (" · expected ", "$quiet"),
            (f"{counts.by_state.get(State.EXPECTED, 0)}", "bold"),
        ]

    def _side(self) -> Content:
        counts = self.counts or Counts()
        by = counts.by_state
        today = [
            _figure("received", counts.received_today),
            _figure("shipped", counts.shipped_today),
            _figure("rush left", counts.rush_left, "$rush"),
        ]
        waiting = [
            _figure("customer", by.get(State.AWAITING_CONTACT, 0)),
            _figure("partner team", by.get(State.WITH_PARTNER_TEAM, 0)),
            _figure("vendor", by.get(State.AWAITING_VENDOR, 0)),
            _figure("on hold", by.get(State.ON_HOLD, 0)),
            _figure("vendor cases", self.cases),
            _figure("originals out", self.originals),
        ]
        coming = [_figure("expected", by.get(State.EXPECTED, 0))]
        groups = [
            [heading("TODAY"), *today],
            [heading("WAITING FOR"), *waiting],
            [heading("ON ITS WAY"), *coming],
        ]
        if self.drafts:
            parked = [Content(printable(d.title)[:26]) for d in self.drafts[:5]]
            groups.append([heading("HALF ENTERED"), *parked])
        return Content("\n\n").join([Content("\n").join(group) for group in groups])

    def next(self) -> Next:
        """Scan, or open what is chosen."""
        if self.counts is not None and not self.queue.total:
            return Next("scan a unit to receive it")
        if self.counts is None:
            return Next("reading the queue")
        return Next("scan a unit, or open the chosen one", (Offer(Verb.NEXT, "open", "enter"),))

    async def offered(self, verb: str) -> None:
        """Opens the chosen row."""
        if verb == Verb.NEXT and self.queue.chosen is not None:
            await self._open(self.queue.chosen)

    async def _open(self, row: QueueRow) -> None:
        view = await self.host.in_store(lambda desk: view_of(desk, row.unit.id, row.rma.id))
        if view is None:
            await self.refresh_queue()
            return
        await self.host.open_unit(view)
        if row.rma.state is State.EXPECTED:
            self.host.session.unproved = True
            await self.host.reload()
            read = Read("", f"{unit_name(row.unit)}, from the queue", HOLD, "now scan the unit")
        else:
            read = Read(
                "", f"{unit_name(row.unit)}, from the queue", DONE, state_name(row.rma.state)
            )
        self.host.say(read)

    async def on_queue_view_needs(self, event: QueueView.Needs) -> None:
        """Fetches a further page."""
        offset = event.offset
        try:
            rows = await self.host.in_store(
                lambda desk: desk.store.queue(offset, PAGE), patient=False
            )
        except StoreError as error:
            self.host.tell_trouble(error)
            return
        self.queue.add(offset, rows)

    def on_queue_view_opened(self, event: QueueView.Opened) -> None:
        """A row was clicked twice."""
        self.host.take_offer(Verb.NEXT)


EMPTY = """Nothing is on the bench, and nothing is expected.

Scan the serial of a unit to receive it; what is not known of it is asked for.
To announce returns and to bring in the shipping history:
    bench import FILE.csv
"""


def _figure(name: str, value: int, style: str = "") -> Content:
    return Content.assemble((f"{name:<14}", "$quiet"), (f"{value:>5}", f"bold {style}".strip()))
