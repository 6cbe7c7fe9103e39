"""What understanding a console costs, and what a hostile console can make it cost.

`python -m tests.benchmarks.understanding [MEGABYTES]`: share of a core at 2 MB/s of text that comes
in batches of 100 and of 2000 lines: a healthy start, a start in which words of the tables stand in
every line, and failures only; then the slowest pattern on hostile lines of 4 KiB, in microseconds.
"""

from __future__ import annotations

import random
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter, process_time

from bench.datafile import data_dir
from bench.evidence.rows import LINE_LIMIT, Row
from bench.evidence.understanding import Tables, Understanding, load_tables

MB = 1_000_000
RATE = 2 * MB
HEALTHY = (
    "[    {t}] e1000e 0000:0{d}:00.0: irq {n} for MSI/MSI-X",
    "[    {t}] pci 0000:00:{d}f.0: reg 10: [mem 0xd{n}0000-0xd{n}ffff]",
    "[    {t}] usb 1-{d}: new high-speed USB device number {d} using ehci_hcd",
    "[    {t}] ACPI: PCI Interrupt Link [LNK{d}] (IRQs 3 4 *5 6 7 10 11 12)",
    "[    {t}] TCP: Hash tables configured (established {n} bind 16384)",
    "[    {t}] ata{d}: SATA link up 3.0 Gbps (SStatus 123 SControl 300)",
    "[    {t}] EXT3-fs (sda{d}): mounted filesystem with ordered data mode",
    "[    {t}] Freeing unused kernel memory: {n}k freed",
    "Starting network service {n}: done",
    "mifs[{d}]: Total bytes     :   {n}185728",
    "*Mar  1 00:01:{d}2.411: %LINK-3-UPDOWN: Interface GigabitEthernet0/{d}, changed state to up",
    "   inserting module /lib/modules/2.6.32/kernel/drivers/net/mod{n}.ko",
    "checking {n} of 4096 blocks of /dev/mtdblock{d} ... ok",
    "rsyncd[{n}]: building file list, {d} files to consider",
)


@dataclass(frozen=True, slots=True)
class Said:
    """A line of a console."""

    number: int
    offset: int
    wall_ns: int
    text: str


def lines(texts: tuple[str, ...], size: int) -> list[Said]:
    """So many characters of lines, each with other numbers."""
    pick, made, offset = random.Random(5), list[Said](), 0
    while offset < size:
        n, d = pick.randrange(100, 9999), pick.randrange(1, 9)
        text = pick.choice(texts)
        text = text.replace("{n}", str(n)).replace("{d}", str(d)).replace("{t}", f"{n / 97:.6f}")
        made.append(Said(len(made), offset, 10**18 + offset * 500, text))
        offset += len(text) + 2
    return made


def examples(kind: str) -> tuple[str, ...]:
    """Examples or counter-examples of all failures."""
    with (data_dir() / "failures.toml").open("rb") as file:
        return tuple(entry[kind] for entry in tomllib.load(file)["failure"])


def share(tables: Tables, said: list[Said], batch: int) -> float:
    """Percent of a core that 2 MB/s of such lines cost."""
    known, begun = Understanding(tables), process_time()
    for start in range(0, len(said), batch):
        known.feed(said[start : start + batch])
    spent = process_time() - begun
    return spent / ((said[-1].offset + len(said[-1].text)) / RATE) * 100


def hostile(row: Row) -> Iterator[str]:
    """Lines of 4 KiB that make a careless pattern run long."""
    yield from (
        piece * (LINE_LIMIT // len(piece)) for piece in ("a", " ", "0", "a0", "0 ", ": ", "-.,")
    )
    words = row.pattern.pattern.replace("\\", " ").split()
    yield from (word * (LINE_LIMIT // len(word)) for word in words[:20])
    for need in row.needs:
        yield (need + " ") * (LINE_LIMIT // (len(need) + 1))
        yield (need.upper() + ": ") * (LINE_LIMIT // (len(need) + 2))
        yield need + " " * LINE_LIMIT
        yield need.capitalize() + ":" + "0" * LINE_LIMIT


def slowest(row: Row, proofs: dict[str, str]) -> float:
    """Microseconds that the worst hostile line costs a row."""
    worst, example = 0.0, proofs.get(row.id, "x")
    repeated = [example[:cut] * (LINE_LIMIT // max(1, cut)) for cut in range(1, len(example))]
    for text in (*hostile(row), *repeated):
        begun = perf_counter()
        row.pattern.search(text[:LINE_LIMIT])
        worst = max(worst, perf_counter() - begun)
    return worst * 1e6


def proofs() -> dict[str, str]:
    """The example of every row."""
    found: dict[str, str] = {}
    for name in ("console_facts.toml", "failures.toml"):
        with (data_dir() / name).open("rb") as file:
            tables = tomllib.load(file).values()
        for entries in tables:
            found |= {row["id"]: row["example"] for row in entries if isinstance(row, dict)}
    return found


def main(megabytes: int) -> None:
    """Prints all figures."""
    begun = perf_counter()
    tables = load_tables(data_dir() / "console_facts.toml", data_dir() / "failures.toml")
    print(f"tables loaded and proved in {(perf_counter() - begun) * 1000:.0f} ms")
    for name, texts in (
        ("healthy", HEALTHY),
        ("a word in every line", examples("counter_example")),
        ("failures only", examples("example")),
    ):
        said = lines(texts, megabytes * MB)
        costs = ", ".join(f"{share(tables, said, size):5.1f} % in {size}s" for size in (100, 2000))
        print(f"{name:22} {costs} ({len(said) / megabytes / 1000:.1f} k lines/MB)")
    rows: list[Row] = [*tables.facts, *tables.boots, *tables.reached, *tables.failures]
    known = proofs()
    timed = sorted(((slowest(row, known), row.id) for row in rows), reverse=True)
    for micro, name in timed[:8]:
        print(f"worst line for {name:24} {micro:9.0f} µs")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10)
