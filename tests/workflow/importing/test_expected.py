"""Expected returns: RMAs opened, met again, corrected, and what the bench entered left alone."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from bench.policy.facts import Channel
from bench.store.records import State, Step
from bench.workflow.desk import Desk
from bench.workflow.projection import fold
from bench.workflow.receive import Receipt, receive, receive_unannounced
from bench.workflow.views import view_of
from tests.rma_numbers import number_of
from tests.workflow.importing.helpers import (
    EXPECTED,
    SHIPMENTS,
    Importer,
    close,
    rma,
    unit,
)


def test_expected_returns_open_rmas(desk: Desk, load: Importer) -> None:
    report = load(EXPECTED + "T-1,A01,Snom,Ann,direct,2026-11-10,2026-12-01,2026-11-01\n")
    assert (report.columns.kind, report.tally.new, report.tally.units_new) == ("expected", 1, 1)
    found = rma(desk, "A01")
    assert found.number == number_of("Bench 2", 1)
    assert (found.state, found.ticket, found.customer) == (State.EXPECTED, "T-1", "Ann")
    assert (found.opened_on, found.due_on) == (date(2026, 11, 10), date(2026, 12, 1))
    assert (found.mark, found.rank, found.why_here) == ("none", 900, "on its way")
    assert found.since == datetime(2026, 12, 1, tzinfo=UTC)
    (event,) = desk.store.events_of_rma(found.id)
    assert (event.step, event.actor, event.station) == (Step.EXPECTED, "Ana", "Bench 2")
    assert unit(desk, "A01").shipped_on == date(2026, 11, 1)


def test_an_imported_rma_is_what_its_events_make_it(desk: Desk, load: Importer) -> None:
    load(EXPECTED + "T-1,A01,Snom,Ann,direct,2026-11-10,2026-12-01,\n")
    found = rma(desk, "A01")
    again = fold(found, desk.store.events_of_rma(found.id))
    assert again == replace(found, mark="none", rank=900, why_here="", since=None)


def test_an_imported_rma_can_be_received(desk: Desk, load: Importer) -> None:
    load(EXPECTED + "T-1,A01,Snom,Ann,direct,2026-11-10,2026-12-01,2026-11-01\n")
    saved = receive(desk, "op-1", rma(desk, "A01").id, Receipt(original_packaging=True))
    assert saved.view.decision.age_days == 9
    assert saved.view.rma is not None
    assert (saved.view.rma.state, saved.view.rma.ticket) == (State.RECEIVED, "T-1")


def test_the_owner_comes_from_the_unit_where_the_row_is_silent(desk: Desk, load: Importer) -> None:
    load(SHIPMENTS + "A01,Snom,,Ann,reseller,2026-01-01,\n")
    load(EXPECTED + "T-1,A01,,,,,2026-12-01,\n")
    found = rma(desk, "A01")
    assert (found.customer, found.channel) == ("Ann", Channel.RESELLER)


def test_facts_of_a_known_unit_change_with_the_event(desk: Desk, load: Importer) -> None:
    load(SHIPMENTS + "A01,Snom,,Ann,reseller,2026-01-01,\n")
    load(EXPECTED + "T-1,A01,Snom,Bob,,,,2026-02-01\n")
    assert unit(desk, "A01").customer == "Bob"
    (event,) = desk.store.events_of_unit(unit(desk, "A01").id, 10)
    assert event.data["unit"] == {
        "customer": ["Ann", "Bob"],
        "shipped_on": ["2026-01-01", "2026-02-01"],
    }


def test_the_same_return_again(desk: Desk, load: Importer) -> None:
    row = "T-1,A01,Snom,Ann,direct,2026-11-10,2026-12-01,2026-11-01\n"
    load(EXPECTED + row)
    report = load(EXPECTED + "\n" + row)
    assert (report.tally.new, report.tally.unchanged, report.tally.notes) == (0, 1, [])
    close(desk, "A01")
    assert load.counts(EXPECTED + "\n\n" + row) == (0, 0, 1, 0)
    assert desk.store.open_rma(unit(desk, "A01").id) is None


def test_a_later_return_of_the_same_unit(desk: Desk, load: Importer) -> None:
    load(EXPECTED + "T-1,A01,Snom,,,2026-11-10,,\n")
    close(desk, "A01")
    assert load.counts(EXPECTED + "T-2,A01,Snom,,,2026-11-20,,\n") == (1, 0, 0, 0)
    assert rma(desk, "A01").ticket == "T-2"


def test_without_a_ticket_the_day_tells_returns_apart(desk: Desk, load: Importer) -> None:
    load(EXPECTED + ",A01,Snom,,,2026-11-10,,\n")
    assert load.counts(EXPECTED + "\n,A01,Snom,,,2026-11-10,,\n") == (0, 0, 1, 0)
    close(desk, "A01")
    assert load.counts(EXPECTED + "\n\n,A01,Snom,,,2026-11-10,,\n") == (0, 0, 1, 0)
    assert load.counts(EXPECTED + ",A01,Snom,,,2026-11-20,,\n") == (1, 0, 0, 0)


def test_already_open_is_no_error(desk: Desk, load: Importer) -> None:
    load(EXPECTED + "T-1,A01,Snom,,,2026-11-10,,\n")
    number = rma(desk, "A01").number
    report = load(EXPECTED + "T-2,A01,Snom,,,2026-11-20,,2026-01-01\n")
    assert (report.tally.unchanged, report.tally.bad) == (1, [])
    (note,) = report.tally.notes
    assert (note.line, note.text) == (2, f"already open as RMA {number} (expected, ticket T-1)")
    assert unit(desk, "A01").shipped_on is None


def test_an_expected_return_is_corrected_by_a_later_list(desk: Desk, load: Importer) -> None:
    load(EXPECTED + "T-1,A01,Snom,,,2026-11-10,2026-11-30,\n")
    changed = EXPECTED + "T-1,A01,Snom,,direct,2026-11-10,2026-12-05,2026-11-01\n"
    assert load.counts(changed) == (0, 1, 0, 0)
    found = rma(desk, "A01")
    assert (found.due_on, found.channel) == (date(2026, 12, 5), Channel.DIRECT)
    assert unit(desk, "A01").shipped_on == date(2026, 11, 1)
    steps = [e.step for e in desk.store.events_of_rma(found.id)]
    assert steps == [Step.EXPECTED, Step.FACTS_CORRECTED]


def test_what_was_entered_at_the_bench_stays(desk: Desk, load: Importer) -> None:
    """The list that comes after the box: gaps are filled, what the technician saw stays."""
    facts = {"brand": "Snom", "customer": "Ann"}
    receive_unannounced(desk, "op-1", "A01", None, Receipt(facts=facts))
    row = "T-1,A01,Snom,Bob,direct,2026-11-10,,2026-11-01\n"
    report = load(EXPECTED + row)
    assert (report.tally.changed, len(report.tally.notes)) == (1, 1)
    found = rma(desk, "A01")
    assert (found.ticket, found.customer, found.state) == ("T-1", "Ann", State.RECEIVED)
    assert unit(desk, "A01").customer == "Ann"
    view = view_of(desk, found.unit_id)
    assert view is not None
    assert view.decision.age_days == 9
    assert load.counts(EXPECTED + "\n" + row) == (0, 0, 1, 0)
