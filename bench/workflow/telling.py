"""Who did what, where and when: for the bench that looked before another one acted."""

from __future__ import annotations

from collections.abc import Sequence

from bench.clock import Clock
from bench.policy.words import day
from bench.store.records import AUTOMATIC_STEPS, LABEL_STEPS, Event, Step
from bench.workflow.desk import Desk, Refused
from bench.workflow.views import UnitView

NAMES = {
    Step.EXPECTED: "announced",
    Step.RECEIVED: "received",
    Step.DIAGNOSED: "diagnosed",
    Step.CONTACTED: "customer's answer",
    Step.QUOTE_ANSWERED: "answer to the quote",
    Step.PACKAGING_ACCEPTED: "packaging accepted",
    Step.OVERRIDDEN: "override",
    Step.RUSH_ASKED: "rush at the customer's wish",
    Step.HELD: "hold",
    Step.RELEASED: "release",
    Step.REPLACEMENT_CHOSEN: "replacement unit",
    Step.TRACKING_SCANNED: "tracking number",
    Step.SHIPPED: "shipped",
    Step.CLOSED: "closed",
    Step.CANCELLED: "cancelled",
    Step.FACTS_CORRECTED: "facts corrected",
    Step.ALIAS_ADDED: "label remembered",
    Step.ALIAS_REMOVED: "label forgotten",
    Step.CAPTURED: "console captured",
    Step.CONSOLE_DIFFERED: "another serial on the console",
    Step.CONSOLE_SETTLED: "serial on the console settled",
    Step.CASE_NOTED: "vendor case noted",
    Step.VENDOR_TICKET_OPENED: "vendor ticket opened",
    Step.LICENSE_TICKET_OPENED: "license-transfer begun",
    Step.LICENSE_TRANSFERRED: "RMA Detail Number",
    Step.LICENCES_MADE: "licences made",
    Step.SENT_AHEAD: "replacement sent ahead",
    Step.EXCHANGE_OPENED: "advance-exchange begun",
    Step.VENDOR_RMA_GIVEN: "vendor RMA number",
    Step.SENT_TO_VENDOR: "sent to the vendor",
    Step.VENDOR_ANSWERED: "vendor's answer",
    Step.VENDOR_UNIT_RECEIVED: "vendor's unit received",
    Step.REPLACEMENT_TESTED: "replacement tested",
    Step.CASE_MOVED: "vendor case moved",
    Step.CASE_ENDED: "vendor case ended",
    Step.ESCALATED: "escalated",
    Step.ESCALATION_ANSWERED: "answer to escalation",
    Step.ADVANCE_BILLED: "advance billed",
    Step.LETTER_WRITTEN: "letter written",
    Step.LETTER_SENT: "letter sent",
    Step.UNDONE: "undone",
}
"""What each step is called."""


class Moved(Refused):
    """Refused because another bench was first; `what` says who, where and when."""


def when(clock: Clock, event: Event) -> str:
    """The time on the warehouse's clock, with the day where it is not today: 14:03."""
    local = clock.local(event.at)
    today = local.date() == clock.today()
    return f"{local:%H:%M}" if today else f"{day(local.date())} {local:%H:%M}"


def moment(clock: Clock, event: Event) -> str:
    """The same in a sentence: at 14:03, or on 28 Oct 2026 at 14:03."""
    text = when(clock, event)
    date, _, time = text.rpartition(" ")
    return f"on {date} at {time}" if date else f"at {time}"


def who(event: Event) -> str:
    """Ana R. at Dock 1."""
    return f"{event.actor} at {event.station}"


def did(event: Event) -> str:
    """What was done, with the step that an undo took back: received, diagnosed undone."""
    back = str(event.data.get("step", ""))
    if event.step is Step.UNDONE and back in set(Step):
        return f"{NAMES[Step(back)]} undone"
    return NAMES[event.step]


def told(clock: Clock, event: Event) -> str:
    """The whole of it: received by Ana R. at Dock 1 at 14:03."""
    return f"{did(event)} by {who(event)} {moment(clock, event)}"


def aside(event: Event) -> bool:
    """Whether an event is no step of the RMA's life, or takes such a one back: it says what a
    label means, or was recorded by a bench by itself."""
    back = event.data.get("step") if event.step is Step.UNDONE else event.step
    return back in (*LABEL_STEPS, *AUTOMATIC_STEPS)


def refuse_late(desk: Desk, refused: Refused, step: Step, events: Sequence[Event]) -> Refused:
    """The refusal of a step that comes too late, with the last thing that was done to the RMA."""
    last = next((event for event in reversed(events) if not aside(event)), None)
    if last is None or last.step is Step.EXPECTED:
        return refused
    if last.step is step:
        return Moved(f"{told(desk.clock, last)} already", f"{refused.what}; {refused.remedy}")
    return Moved(f"{refused.what}: {told(desk.clock, last)}", refused.remedy)


def refuse_unseen(desk: Desk, refused: Refused, seen: UnitView | None) -> Refused:
    """The refusal, with what another bench has done since the technician last saw the unit."""
    if seen is None or seen.rma is None or isinstance(refused, Moved):
        return refused
    told_of = (e for e in desk.store.events_of_rma(seen.rma.id) if e.step is not Step.CAPTURED)
    events, known = list(told_of), {event.op_id for event in seen.events}
    if not events or events[-1].op_id in known:
        return refused
    return Moved(f"{told(desk.clock, events[-1])}: {refused.what}", refused.remedy)


def unseen(seen: UnitView, now: UnitView) -> list[Event]:
    """What was done to a unit since it was seen, the newest first."""
    known = {event.op_id for event in seen.events}
    return [event for event in now.events if event.op_id not in known]
