"""Understanding: batches and half lines, the serial check, what is offered, hostile consoles."""

from __future__ import annotations

import random
import tomllib
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.clock import FixedClock
from bench.datafile import data_dir
from bench.evidence.boots import MOST as MOST_BOOTS
from bench.evidence.facts import PER_KIND, FactKind
from bench.evidence.failures import MOST as MOST_FAILURES
from bench.evidence.offering import Offered, offered
from bench.evidence.profiles import load_profiles
from bench.evidence.serial_check import Verdict, check_serial
from bench.evidence.understanding import State, Understanding
from bench.text import printable
from tests.evidence.said import BEGIN, SECOND, TABLES, Said, at_second, said

MANNER = load_profiles(data_dir() / "console.toml").profile_for().manner
PANIC = "[    1.0] Kernel panic - not syncing: VFS: broken"
with (data_dir() / "appliances.toml").open("rb") as _file:
    APPLIANCES = {entry["id"]: entry for entry in tomllib.load(_file)["appliance"]}


def heard(*texts: str, half: str = "") -> Understanding:
    """What was understood after these lines and the start of one more."""
    known = Understanding(TABLES, MANNER)
    known.feed(said(texts))
    known.unfinished(said([half], len(texts), len(texts))[0] if half else None)
    return known


def words(appliance: dict[str, Any], times: int = 1) -> list[str]:
    """The lines of the boot of a simulated appliance."""
    text = "".join(piece.get("text", "") * piece.get("times", 1) for piece in appliance["boot"])
    for name in ("serial", "mac", "model"):
        text = text.replace(f"{{{name}}}", appliance[name])
    return (text.replace("\b", "") * times).split("\n")


def clock(seconds: float) -> FixedClock:
    """So many seconds after the beginning, in a zone two hours east."""
    zone = timezone(timedelta(hours=2))
    return FixedClock(datetime.fromtimestamp(BEGIN / SECOND + seconds, UTC), zone)


# --- batches and half lines


def test_feeding_line_by_line_or_at_once_is_the_same() -> None:
    lines = said(words(APPLIANCES["disk"]))
    at_once, one_by_one = Understanding(TABLES), Understanding(TABLES)
    at_once.feed(lines)
    for line in lines:
        one_by_one.feed([line])
    assert at_once.failures == one_by_one.failures
    assert list(at_once.facts) == list(one_by_one.facts)
    assert at_once.boots.all == one_by_one.boots.all


def test_new_failures_are_given_back_once() -> None:
    known = Understanding(TABLES)
    assert [one.id for one in known.feed(said(["ok", PANIC, "trace"]))] == ["kernel_panic"]
    assert known.feed(said([PANIC], 3)) == ()
    assert known.feed([]) == ()
    assert known.failures[0].count == 2


def test_an_unfinished_line_warns_at_once_and_is_counted_once() -> None:
    known = heard("ok")
    assert known.unfinished(Said(1, 100, BEGIN, "Kernel pan")) == ()
    new = known.unfinished(Said(1, 100, BEGIN, "Kernel panic - not syncing: V"))
    assert [one.id for one in new] == ["kernel_panic"]
    assert known.unfinished(Said(1, 100, BEGIN, "Kernel panic - not syncing: VF")) == ()
    assert (
        known.feed([Said(1, 100, BEGIN, "Kernel panic - not syncing: VFS"), *said(["a"], 2)]) == ()
    )
    (failure,) = known.failures
    assert (failure.count, failure.context) == (1, ("a",))


def test_a_value_that_may_still_grow_is_no_fact() -> None:
    known = heard(half="Serial Number: 02720120180")
    assert list(known.facts) == []
    known.feed(said(["Serial Number: 0272012018000123"]))
    assert [fact.value for fact in known.facts] == ["0272012018000123"]


def test_the_prompt_is_left_when_the_line_goes_on() -> None:
    known = heard(half="login: ")
    assert known.prompt == "login"
    known.feed(said(["login: admin"]))
    assert known.prompt == ""


def test_the_first_bad_failure_is_kept_and_one_worth_a_look_is_not() -> None:
    known = heard("Skipping bad block 0x001e0000", PANIC, "hda: lost interrupt")
    assert known.first_failure is not None
    assert known.first_failure.id == "kernel_panic"


# --- the serial check

PULSE = "Serial Number: 0340102018200071"
CISCO = "System serial number            : FOC1932X0AB"


