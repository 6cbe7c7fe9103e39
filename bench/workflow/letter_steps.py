"""Letters as steps of a return: what was written, and that it was sent, stay in its history.

The outbox (`workflow.mailing`) knows what is still to be sent; the history keeps the words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from bench.policy.letters import LetterKind
from bench.store.records import Event, Letter, LetterState, Step
from bench.workflow import mailing
from bench.workflow.case_steps import days
from bench.workflow.desk import Desk, Refused
from bench.workflow.gates import check
from bench.workflow.mailing import Noting
from bench.workflow.projection import standing
from bench.workflow.steps import GONE, Saved, append, refold, saved, write_step
from bench.workflow.views import view_of

if TYPE_CHECKING:
    from bench.store.store import Tx

S = LetterState
KINDS: Mapping[LetterKind, str] = {
    LetterKind.MANAGEMENT_NOTICE: "notice to management",
    LetterKind.QUOTE_REQUEST: "request for a quote",
    LetterKind.CUSTOMER_CONTACT: "question to the customer",
    LetterKind.BILLING_NOTICE: "notice to billing",
}
"""What each letter is called."""


class Way(StrEnum):
    """How a letter leaves, or has left, as its events keep it."""

    MAIL = "mail"
    HAND = "hand"
    ARRIVED = "arrived"
    """Nobody could know at first; a person says that it arrived."""


class LetterAct(StrEnum):
    """What a person may say of a letter on the to-do list."""

    BY_HAND = "by_hand"
    """I sent it."""
    AGAIN = "again"
    """The mail server is to try it (once more)."""
    ARRIVED = "arrived"
    NOT_ARRIVED = "not_arrived"
    """Of one that may have been sent: it did not arrive, and is sent again."""
    WITHDRAW = "withdraw"


def write(
    desk: Desk,
    op_id: str,
    rma_id: str,
    kind: LetterKind,
    to: str,
    subject: str,
    body: str,
    by_mail: bool,
    instead_of: str = "",
) -> Saved:
    """Keeps a letter in the outbox and its words in the history, in one transaction.

    `by_mail`: the mail server gets it, else it is a to-do. `instead_of`: the id of a letter that
    was not sent and now never will be. Raises Refused for what is no letter, for a cancelled RMA,
    and where the other letter was sent after all. The same op id makes no second letter.
    """
    noted: list[str] = []

    def noting(desk: Desk, tx: Tx, op_id: str, letter: Letter) -> None:
        if instead_of:
            _give_up(tx, instead_of, f"{desk.actor} wrote another one instead")
        noted.append(_note_written(desk, tx, op_id, letter, by_mail, instead_of).op_id)

    mailing.write_letter(desk, op_id, rma_id, kind, to, subject, body, by_mail, noting)
    return saved(desk, rma_id, Step.LETTER_WRITTEN, already=not noted)


def _note_written(
    desk: Desk, tx: Tx, op_id: str, letter: Letter, by_mail: bool, instead_of: str
) -> Event:
    rma = tx.rma(letter.rma_id)
    view = view_of(desk, letter.unit_id, letter.rma_id)
    if rma is None or view is None:
        raise Refused(GONE, "scan the unit again")
    check(rma, view.decision, Step.LETTER_WRITTEN, view.unit.serial)
    data = {
        "letter": letter.id,
        "kind": letter.kind.value,
        "to": letter.to,
        "subject": letter.subject,
        "body": letter.body,
        "by": (Way.MAIL if by_mail else Way.HAND).value,
    }
    other = {"instead_of": instead_of} if instead_of else {}
    return write_step(
        desk, tx, op_id, rma, view.unit, Step.LETTER_WRITTEN, data | other | days(desk)
    )


_NOT_SENT = (S.WRITTEN, S.QUEUED, S.FAILED)
_SENT = {
    S.SENT: "was sent already",
    S.BY_HAND: "was sent by hand already",
    S.SENDING: "is being sent right now",
    S.UNSURE: "may have been sent",
}


def _give_up(tx: Tx, letter_id: str, why: str) -> Letter | None:
    """The outbox forgets a letter that was surely not sent. Raises Refused where it may have been.

    None: it was withdrawn before, or never stood there.
    """
    letter = tx.letter(letter_id)
    if letter is None or letter.state is S.WITHDRAWN:
        return None
    if letter.state not in _NOT_SENT:
        remedy = "write another one that puts it right"
        if letter.state is S.UNSURE:
            remedy = "settle first, on the to-do list, whether it arrived"
        raise Refused(f"the {KINDS[letter.kind]} {_SENT[letter.state]}", remedy)
    return tx.save_letter(replace(letter, state=S.WITHDRAWN, why=why, next_try_at=None))


def take_back(desk: Desk, tx: Tx, event: Event) -> None:
    """For an undo of LETTER_WRITTEN, inside its transaction: the letter is not sent any more.

    Raises Refused where it was sent, or may have been: that cannot be undone.
    """
    if event.step is Step.LETTER_WRITTEN:
        _give_up(tx, str(event.data.get("letter", "")), f"undone by {desk.actor}")


# --- what becomes of it


def note_sent(desk: Desk, tx: Tx, op_id: str, letter: Letter) -> None:
    """The `Noting` of the mail worker: that the server took a letter stays in the history.

    Under the name of who wrote it: nobody needs to be at work when it goes.
    """
    if letter.state is not S.SENT:
        return
    data = _sent_data(desk, letter, Way.MAIL)
    event = (op_id, letter.unit_id, letter.rma_id, Step.LETTER_SENT, desk.clock.now())
    tx.append(*event, letter.actor, desk.station, data)
    _refold(desk, tx, letter)


def sent(desk: Desk, op_id: str, letter_id: str, act: LetterAct) -> Saved:
    """What a person says of a letter on the to-do list: sent, arrived, again, withdrawn.

    A letter that is withdrawn was not written: its step is undone, so that it falls due again.
    Raises Refused where the state of the letter does not allow it (any more).
    """
    noted: list[str] = []

    def noting(desk: Desk, tx: Tx, op_id: str, letter: Letter) -> None:
        noted.append(op_id)
        if act is LetterAct.WITHDRAW:
            _note_withdrawn(desk, tx, op_id, letter)
        elif act in _WAYS:
            data = _sent_data(desk, letter, _WAYS[act])
            append(desk, tx, op_id, letter.unit_id, letter.rma_id, Step.LETTER_SENT, data)
            _refold(desk, tx, letter)

    letter = _ACTS[act](desk, op_id, letter_id, noting)
    step = Step.LETTER_SENT if act in _WAYS else Step.LETTER_WRITTEN
    return saved(desk, letter.rma_id, step, already=not noted)


_WAYS = {LetterAct.BY_HAND: Way.HAND, LetterAct.ARRIVED: Way.ARRIVED}
_ACTS: Mapping[LetterAct, Callable[[Desk, str, str, Noting], Letter]] = {
    LetterAct.BY_HAND: mailing.mark_by_hand,
    LetterAct.AGAIN: mailing.send_again,
    LetterAct.ARRIVED: lambda d, op, one, note: mailing.settle_letter(d, op, one, True, note),
    LetterAct.NOT_ARRIVED: lambda d, op, one, note: mailing.settle_letter(d, op, one, False, note),
    LetterAct.WITHDRAW: mailing.withdraw,
}


def _sent_data(desk: Desk, letter: Letter, way: Way) -> dict[str, Any]:
    named = {"letter": letter.id, "kind": letter.kind.value, "to": letter.to}
    return named | {"how": way.value} | days(desk)


def _note_withdrawn(desk: Desk, tx: Tx, op_id: str, letter: Letter) -> None:
    events = tx.events_of_rma(letter.rma_id)
    if not any(event.op_id == letter.id for event in standing(events)):
        return
    data = {"step": Step.LETTER_WRITTEN.value, "why": f"withdrawn: {KINDS[letter.kind]}"}
    append(desk, tx, op_id, letter.unit_id, letter.rma_id, Step.UNDONE, data, letter.id)
    _refold(desk, tx, letter)


def _refold(desk: Desk, tx: Tx, letter: Letter) -> None:
    rma, unit = tx.rma(letter.rma_id), tx.unit(letter.unit_id)
    if rma is not None and unit is not None:
        refold(desk, tx, rma, unit)


# --- looking


@dataclass(frozen=True, slots=True)
class ToDo:
    """A letter that a person has to see to, with what names it on the list."""

    letter: Letter
    rma: str
    """The number of its RMA."""
    serial: str
    ticket: str
    """The customer's ticket."""


