"""The three strings of ~HS, read and made."""

from __future__ import annotations

import dataclasses

import pytest

from bench.labels.zpl_status import LONGEST, HostStatus, complete, parse_status, status_reply

REAL = (
    b"\x02030,1,1,1225,000,0,0,0,000,0,0,0\x03\r\n"
    b"\x02001,0,1,0,1,2,6,0,00000100,1,000\x03\r\n"
    b"\x021234,0\x03\r\n"
)


def test_an_answer_as_the_guide_has_it() -> None:
    status = parse_status(REAL)
    assert status == HostStatus(paper_out=True, paused=True, head_open=True, length=1225)


@pytest.mark.parametrize(
    "status",
    [
        HostStatus(),
        *(
            dataclasses.replace(HostStatus(), **{one.name: True})
            for one in dataclasses.fields(HostStatus)
            if one.type == "bool"
        ),
        HostStatus(waiting=7, length=203),
    ],
)
def test_what_is_made_is_read_back(status: HostStatus) -> None:
    reply = status_reply(status)
    assert parse_status(reply) == status
    assert complete(reply)
    assert reply.count(b"\r\n") == 3
    assert len(reply) < LONGEST


def test_a_ribbon_that_is_not_needed_is_not_out() -> None:
    direct = REAL.replace(b"001,0,1,0,1,", b"001,0,0,1,0,").replace(b"030,1,1", b"030,0,0")
    status = parse_status(direct)
    assert status is not None
    assert not status.ribbon_out
    assert status.complaint() == ("", "")


def test_each_stop_has_words_and_a_remedy() -> None:
    for one in ("paper_out", "paused", "full", "too_hot", "head_open", "ribbon_out"):
        what, remedy = dataclasses.replace(HostStatus(), **{one: True}).complaint()
        assert what
        assert remedy


def test_silence_and_a_piece_are_no_answer_yet() -> None:
    assert parse_status(b"") is None
    assert parse_status(b"\r\n") is None
    assert not complete(REAL[:-5])
    assert parse_status(REAL[:-10]) == parse_status(REAL)  # the third says nothing


def test_the_last_answer_counts() -> None:
    status = parse_status(REAL + status_reply(HostStatus()))
    assert status == HostStatus()


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        b"\x00\xff" * 50,
        REAL[10:60],
        REAL.replace(b"030,1", b"030,x"),
        REAL.replace(b",1225,", b",, ,"),
        REAL.replace(b"000,0,0,0\x03", b"\x03"),
    ],
)
def test_anything_else_is_refused(answer: bytes) -> None:
    with pytest.raises(ValueError, match="status"):
        parse_status(answer)
