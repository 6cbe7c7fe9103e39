"""A whole shift by scans alone: fifty units from box to door, faster than the screen follows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from itertools import cycle, islice, product
from pathlib import Path

from bench.policy.facts import Channel, Contact, Outcome
from bench.store.records import Rma, State, Step, Unit
from bench.store.store import Store
from tests.terminal.conftest import Open
from tests.terminal.harness import CR, CRLF, LF, TAB, Terminal
from tests.terminal.seeds import (
    EARLY,
    IN_WARRANTY,
    OUT_OF_WARRANTY,
    VERBS,
    Kept,
    Seed,
    ask,
    kept,
    seed,
    today,
    ups,
)

UNITS = 50
GAPS_MS = (0, 1, 5, 20)
SUFFIXES = (CR, LF, CRLF, TAB)
MAKES = (
    ("Yealink", "T54W", "31460{:011d}"),
    ("Htek", "UC924", "UC92424A{:05d}"),
    ("Grandstream", "GRP2613", "20EZ{:09d}"),
    ("Snom", "D735", "000413{:06X}"),
)
VOLATILE = (
    *("id", "number", "unit_id", "received_at", "diagnosed_at", "shipped_at"),
    *("since", "version", "mark", "rank", "why_here"),
)


@dataclass
class Job:
    """One unit's way over the bench: what was scanned for it, as it was really sent."""

    seed: Seed
    tracking: str
    stock: str = ""
    """The serial of the unit that goes out instead, where one is named."""
    basic: list[str] = field(default_factory=list)
    """Scans that each unit needs."""
    lifting: list[str] = field(default_factory=list)
    """Scans that lift a hold: the customer's answer, the quote, the packaging."""
    naming: list[str] = field(default_factory=list)
    """Scans that name the unit from stock."""

    def steps(self) -> Iterator[tuple[list[str], str]]:
        """Every scan in order, each with the count that it belongs to."""
        s = self.seed
        yield self.basic, s.serial
        yield self.basic, "BENCHNO" if s.age == EARLY and not s.packaging else "BENCHOK"
        yield self.basic, VERBS[s.outcome]
        for _ in lifted_by(s):
            yield self.lifting, "BENCHOK"
        if self.stock:
            yield self.naming, "BENCHPUT"
            yield self.naming, self.stock
        yield self.basic, self.tracking
        yield self.basic, "BENCHOK"


def lifted_by(seed: Seed) -> list[Step]:
    """The steps that lift this unit's holds, in the order in which Ship asks for them."""
    steps = []
    if seed.outcome is Outcome.NO_TROUBLE_FOUND:
        steps.append(Step.CONTACTED)
    if seed.age == OUT_OF_WARRANTY:
        steps.append(Step.QUOTE_ANSWERED)
    if seed.age == EARLY and seed.outcome is Outcome.REPLACE and not seed.packaging:
        steps.append(Step.FACTS_CORRECTED)
    return steps


def jobs() -> list[Job]:
    """Fifty units: every outcome, band and channel, with and without the packaging."""
    facts = product(Outcome, (EARLY, IN_WARRANTY, OUT_OF_WARRANTY), Channel, (True, False))
    found = []
    for n, (outcome, age, channel, packaging) in enumerate(islice(cycle(facts), UNITS)):
        brand, model, form = MAKES[n % len(MAKES)]
        serial, customer = form.format(n * 7919 + 101), f"Customer {n}"
        unit = Seed(serial, brand, model, customer, channel.value, age, outcome, packaging)
        named = outcome is Outcome.REPLACE and n % 3 == 0
        found.append(Job(unit, ups(n + 1), f"STOCK{n:04d}X" if named else ""))
    return found


def work(terminal: Terminal, todo: list[Job]) -> None:
    """Scans everything, back to back, without a look at the screen."""
    for job, (gap, suffix) in zip(todo, cycle(product(GAPS_MS, SUFFIXES)), strict=False):
        for count, text in job.steps():
            terminal.scan(text, gap, suffix)
            count.append(text)


