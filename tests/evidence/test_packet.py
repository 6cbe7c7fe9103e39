"""The packet for the vendor's ticket: complete, harmless, the same each time, and provable."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from bench.evidence.packet import PARTS, Output, PacketFacts, PacketIncomplete, Part, missing
from bench.evidence.packet_text import PAGE_COLUMNS, PAGE_ROWS, WIDTH, packet_text, summary_page
from bench.evidence.packet_zip import SUMS, output_name, packet_zip

HOSTILE = "\x1b]0;pwned\x07\x9b2J\u202eevil\u2066\u200b[/][bold]\x00\x85"
AT = datetime(2026, 11, 26, 15, 2, 30, tzinfo=UTC)


def an_output(rows: int = 3, **more: Any) -> Output:
    """A recording of so many rows, under two rows about it."""
    said = [f"2026-11-18 14:26:{n % 60:02d}.000  line {n}" for n in range(rows)]
    given: dict[str, Any] = {
        "name": "2026-11-18-1426-A",
        "text": "\n".join(["# About it.", "# Seal: x", *said]) + "\n",
        "seal": "5e" * 32,
        "raw_sha256": "4a" * 32,
        "bytes": 1234,
        "started": "2026-11-18T14:26:40.123+00:00",
        "ended": "2026-11-18T14:41:02.000+00:00",
        "baud": 9600,
        "capture": "ab" * 16,
        "facts": {"model": "PSA-3000"},
        "failures": ("memory test failed",),
        "redacted": {"password": 2},
    }
    return Output(**given | more)


def facts(**more: Any) -> PacketFacts:
    """A packet with all five parts."""
    given: dict[str, Any] = {
        "written_at": AT,
        "technician": "Ana",
        "station": "Bench 2",
        "rma_number": "270-000-017",
        "ticket": "T-4711",
        "service_level": "platinum",
        "contract_ends_on": date(2027, 1, 31),
        "brand": "Pulse Secure",
        "model": "PSA-3000",
        "serial": "0331082021000456",
        "replacement_serial": "0331082021000999",
        "symptom": "It does not start.",
        "troubleshooting": ("Check FAILED: power on self test", "With the customer: new cable"),
        "outputs": (an_output(),),
        "pasted_output": "DRAM: failed",
    }
    return PacketFacts(**given | more)


def files(data: bytes) -> dict[str, bytes]:
    """What is in a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        assert packed.testzip() is None
        return {name: packed.read(name) for name in packed.namelist()}


@pytest.mark.parametrize(
    ("blank", "part"),
    [
        ({"serial": " \u200b\x00"}, Part.DEFECTIVE_SERIAL),
        ({"replacement_serial": ""}, Part.REPLACEMENT_SERIAL),
        ({"symptom": "\n\t\u202e\n"}, Part.SYMPTOM),
        ({"troubleshooting": ("", " \x07")}, Part.TROUBLESHOOTING),
        ({"outputs": (), "pasted_output": " \n"}, Part.OUTPUT),
        ({"outputs": (an_output(bytes=0),), "pasted_output": ""}, Part.OUTPUT),
    ],
)
def test_each_missing_part_is_named(blank: dict[str, Any], part: Part) -> None:
    lacking = facts(**blank)
    assert missing(lacking) == (part,)
    for make in (packet_text, summary_page, packet_zip):
        with pytest.raises(PacketIncomplete, match=PARTS[part]) as refused:
            make(lacking)
        assert refused.value.missing == (part,)


def test_all_that_is_missing_is_told_in_the_vendors_order() -> None:
    nothing = PacketFacts(written_at=AT, technician="", station="", rma_number="")
    assert missing(nothing) == tuple(Part)
    assert missing(facts()) == ()


@pytest.mark.parametrize("more", [{"outputs": ()}, {"pasted_output": ""}])
def test_one_sort_of_output_is_enough(more: dict[str, Any]) -> None:
    assert missing(facts(**more)) == ()