@pytest.mark.parametrize(
    ("scanned", "line"),
    [
        ("0340102018200071", PULSE),
        (" 0340-1020-1820-0071", PULSE),
        ("S0340102018200071", PULSE),
        ("foc1932x0ab", CISCO),
        ("SN:FOC1932X0AB", CISCO),
        ("FOC1932X0ABFOC1932X0AB", CISCO),
        ("FOC1932X0AB", "Processor board ID FOC1932X0AB"),
        ("80-5E-C0-A1-B2-C3", "ethaddr=80:5e:c0:a1:b2:c3"),
        ("805ec0a1b2c3", "Base ethernet MAC Address       : 80:5e:c0:a1:b2:c3"),
    ],
)
def test_the_same_serial_in_another_dress(scanned: str, line: str) -> None:
    verdict = check_serial(scanned, "", heard(line).facts)
    assert verdict.verdict is Verdict.SAME
    assert "as on the label" in verdict.sentence


@pytest.mark.parametrize(
    ("scanned", "line", "near"),
    [
        ("0340102018200072", PULSE, False),
        ("340102018200071", PULSE, False),
        ("FOC1932XOAB", CISCO, True),
        ("F0C1932X0AB", CISCO, True),
    ],
)
def test_another_serial_is_told_with_both(scanned: str, line: str, near: bool) -> None:
    verdict = check_serial(scanned, "", heard(line).facts)
    assert verdict.verdict is Verdict.DIFFERENT
    assert verdict.near is near
    assert verdict.said in line
    assert verdict.scanned in verdict.sentence
    assert verdict.said in verdict.sentence


@pytest.mark.parametrize(
    ("scanned", "line"),
    [
        ("FOC1932X0AB", "Motherboard serial number       : FOC19310KQ2"),
        ("FOC1932X0AB", "Processor board ID FOC19310KQ2"),
        ("FOC1932X0AB", "no serial here"),
        ("", CISCO),
        ("80:5E:C0:A1:B2:C3", "ethaddr=80:5e:c0:00:00:01"),
        ("80:5E:C0:A1:B2:C3", CISCO),
    ],
)
def test_what_cannot_be_compared_is_unknown(scanned: str, line: str) -> None:
    assert check_serial(scanned, "", heard(line).facts).verdict is Verdict.UNKNOWN


def test_a_module_never_differs_beside_the_unit() -> None:
    known = heard("Motherboard serial number       : FOC19310KQ2", CISCO)
    assert check_serial("FOC1932X0AB", "Cisco", known.facts).verdict is Verdict.SAME


def test_any_switch_of_a_stack_may_be_ours() -> None:
    known = heard(CISCO, CISCO.replace("X0AB", "X0AC"))
    assert check_serial("FOC1932X0AB", "Cisco", known.facts).verdict is Verdict.SAME


def test_a_cable_that_moved_to_another_unit_is_noticed() -> None:
    known = heard(PULSE, *["x"] * 30, PULSE.replace("0071", "0099"))
    verdict = check_serial("0340102018200071", "Pulse Secure", known.facts)
    assert (verdict.verdict, verdict.said) == (Verdict.DIFFERENT, "0340102018200099")


def test_the_console_of_another_maker_is_named() -> None:
    other = check_serial("0340102018200071", "Pulse Secure", heard(CISCO).facts)
    assert "speaks as Cisco, not as Pulse Secure" in other.sentence
    own = check_serial("0340102018200072", "Pulse", heard(PULSE).facts)
    assert "speaks as" not in own.sentence


# --- what is offered


def test_a_disk_that_dies_is_offered_as_symptom_and_findings() -> None:
    known = heard(*words(APPLIANCES["disk"]))
    offer = offered(known, clock(30))
    assert offer.symptom == "Disk error on ata1 at 12:00:08 on the console."
    assert offer.failed_checks[0] == "disk"
    assert "12:00:08 disk error on ata1, 4 times (“[ 5.880114] ata1.00: exception" in offer.findings
    assert "firmware 9.1R15 (build 18393)" in offer.findings
    assert "file system needs repair by hand" in offer.findings


def test_a_healthy_boot_offers_no_symptom() -> None:
    offer = offered(heard(*words(APPLIANCES["pulse"])), clock(600))
    assert (offer.symptom, offer.failed_checks) == ("", ())
    assert "model PSA-3000" in offer.findings
    assert "up at 12:00:" in offer.findings


