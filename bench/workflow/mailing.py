"""Letters that leave the bench: written down first, then sent by the mail server or by hand.

Never sent twice: a letter is claimed and that is saved before a word is said to the mail server.
Where nobody can know whether the server took it, it goes to no second try by itself: a person
settles it.
"""

from __future__ import annotations

import platform
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from bench.addresses import BadAddress, addresses
from bench.policy.letters import BODY, SUBJECT, LetterKind, letter_text
from bench.store.records import Letter, LetterState
from bench.text import clean_line
from bench.workflow.desk import Desk, Refused
from bench.workflow.people import refuse_nobody

if TYPE_CHECKING:
    from bench.store.store import Tx

_S = LetterState
STALE = timedelta(minutes=10)
"""How long a bench may have a letter before it counts as dead: longer than any talk lasts."""
CUT_OFF = "the bench that was sending it stopped before it was known whether it was sent"
Noting = Callable[[Desk, "Tx", str, Letter], None]
"""Called inside the transaction in which a letter came into its state, with an op id: the place to
append an event. May run again with the same op id, as everything in a transaction may."""


def note_nothing(desk: Desk, tx: Tx, op_id: str, letter: Letter) -> None:
    """No event."""


def message_id(op_id: str, host: str) -> str:
    """The Message-ID of a letter (RFC 5322, section 3.6.4): the same at each try, nobody else's."""
    left = re.sub(r"[^A-Za-z0-9-]", "-", op_id)[:64]
    labels = re.findall(r"[a-z0-9](?:[a-z0-9-]*[a-z0-9])?", host.lower()[:100])
    return f"<{left}@{'.'.join(labels) or 'bench'}>"


def write_letter(
    desk: Desk,
    op_id: str,
    rma_id: str,
    kind: LetterKind,
    to: str,
    subject: str,
    body: str,
    by_mail: bool,
    noting: Noting = note_nothing,
) -> Letter:
    """Keeps a letter with its RMA; `by_mail`: the mail server gets it, else it is a to-do.

    The same op id makes no second letter. Raises Refused for a bad address, for no subject or
    text, and for too long ones; and StoreError kinds.
    """
    to, subject, body = checked(to, subject, body)

    def work(tx: Tx) -> Letter:
        known = tx.letter(op_id)
        if known is not None:
            return known
        refuse_nobody(desk, tx)
        rma = tx.rma(rma_id)
        if rma is None:
            raise Refused("this RMA is not in the database any more", "scan the unit again")
        now = desk.clock.now()
        letter = Letter(
            id=op_id,
            rma_id=rma.id,
            unit_id=rma.unit_id,
            kind=kind,
            to=to,
            subject=subject,
            body=body,
            state=_S.QUEUED if by_mail else _S.WRITTEN,
            message_id=message_id(op_id, platform.node()),
            at=now,
            actor=desk.actor,
            station=desk.station,
            next_try_at=now if by_mail else None,
        )
        tx.add_letter(letter)
        noting(desk, tx, op_id, letter)
        return letter

    return desk.store.write(op_id, work)


def checked(to: str, subject: str, body: str) -> tuple[str, str, str]:
    """Addresses, subject and text as they are kept. Raises Refused naming what is wrong."""
    try:
        who = ", ".join(addresses(to))
    except BadAddress as error:
        raise Refused(f"the letter cannot go there: {error}", "correct the address") from None
    line, text = clean_line(subject, SUBJECT + 1), letter_text(body)
    if not line:
        raise Refused("the letter has no subject", "write one")
    if len(line) > SUBJECT:
        raise Refused(f"the subject has more than {SUBJECT} characters", "shorten it")
    if not text.strip():
        raise Refused("the letter has no text", "write what there is to say")
    if len(text) > BODY:
        remedy = f"shorten it to {BODY:,} at most"
        raise Refused(f"the letter has {len(text):,} characters", remedy)
    return who, line, text


# --- what a person does with a letter


def mark_by_hand(desk: Desk, op_id: str, letter_id: str, noting: Noting = note_nothing) -> Letter:
    """A person says that the letter was sent by hand. Raises Refused where it cannot be so."""
    now, why, may = desk.clock.now(), f"sent by hand, says {desk.actor}", (*_WAITING, _S.UNSURE)

    def change(letter: Letter) -> Letter:
        return replace(letter, state=_S.BY_HAND, sent_at=now, why=why, next_try_at=None)

    return _change(desk, op_id, letter_id, may, change, noting)


