"""What a scan turns out to be: a unit, several, a near one, an RMA, a parcel, a stranger."""

from __future__ import annotations

import pytest

from bench.policy.facts import Outcome
from bench.scan.label import classify
from bench.scan.rma_number import LETTERS, barcode_text, format_number
from bench.workflow import ship
from bench.workflow.desk import Refused
from bench.workflow.diagnose import Diagnosis, diagnose
from bench.workflow.identify import Found, Known, identify
from bench.workflow.receive import Receipt, receive
from bench.workflow.views import Place
from tests.workflow.helpers import FEDEX, UPS, World


@pytest.mark.parametrize("text", ["HT-22A", "ht-22a", " ht-22 a ", "SN: HT-22A", "S/N:HT-22A\r"])
def test_a_unit_by_its_serial_however_it_is_written(world: World, text: str) -> None:
    unit = world.stock("HT-22A")
    found = world.scan(text)
    assert found.known is Known.UNIT
    assert found.view is not None
    assert found.view.unit == unit


@pytest.mark.parametrize("text", ["805EC0A1B2C3", "80:5e:c0:a1:b2:c3", "805e.c0a1.b2c3"])
def test_a_unit_by_its_mac(world: World, text: str) -> None:
    unit = world.stock("3112", mac="805EC0A1B2C3")
    found = world.scan(text)
    assert (found.known, found.view.unit if found.view else None) == (Known.UNIT, unit)


def test_one_label_with_serial_and_mac(world: World) -> None:
    unit = world.stock("3112", mac="805EC0A1B2C3")
    found = world.scan("SN: 3112 MAC: 80:5E:C0:A1:B2:C3")
    assert (found.known, found.view.unit if found.view else None) == (Known.UNIT, unit)


def test_one_serial_of_several_brands_is_asked_about(world: World) -> None:
    world.stock("4170026913", brand="Htek")
    world.stock("4170026913", brand="Grandstream")
    found = world.scan("4170026913")
    assert found.known is Known.SEVERAL
    assert {unit.brand for unit in found.units} == {"Htek", "Grandstream"}
    assert found.view is None


@pytest.mark.parametrize(
    "text",
    ["20EZ1Y1M004I7O", "20EZ-1Y1M-00417O", "S20EZ1Y1M00417O", "20EZ1Y1M00417O20EZ1Y1M00417O"],
)
def test_a_near_match_is_shown_never_taken(world: World, text: str) -> None:
    unit = world.stock("20EZ1Y1M00417O")
    found = world.scan(text)
    assert (found.known, found.units, found.view) == (Known.NEAR, (unit,), None)


def test_two_that_differ_by_o_and_0_are_two(world: World) -> None:
    world.stock("20EZ1Y1M00417O")
    second = world.stock("20EZ1Y1M004170")
    found = world.scan("20EZ1Y1M004170")
    assert found.view is not None
    assert found.view.unit == second
    assert len(world.scan("20EZ1Y1M0O417O").units) == 2


def test_an_rma_number_in_both_forms(world: World) -> None:
    rma_id = world.expect("A1")
    number = world.rma(rma_id).number
    for text in (number, number.lower(), barcode_text(number)):
        found = world.scan(text)
        assert found.known is Known.RMA
        assert found.text == number
        assert found.view is not None
        assert found.view.rma is not None
        assert found.view.rma.id == rma_id


def test_an_old_rma_number_shows_that_return(world: World) -> None:
    first = world.expect("A1")
    world.do(ship.cancel, first, "wrong box")
    world.blind("A1", brand="Yealink")
    found = world.scan(world.rma(first).number)
    assert found.view is not None
    assert found.view.rma is not None
    assert found.view.rma.id == first


def test_an_rma_number_that_nobody_gave_out(world: World) -> None:
    number = format_number("BK", 4812)
    with pytest.raises(Refused, match=f"there is no RMA {number} here") as caught:
        world.scan(number)
    assert caught.value.remedy == "scan the unit's serial instead"


