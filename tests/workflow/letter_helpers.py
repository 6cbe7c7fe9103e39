"""Letters for the tests of the workflow: short ways to write one, and to look at it again."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bench.mail_settings import MailSettings, Tls
from bench.policy.letters import LetterKind
from bench.store.records import Letter, LetterState
from bench.workflow.mailing import write_letter
from tests.mail_server import HOST
from tests.workflow.helpers import World

TO = "boss@example.com"


def mail_settings(port: int) -> MailSettings:
    """A mail server on this machine, in the clear."""
    return MailSettings(HOST, port, Tls.NONE, sender="bench@example.com")


def write(world: World, rma_id: str, op_id: str = "", **more: Any) -> Letter:
    """A letter to management."""
    given: dict[str, Any] = {
        **{"kind": LetterKind.MANAGEMENT_NOTICE, "to": TO, "subject": "Early return"},
        **{"body": "All of it\n  and more", "by_mail": True},
    }
    return write_letter(world.desk, op_id or world.op(), rma_id, **given | more)


def now(world: World, letter: Letter) -> Letter:
    """The letter as it is saved."""
    found: Letter | None = world.store.letter(letter.id)
    assert found is not None
    return found


def put(world: World, letter: Letter, state: LetterState, **more: Any) -> Letter:
    """Puts a letter into a state by hand."""
    changed = replace(now(world, letter), state=state, **more)
    saved: Letter = world.store.write("", lambda tx: tx.save_letter(changed))
    return saved
