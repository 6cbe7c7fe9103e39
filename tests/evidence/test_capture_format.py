"""The format of a capture: what is written is read again, and what was not written is refused."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

from bench.evidence.capture_format import (
    LINE_LIMIT,
    META,
    BadMeta,
    BadRecord,
    Chain,
    Kind,
    Meta,
    Record,
    data_line,
    decode,
    encode,
    meta_json,
    read_meta,
)

_META = Meta("0" * 32, "Port 1", "/dev/ttyUSB0", adapter={"vid": "0403"}, bytes=3, rma="26-1")


def test_a_record_is_read_as_it_was_written() -> None:
    record = Record(1, 2, Kind.MARK, {"text": "läuft\n", "o": 7})
    line = encode(record)
    assert line == b'{"t":1,"w":2,"e":"mark","text":"l\\u00e4uft\\n","o":7}\n'
    assert decode(line) == record


def test_the_short_way_for_data_gives_the_same_line() -> None:
    assert data_line(5, 6, 7, 8) == encode(Record(5, 6, Kind.DATA, {"o": 7, "n": 8}))


@pytest.mark.parametrize(
    "line",
    [
        b"",
        b"\0\0\0\0\n",
        b'{"t":1,"w":2,"e":"data","o":0',
        b"[]\n",
        b'{"t":1,"w":2,"e":"boo"}\n',
        b'{"t":1,"w":2,"e":["data"]}\n',
        b'{"t":1,"w":2}\n',
        b'{"t":1.5,"w":2,"e":"room"}\n',
        b'{"t":true,"w":2,"e":"room"}\n',
        b'{"t":1,"w":2,"e":"data","o":-1,"n":2}\n',
        b'{"t":1,"w":2,"e":"data","o":0}\n',
        b'{"t":1,"w":2,"e":"mark","o":0,"text":7}\n',
        b'{"t":' + b"9" * 5000 + b',"w":2,"e":"room"}\n',
        b"[" * 20000,
        b'{"t":1,"w":2,"e":"note","o":0,"text":"' + b"x" * LINE_LIMIT + b'"}\n',
        b'{"t":1,"w":2,"e":"note","o":0,"text":"\xff"}\n',
    ],
)
def test_what_is_no_record_is_refused(line: bytes) -> None:
    with pytest.raises(BadRecord):
        decode(line)


def test_each_link_of_the_chain_is_over_the_one_before() -> None:
    chain = Chain("id")
    chain.add(b"one\n")
    chain.add(b"two\n")
    first = hashlib.sha256(b"id" + b"one\ntwo\n" + b"aabb").hexdigest()
    assert chain.seal("aa", "bb") == first
    assert chain.seal("aa", "bb") == hashlib.sha256(first.encode() + b"aabb").hexdigest()


def test_metadata_is_read_as_it_was_written(tmp_path: Path) -> None:
    (tmp_path / META).write_bytes(meta_json(_META))
    assert read_meta(tmp_path) == _META
    assert replace(read_meta(tmp_path), seal="x").seal == "x"


@pytest.mark.parametrize(
    "change",
    [{"version": 2}, {"bytes": "3"}, {"bytes": -1}, {"pid": True}, {"adapter": []}, {"rma": 4}],
)
def test_metadata_of_another_kind_is_refused(tmp_path: Path, change: dict[str, object]) -> None:
    values = json.loads(meta_json(_META)) | change
    (tmp_path / META).write_text(json.dumps(values))
    with pytest.raises(BadMeta):
        read_meta(tmp_path)


def test_no_metadata_at_all(tmp_path: Path) -> None:
    with pytest.raises(BadMeta):
        read_meta(tmp_path)
    (tmp_path / META).write_bytes(b'{"version": 1}')
    with pytest.raises(BadMeta):
        read_meta(tmp_path)
