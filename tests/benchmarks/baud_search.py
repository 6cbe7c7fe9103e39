"""How surely the rate of a console is found by listening, on a bit-level model of the line.

`python -m tests.benchmarks.baud_search [TRIALS]` prints two tables. First, for each rate of the
device and each rate listened at, what share of joins in mid-stream was taken as right (at the right
rate with 64 characters to go by; the rest of the row must be 0). Second, whole searches over nine
rates: right, wrong, characters that the device sent meanwhile, seconds at its pace. Last, what must
find nothing: silence, NULs, random bytes. Jitter and noise are not part of the model.
"""

from __future__ import annotations

import random
import statistics
import sys
from collections.abc import Callable

from bench.evidence.baud import RATES, Search, Verdict
from bench.hardware.uart_model import Receiver, line_bits

Text = Callable[[random.Random], bytes]
SHORT = 64
CHUNK = 16
SORTED = tuple(sorted(RATES))
_NAMES = ("eth0", "sda", "usb 1-1", "ata2.00", "mmc0", "pci 0000:02:00.0", "EXT3-fs (sda6)", "mtd3")
_SAID = (
    "link becomes ready",
    "registered new interface driver",
    "mounted filesystem with ordered data mode",
    "configured for UDMA/133",
    "new high-speed USB device number 4 using ehci_hcd",
    "assigned reserved memory node",
    "Intel(R) PRO/1000 Network Driver",
)


def kernel(rng: random.Random) -> bytes:
    """A line of a kernel with its time."""
    stamp = f"[{rng.uniform(0, 90):12.6f}] "
    return f"{stamp}{rng.choice(_NAMES)}: {rng.choice(_SAID)}\r\n".encode()


def loader(rng: random.Random) -> bytes:
    """A line of a boot loader."""
    lines = (
        f"U-Boot 2016.{rng.randint(1, 12):02} (May 04 2021 - 10:{rng.randint(10, 59)}:07 +0000)",
        f"DRAM:  {rng.choice((64, 128, 256, 512))} MiB",
        f"Load Address: 0x{rng.randrange(1 << 32):08x}",
        "## Booting kernel from Legacy Image at 80007fc0 ...",
        "   Verifying Checksum ... OK",
        f"Hit any key to stop autoboot:  {rng.randint(0, 3)} ",
        "   Loading Kernel Image ... OK",
        "In:    serial",
    )
    return rng.choice(lines).encode() + b"\r\n"


def appliance(rng: random.Random) -> bytes:
    """A line of a network appliance's own programs."""
    lines = (
        f"Starting system software version 9.1R15 (build {rng.randint(3000, 9999)})",
        "Starting Core Services",
        "Press Enter to modify system settings.",
        f"Licensing Hardware ID: 0{rng.randrange(1 << 60):015X}",
        f"%LINK-3-UPDOWN: Interface GigabitEthernet0/{rng.randint(0, 47)}, changed state to up",
        f"Base ethernet MAC Address       : 00:1B:0C:5E:A2:{rng.randint(16, 99)}",
        "Initializing flashfs...",
        "switch login: ",
    )
    return rng.choice(lines).encode() + b"\r\n"


def coloured(rng: random.Random) -> bytes:
    """A line of a service manager in colours."""
    state = rng.choice(("\x1b[0;32m  OK  \x1b[0m", "\x1b[0;1;31mFAILED\x1b[0m"))
    unit = rng.choice(("Network Service", "Login Prompts", "Getty on ttyS0", "File System Check"))
    return f"[{state}] Started \x1b[0;1;39m{unit}\x1b[0m.\r\n".encode()


def accented(rng: random.Random) -> bytes:
    """A line with characters that take two and three bytes."""
    word = rng.choice(("Système démarré", "Gerät geprüft", "Überprüfung läuft", "prêt – 100 %"))
    return f"{word}: {rng.randint(1, 99)} °C, {rng.choice(_NAMES)}\r\n".encode()


KINDS: dict[str, Text] = {
    "kernel": kernel,
    "loader": loader,
    "appliance": appliance,
    "coloured": coloured,
    "accented": accented,
}


def stream(rng: random.Random, size: int, kinds: tuple[Text, ...] = ()) -> bytes:
    """Lines of one or of all kinds, back to back (no pause helps the receiver)."""
    kinds = kinds or tuple(KINDS.values())
    out = bytearray()
    while len(out) < size:
        out += rng.choice(kinds)(rng)
    return bytes(out)


def joined(rng: random.Random, data: bytes) -> bytes:
    """The levels of the line from a place within the first character on."""
    return line_bits(data)[rng.randrange(1, 10) :]


def first_verdict(bits: bytes, device: int, listened: int) -> Verdict:
    """The first decision at one rate."""
    receiver = Receiver(device / listened)
    receiver.join_late()
    search = Search((listened,))
    heard = receiver.feed(bits)
    for at in range(0, len(heard), CHUNK):
        verdict = search.feed(heard[at : at + CHUNK], 0.0)
        if verdict is not Verdict.LISTENING:
            return verdict
    return Verdict.LISTENING


