"""Copies to give away: no secret in them, nothing overwritten, no name steered by a device."""

from __future__ import annotations

import json
import os
import stat
from dataclasses import replace
from pathlib import Path

import pytest

from bench.datafile import data_dir
from bench.evidence import sharing
from bench.evidence.capture_format import META, meta_json, read_meta
from bench.evidence.capture_reader import CaptureReader
from bench.evidence.facts import Fact, FactKind
from bench.evidence.redaction import Redactor
from bench.evidence.redaction_known import word
from bench.evidence.redaction_rules import load_rules
from bench.evidence.sharing import NotShared, known_of, prepare, share
from bench.evidence.sharing_text import Findings, Prepared
from tests.evidence.captures_by_hand import Writer
from tests.evidence.planted import load, names, pieces

RULES = load_rules(data_dir() / "redaction.toml")


def recorded(folder: Path, data: bytes) -> CaptureReader:
    """A closed capture: a console, a password typed into it, a note, a gap and a loss."""
    writer = Writer(folder)
    writer.said(data)
    writer.sent(b"admin\r")
    writer.sent(b"typed-By-Bench-9\r", secret=True)
    writer.said(b"echo of typed-By-Be\r\nnch-9 here\r\n")
    writer.record("note", text="its password is Note-Secret-5", o=writer.size)
    writer.record("gone", why="unplugged", o=writer.size)
    writer.record("back", gap_ns=3_200_000_000, o=writer.size)
    writer.record("counts", overrun=2, frame=0, parity=0, brk=0, buf_overrun=0)
    writer.said(b"U-Boot 2016.05\r\nserial#=0331082021000456\r\n")
    writer.record("hash", o=writer.size, raw="ab" * 32, typed="cd" * 32, chain="ef" * 32)
    meta = replace(read_meta(folder), seal="ef" * 32, serial="0331082021000456", rma="BKDG-SPGV")
    (folder / META).write_bytes(meta_json(meta))
    return CaptureReader(folder).poll_all()


def prepared(capture: CaptureReader, *words: str) -> Prepared:
    known = [*known_of(capture), *(word(one) for one in words)]
    return prepare(capture, Redactor(RULES, b"key", known, keep=[capture.meta.serial]))


@pytest.mark.parametrize("name", names())
def test_no_secret_is_in_any_file(tmp_path: Path, name: str) -> None:
    log = load(name)
    with recorded(tmp_path / "capture", log.data) as capture:
        folder = share(capture, prepared(capture), tmp_path, looked=True)
    secrets = [*log.secrets, "typed-By-Bench-9", "Note-Secret-5"]
    for path in folder.iterdir():
        text = path.read_text("utf-8")
        assert [one for secret in secrets for one in pieces(secret) if one in text] == []
        assert "0331082021000456" in text


def test_the_transcript_tells_times_gaps_and_what_it_is(tmp_path: Path) -> None:
    with recorded(tmp_path / "capture", b"DRAM:  512 MiB\r\n") as capture:
        folder = share(capture, prepared(capture), tmp_path, looked=True)
    lines = (folder / sharing.TRANSCRIPT).read_text("utf-8").splitlines()
    assert lines[0] == "# What the console of a returned unit said, written down by bench."
    assert any("secrets were taken out" in line for line in lines[:12])
    assert "2026-11-18 11:06:41.000  DRAM:  512 MiB" in lines
    assert any(line.endswith("--- cable back after 3.2 s ---") for line in lines)
    assert any(line.endswith("--- lost or broken: 2 x overrun ---") for line in lines)
    assert any("[password-" in line for line in lines if "note: its password" in line)


def test_the_findings_tell_counts_places_and_hashes(tmp_path: Path) -> None:
    secret = "Wicker-Serial-44"
    facts = [
        Fact(FactKind.SERIAL, "0331082021000456", "", 0, 0, 4, ""),
        Fact(FactKind.SERIAL, secret, "", 0, 0, 0, ""),
    ]
    with recorded(tmp_path / "capture", f"password = {secret}\r\n".encode()) as capture:
        folder = share(capture, prepared(capture), tmp_path, True, Findings(facts))
    found = json.loads((folder / sharing.FINDINGS).read_text("utf-8"))
    assert [one["value"] for one in found["facts"]] == ["0331082021000456"]
    assert found["taken_out"]["counts"] == {"password": 2}
    assert found["taken_out"]["places"][0]["line"] == 1
    assert found["capture"]["seal"] == "ef" * 32
    assert found["capture"]["hashes"] == {"raw": "ab" * 32, "chain": "ef" * 32}
    assert [gap["what"] for gap in found["gaps"]] == ["cable out", "cable back after 3.2 s"]
    assert found["losses"][0]["overrun"] == 2


def test_marks_are_the_same_in_all_files(tmp_path: Path) -> None:
    with recorded(tmp_path / "capture", load("cisco_ios").data) as capture:
        ready = prepared(capture)
        folder = share(capture, ready, tmp_path, looked=True)
    cast = (folder / sharing.CAST).read_text("utf-8")
    tokens = {hit.token for hit in ready.redacted.hits if hit.kind != "private key"}
    assert {token for token in tokens if token not in cast} == set()


def test_doubt_refuses_and_writes_nothing(tmp_path: Path) -> None:
    with recorded(tmp_path / "capture", b"the secret place of mine\r\n") as capture:
        with pytest.raises(NotShared, match=r"1 lines? may still hold a secret. Look"):
            share(capture, prepared(capture), tmp_path, looked=False)
        assert [one.name for one in tmp_path.iterdir()] == ["capture"]


def test_words_of_the_technician_are_hidden(tmp_path: Path) -> None:
    with recorded(tmp_path / "capture", b"Welcome to ACME Bank\r\n") as capture:
        folder = share(capture, prepared(capture, "acme bank"), tmp_path, looked=True)
    assert all("ACME" not in path.read_text("utf-8") for path in folder.iterdir())


def test_nothing_is_overwritten_and_nobody_else_can_read(tmp_path: Path) -> None:
    with recorded(tmp_path / "capture", b"hello\r\n") as capture:
        first = share(capture, prepared(capture), tmp_path, looked=True)
        second = share(capture, prepared(capture), tmp_path, looked=True)
    assert (first.name, second.name) == ("console-20261118142640-abababab", first.name + "-2")
    assert stat.S_IMODE(second.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in second.iterdir()} == {0o600}


def test_names_cannot_be_steered(tmp_path: Path) -> None:
    with recorded(tmp_path / "capture", b"hello\r\n") as capture:
        evil = replace(capture.meta, id="../../x", started="../../etc", name="../y", model="/z")
        (tmp_path / "capture" / META).write_bytes(meta_json(evil))
        folder = share(capture, prepared(capture), tmp_path, looked=True)
    assert folder == tmp_path / "console-undated-unknown"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("findings.json", "transcript.cast", "transcript.txt")
    ]


def test_a_full_disk_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with recorded(tmp_path / "capture", b"hello\r\n") as capture:
        ready = prepared(capture)
        monkeypatch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            share(capture, ready, tmp_path, looked=True)
    assert [one.name for one in tmp_path.iterdir()] == ["capture"]


def test_only_text_that_is_safe_to_paint_leaves(tmp_path: Path) -> None:
    hostile = b"\x1b]0;pwned\x07\x9b2J \xe2\x80\xae bidi\x00\r\n"
    with recorded(tmp_path / "capture", hostile) as capture:
        folder = share(capture, prepared(capture), tmp_path, looked=True)
    for path in folder.iterdir():
        text = path.read_text("utf-8").replace("\n", "")
        assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c == "\u202e" for c in text)
