"""What a scan sounds like: good, a warning and a refusal, told apart without looking."""

from __future__ import annotations

import asyncio
import logging
from contextvars import copy_context

from textual.app import App

from bench.hardware.sound import SoundPlayer, player_command
from bench.settings import Settings
from bench.widgets.marks import DONE, HOLD, REFUSED

log = logging.getLogger("bench")
SECOND_RING = 0.2
"""Seconds between the two rings of a refusal."""


class Feedback:
    """Sounds by mark: with a player a tune each; else the bell rings once, twice, or not at all."""

    def __init__(self, app: App[int], settings: Settings) -> None:
        self.app, self.settings = app, settings
        self._player: SoundPlayer | None = None

    def begin(self) -> None:
        """Looks for the player of the settings."""
        name = self.settings.player
        if not self.settings.sound or not name:
            return
        command = player_command(name)
        if command is None:
            log.warning("no sound player %s: the terminal's bell it is", name)
        else:
            loop, here = asyncio.get_running_loop(), copy_context()

            def failed(mark: str) -> None:
                if not loop.is_closed():
                    loop.call_soon_threadsafe(self._not_heard, mark, context=here)

            self._player = SoundPlayer(command, failed)

    def sound(self, mark: str) -> None:
        """The sound of a mark, at once; a mark without one is silent."""
        if not self.settings.sound:
            return
        if self._player is not None:
            self._player.play(mark)
        else:
            self._ring(mark)

    def _not_heard(self, mark: str) -> None:
        """The player has failed: the bell rings instead, and from now on where it is given up."""
        if self._player is None:
            return
        log.warning("the sound player failed: the terminal's bell it is")
        if self._player.given_up:
            self.close()
        self._ring(mark)

    def _ring(self, mark: str) -> None:
        if mark in (HOLD, REFUSED):
            self.app.bell()
            if mark == REFUSED:
                self.app.set_timer(SECOND_RING, self.app.bell)

    def good(self, mark: str) -> None:
        """A scan has been dealt with, and nothing was wrong with it."""
        if mark == DONE and self._player is not None:
            self.sound(DONE)

    def close(self) -> None:
        """No more sounds of a player."""
        player, self._player = self._player, None
        if player is not None:
            player.close()