def expected_rma(job: Job, found: Rma) -> Rma:
    """The RMA as it has to be: what was scanned, and nothing else changed."""
    s, lifted = job.seed, lifted_by(job.seed)
    asked = s.age == EARLY
    ntf = s.outcome is Outcome.NO_TROUBLE_FOUND
    return replace(
        Rma(found.id, found.number, found.unit_id),
        state=State.SHIPPED,
        ticket=s.ticket,
        customer=s.customer,
        channel=Channel(s.channel),
        opened_on=today(),
        due_on=today(),
        received_on=today(),
        original_packaging=(s.packaging or Step.FACTS_CORRECTED in lifted) if asked else None,
        outcome=s.outcome,
        contact=Contact.YES if ntf else None,
        contact_tries=1 if ntf else 0,
        quote_accepted=True if Step.QUOTE_ANSWERED in lifted else None,
        replacement_id=found.replacement_id if job.stock else None,
        tracking=job.tracking,
        carrier="UPS",
    )


def lasting(rma: Rma) -> dict[str, object]:
    """The fields of an RMA that do not hang on ids and the clock."""
    return {name: value for name, value in asdict(rma).items() if name not in VOLATILE}


def check_job(job: Job, found: Kept) -> None:
    """One unit: shipped once, its own tracking number, and no field touched by another scan."""
    s, unit = job.seed, found.unit
    assert lasting(found.rma) == lasting(expected_rma(job, found.rma)), s.serial
    naming = [Step.REPLACEMENT_CHOSEN] if job.stock else []
    begun = [Step.EXPECTED, Step.RECEIVED, Step.DIAGNOSED]
    ended = [Step.TRACKING_SCANNED, Step.SHIPPED]
    assert found.steps() == [*begun, *lifted_by(s), *naming, *ended], s.serial
    rush = s.age == EARLY and s.outcome is not Outcome.NO_TROUBLE_FOUND
    payer = "by_quote" if s.age == OUT_OF_WARRANTY else "us"
    assert found.events[-1].data["speed"] == ("rush" if rush else "ground"), s.serial
    assert found.events[-1].data["payer"] == payer, s.serial
    facts = (unit.serial, unit.brand, unit.model, unit.customer, unit.channel, unit.shipped_on)
    own = (s.serial, s.brand, s.model, s.customer, Channel(s.channel), s.shipped_on())
    assert facts == own
    assert (unit.mac, unit.service_level, unit.order_no) == ("", "", "")


def check_stock(job: Job, store: Store) -> None:
    """The unit from stock is linked to the one that it replaces."""
    found = kept(store, job.seed.serial)
    stock = store.find(job.stock)
    assert found is not None
    assert [u.id for u in stock] == [found.rma.replacement_id]
    assert stock[0].replaces_id == found.unit.id


def check_all(todo: list[Job], store: Store) -> None:
    """Every unit, and that there is nothing besides."""
    stocked = [job for job in todo if job.stock]
    for job in todo:
        found = kept(store, job.seed.serial)
        assert found is not None, job.seed.serial
        check_job(job, found)
    for job in stocked:
        check_stock(job, store)
    units: list[Unit] = store.units()
    assert len(units) == len(todo) + len(stocked)
    assert len(store.rmas()) == len(todo)
    assert store.drafts() == []


def test_fifty_units_by_scans_only(station: Open, tmp_path: Path) -> None:
    """Nothing lost, nothing in the wrong field, and no more scans than promised."""
    todo = jobs()
    seed(tmp_path, [job.seed for job in todo])
    terminal = station()
    work(terminal, todo)
    last = todo[-1]
    terminal.wait_for(last.seed.serial, last.tracking, "scan the next unit", seconds=120)
    assert terminal.quit() == 0
    ask(tmp_path, lambda store: check_all(todo, store))
    assert b"Traceback" not in terminal.raw
    for job in todo:
        assert len(job.basic) <= 5, (job.seed.outcome, job.basic)
        assert len(job.lifting) == len(lifted_by(job.seed))
