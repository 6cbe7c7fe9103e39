"""Letters at the bench: written by keys and scans, kept once, handed on, seen through."""

from __future__ import annotations

import asyncio

import pytest
from textual import events

from bench.mail_settings import MailSettings, Tls
from bench.policy.facts import Outcome
from bench.policy.letters import LetterKind
from bench.screens.letter_dialog import LetterDialog, Text
from bench.screens.letters import Letters
from bench.screens.turns import Job
from bench.store.records import Letter, LetterState, Step
from bench.workflow import ship
from bench.workflow.desk import Refused
from tests.screens.helpers import Bench
from tests.screens.letter_acts import ANSWER, open_letter
from tests.screens.test_flow import OTHER, SERIAL, Glass, data, open_glass

K, S = LetterKind, LetterState
MAIL = MailSettings(
    *("127.0.0.1", 25, Tls.NONE),
    sender="bench@example.com",
    management="boss@example.com",
    partner_team="partners@example.com",
)
pytestmark = pytest.mark.engines("sqlite")


def letters_of(bench: Bench, rma_id: str) -> list[Letter]:
    """The letters of a return."""
    with bench.desk() as desk:
        return desk.store.letters_of(rma_id)


async def letter(glass: Glass, kind: LetterKind, *answers: str) -> LetterDialog:
    """The letter about the unit in hand, on the glass."""
    open_letter(glass.app, kind)
    await glass.settle()
    await glass.scan(*answers)
    dialog = glass.dialog
    assert isinstance(dialog, LetterDialog)
    return dialog


def text(glass: Glass) -> str:
    """What stands in the letter."""
    return glass.dialog.query_one(Text).text


async def keys(glass: Glass, words: str, gap: float = 0.06) -> None:
    """A person types, quickly, and does not wait to see it."""
    for sign in words:
        name = {"\n": "enter", " ": "space"}.get(sign, sign)
        character = "\r" if sign == "\n" else sign
        glass.app.post_message(events.Key(name, character))
        await asyncio.sleep(gap)
    await glass.settle()


# --- writing and sending