def test_a_wrong_check_letter_is_named(world: World) -> None:
    number = world.rma(world.expect("A1")).number
    wrong = next(letter for letter in LETTERS if letter != number[-1])
    with pytest.raises(Refused, match="wrong check letter") as caught:
        world.scan(number[:-1] + wrong)
    assert number[:-1] + wrong in caught.value.what


def test_a_serial_shaped_like_a_wrong_rma_number_is_a_serial(world: World) -> None:
    number = world.rma(world.expect("A1")).number
    wrong = number[:-1] + next(letter for letter in LETTERS if letter != number[-1])
    unit = world.stock(wrong)
    found = world.scan(wrong)
    assert (found.known, found.view.unit if found.view else None) == (Known.UNIT, unit)


def test_a_tracking_number(world: World) -> None:
    found = world.scan(UPS)
    assert found.known is Known.TRACKING
    assert found.tracking is not None
    assert (found.tracking.carrier, found.tracking.number) == ("UPS", UPS)


def test_a_serial_that_looks_like_a_tracking_number_is_our_unit_first(world: World) -> None:
    unit = world.stock(UPS)
    assert world.scan(UPS).known is Known.UNIT
    assert unit.serial == UPS


def test_a_stranger(world: World) -> None:
    found = world.scan("NEVER-SEEN-1")
    assert (found.known, found.text, found.view, found.units) == (
        Known.STRANGER,
        "NEVER-SEEN-1",
        None,
        (),
    )


def test_a_strangers_label_brings_its_mac_along(world: World) -> None:
    found = world.scan("SN: NEW-77 MAC: 805EC0A1B2C3")
    assert (found.known, found.text, found.label.mac) == (
        Known.STRANGER,
        "NEW-77",
        "805EC0A1B2C3",
    )


def test_a_scan_opens_the_screen_of_the_next_step(world: World) -> None:
    def place() -> Place:
        view = world.scan("AB-1").view
        assert view is not None
        return view.place

    world.stock("AB-1", 22)
    assert place() is Place.RECEIVE
    rma_id = world.expect("AB-1")
    assert place() is Place.RECEIVE
    receive(world.desk, world.op(), rma_id, Receipt(True))
    assert place() is Place.DIAGNOSE
    world.do(diagnose, rma_id, Diagnosis(Outcome.REPAIR))
    assert place() is Place.SHIP
    world.do(ship.scan_tracking, rma_id, UPS)
    world.do(ship.ship, rma_id)
    assert place() is Place.RECORD


@pytest.mark.parametrize("text", ["\x1b[2J", "🙂🙂🙂", "ab", "x" * 65])
def test_what_cannot_be_a_serial_is_refused(world: World, text: str) -> None:
    with pytest.raises(Refused, match="not a serial") as caught:
        world.scan(text)
    assert caught.value.remedy == "scan the label with the serial number"


# --- what a label of several fields says, and what only looks like a unit


def look(world: World, text: str) -> Found:
    """What a scan turns out to be, with the brands' forms as the program reads them."""
    return identify(world.desk, classify(text, world.desk.rules.patterns))


@pytest.mark.parametrize("text", ["SHT-22A", "SFOC2134X0AB-7"])
def test_without_a_unit_that_differs_by_little_it_is_a_stranger(world: World, text: str) -> None:
    found = look(world, text)
    assert (found.known, found.text, found.disagrees) == (Known.STRANGER, text, ())


def test_a_strangers_misread_letter_is_suggested_not_mended(world: World) -> None:
    found = look(world, "FOC2134XOAB")
    assert (found.text, found.suggests) == ("FOC2134XOAB", "FOC2134X0AB")
    assert look(world, "NEVER-SEEN-1").suggests == ""


def test_the_data_identifier_of_a_known_form_comes_off(world: World) -> None:
    unit = world.stock("FOC2134X0AB", brand="Cisco", model="8841")
    found = look(world, "SFOC2134X0AB")
    assert (found.known, found.view.unit if found.view else None) == (Known.UNIT, unit)


