"""Packets out of what is recorded: nothing secret, nothing unproved, nothing left out silently."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bench.evidence.capture_format import META, RAW, meta_json, read_meta
from bench.evidence.packet import Part, missing
from bench.evidence.packet_text import packet_text
from bench.policy.facts import Outcome, Route
from bench.policy.vendor_case import VendorCase
from bench.settings import Settings
from bench.store.records import Rma
from bench.workflow.capture import captured, console_differed, settle_console
from bench.workflow.desk import Refused
from bench.workflow.packets import (
    sources,
)
from bench.workflow.projection import WRONG_CABLE
from tests.evidence.planted import load, names, pieces
from tests.workflow.helpers import NOW, World, a_capture
from tests.workflow.packet_shelf import (
    CASE,
    OTHER,
    PANIC,
    RMA,
    SERIAL,
    TYPED,
    Shelf,
    known,
    packed,
)


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    return Shelf(
        Settings(
            station="Bench 2", captures=tmp_path / "captures", badge_key=tmp_path / "badge.key"
        )
    )


# --- gathering


def test_everything_that_is_recorded_is_in_it(shelf: Shelf) -> None:
    facts = shelf.gather(known(shelf.record(b"Starting system\r\n" + PANIC + b"halted\r\n")))
    assert missing(facts) == ()
    assert facts.symptom.split("\n") == [
        "It hangs at its start.",
        "As the customer reported it:",
        "The customer sees no light.",
    ]
    assert facts.troubleshooting[0].startswith("Check FAILED: ")
    assert facts.troubleshooting[1:] == (
        "Found at the bench: A capacitor has burst.",
        "With the customer: Another socket.",
        "With the customer: Another cable.",
    )
    assert (facts.pasted_output, facts.problems) == ("BIOS error 0x11", ())
    assert (facts.station, facts.technician, facts.written_at) == ("Bench 2", "Ana", NOW)
    assert (facts.serial, facts.replacement_serial) == (SERIAL, OTHER)


def test_hashes_and_seal_are_those_of_the_recording(shelf: Shelf) -> None:
    record = shelf.record(PANIC)
    told = json.loads(packed(shelf.gather(known(record)))["captures.json"])["captures"]
    raw = (shelf.root / record.folder / RAW).read_bytes()
    assert told[0]["raw"] == {"sha256": hashlib.sha256(raw).hexdigest(), "bytes": len(raw)}
    assert (told[0]["seal"], told[0]["capture"]) == (record.seal, record.capture)
    assert told[0]["file"].startswith("console/01-2026-11-18-1426-A")


def test_the_row_of_the_first_failure_is_found(shelf: Shelf) -> None:
    data = b"".join(b"line %d\r\n" % n for n in range(400))
    record = shelf.record(data + PANIC + b"after\r\n" * 400)
    facts = shelf.gather(known(record))
    (output,) = facts.outputs
    assert output.failure_row is not None
    assert "Kernel panic" in output.text.split("\n")[output.failure_row]
    text = packet_text(facts)
    assert [f"line {n}\n" in text for n in (394, 395, 399)] == [False, True, True]
    assert "Kernel panic - not syncing" in text


@pytest.mark.parametrize("name", names())
def test_no_planted_secret_is_in_any_file(shelf: Shelf, name: str) -> None:
    log = load(name)
    text = log.data.decode("utf-8", "replace")
    case = replace(CASE, output=text, symptom=f"echo of {TYPED}", troubleshooting=text)
    record = shelf.record(log.data + f"echo of {TYPED}\r\n".encode())
    files = packed(shelf.after_looking(known(record, case=case)))
    for content in files.values():
        for secret in (*log.secrets, TYPED):
            assert [one for one in pieces(secret) if one in content] == []
    assert SERIAL in files["packet.txt"]
    assert all(RAW not in file and "typed.bin" not in file for file in files)


def test_what_was_typed_into_one_recording_is_hidden_in_all_texts(shelf: Shelf) -> None:
    first, second = shelf.record(b"hello\r\n"), shelf.record(f"it was {TYPED}\r\n".encode(), 2)
    rma = replace(known().rma, findings=f"We tried {TYPED}.", symptom=f"{TYPED} fails")
    facts = shelf.gather(known(first, second, rma=rma))
    mark = facts.symptom.split(" fails")[0]
    assert mark.startswith("[password-1 sha256:")
    assert mark in facts.outputs[1].text
    assert any(mark in step for step in facts.troubleshooting)


def test_the_check_lists_raise_no_question(shelf: Shelf) -> None:
    checks = {check: "failed" for check, _ in known().check_names}
    facts = shelf.gather(known(rma=replace(known().rma, checks=checks)))
    assert len(facts.troubleshooting) == len(checks) + 3


def test_nothing_recorded_leaves_parts_missing(shelf: Shelf) -> None:
    empty = known(case=VendorCase(Route.THREE_LEGGED), rma=Rma("r", RMA, "u"), replacement=None)
    assert missing(shelf.gather(empty)) == (
        *(Part.REPLACEMENT_SERIAL, Part.SYMPTOM, Part.TROUBLESHOOTING, Part.OUTPUT),
    )


def test_a_silent_recording_is_no_output(shelf: Shelf) -> None:
    silent = known(shelf.record(b""), case=replace(CASE, output=""))
    assert missing(shelf.gather(silent)) == (Part.OUTPUT,)


def test_hostile_text_and_names_are_harmless(shelf: Shelf) -> None:
    bad = "\x1b]0;pwned\x07\u202e[/][bold]\x00 " + "w" * 9000
    record = shelf.record(bad.encode() + b"\r\n")
    case = replace(CASE, symptom=bad, troubleshooting=bad, output=bad)
    evil = replace(read_meta(shelf.root / record.folder), name="../../x", model=bad, host=bad)
    (shelf.root / record.folder / META).write_bytes(meta_json(evil))
    files = packed(shelf.after_looking(known(record, case=case)))
    assert not set("".join(files.values())) & set("\x1b\x07\x00\u202e\r")
    assert all(".." not in name for name in files)
    assert "[/][bold]" in files["packet.txt"]


# --- recordings that cannot be used


def test_a_recording_of_another_unit_is_left_out(shelf: Shelf) -> None:
    record = replace(shelf.record(PANIC), of_another_unit=True)
    facts = shelf.gather(known(record))
    assert (facts.outputs, facts.problems) == ((), ())


def _gone(folder: Path) -> None:
    folder.rename(folder.with_name("elsewhere"))


def _changed(folder: Path) -> None:
    (folder / RAW).write_bytes((folder / RAW).read_bytes().replace(b"panic", b"peace"))


def _longer(folder: Path) -> None:
    with (folder / RAW).open("ab") as file:
        file.write(b"more\r\n")


def _no_meta(folder: Path) -> None:
    (folder / META).unlink()


def _erased(folder: Path) -> None:
    (folder / RAW).unlink()
    meta = replace(read_meta(folder), erased="2026-11-20T00:00:00+00:00")
    (folder / META).write_bytes(meta_json(meta))


def _linked(folder: Path) -> None:
    (folder / RAW).rename(folder / "x")
    (folder / RAW).symlink_to(folder / "x")


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (_gone, "its files are not on this bench"),
        (_changed, "not as it was sealed: raw.bin was changed"),
        (_longer, "not as it was sealed"),
        (_no_meta, "its files cannot be read"),
        (_erased, "its bytes were removed on 2026-11-20"),
        (_linked, "not as it was sealed"),
    ],
)
def test_a_recording_that_does_not_verify_is_told(shelf: Shelf, spoil: Any, why: str) -> None:
    bad, good = shelf.record(PANIC), shelf.record(PANIC, 2)
    spoil(shelf.root / bad.folder)
    facts = shelf.gather(known(bad, good))
    assert [output.capture for output in facts.outputs] == [good.capture]
    (problem,) = facts.problems
    assert problem.startswith("the recording of 2026-11-18 14:26 (142640-A-00000001): ")
    assert why in problem


@pytest.mark.parametrize(
    "more",
    [
        {"seal": "0" * 64},
        {"folder": "../outside"},
        {"folder": ""},
        {"started": "soon", "folder": "2026-11-18/nowhere"},
    ],
)
def test_a_record_that_names_something_else_is_told(shelf: Shelf, more: dict[str, Any]) -> None:
    facts = shelf.gather(known(replace(shelf.record(PANIC), **more)))
    assert facts.outputs == ()
    assert len(facts.problems) == 1


# --- what the store knows


def test_the_store_gives_what_it_knows(world: World) -> None:
    rma_id = world.diagnosed(SERIAL, Outcome.REPLACE, brand="Pulse Secure", model="PSA-3000")
    world.do(captured, rma_id, a_capture())
    found = sources(world.desk, world.view(rma_id), CASE)
    assert (found.unit.serial, found.rma.id, found.technician) == (SERIAL, rma_id, "Ana")
    assert [one.capture for one in found.captures] == [a_capture().capture]
    assert not found.captures[0].of_another_unit
    assert dict(found.check_names)


def test_it_must_be_certain_of_which_unit_the_console_told(world: World) -> None:
    rma_id = world.received(SERIAL, brand="Pulse Secure")
    world.do(captured, rma_id, a_capture())
    world.do(console_differed, rma_id, a_capture().capture, OTHER)
    with pytest.raises(Refused, match=f"names {OTHER}, the label {SERIAL}"):
        sources(world.desk, world.view(rma_id), CASE)
    world.do(settle_console, rma_id, WRONG_CABLE)
    (capture,) = sources(world.desk, world.view(rma_id), CASE).captures
    assert capture.of_another_unit


def test_without_an_rma_there_is_no_packet(world: World) -> None:
    unit = world.stock(SERIAL, brand="Pulse Secure")
    view = replace(world.view(world.received("Z9")), unit=unit, rma=None)
    with pytest.raises(Refused, match="has no RMA"):
        sources(world.desk, view, CASE)
