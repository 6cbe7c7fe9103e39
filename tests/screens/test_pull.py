"""Several codes in one pull of the trigger, and labels that disagree with the record."""

from __future__ import annotations

from itertools import permutations
from pathlib import Path

import pytest

from bench.policy.facts import Outcome
from bench.store.records import State, Step
from bench.widgets.marks import DONE, HOLD, REFUSED
from tests.screens.helpers import Bench, post_scan
from tests.screens.pulls import pull, pulls
from tests.screens.test_flow import OTHER, UPS, Glass, open_glass, steps

SERIAL, MAC = "3146023104410271", "805EC0A1B2C3"
GTIN, MODEL = "6938818306110", "SIP-T54W"
BOX = (SERIAL, MAC, GTIN, MODEL)
"""What the label of a box carries, each in a code of its own."""
STRANGE, LOT = "QX77-0042-ZK", "LOT4711B"
SHOWN, OTHERS = "80:5E:C0:A1:B2:C3", "00:1F:C1:F0:22:11"


@pytest.fixture
def plain(tmp_path: Path) -> Bench:
    """A file: what codes tell of each other is the same on every engine."""
    return Bench(tmp_path / "bench.db")


def in_hand(glass: Glass) -> str:
    """The serial of the unit in hand; of a stranger in brackets; "" for nothing."""
    session = glass.app.session
    return session.view.unit.serial if session.view else f"<{session.stranger}>"


def sentences(glass: Glass) -> list[str]:
    """What the label says otherwise than the record."""
    return list(glass.app.session.disagrees)


# --- one label


async def test_a_known_unit_stays_in_hand_in_any_order(plain: Bench) -> None:
    """Serial, MAC, GTIN and model of one box: its next step opens, and nothing is asked."""
    plain.received(SERIAL, mac=MAC)
    async with open_glass(plain) as glass:
        for codes in permutations(BOX):
            await pulls(glass, "BENCHDESK")
            await pull(glass, *codes)
            assert (in_hand(glass), glass.question) == (SERIAL, ""), codes
            assert (glass.place, sentences(glass)) == ("Diagnose", []), codes
            assert f"[{DONE}]" in glass.said, codes
            assert "already here" in glass.said, codes
        last = glass.app.hearing.last[:4]
        assert [scan.text for scan in last] == [SERIAL, MAC, GTIN, MODEL]
        assert [scan.read.mark for scan in last] == [DONE, DONE, REFUSED, REFUSED]


@pytest.mark.parametrize("codes", [BOX, (GTIN, SERIAL, MODEL, MAC), (MODEL, GTIN, SERIAL, MAC)])
async def test_an_unknown_unit_gets_what_its_label_tells(
    plain: Bench, codes: tuple[str, ...]
) -> None:
    """MAC and model go into their fields, and the MAC suggests the brand."""
    async with open_glass(plain) as glass:
        await pull(glass, *codes)
        assert (in_hand(glass), glass.question) == (f"<{SERIAL}>", "")
        assert (glass.place, glass.word) == ("Receive", "UNKNOWN")
        known = {name: glass.field(name).value for name in ("mac", "brand", "model")}
        assert known == {"mac": MAC, "brand": "Yealink", "model": MODEL}
        await pulls(glass, "BENCHOK")
        assert glass.place == "Diagnose"
    with plain.desk() as desk:
        (unit,) = desk.store.find(SERIAL)
    assert (unit.mac, unit.brand, unit.model) == (MAC, "Yealink", MODEL)


async def test_what_a_person_has_entered_stays(plain: Bench) -> None:
    """A code of the label fills only what is empty."""
    async with open_glass(plain, SERIAL) as glass:
        await glass.enter(brand="Snom")
        session = glass.app.session
        session.stranger_mac = MAC
        glass.body.show()
        await glass.settle()
        assert (glass.field("brand").value, glass.field("mac").value) == ("Snom", MAC)
        await glass.enter(mac="")
        glass.body.show()
        await glass.settle()
        assert glass.field("mac").value == ""


