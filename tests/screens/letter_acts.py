"""Short ways to letters, for the tests of the screens."""

from __future__ import annotations

from bench.app import BenchApp
from bench.policy.letters import LetterKind
from bench.screens.letters import Letters
from bench.screens.turns import Job

ANSWER = ("BENCHNEXT", "BENCHOK")
"""Takes the second answer: it was damaged on the way to the site."""


def open_letter(app: BenchApp, kind: LetterKind, letters: Letters | None = None) -> Letters:
    """The letter about the unit in hand, in the order of the scans."""
    ours = letters or Letters(app)
    view = app.session.view
    assert view is not None
    app.turns.add(Job(lambda: ours.write(view, kind)))
    return ours


def open_todo(app: BenchApp, letters: Letters | None = None) -> Letters:
    """The list of letters to do."""
    ours = letters or Letters(app)
    app.turns.add(Job(ours.todo))
    return ours
