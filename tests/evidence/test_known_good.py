"""Known-good boots: what a milestone is, how far a boot came, what is new in it."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.datafile import DataError, data_dir
from bench.evidence.known_good import (
    EXTRAS,
    LONGEST,
    MOST,
    as_toml,
    compare,
    from_lines,
    good_for,
    load_known_good,
    milestones,
    normalised,
)
from bench.text import printable

BOOT = (
    "U-Boot 2016.05-00412 (May 18 2021 - 16:02:44 +0800)",
    "DRAM:  512 MiB",
    "NAND:  256 MiB",
    "",
    "Starting kernel ...",
    "[    0.000000] Linux version 4.4.167 (build@builder) #1 SMP",
    "[    1.022810] VFS: Mounted root (squashfs filesystem) readonly on device 31:7.",
    "[    1.308764] eth0: MAC address 80:5e:c0:a1:b2:c3",
    "starting phone application: OK",
)
GOOD = from_lines("Yealink", "T54W", BOOT)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[    1.308764] eth0: MAC 80:5e:c0:a1:b2:c3", "[   11.9] eth0: MAC 00:15:65:00:00:01"),
        ("mem 0xfe000000-0xfe01ffff", "mem 0x1000-0x2000"),
        ("serial 3106018050612345 ok", "serial 31060180506ABCDE ok"),
        ("built Mon Mar  4 10:11:12 2024 here", "built Tue May 18 09:00:01 2021 here"),
        ("<6>[    0.1] hash 1a2b3c4d5e done", "hash 99ffee8877 done"),
        ("Loading ........... done", "Loading .. done"),
        ("Memory: 1024000k/1048576k available", "Memory: 512k/1024k available"),
    ],
)
def test_what_differs_between_units_is_left_out(one: str, other: str) -> None:
    assert normalised(one) == normalised(other) != ""


@pytest.mark.parametrize("text", ["", "....", "12:30", "[    0.1] ", "=====", "0x1234 0x5678"])
def test_a_line_without_words_is_no_milestone(text: str) -> None:
    assert normalised(text) == ""


@given(st.text(max_size=400))
def test_normalising_again_changes_nothing_and_is_clean(text: str) -> None:
    once = normalised(text)
    assert normalised(once) == once
    assert len(once) <= LONGEST
    assert printable(once) == once


def test_milestones_are_each_once_in_order_and_bounded() -> None:
    assert milestones(["Net: eth0", "In: serial", "Net: eth1"]) == ("Net: eth", "In: serial")
    words = (f"{a}{b}{c} step" for a in "abcdefgh" for b in "abcdefgh" for c in "abcdefghijkl")
    assert len(milestones(words)) == MOST


def test_the_same_boot_of_another_unit_comes_to_the_end() -> None:
    other = [line.replace("a1:b2:c3", "00:00:01").replace("512", "1024") for line in BOOT]
    result = compare(GOOD, other)
    assert (result.reached, result.missing, result.skipped, result.extra) == (8, "", (), ())
    assert result.sentence == "It came to 8 of 8 steps of a good start, and to its end."


def test_where_a_boot_stopped_is_named() -> None:
    result = compare(GOOD, BOOT[:5])
    assert (result.reached, result.total) == (4, 8)
    assert result.last == "Starting kernel"
    assert result.missing == "Linux version # (build@builder) # SMP"
    assert "after “Starting kernel” a good one says “Linux version" in result.sentence


def test_steps_in_another_order_count_and_left_out_ones_are_told() -> None:
    order = [BOOT[0], BOOT[2], BOOT[1], BOOT[4], BOOT[5], BOOT[8]]
    result = compare(GOOD, order)
    assert result.missing == ""
    assert [step.split(":")[0] for step in result.skipped] == ["VFS", "eth#"]


def test_new_lines_that_look_like_errors_are_told_and_bounded() -> None:
    bad = [f"module {name}: probe failed" for name in ("alpha", "beta")]
    assert compare(GOOD, (*BOOT, *bad, "all is well")).extra == tuple(bad)
    many = [f"module {'abcdefghij'[n % 10] * (n // 10 + 3)}: error" for n in range(200)]
    assert len(compare(GOOD, (*BOOT, *many)).extra) == EXTRAS


def test_an_error_of_the_good_boot_is_no_news() -> None:
    good = from_lines("A", "B", (*BOOT, "Error: driver x is already registered"))
    assert compare(good, (*BOOT, "Error: driver x is already registered")).extra == ()


def test_nothing_seen_asks_for_another_start() -> None:
    assert "start the unit again" in compare(GOOD, ["something else"]).sentence


def test_what_ships_is_usable_and_found_by_brand_and_model() -> None:
    known = load_known_good(data_dir() / "known_good.toml")
    psa = good_for(known, "pulse secure", "psa-3000")
    assert psa is not None
    assert psa.milestones[-1] == "Press Enter to modify system settings"
    assert good_for(known, "Yealink", "T54W") is not None
    assert good_for(known, "Nobody", "T54W") is None


def test_a_good_boot_goes_to_a_file_and_back(tmp_path: Path) -> None:
    path = tmp_path / "good.toml"
    odd = from_lines('Maker "X"', "T\\1", (*BOOT, 'ä "quoted" \\ line 😀', "del\x7f\x1b[0m here"))
    path.write_text(as_toml(GOOD) + as_toml(odd), encoding="utf-8")
    assert load_known_good(path) == (GOOD, odd)


def test_the_last_of_several_counts(tmp_path: Path) -> None:
    newer = from_lines("Yealink", "T54W", BOOT[:5], note="newer")
    assert good_for((GOOD, newer), "Yealink", "t54w ") == newer


@pytest.mark.parametrize(
    ("before", "after", "key"),
    [
        ('"NAND: # MiB"', '"NAND:  256 MiB"', "good[1].milestones"),
        ("model =", "modell =", "good[1].model"),
        ('note = ""', 'note = ""\nextra = 1', "good[1].extra"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused(
    before: str, after: str, key: str, tmp_path: Path
) -> None:
    path = tmp_path / "good.toml"
    path.write_text(as_toml(GOOD).replace(before, after), encoding="utf-8")
    with pytest.raises(DataError) as raised:
        load_known_good(path)
    assert raised.value.key == key


def test_a_good_boot_of_no_steps_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "good.toml"
    path.write_text(as_toml(from_lines("A", "B", ["one step"])), encoding="utf-8")
    with pytest.raises(DataError, match="3 to 400 lines"):
        load_known_good(path)
