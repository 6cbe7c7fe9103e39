"""The demo's steps with a vendor, replacements sent ahead and letters, as calls of the workflow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from bench.datafile import Table
from bench.policy.letters import LetterKind
from bench.policy.vendor_case import VendorAnswer
from bench.store.records import Step
from bench.workflow import advance, escalate, letter_steps, vendor
from bench.workflow.desk import Desk

Call = Callable[[Desk, str, str], object]
"""A step, still to be given its desk, op id and RMA id."""
NOTED = ("vendor", "symptom", "troubleshooting", "output")


def _with(work: Callable[..., object], *named: str) -> Callable[[Table, date], Call]:
    """A step that takes texts: those of the line's keys, by their names."""

    def make(step: Table, today: date) -> Call:
        return _call(work, {name: step.text(name) for name in named})

    return make


def _call(work: Callable[..., object], given: Mapping[str, Any]) -> Call:
    return partial(_do, work, given)


def _do(
    work: Callable[..., object], given: Mapping[str, Any], desk: Desk, op: str, rma: str
) -> object:
    return work(desk, op, rma, **given)


def _note(step: Table, today: date) -> Call:
    texts = {name: step.text(name) for name in NOTED if step.has(name)}
    return _call(vendor.note, texts)


def _send_ahead(step: Table, today: date) -> Call:
    given = {"serial": step.text("serial", ""), "tracking": step.text("number")}
    return _call(advance.send_ahead, given)


def _answer(step: Table, today: date) -> Call:
    given: dict[str, Any] = {"answer": step.one_of("answer", VendorAnswer)}
    given["serial"] = step.text("serial", "")
    if step.has("cents"):
        given["credit_cents"] = step.number("cents", 0, 10_000_000)
    return _call(vendor.answered, given)


def _tested(step: Table, today: date) -> Call:
    given = {"passed": step.yes("passed"), "findings": step.text("findings", "")}
    return _call(vendor.replacement_tested, given)


def _escalate(step: Table, today: date) -> Call:
    given = {"reason_id": step.text("reason"), "detail": step.text("detail")}
    return _call(escalate.escalate, given)


def _letter(step: Table, today: date) -> Call:
    given: dict[str, Any] = {name: step.text(name) for name in ("to", "subject", "body")}
    kind = step.one_of("kind", LetterKind)
    return _call(letter_steps.write, given | {"kind": kind, "by_mail": False})


def _letter_sent(step: Table, today: date) -> Call:
    return _last_letter_sent


def _last_letter_sent(desk: Desk, op: str, rma: str) -> object:
    """Somebody sent the last letter by hand."""
    written = [e for e in desk.store.events_of_rma(rma) if e.step is Step.LETTER_WRITTEN]
    letter = str(written[-1].data["letter"])
    return letter_steps.sent(desk, op, letter, letter_steps.LetterAct.BY_HAND)


VENDOR_STEPS: Mapping[str, Callable[[Table, date], Call]] = {
    "note_case": _note,
    "vendor_ticket": _with(vendor.open_ticket, "number"),
    "sub_ticket": _with(vendor.verified, "number"),
    "license_transfer": _with(vendor.license_transferred, "number"),
    "licences": _with(vendor.licences_made),
    "send_ahead": _send_ahead,
    "exchange": _with(vendor.exchange_opened, "number"),
    "vendor_rma": _with(vendor.vendor_rma_given, "number"),
    "to_vendor": _with(vendor.send_to_vendor, "tracking"),
    "answer": _answer,
    "vendor_unit": _with(vendor.receive_vendor_unit, "serial"),
    "tested": _tested,
    "moved": _with(vendor.moved, "what"),
    "end_case": _with(vendor.end, "why"),
    "escalate": _escalate,
    "escalation_answer": _with(escalate.escalation_answered, "answer"),
    "bill": _with(advance.bill),
    "letter": _letter,
    "letter_sent": _letter_sent,
}
"""By the names that `data/demo.toml` uses."""