def test_the_text_has_the_five_parts_under_their_headings() -> None:
    text = packet_text(facts())
    places = [text.index(f"{n}. {PARTS[part].upper()}") for n, part in enumerate(Part, 1)]
    assert places == sorted(places)
    assert text.index("Our RMA:") < places[0]
    for said in (
        *("0331082021000456", "0331082021000999", "It does not start.", "- Check FAILED"),
        *("DRAM: failed", "line 2", "memory test failed", "5e" * 32, "contract until 2027-01-31"),
        "2026-11-26 15:02 UTC+0000, Ana, Bench 2",
    ):
        assert said in text


def test_a_long_output_is_cut_to_its_failure_and_its_end() -> None:
    text = packet_text(facts(outputs=(an_output(1000, failure_row=502),), pasted_output=""))
    assert "line 495\n" in text  # five before line 500: two rows stand above the first
    assert "line 520\n" in text
    assert "line 521\n" not in text
    assert "line 939\n" not in text
    assert "line 940\n" in text
    assert "line 999\n" in text
    assert "[... 495 lines ...]" in text
    flat = " ".join(text.split())
    assert "86 of 1000 lines, from the first failure and the end; the attached" in flat


def test_a_long_output_without_a_failure_is_cut_to_its_end() -> None:
    text = packet_text(facts(outputs=(an_output(1000),), pasted_output=""))
    assert "(shortened: 60 of 1000 lines, the last; the attached zip has all of it)" in text
    assert "line 939\n" not in text
    assert "line 940\n" in text


def test_a_failure_near_the_end_is_told_once() -> None:
    text = packet_text(facts(outputs=(an_output(200, failure_row=140),), pasted_output=""))
    assert [text.count(f"line {n}\n") for n in (132, 133, 139, 140, 199)] == [0, 1, 1, 1, 1]


def test_many_recordings_are_named_and_three_of_them_quoted() -> None:
    text = packet_text(facts(outputs=tuple(an_output(2) for _ in range(5))))
    assert (text.count("Recording "), text.count("line 1\n")) == (5, 3)
    assert text.count("not quoted here") == 2


def hostile_facts() -> PacketFacts:
    """Every text from elsewhere is hostile, and long."""
    bad = HOSTILE + "word " * 900 + "x" * 5000 + "\n" + HOSTILE
    evil = an_output(
        name="../../etc/cron.d/" + HOSTILE,
        text="# " + bad + "\n" + bad,
        seal=HOSTILE,
        started=HOSTILE,
        ended="\n# x",
        facts={bad: bad},
        failures=(bad,) * 99,
        failure_row=999_999,
        redacted={HOSTILE: 1},
    )
    names = ("technician", "station", "rma_number", "ticket", "service_level", "brand", "model")
    more = ("serial", "mac", "board_serial", "replacement_brand", "replacement_model")
    given: dict[str, Any] = dict.fromkeys((*names, *more, "symptom", "pasted_output"), bad)
    return facts(**given, troubleshooting=(bad,) * 50, outputs=(evil,) * 40, problems=(bad,) * 50)


def test_hostile_text_is_harmless_in_every_file() -> None:
    packed = files(packet_zip(hostile_facts()))
    for data in packed.values():
        text = data.decode("utf-8")
        assert text.isprintable() or all(c.isprintable() or c in "\n\ufffd" for c in text)
        assert not set(text) & set("\x1b\x07\x00\x85\x9b\u202e\u2066\u200b\r")
    assert "[/][bold]" in packed["packet.txt"].decode()
    names = list(packed)
    assert all(name.isascii() and ".." not in name and name[0] not in "/." for name in names)
    assert len(set(names)) == len(names) == 45
    assert max(map(len, names)) < 60


def test_prose_is_narrow_and_the_summary_is_one_page() -> None:
    hostile = hostile_facts()
    only_prose = replace(hostile, outputs=(), pasted_output="short")
    assert max(map(len, packet_text(only_prose).splitlines())) <= WIDTH
    for one in (hostile, facts()):
        rows = summary_page(one).split("\n")[:-1]
        assert len(rows) <= PAGE_ROWS
        assert max(map(len, rows)) <= PAGE_COLUMNS
        assert "SHA256SUMS proves" in "\n".join(rows[-3:])


