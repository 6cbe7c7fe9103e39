"""One console cable of the station: what is recorded on it, how far it is understood, what it says
that somebody must hear of. Belongs to the thread that follows the consoles; screens only read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bench.evidence.capture_format import Kind, Meta, lost
from bench.evidence.capture_reader import CaptureReader
from bench.evidence.facts import FactKind
from bench.evidence.known_good import Comparison, GoodBoot, compare, good_for
from bench.evidence.profiles import Profile
from bench.evidence.script import Script
from bench.evidence.serial_check import SerialVerdict, Verdict, check_serial
from bench.evidence.understanding import Tables, Understanding
from bench.hardware.captures import NoCapture, Running
from bench.workflow.cable_news import News, Told
from bench.workflow.capture_status import Life, Status, status_of
from bench.workflow.console_order import Order
from bench.workflow.on_cable import OnCable

__all__ = ["Cable", "Life", "News"]

BYTES_A_TURN = 1 << 20
"""Bytes that are read of a capture before the next cable has its turn."""
LINES_A_TURN = 6000
"""Lines that are looked through in a turn; a flood is understood a little later."""
PAUSE = 1.0
"""Seconds without a new line after which the last start is compared with a good one."""
MOST_COMPARED = 5000
"""Lines of a start that are compared."""
STATUS_EVERY = 0.25
"""Seconds between two questions to the capture process."""


@dataclass
class Cable:
    """A console cable. `name`: the letters on its label, or its device where it has none."""

    name: str
    port: str
    tables: Tables
    profile: Profile
    known_good: tuple[GoodBoot, ...] = ()
    about: str = ""
    """What the adapter says of itself."""
    there: bool = True
    """Whether the port is there now."""
    refused: str = ""
    """Why it cannot be recorded, and what to do."""
    unit: OnCable | None = None
    running: Running | None = None
    meta: Meta | None = None
    """The metadata of the sealed capture, once it has ended."""
    reader: CaptureReader | None = None
    status: Status | None = None
    understanding: Understanding = field(init=False)
    verdict: SerialVerdict | None = None
    order: Order | None = None
    comparison: Comparison | None = None
    """How far its last start came, beside one that is known to be good."""
    recorded: bool = False
    """The sealed capture stands in the RMA's history."""
    settled: bool = False
    """The technician has said what to think of the other serial."""
    _seen: int = 0
    killed: bool = False
    """The capture process is gone, and nobody has ended it here."""
    _told: Told = field(default_factory=Told)
    _asked: float = 0.0
    _compared: int = 0
    _grew: float = 0.0

    def __post_init__(self) -> None:
        self.understanding = self._nothing_yet()

    def _nothing_yet(self) -> Understanding:
        profile = self.profile
        return Understanding(self.tables, profile.manner, profile.silence_seconds)

    # --- what it is doing

    @property
    def life(self) -> Life:
        """What it is doing now."""
        if self.running is None:
            return Life.ENDED if self.reader is not None else Life.IDLE
        if self.killed:
            return Life.LOST
        if self.status is None:
            return Life.RECORDING
        if self.status.state == "closed":
            return Life.LOST
        return Life.GONE if self.status.state == "gone" else Life.RECORDING

    @property
    def live(self) -> bool:
        """Whether a capture runs."""
        return self.running is not None

    @property
    def differs(self) -> bool:
        """Whether the console names another serial than the label, and nobody has settled it."""
        return self.names_another and not self.settled

    @property
    def names_another(self) -> bool:
        """Whether the console names another serial than the label, settled or not."""
        return self.verdict is not None and self.verdict.verdict is Verdict.DIFFERENT

    @property
    def broken(self) -> bool:
        """Whether somebody must look: the unit fails, or its recording does."""
        loop = self.understanding.boot_loop
        return (
            self.differs
            or self.life in (Life.GONE, Life.LOST)
            or (loop is not None and not loop.came_up)
            or self.understanding.first_failure is not None
        )

    def begin(self, running: Running, reader: CaptureReader, unit: OnCable | None) -> None:
        """A capture has begun, or one that ran already is followed again."""
        self.running, self.reader, self.unit = running, reader, unit
        self.meta, self.status, self.order, self.refused = None, None, None, ""
        self.recorded = self.settled = False
        self.verdict = self.comparison = None
        self._compared = 0
        self.understanding = self._nothing_yet()
        self._seen, self.killed, self._told = 0, False, Told()
        self._asked = 0.0

    def ended(self, meta: Meta) -> None:
        """The capture was closed and sealed."""
        self.running, self.meta = None, meta
        self.order = None

    # --- following

    def follow(self, now: float, now_ns: int) -> list[News]:
        """Reads what is new, and gives what somebody must hear of.

        `now` in seconds, as a monotonic clock has it; `now_ns` on the wall. Never raises.
        """
        if self.reader is None:
            return []
        self._ask(now)
        self.reader.poll(BYTES_A_TURN)
        self._understand(now)
        self._compare(now)
        if self.order is not None:
            self.order.step(now)
        self._check_serial()
        return self._told.news(self, now_ns)

    def catch_up(self) -> None:
        """Reads and looks through everything that is there: a sealed capture has an end."""
        if self.reader is None:
            return
        self.reader.poll_all()
        while self.behind:
            self._understand(0.0)
        self._understand(0.0)
        self._compare(PAUSE)

    def _ask(self, now: float) -> None:
        if self.running is None or now - self._asked < STATUS_EVERY:
            return
        self._asked = now
        try:
            self.status = status_of(self.running.status())
        except NoCapture:
            self._ask_again()

    def _ask_again(self) -> None:
        """One missed answer is a busy machine; a process that is gone was killed."""
        assert self.running is not None
        if not self.running.alive():
            self.killed = True

    def _understand(self, now: float) -> None:
        assert self.reader is not None
        lines, whole = self.reader.lines, self._whole()
        count = min(whole - self._seen, LINES_A_TURN)
        if count > 0:
            seen = self._seen
            texts = lines.texts(seen, count)
            self.understanding.feed_texts(texts, lambda place: lines.line(seen + place))
            self._seen += count
            self._grew = now
        if self._seen == whole < len(lines):
            heard = self.status.last_ns if self.status else 0
            self.understanding.unfinished(lines.line(whole), heard)

    def _compare(self, now: float) -> None:
        """The last start beside a good one of the same model, once nothing new comes."""
        boot = self.understanding.boots.latest
        if self.reader is None or boot is None or self._seen == self._compared:
            return
        if now - self._grew < PAUSE and self.running is not None:
            return
        self._compared = self._seen
        model = self.understanding.facts.latest(FactKind.MODEL)
        names = [self.unit.model] if self.unit else []
        names += [model.value] if model else []
        brand = self.unit.brand if self.unit else ""
        found = (good_for(self.known_good, brand, name) for name in names)
        good = next(filter(None, found), None)
        if good is not None:
            last = boot.reached_line + 1 if boot.reached else self._seen
            lines = self.reader.lines.lines(boot.line, min(MOST_COMPARED, last - boot.line))
            self.comparison = compare(good, (line.text for line in lines))

    def _check_serial(self) -> None:
        if self.unit is not None and self.unit.serial:
            unit = self.unit
            self.verdict = check_serial(unit.serial, unit.brand, self.understanding.facts)

    def compare_with(self, known_good: tuple[GoodBoot, ...]) -> None:
        """Compares the last start anew, with these."""
        self.known_good, self._compared = known_good, -1

    def _whole(self) -> int:
        """How many lines have ended."""
        lines = self.reader.lines if self.reader else None
        if lines is None or not len(lines):
            return 0
        return len(lines) - (0 if lines.line(len(lines) - 1).whole else 1)

    @property
    def seen(self) -> int:
        """Whole lines that are looked through."""
        return self._seen

    @property
    def behind(self) -> int:
        """Lines that are read and not looked through yet."""
        return self._whole() - self._seen

    # --- what goes to the unit

    def begin_order(self, script: Script, now: float) -> None:
        """Starts a command script; of what came before it sees the unfinished last line."""
        if self.reader is not None:
            self.order = Order(script, self.reader, self.send, now)

    def stop_order(self) -> None:
        """Sends nothing more of the script."""
        if self.order is not None:
            self.order.stop()

    def send(self, data: bytes, secret: bool = False) -> None:
        """Sends to the unit. Raises NoCapture where no capture runs or it does not answer."""
        self._running().send(data, secret)

    def note(self, text: str, offset: int | None) -> None:
        """Writes a note beside a place of the recording. Raises NoCapture."""
        self._running().note(text, offset)

    def send_break(self) -> None:
        """Sends a break. Raises NoCapture."""
        self._running().break_()

    def _running(self) -> Running:
        if self.running is None:
            raise NoCapture("nothing is recorded on this cable")
        return self.running

    # --- figures

    def losses(self) -> int | None:
        """Overruns so far; None where the cable cannot tell."""
        status = self.status
        if status is None or status.uncounted:
            return None
        return lost(status.counts)

    def totals(self) -> Mapping[str, int]:
        """Gaps and baud changes, for the record."""
        reader = self.reader
        kinds = [record.kind for record in reader.records] if reader else []
        return {"gaps": kinds.count(Kind.GONE), "bauds": kinds.count(Kind.BAUD)}
