"""The plain values that the store takes and gives: nobody outside sees a database row."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from bench.policy.facts import Channel, Contact, Outcome, Payer, Speed
from bench.policy.letters import LetterKind
from bench.policy.vendor_case import SentAheadWhy, VendorCase
from bench.printer_settings import LabelSort


class State(StrEnum):
    """Where an RMA is in its life (DOMAIN section 9)."""

    EXPECTED = "expected"
    RECEIVED = "received"
    DIAGNOSED = "diagnosed"
    ON_HOLD = "on_hold"
    AWAITING_CONTACT = "awaiting_contact"
    WITH_PARTNER_TEAM = "with_partner_team"
    AWAITING_VENDOR = "awaiting_vendor"
    READY_TO_SHIP = "ready_to_ship"
    SHIPPED = "shipped"
    CLOSED = "closed"
    CANCELLED = "cancelled"

    @property
    def is_open(self) -> bool:
        """An open RMA keeps any other RMA of the same unit from being opened."""
        return self not in (State.SHIPPED, State.CLOSED, State.CANCELLED)


class Step(StrEnum):
    """What happened, as the kind of an event."""

    EXPECTED = "expected"
    RECEIVED = "received"
    DIAGNOSED = "diagnosed"
    CONTACTED = "contacted"
    QUOTE_ANSWERED = "quote_answered"
    PACKAGING_ACCEPTED = "packaging_accepted"
    OVERRIDDEN = "overridden"
    RUSH_ASKED = "rush_asked"
    HELD = "held"
    RELEASED = "released"
    REPLACEMENT_CHOSEN = "replacement_chosen"
    TRACKING_SCANNED = "tracking_scanned"
    SHIPPED = "shipped"
    CLOSED = "closed"
    CANCELLED = "cancelled"
    FACTS_CORRECTED = "facts_corrected"
    ALIAS_ADDED = "alias_added"
    ALIAS_REMOVED = "alias_removed"
    CAPTURED = "captured"
    CONSOLE_DIFFERED = "console_differed"
    CONSOLE_SETTLED = "console_settled"
    CASE_NOTED = "case_noted"
    VENDOR_TICKET_OPENED = "vendor_ticket_opened"
    LICENSE_TICKET_OPENED = "license_ticket_opened"
    LICENSE_TRANSFERRED = "license_transferred"
    LICENCES_MADE = "licences_made"
    SENT_AHEAD = "sent_ahead"
    EXCHANGE_OPENED = "exchange_opened"
    VENDOR_RMA_GIVEN = "vendor_rma_given"
    SENT_TO_VENDOR = "sent_to_vendor"
    VENDOR_ANSWERED = "vendor_answered"
    VENDOR_UNIT_RECEIVED = "vendor_unit_received"
    REPLACEMENT_TESTED = "replacement_tested"
    CASE_MOVED = "case_moved"
    CASE_ENDED = "case_ended"
    ESCALATED = "escalated"
    ESCALATION_ANSWERED = "escalation_answered"
    ADVANCE_BILLED = "advance_billed"
    LETTER_WRITTEN = "letter_written"
    LETTER_SENT = "letter_sent"
    UNDONE = "undone"


LABEL_STEPS = (Step.ALIAS_ADDED, Step.ALIAS_REMOVED)
"""The steps that say what a label means: they change no RMA."""
CONSOLE_STEPS = (Step.CAPTURED, Step.CONSOLE_DIFFERED, Step.CONSOLE_SETTLED)
"""The steps that say what a unit's console told: they alone make no return."""
CASE_STEPS = (
    Step.CASE_NOTED,
    Step.VENDOR_TICKET_OPENED,
    Step.LICENSE_TICKET_OPENED,
    Step.LICENSE_TRANSFERRED,
    Step.LICENCES_MADE,
    Step.SENT_AHEAD,
    Step.EXCHANGE_OPENED,
    Step.VENDOR_RMA_GIVEN,
    Step.SENT_TO_VENDOR,
    Step.VENDOR_ANSWERED,
    Step.VENDOR_UNIT_RECEIVED,
    Step.REPLACEMENT_TESTED,
    Step.CASE_MOVED,
    Step.CASE_ENDED,
    Step.ESCALATED,
    Step.ESCALATION_ANSWERED,
    Step.ADVANCE_BILLED,
    Step.LETTER_WRITTEN,
    Step.LETTER_SENT,
)
"""The steps that lie beside the life of an RMA: with the vendor, and with those who are written to.
They are possible before the unit is here, and after its RMA has shipped or was closed."""
AUTOMATIC_STEPS = (Step.CAPTURED, Step.CONSOLE_DIFFERED, Step.LETTER_SENT)
"""What a bench records by itself: never a technician's last step, taken back only by name."""


