"""Letters in the store: an outbox that all benches share, and what was sent, with its RMA."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from bench.store.errors import StaleRecord, UnknownRecord
from bench.store.link import Link
from bench.store.models import LetterRow
from bench.store.records import Letter, LetterState
from bench.store.rows import LETTER, moment_text

_LETTER = f"SELECT {LETTER.select('l')} FROM letter l"
# `unfinished = 1` is what lets both engines use the index over these few.
_IN_STATE = f"{_LETTER} WHERE l.unfinished = 1 AND l.state = ?"
_TO_DO = (LetterState.WRITTEN, LetterState.FAILED, LetterState.UNSURE)


class LetterReads:
    """What can be asked of letters; part of all the reads."""

    _link: Link

    def _letters(self, sql: str, *params: Any) -> list[Letter]:
        return [LETTER.from_row(row) for row in self._link.rows(sql, params)]

    def letter(self, letter_id: str) -> Letter | None:
        """The letter with this id."""
        return next(iter(self._letters(f"{_LETTER} WHERE l.id = ?", letter_id)), None)

    def letters_of(self, rma_id: str) -> list[Letter]:
        """All letters of a return, the oldest first."""
        return self._letters(f"{_LETTER} WHERE l.rma_id = ? ORDER BY l.at, l.id", rma_id)

    def letters_due(self, now: datetime, limit: int = 20) -> list[Letter]:
        """Queued letters whose time has come, those that wait longest first."""
        tail = "AND l.next_try_at <= ? ORDER BY l.next_try_at, l.id LIMIT ?"
        return self._letters(f"{_IN_STATE} {tail}", LetterState.QUEUED, moment_text(now), limit)

    def letters_queued(self) -> list[Letter]:
        """Everything that waits for the mail server, the next to be tried first."""
        tail = "ORDER BY l.next_try_at, l.id"
        return self._letters(f"{_IN_STATE} {tail}", LetterState.QUEUED)

    def letters_sending(self, claimed_before: datetime) -> list[Letter]:
        """Letters that a bench took before this moment and has not settled."""
        claims = self._letters(f"{_IN_STATE} AND l.claimed_at < ?", LetterState.SENDING,
                               moment_text(claimed_before))  # fmt: skip
        return sorted(claims, key=lambda letter: letter.id)

    def letters_todo(self) -> list[Letter]:
        """The letters that a person has to see to, the oldest first."""
        found = [letter for state in _TO_DO for letter in self._letters(_IN_STATE, state)]
        return sorted(found, key=lambda letter: (letter.at, letter.id))


def save(link: Link, reads: LetterReads, letter: Letter) -> Letter:
    """Saves a changed letter; raises StaleRecord, UnknownRecord."""
    saved = replace(letter, version=letter.version + 1)
    mine = (LetterRow.id == letter.id) & (LetterRow.version == letter.version)
    if link.run(LetterRow.update(LETTER.to_row(saved)).where(mine)) == 0:
        lost = StaleRecord if reads.letter(letter.id) else UnknownRecord
        raise lost("letter", letter.id)
    return saved


def claim(link: Link, reads: LetterReads, letter_id: str, who: str, now: datetime) -> Letter | None:
    """Takes a queued letter for one try; None where another bench was faster, or it is too early.

    Asked again for the same try (the answer to a commit was lost), it gives the same letter.
    """
    letter = reads.letter(letter_id)
    if letter is None:
        return None
    if letter.state is LetterState.SENDING and letter.claimed_by == who:
        return letter
    if letter.state is not LetterState.QUEUED or letter.next_try_at is None:
        return None
    if letter.next_try_at > now:
        return None
    taken = replace(
        letter,
        state=LetterState.SENDING,
        tries=letter.tries + 1,
        claimed_by=who,
        claimed_at=now,
        version=letter.version + 1,
    )
    still = (LetterRow.state == LetterState.QUEUED.value) & (LetterRow.version == letter.version)
    query = LetterRow.update(LETTER.to_row(taken)).where((LetterRow.id == letter.id) & still)
    return taken if link.run(query) == 1 else None
