"""From a scan to its label at the printer, beside `import barcode` and its ImageWriter, in one run.

`python -m tests.benchmarks.label_sent [--rounds 15]`. Each round measures all of this in turn:
the program's parts, from a receipt that is saved to a label that a simulated printer has printed
(decoded, and kept as PNG); fresh interpreters that make one RMA code as PNG, or our whole label as
ZPL; both again in this process, warm; and the real program on pseudo-terminals, from the scan that
receives to the glass and to the label, with a printer, with one that is out of paper and silent,
and with none. Ratios count: milliseconds are those of a machine that may do other things too.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from threading import Event
from time import perf_counter

from bench.hardware import printing as hardware
from bench.hardware.printer_trouble import Receipt as Said
from bench.labels.bitmap import Bitmap
from bench.labels.label import LabelContent
from bench.labels.layout import load_label_layouts, render
from bench.labels.zpl import label_zpl
from bench.printer_settings import LabelSort, PrinterSettings
from bench.scan.serials import canonical
from bench.settings import Settings
from bench.store.records import new_op_id
from bench.workflow.desk import open_desk
from bench.workflow.labels_wanted import Wish, content_of, step_label_id, want_once
from bench.workflow.print_talks import Printing
from bench.workflow.receive import Receipt, receive
from tests.benchmarks.figures import machine, row, spread
from tests.benchmarks.label_glass import (
    EMPTY,
    FIRST,
    GLASS,
    NONE,
    READY,
    SECOND,
    Glass,
    Outlet,
    Times,
)
from tests.benchmarks.terminal import ROOT, clean_env
from tests.terminal.harness import STATION, TECHNICIAN
from tests.terminal.seeds import Seed, seed

LANES = {
    "B": PrinterSettings("B", "2x1 203"),
    "C": PrinterSettings("C", "2x1 203 not asked", asks=False),
    "D": PrinterSettings("D", "2x1 203 late ACKs"),
    "E": PrinterSettings("E", "4x6 300", size="4x6", dpi=300),
}
LATE = "D"
"""The printer whose system acknowledges bytes when it likes."""
SIZES = (("2x1", 203), ("4x6", 300))
THEIRS = """
import sys, barcode
from barcode.writer import ImageWriter
barcode.Code128(sys.argv[1], writer=ImageWriter()).save(sys.argv[2])
"""
OURS = """
import sys
from time import perf_counter
begun = perf_counter()
from bench.datafile import data_dir
from bench.labels.label import LabelContent
from bench.labels.layout import load_label_layouts, render
from bench.labels.zpl import label_zpl
text, out, size, dpi = sys.argv[1:]
content = LabelContent.from_json(text)
layouts = load_label_layouts(data_dir() / "label_layouts.toml")
ready = perf_counter()
open(out, "wb").write(label_zpl(render(content, size, int(dpi), layouts)))
print(ready - begun, perf_counter() - ready)
"""
"""Prints the seconds of importing and reading the layouts, and those of the first label."""
SENT, FRESH, WARM = "saved -> printed, {}", "fresh: {}", "warm: {}"


class Parts:
    """The program's own parts on a SQLite file, without a screen; a printer for each lane."""

    def __init__(self, stack: ExitStack, home: Path, times: Times) -> None:
        self._times, self._drawing = times, 0.0
        self._outlets = {
            letters: Outlet(stack, home / letters, lane.dpi) for letters, lane in LANES.items()
        }
        self._outlets[LATE].printer.acks_late = True
        settings = Settings(
            database=home / "bench.db",
            station=STATION,
            technician=TECHNICIAN,
            timezone="UTC",
            printers={
                letters: replace(lane, at=self._outlets[letters].printer.at)
                for letters, lane in LANES.items()
            },
        )
        self._desk = open_desk(settings)
        stack.callback(self._desk.store.close)
        self.layouts = load_label_layouts(settings.label_layouts_file)
        self._printing = Printing(settings, lambda: self.layouts, self._send)

    def label(self, letters: str, serial: str) -> LabelContent:
        """Receives a unit, and gets its label to a printer."""
        name, out, add = LANES[letters].name, self._outlets[letters].next(), self._times.add
        op_id, (unit,) = new_op_id(), self._desk.store.find(canonical(serial))
        rma = self._desk.store.open_rma(unit.id)
        assert rma is not None
        saved = receive(self._desk, op_id, rma.id, Receipt(True, "good", ()))
        at = [perf_counter()]
        content = content_of(LabelSort.RMA, saved.view, self._desk.rules)
        wish = Wish(content, letters, unit.id, rma.id)
        want_once(self._desk, step_label_id(op_id, LabelSort.RMA), wish)
        at.append(perf_counter())
        job = self._printing.claim(self._desk, letters)
        assert job is not None
        at.append(perf_counter())
        self._drawing = at[-1]
        self._printing.talk(job)
        at.append(perf_counter())
        self._printing.settle(self._desk)
        at.append(perf_counter())
        add(SENT.format(name), out.result() - at[0])
        for part, begun, ended in zip(
            ("enqueue", "claim", "settle"), (0, 1, 3), (1, 2, 4), strict=True
        ):
            add(f"  {part}", at[ended] - at[begun])
        return content

    def _send(self, printer: PrinterSettings, bitmap: Bitmap, title: str, stop: Event) -> Said:
        self._times.add(f"  drawn, {printer.name[:7]}", perf_counter() - self._drawing)
        with self._times.of(f"  sent, {printer.name}"):
            return hardware.send(printer, bitmap, title, stop)


