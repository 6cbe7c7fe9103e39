"""The rate of a console, found by listening: right rates, wrong rates, and what decides nothing."""

from __future__ import annotations

import random

import pytest

from bench.evidence.baud import (
    PAUSE,
    RATES,
    SETTLE,
    SKIPPED,
    TOO_SLOW,
    Search,
    Verdict,
    Watch,
    order,
)
from bench.hardware.uart_model import Receiver, line_bits

LINES = (
    b"[    1.204113] ata1: SATA link up 3.0 Gbps (SStatus 123 SControl 300)\r\n"
    b"[    1.402217] sd 0:0:0:0: [sda] 976773168 512-byte logical blocks\r\n"
    b"Starting system software version 9.1R15 (build 18393)\r\n"
    b"\x1b[0;32m  OK  \x1b[0m Started Login Prompts.\r\n"
    b"Verifying Checksum ... OK\r\nHit any key to stop autoboot:  2\r\n"
)


def lines(rng: random.Random, size: int) -> bytes:
    """So much text at least; no two lines are the same (the same again and again may alias)."""
    out, known = bytearray(), LINES.splitlines(keepends=True)
    while len(out) < size:
        out += b"<%d> %s" % (rng.randrange(10 ** rng.randrange(1, 9)), rng.choice(known))
    return bytes(out)


def heard(data: bytes, device: int, listened: int, first_bit: int = 0) -> bytes:
    """What a UART reads that joins in mid-stream."""
    receiver = Receiver(device / listened)
    receiver.join_late()
    return receiver.feed(line_bits(data)[first_bit:])


def decided(search: Search, data: bytes, now: float = 0.0, size: int = 7) -> Verdict:
    """The first decision on these bytes."""
    for at in range(0, len(data), size):
        verdict = search.feed(data[at : at + size], now)
        if verdict is not Verdict.LISTENING:
            return verdict
    return Verdict.LISTENING


def test_nine_rates_the_profile_first_none_twice() -> None:
    assert len(set(RATES)) == len(RATES) == 9
    assert order((9600, 2400))[:3] == (9600, 2400, 115200)
    assert sorted(order((9600, 2400))) == sorted({*RATES, 2400})
    assert Search((9600,)).rate == 9600


@pytest.mark.parametrize("rate", RATES)
def test_the_right_rate_is_found_by_sixty_four_characters_joined_anywhere(rate: int) -> None:
    rng = random.Random(rate)
    for _ in range(60):
        start, bit = rng.randrange(len(LINES) - 80), rng.randrange(1, 10)
        data = heard((LINES + LINES)[start : start + 64], rate, rate, bit)

        assert decided(Search((rate,)), data) is Verdict.FOUND


@pytest.mark.parametrize("device", RATES)
def test_no_wrong_rate_is_taken_for_right(device: int) -> None:
    rng = random.Random(device)
    for listened in RATES:
        if listened != device:
            text = lines(rng, int(700 + 70 * device / listened))
            for _ in range(4):
                data = heard(text, device, listened, rng.randrange(1, 700))

                assert decided(Search((listened,)), data) is Verdict.NEXT


@pytest.mark.parametrize("device", [9600, 57600, 921600])
def test_a_search_ends_at_the_rate_of_the_device(device: int) -> None:
    search, bits, at = Search((19200,)), line_bits(LINES * 120), 3
    receiver, rate = Receiver(device / search.rate), search.rate
    verdict = Verdict.LISTENING
    while verdict is not Verdict.FOUND and at < len(bits):
        verdict = search.feed(receiver.feed(bits[at : at + 300]), at / device)
        at += 300
        if search.rate != rate:
            rate, at = search.rate, at + 7
            receiver = Receiver(device / rate)
            receiver.join_late()

    assert (verdict, search.rate) == (Verdict.FOUND, device)
    assert search.feed(b"\xff" * 100, 99.0) is Verdict.FOUND


def test_far_too_fast_goes_down_at_once() -> None:
    search = Search((921600, 1500000, 115200))

    assert search.feed(bytes(9), 0.0) is Verdict.NEXT
    assert search.rate == 115200  # not 1,500,000, which is faster still