def one_rate(trials: int, rng: random.Random) -> None:
    """The table of each rate against each rate."""
    print(f"taken as right, % of {trials} joins (rows: device, columns: listened at)")
    print("         " + "".join(f"{rate:>9}" for rate in SORTED))
    right = wrong = 0
    for device in SORTED:
        shares = []
        for listened in SORTED:
            # Listening slower, more must be sent for as many characters to be heard.
            need = SHORT if device == listened else int(4 * SHORT * max(1.0, device / listened)) + 1
            runs = trials if need < 5000 else max(20, trials // 10)
            found = 0
            for _ in range(runs):
                text = stream(rng, need + 80)
                start = rng.randrange(80)
                bits = joined(rng, text[start : start + need])
                found += first_verdict(bits, device, listened) is Verdict.FOUND
            shares.append(100 * found / runs)
            right += found if device == listened else 0
            wrong += found if device != listened else 0
        print(f"{device:>9}" + "".join(f"{share:>9.2f}" for share in shares))
    print(f"right {100 * right / trials / len(SORTED):.2f} %, wrong {wrong}\n")


def whole(device: int, text: bytes, rng: random.Random) -> tuple[int, int, float]:
    """One search in the usual order: the rate found (0 none), characters sent, seconds."""
    bits, search = line_bits(text), Search()
    at = rng.randrange(1, 10)
    receiver, heard_rate, now = Receiver(device / search.rate), search.rate, 0.0
    receiver.join_late()
    step = 40 * 10  # 40 characters a read
    while at < len(bits):
        heard = receiver.feed(bits[at : at + step])
        at += step
        now = at / device
        if heard and search.feed(heard, now) is Verdict.FOUND:
            return search.rate, at // 10, now
        if search.rate != heard_rate:
            at += rng.randrange(1, 10)
            heard_rate = search.rate
            receiver = Receiver(device / heard_rate)
            receiver.join_late()
    return 0, at // 10, now


def whole_searches(trials: int, rng: random.Random) -> None:
    """The table of searches by rate of the device."""
    print(f"whole searches over {len(RATES)} rates, {trials} each")
    print("   device   right%  wrong  chars median/max   seconds median/max")
    for device in SORTED:
        outcomes = []
        for _ in range(trials):
            text = stream(rng, max(12_000, device // 20))
            outcomes.append(whole(device, text, rng))
        right = sum(rate == device for rate, _, _ in outcomes)
        wrong = sum(rate not in (0, device) for rate, _, _ in outcomes)
        chars = [sent for _, sent, _ in outcomes]
        seconds = [took for _, _, took in outcomes]
        print(
            f"{device:>9} {100 * right / trials:>8.2f} {wrong:>6}"
            f" {statistics.median(chars):>9.0f} {max(chars):>6}"
            f" {statistics.median(seconds):>12.2f} {max(seconds):>6.2f}"
        )
    print()


def odd_lines(trials: int, rng: random.Random) -> None:
    """Clocks that are off, rates that are not on the list, and short patterns at wrong rates."""
    for share in (0.97, 0.98, 1.02, 1.03):
        found = 0
        for _ in range(trials):
            data = joined(rng, stream(rng, 200)[rng.randrange(80) :][: SHORT + 40])
            found += first_verdict(data, round(115200 * share), 115200) is Verdict.FOUND
        print(
            f"clock {100 * (share - 1):+.0f} %, 104 characters: {100 * found / trials:.1f} % right"
        )
    found = 0
    strange = (1200, 2400, 4800, 7200, 14400, 28800, 76800, 250000, 500000, 1000000, 3000000)
    for device in strange:
        for _ in range(max(4, trials // 100)):
            text = stream(rng, max(3000, device // 60))
            found += sum(
                first_verdict(joined(rng, text), device, rate) is Verdict.FOUND for rate in RATES
            )
    print(f"devices at {len(strange)} rates that are not listened at: {found} taken as right")
    found = 0
    for _ in range(trials * 4):
        pattern = bytes(rng.choice(range(0x20, 0x7F)) for _ in range(rng.randrange(1, 9)))
        device, listened = rng.sample(SORTED, 2)
        text = pattern * (int(300 * max(1.0, min(16.0, device / listened))) // len(pattern))
        found += first_verdict(joined(rng, text), device, listened) is Verdict.FOUND
    print(f"{trials * 4} short patterns, repeated, at wrong rates: {found} taken as right\n")


def nothing(rng: random.Random) -> None:
    """What must not be taken for a rate."""
    sources: dict[str, bytes] = {
        "NULs": bytes(200_000),
        "0xFF": b"\xff" * 200_000,
        "random bytes": rng.randbytes(1_000_000),
        "one dot, again and again": b"." * 200_000,
        "U (every second bit)": b"U" * 200_000,
    }
    for name, data in sources.items():
        search, found = Search(), 0
        for number, at in enumerate(range(0, len(data), CHUNK)):
            if search.feed(data[at : at + CHUNK], number * 0.002) is Verdict.FOUND:
                found, search = found + 1, Search()
        print(f"{name}: found {found} times in {len(data)} bytes")


def main() -> None:
    """Prints the tables."""
    trials = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    rng = random.Random(5)
    one_rate(trials, rng)
    whole_searches(max(20, trials // 5), rng)
    odd_lines(trials, rng)
    nothing(rng)


if __name__ == "__main__":
    main()
