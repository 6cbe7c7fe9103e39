"""What somebody must hear of a console cable, whatever they look at: each thing once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.evidence.failures import Severity
from bench.workflow.capture_status import Life

if TYPE_CHECKING:
    from bench.workflow.cables import Cable


@dataclass(frozen=True, slots=True)
class News:
    """What somebody at another screen must hear of; `bad`: something is broken."""

    cable: str
    text: str
    bad: bool = False
    differs: str = ""
    """The other serial that the console names."""


class Told:
    """What was told of one capture so far."""

    def __init__(self) -> None:
        self._told: set[str] = set()
        self._failures = 0

    def news(self, cable: Cable, now_ns: int) -> list[News]:
        """What is new; `now_ns` on the wall."""
        return [
            *self._connection(cable),
            *self._failed(cable),
            *self._serial(cable),
            *self._state(cable, now_ns),
        ]

    def _once(self, what: str, news: News) -> list[News]:
        if what in self._told:
            return []
        self._told.add(what)
        return [news]

    def _connection(self, cable: Cable) -> list[News]:
        status, name = cable.status, cable.name
        if status is None or cable.running is None:
            return []
        news: list[News] = []
        if status.state == "gone":
            gone = News(name, "unplugged: plug it in again", True)
            news += self._once(f"gone {status.gaps}", gone)
        if status.held:
            full = News(name, "the disk is full: free some room, nothing is lost yet", True)
            news += self._once("full", full)
        if cable.killed:
            news += self._once("lost", News(name, "the recording was ended from outside", True))
        return news

    def _failed(self, cable: Cable) -> list[News]:
        found = cable.understanding.failures
        fresh, self._failures = found[self._failures :], len(found)
        if not fresh:
            return []
        worst = next((one for one in fresh if one.severity is Severity.BAD), fresh[0])
        return [News(cable.name, worst.title, worst.severity is Severity.BAD)]

    def _serial(self, cable: Cable) -> list[News]:
        if cable.verdict is None or not cable.names_another:
            return []
        text = "the console names another serial"
        return self._once("serial", News(cable.name, text, True, differs=cable.verdict.said))

    def _state(self, cable: Cable, now_ns: int) -> list[News]:
        if cable.running is None:
            return []
        loop, silence = cable.understanding.boot_loop, cable.understanding.silence(now_ns)
        if loop is not None and not loop.came_up:
            return self._once("loop", News(cable.name, "it starts again and again", True))
        if silence is not None and cable.life is Life.RECORDING:
            silent = News(cable.name, f"silent {silence.where}", True)
            return self._once(f"silent {silence.since_ns}", silent)
        return []
