"""What simulated appliances say and answer: scenarios as data, and the dialogue after the boot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bench.datafile import DataError, Table, data_dir

AGAIN, HALT = "again", "halt"
"""After the boot: from the start once more; or nothing more is said or answered."""
BOOT = "boot"
"""As the next state of an answer: the appliance starts anew."""
MORE = b" --More-- "
_PAGE = 22
_LONGEST_LINE = 4096


@dataclass(frozen=True, slots=True)
class Step:
    """A piece of what the appliance says while it starts."""

    data: bytes
    pause: float = 0.0
    """Seconds of silence before it."""
    line_pause: float = 0.0
    """Seconds of silence after each of its lines."""
    baud: int | None = None
    """The rate from here on; None: as before."""
    key: str = ""
    """The state that a key typed during the pause leads to; "": keys are not heard."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is said to a command."""

    text: bytes
    paged: bool = False
    next: str = ""


@dataclass(frozen=True, slots=True)
class State:
    """Where the dialogue stands: what it asks, and what it does with a typed line."""

    id: str
    prompt: bytes
    echo: bool = True
    accepts: str | None = None
    """The only line that leads on (a password); None: see `answers`."""
    next: str = ""
    wrong: bytes = b""
    """Said to a line that is not accepted or not known."""
    back: str = ""
    answers: Mapping[str, Answer] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scenario:
    """An appliance and its fate."""

    id: str
    title: str
    baud: int
    values: Mapping[str, str]
    """What stands for {serial}, {mac} and {model}."""
    boot: Sequence[Step]
    after: str
    states: Mapping[str, State]


class Dialogue:
    """The appliance's side of a conversation: typed bytes in, what it sends out."""

    def __init__(self, states: Mapping[str, State]) -> None:
        self._states = states
        self._state: State | None = None
        self._line, self._after_return = bytearray(), False
        self._pages: list[bytes] = []
        self.restarts = False
        """The last command asked for a new start."""

    @property
    def state(self) -> str:
        """The id of the state it stands in, "" when it does not answer."""
        return self._state.id if self._state else ""

    def enter(self, state: str) -> bytes:
        """Goes to a state and gives its prompt."""
        self.restarts = state == BOOT
        self._state = self._states.get(state)
        self._line.clear()
        return self._state.prompt if self._state else b""

    def feed(self, data: bytes) -> bytes:
        """Typed bytes; gives the echo and the answers."""
        return b"".join(self._key(byte) for byte in data)

    def _key(self, byte: int) -> bytes:
        state = self._state
        ended = self._after_return and byte == 10
        self._after_return = byte == 13
        if state is None or ended:
            return b""
        if self._pages:
            return self._turn(byte)
        if byte in b"\r\n":
            line = self._line.decode("utf-8", "replace")
            self._line.clear()
            return b"\r\n" + self._answer(state, " ".join(line.split()))
        if byte in (8, 127):
            removed = self._line[-1:]
            del self._line[-1:]
            return b"\b \b" if removed and state.echo else b""
        if byte == 3:
            return b"^C\r\n" + self.enter(state.id)
        if byte < 32 or len(self._line) >= _LONGEST_LINE:
            return b""
        self._line.append(byte)
        return bytes((byte,)) if state.echo else b""

    def _answer(self, state: State, line: str) -> bytes:
        if state.accepts is not None:
            if line == state.accepts:
                return self.enter(state.next)
            return state.wrong + self.enter(state.back or state.id)
        answer = state.answers.get(line)
        if answer is None:
            if not line or not state.next:
                return (state.wrong if line else b"") + self.enter(state.id)
            return self.enter(state.next)
        if answer.paged:
            self._pages = answer.text.splitlines(keepends=True)
            return self._shown(_PAGE)
        return answer.text + self.enter(answer.next or state.id)

    def _shown(self, lines: int) -> bytes:
        shown, self._pages = b"".join(self._pages[:lines]), self._pages[lines:]
        return shown + (MORE if self._pages else self.enter(self.state))

    def _turn(self, byte: int) -> bytes:
        wiped = b"\r" + b" " * len(MORE) + b"\r"
        if byte in b"qQ\x03":
            self._pages.clear()
        return wiped + self._shown(1 if byte in b"\r\n" else _PAGE)


