"""The moves of a vendor case in a technician's words: numbers, titles, legs, whose move it is."""

from __future__ import annotations

from enum import StrEnum

from bench.policy.vendor_case import VendorAnswer
from bench.policy.vendor_facts import CaseStep, Party

_S = CaseStep


class LegName(StrEnum):
    """The three legs."""

    CUSTOMER = "customer"
    VENDOR = "vendor"
    HARDWARE = "hardware"


LEGS = {
    LegName.CUSTOMER: ("Customer and us", (Party.CUSTOMER, Party.US)),
    LegName.VENDOR: ("Us and the vendor", (Party.US, Party.VENDOR)),
    LegName.HARDWARE: ("The unit and its successor", (Party.US, Party.VENDOR)),
}
"""The title of each leg, and between whom it is."""
LEG_OF = {
    **dict.fromkeys((_S.TICKET, _S.LICENCES, _S.SENT_AHEAD, _S.DIAGNOSED), LegName.CUSTOMER),
    **dict.fromkeys((_S.VENDOR_TICKET, _S.SUB_TICKET, _S.LICENSE_TRANSFER), LegName.VENDOR),
    **dict.fromkeys((_S.EXCHANGE, _S.VENDOR_RMA, _S.ANSWER, _S.END), LegName.VENDOR),
    **dict.fromkeys((_S.RETURN, _S.VENDOR_UNIT, _S.TESTED), LegName.HARDWARE),
}
"""The leg on which each step happens."""
PARTIES = {
    **dict.fromkeys((_S.TICKET, _S.LICENCES), Party.CUSTOMER),
    **dict.fromkeys((_S.SUB_TICKET, _S.LICENSE_TRANSFER), Party.VENDOR),
    **dict.fromkeys((_S.ANSWER, _S.VENDOR_UNIT), Party.VENDOR),
}
"""Whose move a step is; ours where it does not stand here."""
TITLES = {
    _S.TICKET: "Customer's ticket",
    _S.VENDOR_TICKET: "Vendor ticket, five parts",
    _S.SUB_TICKET: "First sub-ticket",
    _S.LICENSE_TRANSFER: "License-transfer",
    _S.LICENCES: "Customer's licences",
    _S.SENT_AHEAD: "Replacement to the customer",
    _S.DIAGNOSED: "Defective unit diagnosed",
    _S.EXCHANGE: "Advance-exchange",
    _S.RETURN: "Defective unit to the vendor",
    _S.VENDOR_UNIT: "Vendor's unit into stock",
    _S.VENDOR_RMA: "RMA number",
    _S.ANSWER: "Vendor's answer",
    _S.TESTED: "Replacement tested",
    _S.END: "End of the case",
}
"""What a step is called on a screen."""
NUMBERS = {
    **{_S.TICKET: "1", _S.VENDOR_TICKET: "2", _S.SUB_TICKET: "3", _S.LICENSE_TRANSFER: "4"},
    **{_S.LICENCES: "4a", _S.SENT_AHEAD: "5", _S.DIAGNOSED: "6", _S.EXCHANGE: "7"},
    **{_S.RETURN: "7a", _S.VENDOR_UNIT: "8"},
}
"""The numbers of the three-legged RMA, after DOMAIN section 5."""
PHONE_NUMBERS = {
    **{_S.DIAGNOSED: "1", _S.VENDOR_RMA: "2", _S.RETURN: "3"},
    **{_S.ANSWER: "4", _S.VENDOR_UNIT: "5", _S.TESTED: "6"},
}
"""The numbers of a phone's case, in the order of DOMAIN section 6."""
TO_DO = {
    _S.TICKET: "enter the number of the customer's ticket",
    _S.VENDOR_TICKET: "open the ticket with {vendor} at once",
    _S.SUB_TICKET: "wait until {vendor} has verified the failure, and record the sub-ticket",
    _S.LICENSE_TRANSFER: "wait for the mail with the RMA Detail Number, and record it",
    _S.LICENCES: "have the customer make the licences for the replacement",
    _S.SENT_AHEAD: "ship the replacement from our stock",
    _S.DIAGNOSED: "diagnose the defective unit",
    _S.EXCHANGE: "ask {vendor} for the second sub-ticket, and record it",
    _S.RETURN: "ship the defective unit to {vendor}",
    _S.VENDOR_UNIT: "scan the new unit into stock when it comes",
    _S.VENDOR_RMA: "ask {vendor} for the RMA number",
    _S.ANSWER: "wait for a credit or a replacement, and record it",
    _S.TESTED: "test the replacement before it goes to the customer",
    _S.END: "tell {vendor}, and end the case",
}
"""What is to be done for a step that can be done; `vendor` is who has the case."""
ANSWERS = {
    VendorAnswer.CREDIT: "credit",
    VendorAnswer.REPLACEMENT: "replacement",
    VendorAnswer.DROP_SHIPPED: "ships the replacement to the reseller",
    VendorAnswer.REFUSED: "refused",
}
"""What a vendor answered."""