def test_a_boot_loop_is_offered_with_its_cause() -> None:
    offer = offered(heard(*words(APPLIANCES["loop"], 4)), clock(85))
    assert offer.symptom.startswith("Flash (UBI) error at 12:00:")
    assert "U-Boot started 4 times within 1 min" in offer.symptom
    assert offer.failed_checks == ("disk", "console")


def test_a_hang_is_offered_with_the_last_words() -> None:
    *lines, half = words(APPLIANCES["hang"])
    known = heard(*lines, half=half)
    assert offered(known, clock(30)).symptom == ""
    offer = offered(known, clock(600))
    assert "in the middle of a line (“[ 0.790145] ubi0: attach”)" in offer.symptom
    assert offer.failed_checks == ("console",)


def test_a_stop_in_the_loader_and_another_serial_fail_their_checks() -> None:
    known = heard(PULSE, half="=> ")
    verdict = check_serial("0340102018200072", "Pulse Secure", known.facts)
    offer = offered(known, clock(5), verdict)
    assert offer.failed_checks == ("console", "serial")
    assert "stopped in the loader (“=>”)" in offer.symptom
    assert verdict.sentence in offer.findings


def test_a_failure_that_is_worth_a_look_fails_no_check() -> None:
    offer = offered(heard("cp: write error: No space left on device"), clock(5))
    assert (offer.symptom, offer.failed_checks) == ("", ())
    assert "disk is full" in offer.findings


def test_secrets_are_taken_out_of_what_is_quoted() -> None:
    known = heard("EXT3-fs error (device sda7): hunter2")
    offer = offered(known, clock(5), redact=lambda text: text.replace("hunter2", "[hidden]"))
    assert "hunter2" not in offer.findings
    assert "[hidden]" in offer.findings


def test_nothing_heard_offers_nothing() -> None:
    assert offered(Understanding(TABLES), clock(5)) == Offered("", "", ())


def test_absurd_times_in_a_foreign_capture_do_no_harm() -> None:
    known = Understanding(TABLES)
    known.feed([Said(0, 0, 1 << 90, PANIC)])
    assert "at ? on the console" in offered(known, clock(5)).symptom


# --- the simulated appliances


@pytest.mark.parametrize(
    ("name", "state", "failures"),
    [
        ("pulse", State.UP, set()),
        ("other_serial", State.UP, set()),
        ("switch", State.UP, set()),
        ("phone", State.BOOTING, set()),
        ("dram", State.BOOTING, {"dram", "memory_test", "boot_failed"}),
        ("loop", State.BOOTING, {"ubi", "other_fs", "unable_to_mount_root"}),
    ],
)
def test_simulated_appliances_are_understood(name: str, state: State, failures: set[str]) -> None:
    lines = words(APPLIANCES[name])
    known = heard(*lines)
    assert known.state(at_second(len(lines))) is state
    assert {failure.id for failure in known.failures} == failures


# --- hostile consoles


def test_nothing_grows_without_bound() -> None:
    pick = random.Random(3)
    known = Understanding(TABLES, MANNER)
    for start in range(0, 6000, 100):
        texts = [
            f"U-Boot 20{pick.randrange(10, 99)}.01 (x) EXT4-fs error (device a{start}x{n}) : "
            f"serial#=A{pick.random()} eth0 {pick.randrange(16**4):04x}"
            for n in range(100)
        ]
        known.feed(said([f"serial#=AB{start}{n}" for n in range(50)] + texts, start))
    assert len(known.failures) == MOST_FAILURES
    assert len(known.facts.of(FactKind.SERIAL)) == PER_KIND
    assert len(known.boots.all) == MOST_BOOTS
    offer = offered(known, clock(9))
    assert len(offer.findings) <= 3000
    assert len(offer.symptom) <= 300


def test_a_line_without_end_is_looked_at_for_four_kilobytes() -> None:
    known = heard("x" * 4000 + " Kernel panic - not syncing: a", "x" * 5000 + " " + PANIC)
    assert [failure.count for failure in known.failures] == [1]


@given(st.lists(st.text(max_size=60), max_size=8))
def test_whatever_a_console_says_is_borne_and_comes_out_clean(texts: list[str]) -> None:
    known = heard(*texts, half="\x1b]0;x\x07" + "".join(texts))
    known.feed(said([f"EXT3-fs error (device sda): {text}" for text in texts], len(texts)))
    offer = offered(known, clock(999))
    kept = [offer.symptom, offer.findings, *(failure.text for failure in known.failures)]
    assert [printable(text) for text in kept] == kept