def load_scenarios(file: Path | None = None) -> dict[str, Scenario]:
    """The scenarios by their id, checked. Raises DataError where the file cannot be used."""
    table = Table.read(file or data_dir() / "appliances.toml")
    found = [_scenario(entry) for entry in table.tables("appliance")]
    table.done()
    if not found:
        raise table.wrong("appliance", "at least one appliance")
    return {scenario.id: scenario for scenario in found}


def load_scenario(
    name: str, values: Mapping[str, str] | None = None, file: Path | None = None
) -> Scenario:
    """One scenario with its placeholders filled, by the caller's `values` where given.

    Raises DataError where the file cannot be used or has no such scenario.
    """
    source = file or data_dir() / "appliances.toml"
    scenarios = load_scenarios(source)
    if name not in scenarios:
        raise DataError(source, "appliance", "one of " + ", ".join(scenarios), name)
    return filled(scenarios[name], values or {})


def filled(scenario: Scenario, values: Mapping[str, str]) -> Scenario:
    """The scenario with {serial}, {mac} and {model} in its texts replaced."""
    known = {**scenario.values, **values}

    def fill(data: bytes) -> bytes:
        for name, value in known.items():
            data = data.replace(b"{%s}" % name.encode(), value.encode())
        return data

    def state(one: State) -> State:
        answers = {
            to: Answer(fill(answer.text), answer.paged, answer.next)
            for to, answer in one.answers.items()
        }
        return State(
            one.id, fill(one.prompt), one.echo, one.accepts, one.next, one.wrong, one.back, answers
        )

    return Scenario(
        scenario.id,
        scenario.title,
        scenario.baud,
        known,
        [Step(fill(s.data), s.pause, s.line_pause, s.baud, s.key) for s in scenario.boot],
        scenario.after,
        {name: state(one) for name, one in scenario.states.items()},
    )


def _scenario(entry: Table) -> Scenario:
    states = {state.id: state for state in map(_state, entry.tables("state", []))}
    scenario = Scenario(
        id=entry.text("id"),
        title=entry.text("title"),
        baud=entry.number("baud", 50, 4_000_000),
        values={name: entry.text(name) for name in ("serial", "mac", "model")},
        boot=[_step(step) for step in entry.tables("boot")],
        after=entry.text("after"),
        states=states,
    )
    entry.done()
    _check_targets(entry, scenario)
    return scenario


def _check_targets(entry: Table, scenario: Scenario) -> None:
    targets = {scenario.after} | {step.key for step in scenario.boot}
    for state in scenario.states.values():
        targets |= {state.next, state.back} | {answer.next for answer in state.answers.values()}
    for target in targets - {"", AGAIN, HALT, BOOT}:
        if target not in scenario.states:
            raise entry.wrong("state", "each state that another names", target)


def _step(entry: Table) -> Step:
    try:
        raw = bytes.fromhex(entry.text("hex", ""))
    except ValueError:
        raise entry.wrong("hex", "bytes as hexadecimal digits") from None
    step = Step(
        (_lines(entry.text("text", "")) + raw) * entry.number("times", 1, 100_000, 1),
        entry.number("pause_ms", 0, 600_000, 0) / 1000,
        entry.number("line_ms", 0, 60_000, 0) / 1000,
        entry.number("baud", 50, 4_000_000) if entry.has("baud") else None,
        entry.text("key", ""),
    )
    entry.done()
    return step


def _state(entry: Table) -> State:
    answers = {}
    for one in entry.tables("answer", []):
        text = _lines(one.text("text", ""))
        answers[one.text("to")] = Answer(text, one.yes("paged", False), one.text("next", ""))
        one.done()
    state = State(
        entry.text("id"),
        _lines(entry.text("prompt", "")),
        entry.yes("echo", True),
        entry.text("accepts") if entry.has("accepts") else None,
        entry.text("next", ""),
        _lines(entry.text("wrong", "")),
        entry.text("back", ""),
        answers,
    )
    entry.done()
    return state


def _lines(text: str) -> bytes:
    """Text as a console sends it."""
    return text.replace("\n", "\r\n").encode()
