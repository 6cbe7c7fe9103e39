"""What letters tell of a return, and which letters a return asks for."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bench.policy.facts import Channel, Contact, Outcome
from bench.policy.letters import PLACEHOLDERS, LetterKind, load_letters
from bench.settings import Settings
from bench.workflow import advance, ship
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.letter_values import drafted, due_letters, letter_values
from tests.workflow.helpers import TODAY, UPS, World

K = LetterKind
pytestmark = pytest.mark.engines("sqlite")


def values(world: World, rma_id: str, **more: str) -> dict[str, str]:
    """The values of a return, under Ana's name."""
    desk = world.desk
    names = {"technician": "Ana", "station": "Bench 2"}
    return dict(letter_values(world.view(rma_id), desk.rules, desk.clock, **names, **more))


def due(world: World, rma_id: str, days: int = 0) -> list[LetterKind]:
    """What is due, so many days from now."""
    return due_letters(world.view(rma_id), TODAY + timedelta(days=days))


def early(world: World) -> str:
    """An early return, diagnosed."""
    where = "12 Mill Lane, Leeds"
    rma_id = world.received("AB-01", 22, ticket="48213", customer="Northgate", address=where)
    checks = {"power": "passed", "boot": "failed", "network": "skipped"}
    found = Diagnosis(Outcome.REPLACE, "no boot", checks, "DRAM test failed")
    world.do(diagnose, rma_id, found)
    return rma_id


def test_every_name_of_the_templates_has_a_value(world: World) -> None:
    assert set(values(world, world.expect("AB-01"))) == PLACEHOLDERS


def test_an_early_return_in_plain_words(world: World) -> None:
    told = values(world, early(world), failed_on_site="Damaged on the way")
    expected = {
        "ticket": "48213",
        "serial": "AB-01",
        "customer": "Northgate",
        "channel": "direct client",
        "address": "12 Mill Lane, Leeds",
        "shipped_on": "4 Oct 2026",
        "opened_on": "26 Oct 2026",
        "received_on": "28 Oct 2026",
        "today": "28 Oct 2026",
        "age_days": "22",
        "band": "early",
        "packaging": "original packaging",
        "symptom": "no boot",
        "findings": "DRAM test failed",
        "outcome": "Replace",
        "deductible": "none",
        "failed_on_site": "Damaged on the way",
    }
    assert {name: told[name] for name in expected} == expected
    assert len(told["checks"].splitlines()) == 2
    assert "skipped" not in told["checks"]
    assert told["condition"].lower() == "good"


def test_what_nobody_knows_is_empty(world: World) -> None:
    told = values(world, world.expect("AB-01", None, channel=None, opened_on=None, customer=None))
    names = ("shipped_on", "age_days", "band", "channel", "outcome", "packaging", "received_on")
    assert [told[name] for name in names] == [""] * len(names)


def test_why_the_partner_team_is_asked(world: World) -> None:
    told = values(world, world.diagnosed("AB-01", Outcome.REPAIR, 900))
    assert told["reason"] == "out of warranty: the Partner Team decides and quotes"
    assert told["deductible"] == "by quote"
    assert values(world, world.diagnosed("AB-02", Outcome.REPAIR, 200))["reason"] == ""


def test_money_in_warranty(world: World) -> None:
    assert values(world, world.diagnosed("AB-01", Outcome.REPAIR, 200))["deductible"] == "45.00 USD"


def test_an_overdue_advance(world: World) -> None:
    rma_id = world.expect("AB-01", 5)
    world.stock("CD-02")
    world.do(advance.send_ahead, rma_id, "CD-02", UPS)
    assert due(world, rma_id, 30) == []
    assert due(world, rma_id, 31) == [K.BILLING_NOTICE]
    world.wait(days=33)
    told = values(world, rma_id)
    assert (told["replacement"], told["days_over"]) == ("CD-02", "3")
    assert (told["sent_ahead_on"], told["due_on"]) == ("28 Oct 2026", "27 Nov 2026")
    world.do(advance.bill, rma_id)
    assert due(world, rma_id, 33) == []


def test_a_draft_is_filled_in_under_the_name_of_who_acts(world: World) -> None:
    template = load_letters(Settings().mail.letters_file).templates[K.MANAGEMENT_NOTICE]
    subject, body = drafted(world.desk, world.view(early(world)), template, "It was not tested")
    assert subject == "Early return: ticket 48213, Yealink T54W AB-01"
    assert "It was not tested" in body
    assert "Ana, Bench 2, 28 Oct 2026" in body


def test_which_letters_are_due(world: World) -> None:
    """Management is told once the unit is here; the others while something waits for them."""
    expected = world.expect("AB-01", 22)
    assert due(world, expected) == []
    assert due(world, world.received("AB-02", 22)) == [K.MANAGEMENT_NOTICE]
    assert due(world, world.diagnosed("AB-03", Outcome.REPAIR, 900)) == [K.QUOTE_REQUEST]
    asked = world.diagnosed("AB-04", Outcome.NO_TROUBLE_FOUND, 90)
    assert due(world, asked) == [K.CUSTOMER_CONTACT]
    world.do(ship.contacted, asked, Contact.YES)
    assert due(world, asked) == []
    both = world.diagnosed("AB-05", Outcome.NO_TROUBLE_FOUND, 9, channel=Channel.RESELLER)
    assert due(world, both) == [K.MANAGEMENT_NOTICE, K.CUSTOMER_CONTACT]


def test_nothing_is_due_on_a_cancelled_return_or_an_answered_quote(world: World) -> None:
    rma_id = world.diagnosed("AB-01", Outcome.REPAIR, 900)
    world.do(ship.quote_answered, rma_id, False)
    assert due(world, rma_id) == []
    other = world.diagnosed("AB-02", Outcome.NO_TROUBLE_FOUND, 9)
    world.do(ship.cancel, other, "wrong unit")
    assert due(world, other) == []
