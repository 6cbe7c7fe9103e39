"""Quitting: at once where everything is saved; else it is asked first, or done once it is."""

from __future__ import annotations

import asyncio
from time import monotonic

from textual.app import App

from bench.screens.dialogs import Leave
from bench.screens.turns import Turns
from bench.screens.waiting import Kind, Waiting
from bench.workflow.background import Background

GRACE = 0.3
"""Seconds that quitting waits for what is being saved before it asks."""
LOOK = 0.05
"""Seconds between two looks whether it is saved."""


class Quitting:
    """The way out of the program by somebody's will."""

    def __init__(
        self, app: App[int], waiting: Waiting, background: Background, turns: Turns
    ) -> None:
        self.app, self.waiting, self.background, self.turns = app, waiting, background, turns
        self._question: Leave | None = None

    @property
    def unsaved(self) -> bool:
        """Whether quitting now would lose something."""
        return self.waiting.kind is Kind.STEP or self.background.failing

    def leave(self) -> None:
        """Quits, now or as soon as everything is saved."""
        if not self.unsaved:
            self.app.exit(0)
        elif self._question is None:
            self.app.run_worker(self._leaving(), name="leave", group="leave", exclusive=True)

    def command(self, verb: str) -> bool:
        """A command answers the question; False where it does not, or none is open."""
        return self._question is not None and self._question.command(verb)

    async def _leaving(self) -> None:
        begun, answers = monotonic(), list[str | None]()
        try:
            while self.unsaved and not answers:
                if self._question is None and monotonic() - begun > GRACE:
                    what = "A step" if self.waiting.kind is Kind.STEP else "What you typed"
                    self._question = Leave(f"{what} is not saved yet", self.turns.words())
                    self.app.push_screen(self._question, answers.append)
                await asyncio.sleep(LOOK)
        finally:
            self._question = None
        if not answers or answers[0]:
            self.background.closing = True
            self.app.exit(0)
