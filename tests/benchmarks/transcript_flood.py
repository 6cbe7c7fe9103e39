"""50,000 lines a second into a capture, followed on a screen: does the screen still answer?

`python -m tests.benchmarks.transcript_flood [SECONDS] [LINES]`: a process writes a capture, a small
app on a pseudo-terminal follows it (a thread reads, the view is brought up to date 12 times a
second), keys are pressed. Milliseconds of work: a look of the reading thread, bringing the view up
to date, painting the rows; and, by the clock, from a key to its answer.
"""

from __future__ import annotations

import fcntl
import json
import os
import pty
import select
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time
from pathlib import Path
from typing import Any

from textual.app import App, ComposeResult
from textual.strip import Strip
from textual.widgets import Static

from bench.evidence.capture_format import INDEX, RAW, data_line
from bench.evidence.capture_reader import CaptureReader
from bench.widgets.themes import THEMES
from bench.widgets.transcript_source import CaptureSource
from bench.widgets.transcript_view import TranscriptView
from tests.benchmarks.figures import machine, row, spread

TEXT = b"usb 1-1: new high-speed USB device number 2 using xhci_hcd\r\n"


def write(folder: Path, seconds: float, lines: int) -> None:
    """What a capture process writes in that time: 200 reads a second, lines numbered."""
    number = offset = 0
    begun = time.monotonic()
    with (folder / RAW).open("ab", 0) as raw, (folder / INDEX).open("ab", 0) as index:
        while (passed := time.monotonic() - begun) < seconds:
            due = int(passed * lines)
            data = b"".join(b"[%10d] %s" % (n, TEXT) for n in range(number, due))
            number = due
            raw.write(data)
            index.write(data_line(time.monotonic_ns(), time.time_ns(), offset, len(data)))
            offset += len(data)
            time.sleep(0.005)


class Timed(TranscriptView):
    """The view, its painting timed."""

    paints: list[float]

    def render_lines(self, *args: Any, **kwargs: Any) -> list[Strip]:
        """All rows of one painting."""
        begun = time.thread_time()
        strips = super().render_lines(*args, **kwargs)
        self.paints.append((time.thread_time() - begun) * 1000)
        return strips


class Follower(App[None]):
    """A line that answers keys, and the view."""

    def __init__(self, folder: Path) -> None:
        super().__init__()
        for theme in THEMES.values():
            self.register_theme(theme)
        self.theme = "bench-dark"
        self.reader = CaptureReader(folder)
        self.view = Timed()
        self.view.paints = []
        self.looks: list[float] = []
        self.syncs: list[float] = []
        self.keys, self.over = 0, False

    def compose(self) -> ComposeResult:
        """Answer above, text below."""
        yield Static("ready", id="answer")
        yield self.view

    def on_mount(self) -> None:
        """Begins to follow."""
        self.view.show(CaptureSource(self.reader))
        self.set_interval(1 / 12, self.sync)
        threading.Thread(target=self.follow, daemon=True).start()

    def follow(self) -> None:
        """The reading thread."""
        while not self.over:
            begun = time.thread_time()
            more = self.reader.poll()
            self.looks.append((time.thread_time() - begun) * 1000)
            time.sleep(0.001 if more else 0.02)

    def sync(self) -> None:
        """Brings the view up to date."""
        begun = time.thread_time()
        self.view.sync()
        self.syncs.append((time.thread_time() - begun) * 1000)

    def on_key(self) -> None:
        """Answers."""
        self.keys += 1
        self.query_one("#answer", Static).update(f"answer-{self.keys:04}")

    def figures(self) -> dict[str, Any]:
        """What was measured."""
        cpu = os.times()
        return {
            "lines": len(self.reader.lines),
            "cpu": cpu.user + cpu.system,
            "look of the reading thread": spread(self.looks),
            "bringing the view up to date": spread(self.syncs),
            "painting the rows": spread(self.view.paints),
        }


def follow(folder: Path, seconds: float) -> None:
    """Runs the app; its figures go into a file of the folder."""
    app = Follower(folder)
    threading.Timer(seconds, lambda: app.call_from_thread(app.exit)).start()
    app.run()
    app.over = True
    (folder / "figures.json").write_text(json.dumps(app.figures()))


def answers(terminal: int, seconds: float) -> list[float]:
    """Presses a key each 0.1 s; milliseconds until the answer has come out."""
    times: list[float] = []
    seen, asked, end = b"", 0.0, time.monotonic() + seconds
    while time.monotonic() < end:
        if not asked and time.monotonic() % 0.1 < 0.02:
            asked, seen = time.monotonic(), b""
            os.write(terminal, b"x")
        if select.select([terminal], [], [], 0.005)[0]:
            try:
                seen = (seen + os.read(terminal, 65536))[-200_000:]
            except OSError:
                break
        if asked and b"answer-%04d" % (len(times) + 1) in seen:
            times.append((time.monotonic() - asked) * 1000)
            asked = 0.0
    return times


def main(seconds: float, lines: int) -> None:
    """Writer, follower, keys; then the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / RAW).touch()
        (folder / INDEX).touch()
        module = [sys.executable, "-m", "tests.benchmarks.transcript_flood"]
        ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 48, 160, 0, 0))
        app = subprocess.Popen(
            [*module, "follow", name, str(seconds + 2)],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            env=os.environ | {"TERM": "xterm-256color", "COLORTERM": "truecolor"},
        )
        os.close(theirs)
        seen = b""
        while b"ready" not in seen:
            seen += os.read(ours, 65536)
        writer = subprocess.Popen([*module, "write", name, str(seconds), str(lines)])
        times = answers(ours, seconds)
        writer.wait()
        while app.poll() is None:
            if select.select([ours], [], [], 0.1)[0]:
                try:
                    os.read(ours, 65536)
                except OSError:
                    break
        app.wait()
        told = json.loads((folder / "figures.json").read_text())
        print(machine())
        print(f"{told.pop('lines'):,} lines in {seconds:g} s; {told.pop('cpu'):.1f} CPU s in all")
        for what, values in told.items():
            print(row(what, values))
        print(row(f"{len(times)} keys until answered", spread(times)))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["write", folder, seconds, lines]:
            write(Path(folder), float(seconds), int(lines))
        case ["follow", folder, seconds]:
            follow(Path(folder), float(seconds))
        case rest:
            main(*(float(rest[0]) if rest else 10.0, int(rest[1]) if rest[1:] else 50_000))
