"""The worker of the outbox: takes a letter, talks with the mail server, keeps what came of it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from bench.datafile import DataError
from bench.hardware import smtp
from bench.mail_settings import MailSettings, mail_password
from bench.policy.letters import Letters
from bench.store.records import Letter, LetterState, new_op_id
from bench.text import clean_line
from bench.workflow.desk import Desk
from bench.workflow.mailing import Noting, give_up_stale, note_nothing

if TYPE_CHECKING:
    from bench.store.store import Tx

Send = Callable[[MailSettings, smtp.Mail, str, threading.Event], None]
MOST = 20
"""Letters that one round sends."""


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one try: SENT, QUEUED (to be tried later), FAILED or UNSURE, and why."""

    letter: Letter
    """As it was claimed."""
    state: LetterState
    why: str = ""


class Mailer:
    """Sends what is due, one letter after the other, in three parts that have their own threads.

    `claim` and `settle` run on the store's thread, `talk` on any other: no transaction is open
    while the server is talked to. A round is: claim; talk; settle; until claim gives None.
    """

    def __init__(
        self,
        mail: MailSettings,
        letters: Letters,
        send: Send = smtp.send,
        noting: Noting = note_nothing,
    ) -> None:
        self._mail, self._letters, self._send, self._noting = mail, letters, send, noting
        self._results: list[tuple[str, Result]] = []
        """What is not saved yet, with the op id that it is saved under."""
        self._stop = threading.Event()

    def claim(self, desk: Desk) -> Letter | None:
        """Takes the next letter that is due, so that no other bench does; None: there is none.

        Saves first what an earlier `settle` could not. Raises StoreError kinds.
        """
        self.settle(desk)
        give_up_stale(desk, self._noting)
        if not self._mail.host or self._stop.is_set():
            return None
        now = desk.clock.now()
        for due in desk.store.letters_due(now):
            who = f"{desk.station} {new_op_id()}"

            def work(tx: Tx, letter_id: str = due.id, who: str = who) -> Letter | None:
                return tx.claim_letter(letter_id, who, now)

            letter = desk.store.write("", work)
            if letter is not None:
                return letter
        return None

    def talk(self, letter: Letter) -> Result:
        """Talks with the mail server about a claimed letter; `settle` then saves what came of it.

        On a thread that may wait for minutes; never raises for what the server does.
        """
        state, why = self._try(letter)
        result = Result(letter, state, clean_line(why, 300))
        self._results.append((new_op_id(), result))
        return result

    def _try(self, letter: Letter) -> tuple[LetterState, str]:
        mail = smtp.Mail(
            *(self._mail.sender, letter.to, letter.subject, letter.body),
            *(letter.message_id, letter.at),
        )
        try:
            self._send(self._mail, mail, mail_password(self._mail), self._stop)
        except smtp.Unsure as trouble:
            return LetterState.UNSURE, trouble.why
        except smtp.Permanent as trouble:
            return LetterState.FAILED, trouble.why
        except smtp.Temporary as trouble:
            return LetterState.QUEUED, trouble.why
        except DataError as error:  # the password: the letter is not at fault
            return LetterState.QUEUED, str(error)
        except ValueError as error:  # raised before anything is sent
            return LetterState.FAILED, f"no message can be made of it: {error}"
        return LetterState.SENT, ""

    def settle(self, desk: Desk) -> list[Letter]:
        """Saves what came of every talk since; the letters as they are now.

        What cannot be saved now is kept for the next time. Raises StoreError kinds.
        """
        saved = []
        while self._results:
            op_id, result = self._results[0]
            letter = desk.store.write(op_id, partial(self._keep, desk, op_id, result))
            self._results.pop(0)
            if letter is not None:
                saved.append(letter)
        return saved

    def _keep(self, desk: Desk, op_id: str, result: Result, tx: Tx) -> Letter | None:
        letter = tx.letter(result.letter.id)
        if letter is None or not _still_ours(letter, result):
            return None
        now, delay = desk.clock.now(), self._letters.back_off(letter.tries)
        after = replace(letter, state=result.state, why=result.why, next_try_at=None)
        if result.state is LetterState.SENT:
            after = replace(after, sent_at=now)
        elif result.state is LetterState.QUEUED and delay is not None:
            after = replace(after, next_try_at=now + delay)
        elif result.state is LetterState.QUEUED:
            why = clean_line(f"given up after {letter.tries} tries: {result.why}", 300)
            after = replace(after, state=LetterState.FAILED, why=why)
        saved = tx.save_letter(after)
        self._noting(desk, tx, op_id, saved)
        return saved

    def send_due(self, desk: Desk) -> int:
        """A whole round on one thread, for programs without a screen; how many were sent."""
        sent = 0
        for _ in range(MOST):
            letter = self.claim(desk)
            if letter is None:
                break
            sent += self.talk(letter).state is LetterState.SENT
        self.settle(desk)
        return sent

    def stop(self) -> None:
        """The program ends: a talk under way is cut off, and no other letter is taken.

        Call `settle` once more when the talk has returned, before the store is closed.
        """
        self._stop.set()


def _still_ours(letter: Letter, result: Result) -> bool:
    """Whether what is known now says more than what stands there.

    Others may have given the letter up meanwhile, or a person may have queued it again: that it
    was sent is news all the same, as long as no later try has it.
    """
    if letter.claimed_by != result.letter.claimed_by:
        return False
    if result.state is LetterState.SENT and letter.state is LetterState.QUEUED:
        return True
    return letter.state in (LetterState.SENDING, LetterState.UNSURE)
