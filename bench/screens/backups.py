"""The backup of the day while the program runs: silent, unless none could be made."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from textual.app import App

from bench.clock import Clock
from bench.settings import Settings

if TYPE_CHECKING:
    from bench.store.errors import StoreError
    from bench.workflow.backing_up import Automatic

log = logging.getLogger("bench")
FIRST, EACH = 60.0, 600.0
"""Seconds until the first look whether one is due, which slows no start down, and between two."""


class Backups:
    """Looks now and then; `tell` is given the failure in one phrase, or "" once all is well."""

    def __init__(
        self, app: App[Any], settings: Settings, clock: Clock, tell: Callable[[str], None]
    ) -> None:
        self._app, self._settings, self._clock, self._tell = app, settings, clock, tell
        self._automatic: Automatic | None = None

    def start(self) -> None:
        """Begins; for use once the store is open."""
        if self._settings.backup_automatic:
            self._app.set_timer(FIRST, self.look)
            self._app.set_interval(EACH, self.look)

    def look(self) -> None:
        """Sees to the backup of the day, on a thread of its own."""
        if self._automatic is None:
            from bench.workflow.backing_up import Automatic  # late: the start needs none of it

            self._automatic = Automatic(self._settings, self._clock, self._heard)
        self._automatic.look()

    def _heard(self, error: StoreError | None) -> None:
        if error is not None:
            log.warning("the backup of the day: %s", error)
        with contextlib.suppress(RuntimeError):  # the program has just ended
            self._app.call_later(self._tell, error.what if error else "")

    def end(self) -> None:
        """Gives up what is under way; nothing half made is left."""
        if self._automatic is not None:
            self._automatic.stop()
