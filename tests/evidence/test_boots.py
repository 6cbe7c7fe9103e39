"""Boots: where one begins, stages of one boot, loops, what was reached, silence."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from bench.datafile import DataError, Table, data_dir
from bench.evidence.boots import MOST, Where, read_boots
from bench.evidence.profiles import load_profiles
from bench.evidence.understanding import State, Understanding
from tests.evidence.said import TABLES, at_second, said

MANNER = load_profiles(data_dir() / "console.toml").profile_for().manner
UBOOT = "U-Boot 2016.05-00412 (May 18 2021 - 16:02:44 +0800)"
LINUX = "[    0.000000] Linux version 4.4.167 (build@builder) #1 SMP PREEMPT"
with (data_dir() / "console_facts.toml").open("rb") as _file:
    _tables = tomllib.load(_file)
BANNERS = {entry["id"]: entry for entry in _tables["boot"]}
REACHED = {entry["id"]: entry for entry in _tables["reached"]}


def after(*texts: str, at: float = 0, half: str = "") -> Understanding:
    """What was understood after these lines, one a second, and the start of one more."""
    known = Understanding(TABLES, MANNER, silence_seconds=90)
    known.feed(said(texts, at=at))
    known.unfinished(said([half], len(texts), at + len(texts))[0] if half else None)
    return known


@pytest.mark.parametrize("name", BANNERS)
def test_each_banner_begins_a_boot_and_its_counter_example_does_not(name: str) -> None:
    entry = BANNERS[name]
    assert [boot.name for boot in after(entry["example"]).boots.all] == [entry["name"]]
    assert name not in {
        row.id for row in TABLES.boots if row.pattern.search(entry["counter_example"])
    }


@pytest.mark.parametrize("name", REACHED)
def test_each_arrival_ends_a_boot_and_its_counter_example_does_not(name: str) -> None:
    entry = REACHED[name]
    (boot,) = after(LINUX, entry["example"]).boots.all
    assert (boot.reached, boot.reached_line) == (entry["name"], 1)
    assert after(LINUX, entry["counter_example"]).boots.all[0].reached == ""


def test_the_stages_of_one_boot_are_one_boot() -> None:
    known = after("U-Boot SPL 2016.05 (May 18 2021)", "DDR Version 1.05 20170712", UBOOT, LINUX)
    (boot,) = known.boots.all
    assert (boot.name, boot.stage, boot.line) == ("U-Boot SPL", 3, 0)


def test_kernel_and_system_may_come_in_either_order() -> None:
    starting = "Starting system software version 9.1R15 (build 18393)"
    assert after("LILO 22.8 Loading Current.....", starting, LINUX).boots.count == 1
    assert after("LILO 22.8 Loading Current.....", LINUX, starting).boots.count == 1


@pytest.mark.parametrize(
    "texts",
    [
        (UBOOT, LINUX, UBOOT, LINUX),
        (LINUX, UBOOT),
        (UBOOT, "phone login: ", LINUX),
        (LINUX, LINUX),
    ],
)
def test_a_new_boot_is_known_by_its_banner(texts: tuple[str, ...]) -> None:
    assert after(*texts).boots.count == 2


def test_the_same_banner_three_times_within_five_minutes_is_a_loop() -> None:
    known = after(*(UBOOT, LINUX, *["x"] * 98) * 3)
    loop = known.boot_loop
    assert loop is not None
    assert (loop.name, loop.count, loop.came_up) == ("U-Boot", 3, False)
    assert loop.last_ns - loop.first_ns == 200_000_000_000
    assert known.state(at_second(302)) is State.LOOPING


def test_three_banners_that_are_further_apart_are_none() -> None:
    assert after(*(UBOOT, *["x"] * 159) * 3).boot_loop is None
    assert after(*(UBOOT, LINUX) * 2).boot_loop is None


def test_a_technician_who_restarts_it_is_told_apart() -> None:
    known = after(*(UBOOT, LINUX, "phone login: ", "x") * 3)
    assert known.boot_loop is not None
    assert known.boot_loop.came_up
    assert known.state(at_second(12)) is State.UP


def test_a_loop_that_is_over_is_no_state() -> None:
    known = after(*[UBOOT, LINUX] * 3, "phone login: ")
    assert known.state(at_second(10)) is State.UP
    assert known.boot_loop is not None


def test_only_the_latest_boots_are_kept_and_all_counted() -> None:
    known = after(*[UBOOT] * (MOST * 3))
    assert (len(known.boots.all), known.boots.count) == (MOST, MOST * 3)


@pytest.mark.parametrize("half", ["=> ", "rommon 1 > ", "switch: ", "loader> "])
def test_a_loader_prompt_is_a_stop(half: str) -> None:
    known = after(UBOOT, half=half)
    assert known.state(at_second(3)) is State.LOADER
    assert known.silence(at_second(999)) is None
    assert known.boots.all[0].reached == ""


@pytest.mark.parametrize("half", ["phone login: ", "Username: ", "Router>", "# ", "Password: "])
def test_a_prompt_means_that_it_is_up(half: str) -> None:
    known = after(UBOOT, LINUX, half=half)
    assert known.state(at_second(999)) is State.UP
    assert known.silence(at_second(999)) is None
    assert known.boots.all[0].reached != ""


@pytest.mark.parametrize("half", ["DRAM:  ", "[    0.790145] ubi0: attach", "Starting kernel ..."])
def test_silence_in_the_middle_of_a_line_is_a_hang(half: str) -> None:
    known = after(UBOOT, half=half)
    assert known.silence(at_second(1 + 89)) is None
    assert known.state(at_second(1 + 89)) is State.BOOTING
    silence = known.silence(at_second(1 + 90))
    assert silence is not None
    assert (silence.where, silence.seconds) == (Where.LINE, 90)
    assert silence.text == " ".join(half.split())
    assert known.state(at_second(1 + 90)) is State.HUNG


def test_silence_in_mid_boot_is_a_hang_and_after_it_is_none() -> None:
    silence = after(UBOOT, "Starting kernel ...").silence(at_second(100))
    assert silence is not None
    assert (silence.where, silence.text) == (Where.BOOT, "Starting kernel ...")
    assert after(UBOOT, LINUX, "phone login: ").silence(at_second(9999)) is None
    assert after("some text").silence(at_second(9999)) is None
    assert after().silence(at_second(9999)) is None


def test_a_question_that_no_profile_knows_is_no_hang_once_it_is_up() -> None:
    up = after(LINUX, "Press Enter to modify system settings.", half="Secret word: ")
    assert up.silence(at_second(9999)) is None
    broken = after(LINUX, "Press Enter to modify system settings.", half="rsync: 12 of")
    assert broken.silence(at_second(9999)) is not None


def test_dots_that_still_come_are_no_silence() -> None:
    known = after(UBOOT)
    for second in range(10, 300, 10):
        (line,) = said(["Loading " + "." * second], 1, 5)
        known.unfinished(line, at_second(second))
    assert known.silence(at_second(330)) is None
    assert known.silence(at_second(290 + 90)) is not None


def test_a_clock_that_stepped_back_makes_no_silence() -> None:
    assert after(UBOOT, at=1000).silence(at_second(0)) is None


@pytest.mark.parametrize(
    ("texts", "state"),
    [
        ((), State.NOTHING),
        (("text",), State.TALKING),
        ((UBOOT,), State.BOOTING),
        ((UBOOT, "phone login: "), State.UP),
    ],
)
def test_the_state_at_once(texts: tuple[str, ...], state: State) -> None:
    assert after(*texts).state(at_second(5)) is state


def test_a_stage_that_is_none_is_refused() -> None:
    text = (data_dir() / "console_facts.toml").read_text(encoding="utf-8")
    values = tomllib.loads(text)
    values["boot"][0]["stage"] = 5
    with pytest.raises(DataError, match="whole number from 1 to 4"):
        read_boots(Table(Path("x.toml"), values))