def test_a_quoted_line_has_an_end() -> None:
    rows = packet_text(facts(pasted_output="y" * 9000)).splitlines()
    assert max(map(len, rows)) < 200


def test_what_could_not_be_put_in_is_told() -> None:
    data = packet_zip(facts(problems=("the recording of Monday: its files are gone",)))
    packed = files(data)
    assert "Not in this packet: the recording of Monday" in packed["packet.txt"].decode()
    assert "Not in this packet" in packed["summary.txt"].decode()
    assert json.loads(packed["captures.json"])["left_out"] == [
        "the recording of Monday: its files are gone"
    ]


def test_the_same_facts_give_the_same_bytes() -> None:
    assert packet_zip(facts()) == packet_zip(facts())
    assert packet_zip(facts()) != packet_zip(facts(symptom="Another."))


@pytest.mark.parametrize("year", [1970, 2199])
def test_a_clock_that_is_wrong_spoils_nothing(year: int) -> None:
    with zipfile.ZipFile(io.BytesIO(packet_zip(facts(written_at=AT.replace(year=year))))) as made:
        assert {entry.date_time[0] for entry in made.infolist()} == {min(max(year, 1980), 2107)}


def test_captures_json_ties_each_file_to_what_we_keep() -> None:
    packed = files(packet_zip(facts(outputs=(an_output(), an_output(name="B")))))
    told = json.loads(packed["captures.json"])
    assert (told["rma"], told["serial"]) == ("270-000-017", "0331082021000456")
    first, second = told["captures"]
    assert second["file"] == "console/02-B.txt"
    assert first["sha256"] == hashlib.sha256(packed[first["file"]]).hexdigest()
    assert (first["capture"], first["seal"]) == ("ab" * 16, "5e" * 32)
    assert first["raw"] == {"sha256": "4a" * 32, "bytes": 1234}
    assert (first["hidden"], first["baud"]) == ({"password": 2}, 9600)
    assert first["started"] == "2026-11-18T14:26:40.123+00:00"


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("../../x", "console/07-x.txt"),
        ("", "console/07-console.txt"),
        ("ä/ö\\ü", "console/07-console.txt"),
        ("CON: a\nb", "console/07-CON-a-b.txt"),
        ("a" * 99, f"console/07-{'a' * 40}.txt"),
    ],
)
def test_names_in_the_zip_cannot_be_steered(name: str, file: str) -> None:
    assert output_name(7, an_output(name=name)) == file


def test_other_programs_open_it_and_prove_it(tmp_path: Path) -> None:
    packet = tmp_path / "packet.zip"
    packet.write_bytes(packet_zip(facts(outputs=(an_output(), an_output(500)))))
    for command in _unpackers(packet, tmp_path):
        folder = tmp_path / Path(command[0]).name
        folder.mkdir()
        subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=60)
        unpacked = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
        assert unpacked == set(files(packet.read_bytes()))
        _prove(folder)


def _unpackers(packet: Path, tmp_path: Path) -> list[list[str]]:
    known = [
        [sys.executable, "-m", "zipfile", "-e", str(packet), "."],
        ["unzip", "-q", str(packet)],
        ["bsdtar", "-xf", str(packet)],
    ]
    return [command for command in known if shutil.which(command[0])]


def _prove(folder: Path) -> None:
    """By sha256sum where it is there, and by hand; no file is left out."""
    lines = (folder / SUMS).read_text("ascii").splitlines()
    sums = {line[66:]: line[:64] for line in lines}
    assert {*sums, SUMS} == {
        p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()
    }
    for name, told in sums.items():
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == told
    if shutil.which("sha256sum"):
        check = ["sha256sum", "--strict", "-c", SUMS]
        subprocess.run(check, cwd=folder, check=True, capture_output=True, timeout=60)
