"""Letters on their way to the mail server while the program runs: silent, unless one fails."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
from collections import deque
from typing import TYPE_CHECKING, Any

from textual.app import App

from bench.datafile import DataError
from bench.screens.everywhere import Station
from bench.store.errors import StoreError
from bench.store.records import LetterState
from bench.text import printable
from bench.widgets.marks import HOLD, REFUSED
from bench.widgets.strips import Read
from bench.workflow.background import Background
from bench.workflow.desk import Desk, Refused

if TYPE_CHECKING:
    from bench.store.records import Letter
    from bench.store.store import Tx
    from bench.workflow.mailer import Mailer, Result

log = logging.getLogger("bench")
FIRST, EACH = 10.0, 20.0
"""Seconds until the first look at the outbox, which slows no start down, and between two."""
LAST = 1.0
"""Seconds that the program waits at its end for a talk that was cut off."""
MOST = 20
"""Letters of one round."""
FAILED = {
    LetterState.FAILED: (REFUSED, "letter not sent"),
    LetterState.UNSURE: (HOLD, "letter sent or not? Ask, then say so on the to-do list"),
    LetterState.QUEUED: (HOLD, "letter not sent yet, tried again by itself"),
}


class MailWorker:
    """Looks now and then at the outbox that all benches share.

    `own`: the op ids of this program's own steps, so that they are not told as somebody else's.
    """

    def __init__(
        self, app: App[Any], station: Station, background: Background, own: deque[str]
    ) -> None:
        self._app, self._station, self._background = app, station, background
        self._own = own
        self._mailer: Mailer | None = None
        self._talk_thread: threading.Thread | None = None
        self._busy = self._over = False
        self._told = ""
        """The last trouble that was told: the same one is not told again and again."""

    def start(self) -> None:
        """Begins, where there is a mail server; for use once the store is open."""
        if self._station.settings.mail.host:
            self._app.set_timer(FIRST, self.look)
            self._app.set_interval(EACH, self.look)

    def look(self) -> None:
        """Sends what is due, in the background; one round at a time."""
        if not self._busy and not self._over and self._station.settings.mail.host:
            self._busy = True
            self._app.run_worker(self._look(), name="mail", group="mail")

    async def _look(self) -> None:
        try:
            await self.round()
        except (Refused, StoreError) as error:  # kept in the mailer, or still queued: next time
            log.warning("the outbox is not looked at yet: %s", error)
        except DataError as error:
            self._tell("", HOLD, "letters wait: their file is wrong", str(error))
        finally:
            self._busy = False

    async def round(self) -> int:
        """Claims, sends and settles letter after letter; how many the server took.

        Raises StoreError, Refused, DataError; what was not settled then is in the next round.
        """
        if self._mailer is None:
            self._mailer = await asyncio.to_thread(self._make)
        mailer, taken = self._mailer, 0
        for _ in range(MOST):
            letter = await self._station.in_store(mailer.claim, patient=False)
            if letter is None:
                break
            result = await self._talk(mailer, letter)
            for after in await self._station.in_store(mailer.settle, patient=False):
                taken += after.state is LetterState.SENT
                self._became(after)
            if result is None:
                break
        return taken

    def _make(self) -> Mailer:
        from bench.policy.letters import load_letters  # late: the start needs none of it
        from bench.workflow.mailer import Mailer

        mail = self._station.settings.mail
        return Mailer(mail, load_letters(mail.letters_file), noting=self._note)

    def _note(self, desk: Desk, tx: Tx, op_id: str, letter: Letter) -> None:
        from bench.workflow.letter_steps import note_sent

        self._own.append(op_id)
        note_sent(desk, tx, op_id, letter)

    async def _talk(self, mailer: Mailer, letter: Letter) -> Result | None:
        """Talks with the server on a thread that the end of the program waits for no longer than
        LAST; None where the talk itself broke down."""
        loop, results = asyncio.get_running_loop(), list["Result"]()
        over = asyncio.Event()

        def talk() -> None:
            try:
                results.append(mailer.talk(letter))
            finally:
                with contextlib.suppress(RuntimeError):  # the program has ended meanwhile
                    loop.call_soon_threadsafe(over.set)

        self._talk_thread = threading.Thread(target=talk, name="mail", daemon=True)
        self._talk_thread.start()
        await over.wait()
        return results[0] if results else None

    # --- telling

    def _became(self, letter: Letter) -> None:
        if letter.state not in FAILED:
            self._told = ""
            return
        mark, answer = FAILED[letter.state]
        log.warning("%s to %s: %s: %s", letter.kind, letter.to, answer, letter.why)
        self._tell(letter.to, mark, answer, letter.why)

    def _tell(self, to: str, mark: str, answer: str, why: str) -> None:
        told = f"{to} {answer} {why}"
        if self._over or told == self._told:
            return
        self._told = told
        with self._station.hearing.telling_of(0):  # it belongs to no scan
            self._station.say(Read(printable(to), printable(why), mark, answer))

    # --- the end

    async def end(self) -> None:
        """Takes no more letters and cuts off a talk under way; to be awaited before the store is
        closed.

        What is known of that talk by then is kept; else its letter counts as perhaps sent once
        `workflow.mailing.STALE` is over.
        """
        self._over = True
        if self._mailer is None:
            return
        self._mailer.stop()
        if self._talk_thread is not None:
            await asyncio.to_thread(self._talk_thread.join, LAST)
        with contextlib.suppress(StoreError, Refused, TimeoutError):
            await asyncio.wait_for(self._background.run(self._mailer.settle), LAST)