@pytest.mark.parametrize(
    ("text", "way_out"),
    [
        ("]E09506000134352", False),
        ("9506000134352", True),
        ("036000291452", True),
        ("T54W", True),
        ("MODEL: T54W", False),
        ("]C10109506000134352", False),
    ],
)
def test_a_code_of_the_product_is_refused(world: World, text: str, way_out: bool) -> None:
    with pytest.raises(Refused, match="names the product, not the unit") as caught:
        look(world, text)
    assert "scan the code that shows the serial" in caught.value.remedy
    assert ("type SN:" in caught.value.remedy) == way_out


@pytest.mark.parametrize("text", ["9506000134352", "]E09506000134352", "036000291452"])
def test_a_serial_that_looks_like_a_product_is_the_unit_that_has_it(
    world: World, text: str
) -> None:
    unit = world.stock(text.removeprefix("]E0"))
    found = look(world, text)
    assert (found.known, found.view.unit if found.view else None) == (Known.UNIT, unit)
    assert found.disagrees == ()


def test_a_new_serial_that_looks_like_a_product_goes_in_with_its_key(world: World) -> None:
    found = look(world, "SN: 9506000134352")
    assert (found.known, found.text) == (Known.STRANGER, "9506000134352")


def test_a_tracking_number_is_no_product_whatever_its_check_digit(world: World) -> None:
    assert look(world, FEDEX).known is Known.TRACKING


def test_a_label_that_agrees_says_nothing(world: World) -> None:
    world.stock("3112", mac="805EC0A1B2C3", model="T54W")
    found = look(world, "SN: 3112 MAC: 80:5E:C0:A1:B2:C3 MODEL: SIP-T54W")
    assert (found.known, found.disagrees) == (Known.UNIT, ())


def test_a_label_that_differs_from_the_record_is_said(world: World) -> None:
    unit = world.stock("3112", mac="805EC0A1B2C3", model="T54W")
    found = look(world, "SN: 3112 MAC: 80:5E:C0:00:00:01 MODEL: T46U")
    assert (found.known, found.view.unit if found.view else None) == (Known.UNIT, unit)
    assert found.disagrees == (
        "the label says MAC 80:5E:C0:00:00:01, the record has 80:5E:C0:A1:B2:C3",
        "the label says model T46U, the record has T54W",
    )


def test_serial_and_mac_of_two_units_are_said(world: World) -> None:
    first = world.stock("3112", mac="805EC0A1B2C3")
    world.stock("3113", mac="805EC0A1B2C4", model="T46U")
    found = look(world, "805EC0A1B2C4\r\n3112")
    assert (found.known, found.view.unit if found.view else None) == (Known.UNIT, first)
    assert found.disagrees == (
        "the label says MAC 80:5E:C0:A1:B2:C4 beside serial 3112, "
        "but the record has that MAC at Yealink T46U 3113",
    )


def test_a_mac_that_leads_to_a_unit_of_another_serial_is_said(world: World) -> None:
    unit = world.stock("3112", mac="805EC0A1B2C3")
    found = look(world, "SN: 9999 MAC: 805EC0A1B2C3")
    assert (found.known, found.view.unit if found.view else None) == (Known.UNIT, unit)
    assert found.disagrees == ("the label says serial 9999, the record has 3112",)


def test_the_mac_says_which_of_several_brands_it_is(world: World) -> None:
    unit = world.stock("4170026913", brand="Htek", mac="001FC1000001", model="UC924")
    world.stock("4170026913", brand="Grandstream")
    found = look(world, "SN: 4170026913 MAC: 00:1F:C1:00:00:01")
    assert (found.known, found.view.unit if found.view else None) == (Known.UNIT, unit)
    assert found.disagrees == ()
    assert look(world, "SN: 4170026913 MAC: 00:1F:C1:00:00:02").known is Known.SEVERAL


def test_a_serial_of_twelve_digits_does_not_disagree_as_a_mac(world: World) -> None:
    world.stock("417002691301", brand="Htek", mac="001FC1000001")
    assert look(world, "417002691301").disagrees == ()