def test_bytes_still_of_the_old_rate_are_let_pass() -> None:
    search = Search((115200, 9600))
    assert search.feed(b"\x91\xf0\x80" * 20, 5.0) is Verdict.NEXT

    assert search.feed(b"\x91\xf0\x80" * 60, 5.0 + SETTLE / 2) is Verdict.LISTENING
    assert search.feed(b"?" * SKIPPED + LINES, 5.0 + SETTLE) is Verdict.FOUND
    assert search.rate == 9600


def test_silence_decides_nothing() -> None:
    search = Search((9600,))

    assert {search.tick(float(second)) for second in range(3600)} == {Verdict.LISTENING}
    assert search.feed(b"", 3601.0) is Verdict.LISTENING
    assert search.rate == 9600


def test_a_short_prompt_after_a_pause_needs_no_skipping() -> None:
    search = Search((9600,))
    search.feed(b"\x91\x81", 0.0)

    assert search.feed(b"\r\nswitch login: \r\nPassword: ", PAUSE) is Verdict.FOUND


def test_a_trickle_of_rubbish_is_left_after_a_while() -> None:
    search = Search((9600,))
    search.feed(b"\xf0\x81\x00\x93\xfe", 0.0)

    assert search.tick(TOO_SLOW - 0.1) is Verdict.LISTENING
    assert search.tick(TOO_SLOW) is Verdict.NEXT


def test_a_trickle_of_text_is_stayed_with() -> None:
    search = Search((9600,))
    search.feed(b"login: ", 0.0)

    assert search.tick(TOO_SLOW * 10) is Verdict.LISTENING
    assert search.rate == 9600


@pytest.mark.parametrize("sign", [b".", b"U", b"#=", b"|\b/\b-\b\\\b", b"\r", b" "])
def test_the_same_signs_again_and_again_decide_nothing(sign: bytes) -> None:
    search = Search((9600,))

    assert decided(search, sign * 500) is Verdict.LISTENING
    assert decided(search, LINES) is Verdict.FOUND


@pytest.mark.parametrize("data", [bytes(5000), b"\xff" * 5000, random.Random(1).randbytes(200_000)])
def test_nuls_and_binary_are_no_rate(data: bytes) -> None:
    search = Search()
    verdicts = {search.feed(data[at : at + 50], at * 0.0001) for at in range(0, len(data), 50)}

    assert Verdict.FOUND not in verdicts
    assert Verdict.NEXT in verdicts


def test_once_all_rates_were_tried_each_gets_more_time() -> None:
    search, changes, now = Search(), 0, 0.0
    while now < 60.0:
        changes += search.feed(bytes(12), now) is Verdict.NEXT
        now += 0.001

    assert len(RATES) < changes < 100


def test_letters_with_accents_are_text_also_where_a_piece_cuts_one() -> None:
    text = "Gerät geprüft: 52 °C – Überprüfung läuft, prêt\r\n".encode() * 3
    for start in range(40):
        assert decided(Search((9600,)), text[start : start + 72]) is Verdict.FOUND


def test_a_changed_rate_is_noticed_within_two_hundred_characters() -> None:
    for device, listened in ((115200, 9600), (9600, 115200), (38400, 57600), (57600, 38400)):
        data = heard(LINES * 60, device, listened)
        for size in (1, 3, 20, 200):
            watch = Watch()

            assert any(watch.feed(data[at : at + size]) for at in range(0, 200, size))


def test_right_text_is_never_a_changed_rate() -> None:
    watch, rng = Watch(), random.Random(2)
    accents = "Gerät geprüft – 52 °C ▁▂▃▄▅▆▇█ 漢字\r\n".encode()
    for _ in range(2000):
        data = rng.choice((LINES, accents, b"\x1b[2J\x1b]0;x\x07", b"\x9b6n\x9d0;title\x9c"))

        assert not watch.feed(data)


def test_a_bar_of_one_eight_bit_sign_is_no_changed_rate() -> None:
    watch = Watch()

    assert not any(watch.feed(b"\rloading " + b"\xdb" * width) for width in range(78))
    assert not any(watch.feed(b"\xdb") for _ in range(500))


def test_nuls_are_a_changed_rate() -> None:
    assert Watch().feed(bytes(64))


def test_after_a_change_the_watch_starts_anew() -> None:
    watch = Watch()
    assert watch.feed(b"\xf8\x00\xfe" * 30)

    assert not watch.feed(b"\xf8\x00\xfe" * 10)
