"""Letters at the bench: chosen, written, handed to the mail server or to a person, seen through."""

from __future__ import annotations

import asyncio
from typing import Protocol

from bench.policy.letter_answers import QUESTION, letter_answers_file, load_letter_answers
from bench.policy.letters import LetterKind, LetterTemplate, load_letters
from bench.scan.commands import Verb, code
from bench.screens.dialogs import KEYED, Pick
from bench.screens.everywhere import Station
from bench.screens.host import Saving
from bench.screens.letter_dialog import SEND, Draft, LetterDialog, LetterLook
from bench.store.records import Letter, LetterState
from bench.text import printable
from bench.widgets.marks import DONE
from bench.widgets.strips import Read
from bench.workflow import letter_steps
from bench.workflow.desk import Refused
from bench.workflow.letter_steps import KINDS, LetterAct, ToDo
from bench.workflow.letter_values import drafted, due_letters
from bench.workflow.steps import Saved
from bench.workflow.views import UnitView, view_of

S = LetterState
STATES = {
    S.WRITTEN: "to send",
    S.QUEUED: "no mail server",
    S.FAILED: "FAILED",
    S.UNSURE: "sent or not?",
}
"""What the to-do list calls a letter's state."""
COPY, CHANGE, LOOK = "copy", "change", "look"


class Desktop(Station, Protocol):
    """The program, with the clipboard of its terminal."""

    def copy_to_clipboard(self, text: str) -> None:
        """Hands a text to the terminal (OSC 52); one that has no clipboard ignores it."""
        ...


class Letters:
    """Writes letters about the unit in hand, and works off the to-do list."""

    def __init__(self, host: Desktop) -> None:
        self.host = host
        self._unsaved: dict[tuple[str, LetterKind], tuple[Draft, str]] = {}
        """What somebody wrote and could not be saved, and the id of the letter that it replaces: it
        comes back when such a letter is written again."""

    @property
    def _by_mail(self) -> bool:
        return bool(self.host.settings.mail.host)

    # --- writing

    async def choose(self, view: UnitView | None) -> None:
        """Asks which letter to write; those that are due stand first. Raises Refused."""
        if view is None or view.rma is None:
            raise Refused("no return is in hand to write about", "scan the unit first")
        due = due_letters(view, self.host.today())
        rest = [kind for kind in LetterKind if kind not in due]
        options = [(kind.value, f"{KINDS[kind]}  (due)") for kind in due]
        options += [(kind.value, KINDS[kind]) for kind in rest]

        async def chosen(kind: str) -> None:
            if kind:
                await self.write(view, LetterKind(kind))

        title = f"Which letter about RMA {view.rma.number}?"
        self.host.ask(Pick(title, options, bare_enter=False), chosen)

    async def write(self, view: UnitView, kind: LetterKind) -> None:
        """Shows a letter to edit and send; asks first why it failed on site, where that is told.

        Raises Refused, DataError.
        """
        if view.rma is None:
            raise Refused("no return is in hand to write about", "scan the unit first")
        kept = self._unsaved.get((view.rma.id, kind))
        if kept is not None:
            self._edit(view, *kept, edited=True)
            return
        letters = await asyncio.to_thread(load_letters, self.host.settings.mail.letters_file)
        template = letters.templates[kind]
        if kind is LetterKind.MANAGEMENT_NOTICE and view.decision.failure_question:
            await self._ask_why(view, template)
        else:
            await self._draft(view, template)

    async def _ask_why(self, view: UnitView, template: LetterTemplate) -> None:
        answers = await asyncio.to_thread(load_letter_answers, letter_answers_file())

        async def answered(answer: str) -> None:
            if answer:
                await self._draft(view, template, answer)

        options = [(answer, answer) for answer in answers.failed_on_site]
        self.host.ask(Pick(QUESTION, options, free="another answer", bare_enter=False), answered)

    async def _draft(self, view: UnitView, template: LetterTemplate, why: str = "") -> None:
        subject, body = await self.host.in_store(lambda desk: drafted(desk, view, template, why))
        to = self.host.settings.mail.address(template.to.value)
        self._edit(view, Draft(template.kind, to, subject, body))

    def _edit(
        self, view: UnitView, draft: Draft, instead_of: str = "", edited: bool = False
    ) -> None:
        async def answered(answer: str) -> None:
            if answer == SEND:
                await self._send(view, dialog.draft, instead_of)
            elif view.rma is not None:
                self._unsaved.pop((view.rma.id, draft.kind), None)

        name, number = KINDS[draft.kind], view.rma.number if view.rma else ""
        title = f"{name[0].upper()}{name[1:]} · RMA {number} · {view.unit.serial}"
        dialog = LetterDialog(draft, title, self._by_mail, edited)
        self.host.ask(dialog, answered)

    async def _send(self, view: UnitView, draft: Draft, instead_of: str) -> None:
        """Keeps the letter; what could not be saved comes back to the screen as it was."""
        rma_id, by_mail = view.rma.id if view.rma else "", self._by_mail
        self._unsaved[rma_id, draft.kind] = draft, instead_of
        words = (draft.to, draft.subject, draft.body)
        saved = await self._save(
            lambda d, op: letter_steps.write(
                d, op, rma_id, draft.kind, *words, by_mail=by_mail, instead_of=instead_of
            )
        )
        if saved is None:
            if not self.host.locked:
                self._edit(view, draft, instead_of, edited=True)
            return
        del self._unsaved[rma_id, draft.kind]
        if by_mail:
            what, answer = f"to {draft.to}", "letter queued for the mail server"
        else:
            self.host.copy_to_clipboard(draft.whole)
            what = f"paste it into your mail, then say so: {code(Verb.TODO)}"
            answer = "letter copied, and on the to-do list"
        self.host.say(Read(view.unit.serial, printable(what), DONE, answer))

    async def _save(self, work: Saving) -> Saved | None:
        """Saves a step of any return, and keeps the unit in hand where it is."""
        before = self.host.session.view
        saved = await self.host.save(work)
        if saved is not None:
            self.host.session.view = before
            await self.host.reload()
        return saved

    # --- the to-do list

    async def todo(self) -> None:
        """Shows the letters that a person has to see to. Raises StoreError kinds."""
        has_server = self._by_mail
        found = await self.host.in_store(lambda desk: letter_steps.todo_list(desk, has_server))
        if not found:
            self.host.say(Read("", "every letter is sent or queued", DONE, "no letters to do"))
            return

        async def chosen(place: str) -> None:
            if place:
                self._ask_what(found[int(place)])

        options = [(str(n), _row(one)) for n, one in enumerate(found[:KEYED])]
        count = f"{len(options)} of {len(found)}, the oldest first" if found[KEYED:] else ""
        title = f"Letters to do{': ' if count else ''}{count}"
        self.host.ask(Pick(title, options, bare_enter=False), chosen)

    def _ask_what(self, one: ToDo) -> None:
        letter = one.letter

        async def chosen(what: str) -> None:
            if what == COPY:
                self._copy(one)
            elif what == LOOK:
                self.host.show_guide(LetterLook(f"{KINDS[letter.kind]} · {one.serial}", letter))
            elif what == CHANGE:
                await self._change(letter)
            elif what:
                await self._act(one, LetterAct(what))

        why = f"\n{printable(letter.why)[:140]}" if letter.why else ""
        title = f"{_row(one)}\nto {printable(letter.to)[:140]}{why}"
        self.host.ask(Pick(title, _options(letter, self._by_mail), bare_enter=False), chosen)

    def _copy(self, one: ToDo) -> None:
        letter = one.letter
        draft = Draft(letter.kind, letter.to, letter.subject, letter.body)
        self.host.copy_to_clipboard(draft.whole)
        what = f"paste it into your mail, then say so: {code(Verb.TODO)}"
        self.host.say(Read(one.serial, what, DONE, "letter copied"))

    async def _change(self, letter: Letter) -> None:
        """Writes it anew: the one that stands is withdrawn as the new one is kept."""
        view = await self.host.in_store(lambda d: view_of(d, letter.unit_id, letter.rma_id))
        if view is None:
            raise Refused("this RMA is not in the database any more", "look at the list again")
        draft = Draft(letter.kind, letter.to, letter.subject, letter.body)
        self._edit(view, draft, instead_of=letter.id)

    async def _act(self, one: ToDo, act: LetterAct) -> None:
        letter_id = one.letter.id
        if await self._save(lambda desk, op_id: letter_steps.sent(desk, op_id, letter_id, act)):
            self.host.say(Read(one.serial, KINDS[one.letter.kind], DONE, DID[act]))