@pytest.mark.parametrize(
    ("codes", "way"),
    [
        ((STRANGE, LOT), ("BENCHOK",)),
        ((LOT, STRANGE), ("BENCHNEXT", "BENCHOK")),
        ((STRANGE, LOT, MAC, MODEL, GTIN), ("BENCHOK",)),
        ((MAC, STRANGE), ("BENCHNEXT", "BENCHOK")),
        ((STRANGE, MAC, LOT), ("BENCHOK",)),
    ],
)
async def test_of_two_unknown_codes_a_person_says_which_is_the_serial(
    plain: Bench, codes: tuple[str, ...], way: tuple[str, ...]
) -> None:
    """Nothing is guessed; the MAC of the same pull is kept, wherever it stood."""
    async with open_glass(plain) as glass:
        await pull(glass, *codes)
        assert glass.question == "Two codes came in one pull. Which is the serial?"
        assert f"[{HOLD}]" in glass.said
        await pulls(glass, *way)
        assert (in_hand(glass), glass.question) == (f"<{STRANGE}>", "")
        assert glass.word == "UNKNOWN"
        wanted = MAC if MAC in codes else ""
        assert glass.field("mac").value == wanted
        assert glass.field("model").value == (MODEL if MODEL in codes else "")


async def test_a_certain_unit_answers_what_an_earlier_code_asked(plain: Bench) -> None:
    """A code that is close to another unit's, then the serial itself: the serial counts."""
    plain.received(SERIAL, mac=MAC)
    plain.unit("L0T4711B", brand="Snom")
    async with open_glass(plain) as glass:
        await pull(glass, LOT, SERIAL, MAC)
        assert (in_hand(glass), glass.question, glass.place) == (SERIAL, "", "Diagnose")
        await pulls(glass, "BENCHDESK")
        await pull(glass, SERIAL, LOT, MAC)
        assert (in_hand(glass), glass.question, glass.place) == (SERIAL, "", "Diagnose")


async def test_an_uncertain_serial_behind_an_unknown_code_is_asked_about(plain: Bench) -> None:
    """A near match, and a serial of several brands, are never passed over."""
    plain.unit("QX77-0042-2K", brand="Htek")
    plain.unit("QX77-OO42-ZK", brand="Snom")
    plain.unit("0001234567", brand="Snom")
    plain.unit("0001234567", brand="Htek")
    async with open_glass(plain) as glass:
        await pull(glass, LOT, STRANGE)
        assert "is not known, but something close is" in glass.question
        await pulls(glass, "BENCHNO")
        await pull(glass, LOT, "0001234567")
        assert "Units of several brands carry 0001234567" in glass.question


async def test_two_units_in_two_pulls_are_two_units(plain: Bench) -> None:
    """A pause between them, or two serials that are known: the second one opens."""
    plain.received(SERIAL, mac=MAC)
    plain.expect(OTHER, brand="Htek")
    async with open_glass(plain) as glass:
        await pulls(glass, SERIAL, STRANGE)
        assert in_hand(glass) == f"<{STRANGE}>"
        await pull(glass, SERIAL, OTHER)
        assert (in_hand(glass), glass.place) == (OTHER, "Receive")


# --- labels that disagree with the record


async def test_label_and_record_that_disagree_are_told(plain: Bench) -> None:
    """One code with serial and MAC: LOOK, and the sentence stays until another unit comes."""
    plain.received(SERIAL, mac=MAC)
    plain.expect(STRANGE, brand="Htek")
    sentence = f"the label says MAC 80:5E:C0:00:00:01, the record has {SHOWN}"
    async with open_glass(plain, f"SN:{SERIAL};MAC:805EC0000001") as glass:
        assert (in_hand(glass), glass.place) == (SERIAL, "Diagnose")
        assert f"[{HOLD}]" in glass.said
        assert "label and record differ" in glass.said
        assert "LOOK" in glass.text
        assert sentence in glass.answer.extra or sentence in " ".join(glass.text.split())
        await pulls(glass, "BENCHLOG")
        assert sentences(glass) == [sentence]
        await pulls(glass, STRANGE)
        assert sentences(glass) == []
        assert sentence not in glass.text
        await pulls(glass, SERIAL)
        assert sentences(glass) == []


