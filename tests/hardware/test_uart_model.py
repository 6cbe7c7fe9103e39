"""The model of a serial line: what a receiver makes of a sender at another rate."""

from __future__ import annotations

import random

import pytest

from bench.hardware.uart_model import Line, Receiver, line_bits

TEXT = b"DRAM:  512 MiB\r\nHit any key to stop autoboot\r\n"


def heard(data: bytes, sends: int, reads: int) -> bytes:
    receiver = Receiver(sends / reads)
    return receiver.feed(line_bits(data)) + receiver.rest()


def test_a_character_is_a_start_bit_eight_bits_from_the_lowest_and_a_stop_bit() -> None:
    assert list(line_bits(b"\x05")) == [0, 1, 0, 1, 0, 0, 0, 0, 0, 1]


def test_at_the_same_rate_every_byte_comes_through() -> None:
    every = bytes(range(256)) * 2

    assert heard(every, 9600, 9600) == every


@pytest.mark.parametrize("share", [0.97, 1.03])
def test_a_clock_that_is_three_percent_off_is_still_right(share: float) -> None:
    receiver = Receiver(share)
    got = b"".join(receiver.feed(line_bits(bytes((byte,))) + b"\1" * 3) for byte in TEXT)

    assert got + receiver.rest() == TEXT


def test_far_too_fast_gives_one_nul_for_each_low_stretch_and_framing_errors() -> None:
    receiver = Receiver(9600 / 115200)

    got = receiver.feed(line_bits(b"U"))  # low in every second bit: five stretches

    assert got == bytes(5)
    assert receiver.framing_errors == 5


def test_twice_too_fast_doubles_each_bit() -> None:
    # The start bit is seen as start and a zero; the next three and a half bits follow, doubled.
    assert heard(b"\xff", 9600, 19200) == b"\xfe"


def test_too_slow_gives_fewer_characters_and_no_text() -> None:
    got = heard(TEXT * 20, 115200, 9600)

    assert 0 < len(got) <= len(TEXT) * 20 / 10
    assert sum(32 <= byte < 127 for byte in got) < 0.7 * len(got)


def test_pieces_give_the_same_as_the_whole() -> None:
    rng = random.Random(3)
    for sends, reads in ((9600, 115200), (115200, 9600), (38400, 57600), (9600, 9600)):
        bits, receiver, got, at = line_bits(TEXT * 3), Receiver(sends / reads), b"", 0
        while at < len(bits):
            size = rng.randrange(1, 40)
            got += receiver.feed(bits[at : at + size])
            at += size
        assert got + receiver.rest() == heard(TEXT * 3, sends, reads)


def test_joining_late_comes_right_at_the_latest_after_a_pause() -> None:
    receiver = Receiver(1.0)
    receiver.join_late()
    receiver.feed(line_bits(TEXT)[37:])
    receiver.rest()

    assert receiver.feed(line_bits(TEXT)) + receiver.rest() == TEXT


def test_a_low_line_is_one_nul_however_long_it_lasts() -> None:
    receiver = Receiver(1.0)

    assert receiver.feed(b"\1\1" + bytes(500)) == b"\0"
    assert receiver.feed(bytes(500)) == b""
    assert receiver.feed(b"\1" + line_bits(b"A")) + receiver.rest() == b"A"


def test_a_spike_is_no_start_bit() -> None:
    assert Receiver(10.0).feed(b"\1" * 20 + b"\0\0" + b"\1" * 200) == b""


def test_a_line_whose_rates_are_equal_changes_nothing() -> None:
    line = Line(115200, 115200)

    assert line.send(bytes(range(256))) == bytes(range(256))
    assert line.rest() == b""


def test_a_line_follows_changed_rates() -> None:
    line = Line(9600, 115200)

    assert set(line.send(b"hello, hello") + line.rest()) == {0}
    assert line.framing_errors > 12
    line.set(reads=9600)
    assert line.send(b"hello") == b"hello"
    line.set(sends=115200)
    assert line.send(b"hello") + line.rest() != b"hello"


def test_the_last_character_comes_with_the_pause_after_it() -> None:
    line = Line(115200, 57600)

    during = line.send(b"abc")
    after = line.rest()

    assert during + after == heard(b"abc", 115200, 57600)
