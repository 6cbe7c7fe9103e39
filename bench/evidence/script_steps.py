"""What a command script is made of, and what its runner asks to be done. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from bench.evidence.console_lines import LONGEST_PROMPT

PROMPTS = ("user", "enable")
"""Names of the prompts that end a step, where it does not say otherwise."""


class Do(StrEnum):
    """What a step does (data/console.toml)."""

    LOGIN = "login"
    ENABLE = "enable"
    RUN = "run"
    WAIT = "wait"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a script."""

    do: Do
    text: str = ""
    until: tuple[str, ...] = PROMPTS
    seconds: float = 30.0

    @property
    def words(self) -> str:
        """What the step does, for the technician."""
        given = f"“{self.text}”" if self.text else "Enter"
        return {Do.LOGIN: "log in", Do.ENABLE: "enable", Do.WAIT: "wait for a prompt"}.get(
            self.do, given
        )


@dataclass(frozen=True, slots=True)
class Manner:
    """How a family of devices talks: its prompts by name, and what turns a page."""

    prompts: Mapping[str, re.Pattern[str]]
    pager_answer: bytes = b" "
    enter: bytes = b"\r"

    def is_a(self, name: str, text: str) -> bool:
        """Whether a line, finished or not, is the prompt of this name."""
        pattern, text = self.prompts.get(name), text.strip()
        if not pattern or not 0 < len(text) <= LONGEST_PROMPT:
            return False
        return pattern.fullmatch(text) is not None

    def named(self, text: str, names: Sequence[str]) -> str:
        """The first of these names that a line is; "" for none."""
        return next((name for name in names if self.is_a(name, text)), "")


@dataclass(frozen=True, slots=True)
class Script:
    """A script that the technician may start."""

    id: str
    title: str
    steps: tuple[Step, ...]
    manner: Manner


@dataclass(frozen=True, slots=True)
class Send:
    """Bytes for the device. Secret ones are shown and noted nowhere."""

    data: bytes = field(repr=False)
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Ask:
    """The device asks for something that only the technician knows; `Runner.give` goes on."""

    name: str
    """user, password or enable_password."""
    words: str
    secret: bool


@dataclass(frozen=True, slots=True)
class Progress:
    """Steps that are done, of how many, and what is being done now."""

    done: int
    total: int
    what: str


@dataclass(frozen=True, slots=True)
class Done:
    """All steps are done; the output of the commands, foreign text but without control signs."""

    output: str


@dataclass(frozen=True, slots=True)
class Failed:
    """The script cannot go on: what happened, what to do, and the output up to there."""

    what: str
    todo: str
    output: str = ""


Action = Send | Ask | Progress | Done | Failed

QUESTIONS: Mapping[str, tuple[str, bool]] = {
    "user": ("The device asks for a user name.", False),
    "password": ("The device asks for the password.", True),
    "enable_password": ("The device asks for the enable password.", True),
}
"""Each value that a device may ask for: words, and whether it is a secret."""