async def test_the_model_of_the_label_disagrees(plain: Bench) -> None:
    """Beside the serial or before it; said once, however many codes say it."""
    plain.received(SERIAL, mac=MAC)
    sentence = "the label says model SIP-T46U, the record has T54W"
    async with open_glass(plain) as glass:
        for codes in ((SERIAL, "SIP-T46U", "SIP-T46U"), ("SIP-T46U", SERIAL, MAC)):
            await pulls(glass, "BENCHDESK")
            await pull(glass, *codes)
            assert (in_hand(glass), sentences(glass)) == (SERIAL, [sentence])
            assert sentence in " ".join(glass.text.split())


@pytest.mark.parametrize("codes", [(SERIAL, OTHER), (OTHER, SERIAL), (f"SN:{SERIAL};MAC:{OTHER}",)])
async def test_the_mac_of_another_unit_is_told(plain: Bench, codes: tuple[str, ...]) -> None:
    """The serial says which unit it is; whose MAC stands beside it is said."""
    plain.received(SERIAL, mac=MAC)
    plain.received("HT0001", brand="Htek", model="UC926", mac=OTHER)
    async with open_glass(plain) as glass:
        await pull(glass, *codes)
        assert in_hand(glass) == SERIAL
        whose = "the record has that MAC at Htek UC926 HT0001"
        said = f"the label says MAC {OTHERS} beside serial {SERIAL}, but {whose}"
        assert sentences(glass)[0] == said
        assert "label and record differ" in glass.said


# --- codes that are no unit's


@pytest.mark.parametrize("code", [GTIN, MODEL])
async def test_the_product_alone_is_no_unit(plain: Bench, code: str) -> None:
    """Refused as what it is; nothing is opened or kept, and a unit in hand stays."""
    plain.received(SERIAL, mac=MAC)
    async with open_glass(plain) as glass:
        await pulls(glass, code)
        assert glass.refused(code, "names the product, not the unit")
        assert (glass.place, in_hand(glass)) == ("Queue", "<>")
        await pulls(glass, SERIAL, code)
        assert glass.refused(code, "names the product, not the unit")
        assert (glass.place, in_hand(glass)) == ("Diagnose", SERIAL)
        assert await glass.drafts() == []
        assert [scan.read.mark for scan in glass.app.hearing.last] == [REFUSED, DONE, REFUSED]


@pytest.mark.parametrize("apart", [False, True], ids=["one pull", "two pulls"])
async def test_a_tracking_number_scanned_twice_is_saved_once(bench: Bench, apart: bool) -> None:
    """In one pull or in two: one number, one event."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPLACE, mac=MAC)
    async with open_glass(bench, SERIAL) as glass:
        await (pulls if apart else pull)(glass, UPS, UPS)
        assert bench.rma(rma_id).tracking == UPS
        await pulls(glass, "BENCHOK")
        assert glass.word == "SHIPPED"
    assert steps(bench, rma_id)[-2:] == [Step.TRACKING_SCANNED, Step.SHIPPED]
    assert bench.rma(rma_id).state is State.SHIPPED


async def test_a_command_ends_a_pull(bench: Bench) -> None:
    """What is scanned after it is looked at by itself, however soon it comes."""
    bench.received(SERIAL)
    async with open_glass(bench) as glass:
        for text in (SERIAL, "BENCHHOLD", "BENCHOK", f"{SERIAL[:-1]}-{SERIAL[-1]}"):
            post_scan(glass.app, text)
        await glass.settle()
        assert "Is it one of these?" in glass.question