def todo_list(desk: Desk, has_server: bool) -> list[ToDo]:
    """The letters to see to, the oldest first.

    Without a mail server (`has_server`: the settings name one) those that wait for one, too.
    """
    letters = mailing.letters_todo(desk)
    if not has_server:
        letters = sorted([*letters, *desk.store.letters_queued()], key=lambda one: one.at)
    found = []
    for letter in letters:
        rma, unit = desk.store.rma(letter.rma_id), desk.store.unit(letter.unit_id)
        if rma is not None and unit is not None:
            found.append(ToDo(letter, rma.number, unit.serial, rma.ticket))
    return found


def letter_detail(event: Event) -> str:
    """What an event about a letter tells, in one line for the Record screen; "" for others.

    Foreign text is in it: `printable` before it is painted.
    """
    data = event.data
    if event.step not in (Step.LETTER_WRITTEN, Step.LETTER_SENT):
        return ""
    kind = str(data.get("kind", ""))
    name = KINDS[LetterKind(kind)] if kind in set(LetterKind) else kind
    hows = {Way.MAIL: "by mail", Way.HAND: "by hand", Way.ARRIVED: "it arrived"}
    way = str(data.get("how" if event.step is Step.LETTER_SENT else "by", ""))
    how = hows[Way(way)] if way in set(Way) else ""
    return ", ".join(filter(None, (name, f"to {data.get('to', '')}", how)))
