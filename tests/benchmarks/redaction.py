"""Redaction: MiB a second on console logs, what is found and harmed, and the worst lines there are.

`python -m tests.benchmarks.redaction [--mib 4] [--slow]`

`boot` is the text of a Linux boot, `harmless` lines that look like secrets and are none, `logs` all
logs of the tests with their secrets, `mixed` nine parts of boot and one of the rest.
`--slow` holds each pattern against 4 KiB lines made to burn time.
"""

from __future__ import annotations

import argparse
from time import process_time

from bench.datafile import data_dir
from bench.evidence.redaction import Redactor, redact
from bench.evidence.redaction_rules import Rules, load_rules
from bench.evidence.transcript import Line
from tests.benchmarks.figures import machine
from tests.evidence.planted import as_lines, load, names, pieces

BOOT = b"""\
[    0.000000] Linux version 2.6.32-431.el6.x86_64 (builder@host) (gcc version 4.4.7) #1 SMP\r
[    0.000000] BIOS-provided physical RAM map:\r
[    0.000000]  BIOS-e820: 0000000000000000 - 000000000009d800 (usable)\r
[    0.000000] last_pfn = 0x7fee0 max_arch_pfn = 0x400000000\r
[    0.000000] ACPI: RSDP 00000000000f0420 00024 (v02 ALASKA)\r
[    0.000000] Kernel command line: ro root=/dev/sda2 console=ttyS0,9600\r
[    0.004000] Calibrating delay loop (skipped), value calculated using timer frequency\r
[    0.052188] CPU0: Intel(R) Xeon(R) CPU E3-1220 V2 @ 3.10GHz stepping 09\r
[    0.412345] PCI: Using configuration type 1 for base access\r
[    0.512345] pci 0000:00:1c.0: PME# supported from D0 D3hot D3cold\r
[    0.712345] NET: Registered protocol family 2\r
[    0.712999] TCP established hash table entries: 262144 (order: 10, 4194304 bytes)\r
[    1.012345] Serial: 8250/16550 driver, 4 ports, IRQ sharing enabled\r
[    1.212345] ahci 0000:00:1f.2: AHCI 0001.0300 32 slots 6 ports 6 Gbps 0x3f impl SATA mode\r
[    1.412345] ata1: SATA link up 6.0 Gbps (SStatus 133 SControl 300)\r
[    1.412999] ata1.00: ATA-8: ST500NM0011, SN02, max UDMA/133\r
[    1.512345] sd 0:0:0:0: [sda] 976773168 512-byte logical blocks: (500 GB/465 GiB)\r
[    1.612345] usb 1-1: new high speed USB device using ehci_hcd and address 2\r
[    2.012345] e1000e 0000:02:00.0: eth0: (PCI Express:2.5GT/s:Width x1) 00:25:90:aa:bb:cc\r
[    2.512345] EXT3-fs (sda2): mounted filesystem with ordered data mode\r
INIT: version 2.86 booting\r
Starting udev: [  OK  ]\r
Checking filesystems                                       [  OK  ]\r
Bringing up interface eth0:  [  OK  ]\r
Starting Core Services\r
"""


def filled(data: bytes, mib: float) -> list[Line]:
    """The lines of a log, repeated to so many MiB."""
    return as_lines(data * max(1, int(mib * 2**20 / len(data))))


def speed(rules: Rules, name: str, lines: list[Line]) -> None:
    """Prints MiB a CPU second."""
    size = sum(line.length for line in lines)
    begun = process_time()
    found = redact(lines, Redactor(rules, b"key"))
    spent = process_time() - begun
    rate = size / 2**20 / spent
    print(f"{name:<10} {size / 2**20:6.1f} MiB  {rate:6.2f} MiB/s  {len(found.hits)} hits")


def caught(rules: Rules) -> None:
    """Prints how many planted secrets survive and how many other lines are changed."""
    secrets = survived = lines = harmed = 0
    for log in map(load, names()):
        redacted = redact(log.lines(), Redactor(rules, b"key"))
        text = "\n".join(line.text for line in redacted.lines)
        kept = {line.text for line in redacted.lines}
        secrets += len(log.secrets)
        survived += sum(any(one in text for one in pieces(secret)) for secret in log.secrets)
        lines += len(log.untouched)
        harmed += sum("-----END" not in line and line not in kept for line in log.untouched)
    print(f"secrets {secrets}, survived {survived}; other lines {lines}, changed {harmed}")


def slowest(rules: Rules) -> None:
    """Prints the rule that needs longest for one hostile line, in ms."""
    worst: list[tuple[float, str, str]] = []
    for rule in rules.rules:
        for need in rule.needs:
            for part in ("a", " ", "0", "a ", f"{need} ", f"{need}: ", f"{need}=", "set a ", '"'):
                text = f"{need} {part * 4096}"[:4096]
                begun = process_time()
                for _ in rule.pattern.finditer(text):
                    pass
                worst.append((process_time() - begun, rule.id, part))
    for pattern in rules.doubt.harmless:
        for part in ("a", " ", "0", "a ", "key ", "no password ", "00:", "-", "a.b/"):
            begun = process_time()
            pattern.sub(" ", (part * 4096)[:4096])
            worst.append((process_time() - begun, pattern.pattern[:50], part))
    for spent, rule_id, part in sorted(worst, reverse=True)[:8]:
        print(f"{spent * 1000:8.1f} ms  {rule_id}  {part!r}")


def main() -> None:
    """Prints the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mib", type=float, default=4)
    parser.add_argument("--slow", action="store_true")
    args = parser.parse_args()
    print(machine())
    rules = load_rules(data_dir() / "redaction.toml")
    caught(rules)
    harmless = load("harmless").data
    secret = b"".join(load(name).data for name in names())
    boot = BOOT * (9 * (len(harmless) + len(secret)) // len(BOOT))
    for name, data in (
        ("boot", BOOT),
        ("harmless", harmless),
        ("logs", secret),
        ("mixed", boot + harmless + secret),
    ):
        speed(rules, name, filled(data, args.mib))
    if args.slow:
        slowest(rules)


if __name__ == "__main__":
    main()
