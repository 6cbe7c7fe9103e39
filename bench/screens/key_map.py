"""The program's own keys. Each has an id, so that a user's key map can move it, and words for the
help and for the README's table."""

from __future__ import annotations

from textual.binding import Binding, BindingType

from bench.scan.commands import Verb


def _offer(key: str, verb: str, word: str, tip: str) -> Binding:
    action = f"app.offer('{verb}')"
    return Binding(key, action, word, id=f"bench.{word}", tooltip=tip, show=False, priority=True)


KEY_MAP: list[BindingType] = [
    _offer("f1", Verb.HELP, "help", "What this screen is for, its keys and codes"),
    _offer("f2", Verb.DESK, "queue", "Everything that is open, worst first"),
    _offer("f3", Verb.BOX, "receive", "Receive the unit in hand"),
    _offer("f4", Verb.TEST, "diagnose", "Diagnose the unit in hand"),
    _offer("f5", Verb.PORT, "console", "The serial consoles: record, understand, seal"),
    _offer("f6", Verb.SEND, "ship", "Ship the unit in hand"),
    _offer("f8", Verb.LOG, "record", "The unit's record and history"),
    _offer("f9", Verb.SHEET, "codes", "The command codes of this screen, to scan"),
    _offer("f10", Verb.GUN, "scanner", "Check the scanner and the keyboard layout"),
    _offer("f12", Verb.SEEN, "scans", "The last scans, and what became of each"),
    _offer("ctrl+o", Verb.VENDOR, "vendor", "Cases with vendors: three legs, and who owes what"),
    _offer("ctrl+n", Verb.SPOOL, "labels", "Labels on their way to the printers"),
    _offer("ctrl+b", Verb.PRINT, "print", "Print the label of this screen"),
    _offer("ctrl+g", Verb.CODE, "QR", "The RMA number as a QR code, and its label"),
    _offer("ctrl+z", Verb.UNDO, "undo", "Undo the last step, as a new event"),
    _offer("ctrl+r", Verb.RULES, "policy", "The rules in force, and a what-if"),
    _offer("ctrl+l", Verb.LOCK, "lock", "Lock the bench until a badge is scanned"),
    Binding("ctrl+f", "type_code", "type a code", id="bench.type", show=False, priority=True),
    Binding("escape", "leave_field", "out of the fields", id="bench.leave", show=False),
    Binding("tab", "enter_fields", "into the fields", id="bench.fields", show=False),
    Binding(
        "ctrl+t",
        "end_tour",
        "end the tour of the demo",
        id="bench.tour",
        show=False,
        priority=True,
    ),
    Binding("ctrl+q", "leave", "quit", id="bench.quit", show=False, priority=True),
]