def fresh(times: Times, content: LabelContent, home: Path) -> None:
    """New interpreters: one that does nothing, theirs, and ours in both sizes."""
    code, text = content.fields["code"], content.to_json()
    _run(times, "python -c pass", "pass")
    _run(times, "ImageWriter's PNG", THEIRS, code, str(home / "theirs"))
    for size, dpi in SIZES:
        name = f"our ZPL {size} {dpi}"
        said = _run(times, name, OURS, text, str(home / "ours"), size, str(dpi))
        ready, drawn = (float(word) for word in said.split())
        times.add(f"  imports and layouts, {size} {dpi}", ready)
        times.add(f"  first label (cold), {size} {dpi}", drawn)


def _run(times: Times, name: str, *code: str) -> str:
    command = [sys.executable, "-c", *code]
    with times.of(FRESH.format(name)):
        done = subprocess.run(
            command, cwd=ROOT, env=clean_env(), check=True, capture_output=True, text=True
        )
    return done.stdout


def warm(times: Times, content: LabelContent, parts: Parts) -> None:
    """Both in this process, that has loaded everything long ago."""
    from barcode import Code128
    from barcode.writer import ImageWriter

    with times.of(WARM.format("ImageWriter's PNG")):
        Code128(content.fields["code"], writer=ImageWriter()).write(BytesIO())
    for size, dpi in SIZES:
        name = f"{size} {dpi}"
        with times.of(WARM.format(f"our ZPL {name}")):
            with times.of(f"  rendered, {name}"):
                bitmap = render(content, size, dpi, parts.layouts)
            with times.of(f"  zpl, {name}"):
                label_zpl(bitmap)


def report(times: Times, glass: Glass, rounds: int) -> None:
    """All figures, and how they stand to each other."""
    for name, values in times.items():
        print(row(name, spread(values)))
    ours, png, zpl = SENT.format(LANES["B"].name), "ImageWriter's PNG", "our ZPL 2x1 203"
    first, second = GLASS.format(NONE, FIRST), GLASS.format(NONE, SECOND)
    for above, below in (
        (ours, FRESH.format(png)),
        (ours, WARM.format(png)),
        (FRESH.format(zpl), FRESH.format(png)),
        (WARM.format(zpl), WARM.format(png)),
        (GLASS.format(READY, FIRST), first),
        (GLASS.format(READY, SECOND), second),
        (GLASS.format(EMPTY, FIRST), first),
        (GLASS.format(EMPTY, SECOND), second),
    ):
        ratio = statistics.median(times[above]) / statistics.median(times[below])
        print(f"ratio of medians {ratio:5.2f}: {above} / {below}")
    print(f"{glass.sending} of {rounds} times a label was with the silent printer meanwhile")
    print(f"Pillow loaded before the first label: {'yes' if glass.pillow_at_start else 'no'}")


def main() -> None:
    """Measures everything in turns."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    rounds = parser.parse_args().rounds
    print(machine())
    times = Times()
    with ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        units = [Seed(f"RA{number:06}") for number in range((rounds + 1) * len(LANES))]
        seed(home, units)
        parts, glass = Parts(stack, home, times), Glass(stack, home, times, rounds + 1)
        for number in range(rounds + 1):
            for letters in LANES:
                content = parts.label(letters, units.pop().serial)
            fresh(times, content, home)
            warm(times, content, parts)
            glass.measure()
            if not number:  # the first round compiles, imports and opens
                times.clear()
                glass.sending = 0
        report(times, glass, rounds)
    print(machine())


if __name__ == "__main__":
    main()