async def test_to_management_by_scans_alone(bench: Bench) -> None:
    """The question is asked, the letter filled in, queued, and kept in the history."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPLACE)
    async with open_glass(bench, SERIAL, mail=MAIL) as glass:
        place = glass.place
        await letter(glass, K.MANAGEMENT_NOTICE, *ANSWER)
        assert "It was damaged on the way to the site" in text(glass)
        await glass.scan("BENCHOK")
        assert "letter queued" in glass.said
        assert glass.app.dialog() is None
        assert glass.place == place
        view = glass.app.session.view
        assert view is not None
        assert view.events[0].step is Step.LETTER_WRITTEN
    (one,) = letters_of(bench, rma_id)
    assert (one.state, one.to, one.actor) == (S.QUEUED, "boss@example.com", "Ana R.")
    kept = data(bench, rma_id, Step.LETTER_WRITTEN)
    assert (kept["by"], kept["body"], kept["letter"]) == ("mail", one.body, one.id)


async def test_by_hand_by_keys_alone(bench: Bench) -> None:
    """Address typed, text written on, sent by ^s: it is on the clipboard and on the list."""
    rma_id = bench.diagnosed(SERIAL, Outcome.NO_TROUBLE_FOUND, 90)
    async with open_glass(bench, SERIAL) as glass:
        dialog = await letter(glass, K.CUSTOMER_CONTACT)
        await keys(glass, "jo@a.co")
        assert dialog.query_one("#line-to").has_focus
        await glass.key("tab", "tab", "ctrl+end")
        await keys(glass, "Best\nJo")
        await glass.key("ctrl+s")
        assert "letter copied" in glass.said
        assert glass.app.clipboard.startswith("To: jo@a.co\nSubject: Your return")
        assert glass.app.clipboard.endswith("Best\nJo")
    (one,) = letters_of(bench, rma_id)
    assert (one.state, one.to) == (S.WRITTEN, "jo@a.co")
    assert one.body.endswith("Best\nJo")


async def test_which_letter_is_asked_with_the_due_ones_first(bench: Bench) -> None:
    bench.diagnosed(SERIAL, Outcome.REPAIR, 900)
    async with open_glass(bench, SERIAL) as glass:
        letters = Letters(glass.app)
        view = glass.app.session.view
        glass.app.turns.add(Job(lambda: letters.choose(view)))
        await glass.settle()
        assert "1  request for a quote  (due)" in glass.text
        await glass.key("1")
        assert glass.question.startswith("Request for a quote")


async def test_nothing_in_hand(bench: Bench) -> None:
    async with open_glass(bench) as glass:
        with pytest.raises(Refused, match="no return is in hand"):
            await Letters(glass.app).choose(None)


async def test_what_is_no_letter_stays_on_the_screen(bench: Bench) -> None:
    """Refused in the strip where it was scanned, in the dialog in any case; then it is mended."""
    rma_id = bench.diagnosed(SERIAL, Outcome.NO_TROUBLE_FOUND, 90)
    async with open_glass(bench, SERIAL) as glass:
        await letter(glass, K.CUSTOMER_CONTACT)
        await glass.scan("BENCHOK")
        assert glass.refused("there is no address")
        assert glass.text.count("there is no address") == 2
        await keys(glass, "j")
        assert glass.text.count("there is no address") == 1
        await glass.key("ctrl+s")
        assert "'j' is not a mail address" in glass.text
        assert letters_of(bench, rma_id) == []
        await keys(glass, "@a.co")
        await glass.key("ctrl+s")
    assert [one.to for one in letters_of(bench, rma_id)] == ["j@a.co"]


async def test_what_cannot_be_saved_comes_back(bench: Bench) -> None:
    """Another bench has cancelled the RMA meanwhile: the words are not lost."""
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR, 900)
    async with open_glass(bench, SERIAL, mail=MAIL) as glass:
        dialog = await letter(glass, K.QUOTE_REQUEST)
        dialog.query_one(Text).insert("Urgent. ")
        bench.do(ship.cancel, rma_id, "wrong unit")
        await glass.scan("BENCHOK")
        assert glass.refused("is cancelled")
        assert text(glass).startswith("Urgent. ")
        await glass.scan("BENCHNO")  # it would be lost
        assert isinstance(glass.dialog, LetterDialog)
        assert glass.refused("not kept")
    assert letters_of(bench, rma_id) == []


# --- typing, scanning, pasting


async def test_typed_letters_come_in_order(bench: Bench) -> None:
    bench.diagnosed(SERIAL, Outcome.REPAIR, 900)
    async with open_glass(bench, SERIAL, mail=MAIL) as glass:
        await letter(glass, K.QUOTE_REQUEST)
        await keys(glass, "Urgent, please.\nThanks. ")
        assert text(glass).startswith("Urgent, please.\nThanks. Please tell us")


async def test_a_scan_never_types(bench: Bench) -> None:
    """A code, an unknown command and a code that was cut off: each is told, none is in the text."""
    bench.received(OTHER)
    bench.diagnosed(SERIAL, Outcome.REPAIR, 900)
    async with open_glass(bench, SERIAL, mail=MAIL) as glass:
        await letter(glass, K.QUOTE_REQUEST)
        before = text(glass)
        await glass.scan(OTHER)
        assert glass.refused(OTHER, "a question is open")
        await glass.scan("BENCHRUSH")
        assert glass.refused("BENCHRUSH")
        await glass.scan("BENCHRU", suffix="")
        for name in ("to", "subject"):
            glass.dialog.query_one(f"#line-{name}").focus()
            await glass.settle()
            await glass.scan(OTHER)
        assert text(glass) == before
        assert OTHER not in "".join(line for line in glass.rows[4:])
        assert isinstance(glass.dialog, LetterDialog)


async def test_a_paste_of_several_lines_goes_into_the_text(bench: Bench) -> None:
    """Whatever a scanner's text would be, and cleaned; it takes the place of what is selected."""
    bench.diagnosed(SERIAL, Outcome.REPAIR, 900)
    async with open_glass(bench, SERIAL, mail=MAIL) as glass:
        area = (await letter(glass, K.QUOTE_REQUEST)).query_one(Text)
        area.select_all()
        await glass.write(f"{OTHER}\r\n\tBENCHOK\rthe\x1b[2J end\n")
        assert text(glass) == f"{OTHER}\n        BENCHOK\nthe␛[2J end\n"
        await keys(glass, "!")
        assert text(glass).endswith("end\n!")


async def test_leaving_what_was_written_is_asked_twice(bench: Bench) -> None:
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR, 900)
    async with open_glass(bench, SERIAL, mail=MAIL) as glass:
        await letter(glass, K.QUOTE_REQUEST)
        await glass.key("escape")
        assert glass.app.dialog() is None  # nothing was written
        await letter(glass, K.QUOTE_REQUEST)
        await keys(glass, "Hi")
        await glass.key("escape")
        assert "once more to leave it" in glass.text
        await keys(glass, "!")
        assert "once more to leave it" not in glass.text
        await glass.key("escape", "escape")
        assert glass.app.dialog() is None
        dialog = await letter(glass, K.QUOTE_REQUEST)
        assert not dialog.query_one(Text).text.startswith("Hi")
    assert letters_of(bench, rma_id) == []


async def test_enter_in_a_line_sends_nothing(bench: Bench) -> None:
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR, 900)
    async with open_glass(bench, SERIAL, mail=MAIL) as glass:
        dialog = await letter(glass, K.QUOTE_REQUEST)
        dialog.query_one("#line-to").focus()
        await glass.key("enter", "enter")
        assert dialog.query_one(Text).has_focus
    assert letters_of(bench, rma_id) == []


async def test_hostile_words_of_others_are_only_words(bench: Bench) -> None:
    """A customer's name with an escape, markup and braces stands there, and does nothing."""
    name = "[red]A\x1b[2J{ticket}\u202eB[/]"
    rma_id = bench.diagnosed(SERIAL, Outcome.REPAIR, 900, customer=name)
    async with open_glass(bench, SERIAL, mail=MAIL) as glass:
        await letter(glass, K.QUOTE_REQUEST)
        assert "[2J{ticket}B[/] (direct client)" in glass.text
        await glass.scan("BENCHOK")
    (one,) = letters_of(bench, rma_id)
    assert not {"\x1b", "\u202e"} & set(one.body + one.subject)