DID = {
    LetterAct.BY_HAND: "letter sent by hand",
    LetterAct.AGAIN: "letter queued for the mail server",
    LetterAct.ARRIVED: "letter arrived",
    LetterAct.NOT_ARRIVED: "letter queued once more",
    LetterAct.WITHDRAW: "letter withdrawn",
}


def _row(one: ToDo) -> str:
    letter = one.letter
    state = STATES.get(letter.state, letter.state.value)
    return printable(f"{state:<15} {KINDS[letter.kind]:<23} {one.serial[:24]}")


def _options(letter: Letter, has_server: bool) -> list[tuple[str, str]]:
    """What may be done with a letter; first what does no harm where a code is scanned twice."""
    look, copy = (LOOK, "look at it"), (COPY, "copy it again")
    mine = (LetterAct.BY_HAND.value, "I sent it")
    change = (CHANGE, "change it, then send it")
    again = [(LetterAct.AGAIN.value, "let the mail server send it")] if has_server else []
    withdraw = (LetterAct.WITHDRAW.value, "withdraw it: it is not to be sent")
    if letter.state is S.UNSURE:
        once_more = (LetterAct.NOT_ARRIVED.value, "it did not arrive: send it again")
        hand = (LetterAct.BY_HAND.value, "it did not arrive: I sent it by hand")
        rest = [once_more] if has_server else []
        return [look, (LetterAct.ARRIVED.value, "it arrived"), *rest, hand]
    if letter.state is S.FAILED:
        return [change, *again, copy, mine, look, withdraw]
    return [copy, mine, *again, change, look, withdraw]
