"""A case with a vendor, as the events of its RMA have made it (DOMAIN sections 5 to 7).

There is at most one case for an RMA. "" and None: not so far.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from bench.policy.facts import Route


class VendorAnswer(StrEnum):
    """What a vendor gives for a defective phone."""

    CREDIT = "credit"
    REPLACEMENT = "replacement"
    DROP_SHIPPED = "drop_shipped"
    """A replacement that the vendor ships to the reseller itself."""
    REFUSED = "refused"


class SentAheadWhy(StrEnum):
    """Why a replacement went out before the defective unit was dealt with."""

    ADVANCE = "advance"
    """An advance replacement (section 3): the original must be back in time, or it is billed."""
    THREE_LEGGED = "three_legged"
    """Step 5 of a three-legged RMA."""


@dataclass(frozen=True, slots=True)
class VendorCase:
    """Everything that is known of one case. Days are the warehouse's."""

    route: Route
    vendor: str = ""
    """Who has the case: the brand, or the distributor by name."""
    noted_on: date | None = None
    """The day on which the case was begun at the bench."""
    symptom: str = ""
    """The failure as support heard it; the diagnosis here has its own."""
    troubleshooting: str = ""
    """What was tried with the customer."""
    output: str = ""
    """What the defective unit says for itself, as it came with the ticket."""
    vendor_ticket: str = ""
    """The vendor's number of our support ticket."""
    opened_on: date | None = None
    """The day on which the vendor had the ticket."""
    packet: str = ""
    """SHA-256 of the packet that went with it, 64 hexadecimal digits."""
    license_ticket: str = ""
    """The number of the first sub-ticket: the vendor has verified the failure."""
    license_on: date | None = None
    rma_detail: str = ""
    """The RMA Detail Number, with which the license-transfer closed."""
    rma_detail_on: date | None = None
    licences_on: date | None = None
    """The day on which the customer's licences for the replacement were made."""
    exchange_ticket: str = ""
    """The number of the second sub-ticket, advance-exchange."""
    exchange_on: date | None = None
    vendor_rma: str = ""
    """The vendor's RMA number, which stands outside on the box."""
    vendor_rma_on: date | None = None
    return_due_on: date | None = None
    """The last day on which the defective unit may be on its way to the vendor."""
    returned_on: date | None = None
    return_carrier: str = ""
    return_tracking: str = ""
    answer: VendorAnswer | None = None
    answered_on: date | None = None
    credit_cents: int | None = None
    """The credit in cents, where the answer is one."""
    vendor_unit_id: str | None = None
    """The unit that the vendor gave for the defective one."""
    vendor_unit_serial: str = ""
    vendor_unit_on: date | None = None
    """The day on which it was scanned into stock, or shipped by the vendor itself."""
    tested: bool | None = None
    """Whether it passed the bench test."""
    tested_on: date | None = None
    escalation: str = ""
    """The reason of the last escalation."""
    escalation_detail: str = ""
    """What was wanted, in the technician's words; the text to paste is in the event."""
    escalated_at: datetime | None = None
    escalated_by: str = ""
    escalation_answer: str = ""
    escalation_answered_on: date | None = None
    moved_at: datetime | None = None
    """When it moved last: anything that the vendor or we did for it."""
    stalls_on: date | None = None
    """The first day on which it counts as stalled, unless it moves before."""
    ended_on: date | None = None
    ended_why: str = ""

    @property
    def is_open(self) -> bool:
        """Whether somebody still owes something."""
        return self.ended_on is None

    def is_stalled(self, today: date) -> bool:
        """Whether it is open and has not been moved for too long (DOMAIN section 7)."""
        return self.is_open and self.stalls_on is not None and self.stalls_on <= today
