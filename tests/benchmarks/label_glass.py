"""The real program on pseudo-terminals, from the scan that receives to the glass and the label.

The part of `label_sent` that has a screen; what it shows is that receiving never waits for a label.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter

from bench.hardware.simulated_printer import SimulatedPrinter
from tests.benchmarks.terminal import Program, bench
from tests.terminal.harness import SETTINGS, STATION
from tests.terminal.seeds import Seed, ask, seed

SHOWN, QUIET = "received as RMA", 0.25
GLASS, LABEL = "glass, {}, {}", "label printed, {}"
NONE, READY, EMPTY = "no printer", "ready", "no paper"
FIRST, SECOND = "1st unit", "2nd"


class Times(defaultdict[str, list[float]]):
    """Milliseconds, by what they were spent on."""

    def __init__(self) -> None:
        super().__init__(list)

    def add(self, name: str, seconds: float) -> None:
        """Keeps one time."""
        self[name].append(seconds * 1000)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Times a block."""
        begun = perf_counter()
        yield
        self.add(name, perf_counter() - begun)


class Outlet:
    """A simulated printer, and when its labels come out, seen from a thread of its own."""

    def __init__(self, stack: ExitStack, folder: Path, dpi: int = 203) -> None:
        self.printer = stack.enter_context(SimulatedPrinter(folder, dpi=dpi))
        self._pool, self._labels = stack.enter_context(ThreadPoolExecutor(1)), 0

    def next(self) -> Future[float]:
        """The moment at which the next label is printed; TimeoutError where none is."""
        self._labels += 1
        return self._pool.submit(self._until, self._labels)

    def _until(self, labels: int) -> float:
        if not self.printer.wait_for(labels, 60.0):
            raise TimeoutError(f"label {labels} never came out {self.printer.spoilt}")
        return perf_counter()


class Bench:
    """The real program on a pseudo-terminal, with a printer or none."""

    def __init__(self, stack: ExitStack, home: Path, units: Sequence[str], prints: bool) -> None:
        self.home, self._units = home, list(units)
        seed(home, [Seed(serial) for serial in units])
        self.out = Outlet(stack, home / "labels") if prints else None
        file, text = home / "settings.toml", SETTINGS
        if self.out:
            text += f'[printers.B]\nname = "Zebra"\nat = "{self.out.printer.at}"\n'
        file.write_text(text)
        self.program = Program(bench(home / "bench.db", "--settings", str(file)))
        stack.callback(self.program.stop)
        self.program.until_shown(lambda shown: "scan a unit" in shown)

    def receives(self) -> tuple[float, float]:
        """Scans a unit and receives it; when the last scan was sent, and when the glass said so."""
        program, serial = self.program, self._units.pop()
        self._paint()
        program.write(serial.encode() + b"\r")
        program.until_shown(lambda shown: serial in shown and "expected on RMA" in shown)
        self._paint()
        sent, painted = program.write(b"BENCHOK\r"), 0.0
        for piece in program.until_quiet(QUIET):
            program.show(piece)
            if not painted and SHOWN in "\n".join(program.screen.display):
                painted = piece.at
        return sent, painted or program.until_shown(lambda shown: SHOWN in shown)

    def _paint(self) -> None:
        for piece in self.program.until_quiet(QUIET, QUIET):
            self.program.show(piece)

    @property
    def has_pillow(self) -> bool:
        """Whether the program has loaded Pillow, by its map of memory."""
        return "PIL" in Path(f"/proc/{self.program.working}/maps").read_text()


class Glass:
    """Three benches: one without a printer, one whose printer is ready, one out of paper."""

    def __init__(self, stack: ExitStack, home: Path, times: Times, rounds: int) -> None:
        self._times, self.sending = times, 0
        units = [f"RB{number:06}" for number in range(2 * rounds)]
        self._benches = {
            name: Bench(stack, home / name.replace(" ", "-"), units, name != NONE)
            for name in (NONE, READY, EMPTY)
        }
        self.pillow_at_start = self._benches[READY].has_pillow

    def measure(self) -> None:
        """Two units for each bench, the second one while the silent printer is talked to."""
        self._both(NONE)
        out = self._out(READY)
        labels = [out.next(), out.next()]
        for label, sent in zip(labels, self._both(READY), strict=True):
            self._times.add(LABEL.format(READY), label.result() - sent)
        out = self._out(EMPTY)
        labels = [out.next(), out.next()]
        out.printer.out_of_paper = True
        self._both(EMPTY)
        empty = self._benches[EMPTY].home
        self.sending += bool(ask(empty, lambda store: store.print_jobs_sending(STATION)))
        out.printer.out_of_paper = False
        for label in labels:
            label.result()

    def _both(self, name: str) -> list[float]:
        """When the scans were sent that received two units."""
        both = []
        for place in (FIRST, SECOND):
            sent, painted = self._benches[name].receives()
            self._times.add(GLASS.format(name, place), painted - sent)
            both.append(sent)
        return both

    def _out(self, name: str) -> Outlet:
        out = self._benches[name].out
        assert out is not None
        return out