def withdraw(desk: Desk, op_id: str, letter_id: str, noting: Noting = note_nothing) -> Letter:
    """The letter is not to be sent after all. Raises Refused where it was, or may have been."""
    why = f"withdrawn by {desk.actor}"

    def change(letter: Letter) -> Letter:
        return replace(letter, state=_S.WITHDRAWN, why=why, next_try_at=None)

    return _change(desk, op_id, letter_id, _WAITING, change, noting)


def send_again(desk: Desk, op_id: str, letter_id: str, noting: Noting = note_nothing) -> Letter:
    """The mail server gets a letter that failed, or that was to be sent by hand."""
    now = desk.clock.now()

    def change(letter: Letter) -> Letter:
        return replace(letter, state=_S.QUEUED, next_try_at=now)

    return _change(desk, op_id, letter_id, (_S.WRITTEN, _S.FAILED), change, noting)


def settle_letter(
    desk: Desk, op_id: str, letter_id: str, arrived: bool, noting: Noting = note_nothing
) -> Letter:
    """A person settles a letter that may have been sent: it arrived, or it is sent again.

    Raises Refused where nothing is to be settled (any more).
    """
    now = desk.clock.now()

    def change(letter: Letter) -> Letter:
        if arrived:
            why = f"it arrived, says {desk.actor}"
            return replace(letter, state=_S.SENT, sent_at=now, why=why)
        return replace(letter, state=_S.QUEUED, next_try_at=now, why=f"again, says {desk.actor}")

    return _change(desk, op_id, letter_id, (_S.UNSURE,), change, noting)


_WAITING = (_S.WRITTEN, _S.QUEUED, _S.FAILED)
_IS = {
    _S.WRITTEN: "is on the to-do list",
    _S.QUEUED: "waits for the mail server",
    _S.SENDING: "is being sent right now",
    _S.SENT: "was sent",
    _S.BY_HAND: "was sent by hand",
    _S.FAILED: "could not be sent",
    _S.UNSURE: "may have been sent",
    _S.WITHDRAWN: "was withdrawn",
}
_THEN = {
    _S.SENDING: "wait a minute, then look again",
    _S.UNSURE: "ask whether it arrived, and say so here",
}


def _change(
    desk: Desk,
    op_id: str,
    letter_id: str,
    may: tuple[LetterState, ...],
    change: Callable[[Letter], Letter],
    noting: Noting,
) -> Letter:
    """Saves a change that letters in the states `may` can go through; done already is no error."""

    def work(tx: Tx) -> Letter:
        letter = tx.letter(letter_id)
        if letter is None:
            raise Refused("this letter is not in the database any more", "look at the list again")
        changed = change(letter)
        if letter.state is changed.state or tx.done(op_id):
            return letter
        refuse_nobody(desk, tx)
        if letter.state not in may:
            remedy = _THEN.get(letter.state, "nothing was changed")
            raise Refused(f"this letter {_IS[letter.state]}", remedy)
        saved = tx.save_letter(changed)
        noting(desk, tx, op_id, saved)
        return saved

    return desk.store.write(op_id, work)


# --- benches that died


def give_up_stale(desk: Desk, noting: Noting = note_nothing) -> int:
    """Letters that a bench has had for too long become UNSURE; how many.

    For whoever looks: before a list of letters is shown, and before each round of sending.
    """
    before = desk.clock.now() - STALE
    stale = desk.store.letters_sending(before)
    for seen in stale:

        def work(tx: Tx, letter_id: str = seen.id) -> None:
            letter = tx.letter(letter_id)
            if letter is None or letter.state is not _S.SENDING:
                return
            if letter.claimed_at is not None and letter.claimed_at >= before:
                return
            saved = tx.save_letter(replace(letter, state=_S.UNSURE, why=CUT_OFF))
            noting(desk, tx, f"{letter.claimed_by} stale", saved)

        desk.store.write("", work)
    return len(stale)


def letters_todo(desk: Desk) -> list[Letter]:
    """The letters that a person has to see to: to be sent by hand, failed, perhaps sent."""
    give_up_stale(desk)
    return desk.store.letters_todo()