def new_op_id() -> str:
    """A time-ordered id (UUID version 7) made by whoever acts, before the first try to save."""
    stamp = (time.time_ns() // 1_000_000).to_bytes(6, "big")
    raw = bytearray(stamp + os.urandom(10))
    raw[6] = 0x70 | raw[6] & 0x0F
    raw[8] = 0x80 | raw[8] & 0x3F
    return str(uuid.UUID(bytes=bytes(raw)))


@dataclass(frozen=True, slots=True)
class Unit:
    """One physical device, known by brand and serial. "" and None: not known yet."""

    id: str
    serial: str
    """Exactly as first scanned."""
    serial_key: str
    """Canonical form, for comparing."""
    brand: str = ""
    model: str = ""
    mac: str = ""
    """Twelve upper-case hexadecimal digits, or ""."""
    customer: str = ""
    channel: Channel | None = None
    service_level: str = ""
    order_no: str = ""
    shipped_on: date | None = None
    contract_ends_on: date | None = None
    replaces_id: str | None = None
    """The unit that this one replaced."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Rma:
    """One return of one unit, as its events have made it."""

    id: str
    number: str
    unit_id: str
    state: State = State.EXPECTED
    ticket: str = ""
    customer: str = ""
    address: str = ""
    """Where it goes back to: lines with ", " between."""
    channel: Channel | None = None
    service_level: str = ""
    opened_on: date | None = None
    """The day the RMA was opened with support."""
    due_on: date | None = None
    """The day an expected unit should arrive."""
    blind: bool = False
    """Received without having been expected."""
    received_at: datetime | None = None
    received_on: date | None = None
    original_packaging: bool | None = None
    condition: str = ""
    accessories: tuple[str, ...] = ()
    symptom: str = ""
    checks: Mapping[str, str] = field(default_factory=dict)
    """Check id to "passed", "failed" or "skipped"."""
    findings: str = ""
    outcome: Outcome | None = None
    diagnosed_at: datetime | None = None
    contact: Contact | None = None
    contact_tries: int = 0
    quote_accepted: bool | None = None
    quote_cents: int | None = None
    """What the quote names, in cents."""
    packaging_accepted_by: str = ""
    packaging_accepted_why: str = ""
    rush_paid_by_customer: bool | None = None
    override_speed: Speed | None = None
    override_payer: Payer | None = None
    override_reason: str = ""
    held_why: str = ""
    replacement_id: str | None = None
    """The unit that goes to the customer in place of this one."""
    tracking: str = ""
    carrier: str = ""
    shipped_at: datetime | None = None
    closed_at: datetime | None = None
    closed_why: str = ""
    captures: int = 0
    """Sealed captures of the unit's console that are kept with the RMA."""
    console_serial: str = ""
    """The serial that the console names in place of the label's, until that is settled."""
    board_serial: str = ""
    """The serial that the console names since the board was swapped, beside the label's."""
    contact_again_on: date | None = None
    """The day on which a customer who did not answer is to be asked again."""
    sent_ahead_on: date | None = None
    """The day on which a replacement went to the customer before this unit was dealt with."""
    sent_ahead_why: SentAheadWhy | None = None
    advance_due_on: date | None = None
    """The last day on which the original of an advance replacement is back in time."""
    billed_on: date | None = None
    """The day on which an original that did not come back was put on the billing list."""
    vendor: VendorCase | None = None
    """The case with the vendor."""
    wakes_on: date | None = None
    """The day on which its place in the queue changes by itself."""
    mark: str = "none"
    """What the queue shows: rush, ground, hold, refused, done or none."""
    rank: int = 900
    """Place in the queue: lower hurts more when late."""
    why_here: str = ""
    """One plain phrase for the queue: why the unit is where it is."""
    since: datetime | None = None
    """When the RMA came into its present state."""
    version: int = 0

    @property
    def advance_open(self) -> bool:
        """Whether the original of an advance replacement is still out."""
        ahead = self.sent_ahead_why is SentAheadWhy.ADVANCE and self.received_on is None
        return ahead and self.state is not State.CANCELLED

    @property
    def case_open(self) -> bool:
        """Whether a vendor case is open; a return that was cancelled has none."""
        cancelled = self.state is State.CANCELLED
        return self.vendor is not None and self.vendor.is_open and not cancelled


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened, never changed afterwards. `op_id` was made by the client."""

    op_id: str
    unit_id: str
    rma_id: str | None
    seq: int
    """1, 2, 3 … per unit."""
    step: Step
    at: datetime
    actor: str
    station: str
    data: Mapping[str, Any] = field(default_factory=dict)
    reverses: str | None = None
    """The op_id of the event that this one undoes."""
    technician_id: str | None = None
    """Who, where badges are in use; `actor` is the name as it was then."""
    hash: bytes = b""
    """The link of the unit's chain: SHA-256 over the event before and this one."""


@dataclass(frozen=True, slots=True)
class Alias:
    """A label that a technician said means this unit (DOMAIN section 8). No serial of any unit."""

    key: str
    """Canonical form of the text: no two labels have the same."""
    unit_id: str
    scanned: str
    """The text exactly as scanned."""
    op_id: str
    """The event that it was remembered by: who, when and where."""


class LetterState(StrEnum):
    """Where a letter is on its way."""

    WRITTEN = "written"
    """On the to-do list: a person sends it by hand."""
    QUEUED = "queued"
    """Waits for the mail server, at `next_try_at`."""
    SENDING = "sending"
    """A bench talks with the mail server about it, or died while it did."""
    SENT = "sent"
    """The mail server has taken it, or a person says that it arrived."""
    BY_HAND = "by_hand"
    """A person says that it was sent by hand."""
    FAILED = "failed"
    """Refused for good, or tried too often: `why` says more."""
    UNSURE = "unsure"
    """It may have been sent: the talk broke off before the answer. A person settles it."""
    WITHDRAWN = "withdrawn"

    @property
    def unfinished(self) -> bool:
        """Whether somebody or something still has to do with it."""
        return self not in (LetterState.SENT, LetterState.BY_HAND, LetterState.WITHDRAWN)


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter that leaves the bench, kept with its RMA as it was written."""

    id: str
    """The op id that it was written with."""
    rma_id: str
    unit_id: str
    kind: LetterKind
    to: str
    """Checked addresses with ", " between."""
    subject: str
    body: str
    state: LetterState
    message_id: str
    """Made once, so that each try carries the same: `<…@…>`."""
    at: datetime
    """When it was written."""
    actor: str
    station: str
    tries: int = 0
    next_try_at: datetime | None = None
    why: str = ""
    """The last trouble, or who settled it."""
    sent_at: datetime | None = None
    claimed_by: str = ""
    """The one try that has it or had it last: the station, and an id of the try."""
    claimed_at: datetime | None = None
    version: int = 0


class PrintState(StrEnum):
    """Where a label is on its way to its printer."""

    QUEUED = "queued"
    """Waits for its printer, until `next_try_at` at least."""
    SENDING = "sending"
    """The station talks with the printer about it, or died while it did."""
    SENT = "sent"
    """The printer has all of it, or a person says that it came out. Not: it is printed."""
    UNSURE = "unsure"
    """It may have come out: the talk broke off too late to know. A person settles it."""
    FAILED = "failed"
    """It cannot be printed like this: `why` says more."""
    CANCELLED = "cancelled"

    @property
    def unfinished(self) -> bool:
        """Whether somebody or something still has to do with it."""
        return self not in (PrintState.SENT, PrintState.CANCELLED)


@dataclass(frozen=True, slots=True)
class PrintJob:
    """A label that a station prints, kept as the words that are on it."""

    id: str
    """The op id that it was asked for with."""
    sort: LabelSort
    title: str
    """What the queue calls it."""
    content: str
    """JSON of a `labels.label.LabelContent`."""
    station: str
    """The only one that sends it."""
    printer: str
    """The letters on the printer."""
    unit_id: str | None
    rma_id: str | None
    state: PrintState
    at: datetime
    """When it was asked for."""
    actor: str
    tries: int = 0
    """Since a person last had a say in it."""
    next_try_at: datetime | None = None
    why: str = ""
    """The last trouble, what the printer said of itself, or who settled it."""
    sent_at: datetime | None = None
    claimed_by: str = ""
    """The one try that has it or had it last: an id of the program's run, and one of the try."""
    claimed_at: datetime | None = None
    again_of: str = ""
    """The job that this label was first printed by; "": this one."""
    version: int = 0


@dataclass(frozen=True, slots=True)
class Technician:
    """Somebody who works at the benches. Of the badge only a keyed hash is kept."""

    id: str
    name: str
    badge_hash: str | None
    """Hexadecimal HMAC-SHA256 of the badge; None: no badge at present."""
    supervisor: bool
    active: bool
    added_at: datetime
    added_by: str
    changed_at: datetime
    changed_by: str
    version: int = 0


@dataclass(frozen=True, slots=True)
class Draft:
    """Half-entered work, parked per unit (or unknown serial) until the unit is scanned again."""

    key: str
    """`unit:<id>:<screen>` or `serial:<canonical serial>`."""
    title: str
    """What Home calls it: brand, model and serial as far as known."""
    step: str
    """The screen that it belongs to."""
    fields: Mapping[str, Any]
    at: datetime
    actor: str = ""


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One line of the queue: an open RMA with its unit."""

    rma: Rma
    unit: Unit


@dataclass(frozen=True, slots=True)
class Counts:
    """The figures on Home. Days are the warehouse's."""

    by_state: Mapping[State, int] = field(default_factory=dict)
    """Open RMAs per state."""
    received_today: int = 0
    shipped_today: int = 0
    rush_left: int = 0
    drafts: int = 0
