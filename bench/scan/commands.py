"""Command codes: what the technician scans from a sheet to steer the bench.

A code is `BENCH` and a verb. Both use only letters that stay in place on all keyboard layouts
looked at (us, gb, fr, be, de, ch, es, it, pt, se, dk, tr, cz, pl) and are compared without regard
to case, so that neither the computer's layout nor Caps Lock can change a command.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

PREFIX = "BENCH"
SAFE_LETTERS = frozenset("BCDEFGHJKLNOPRSTUVX")
"""The letters that no keyboard layout looked at moves."""
LONGEST_VERB = 12
"""Characters; longer codes no longer fit beside each other on the sheet."""


class Verb(StrEnum):
    """The verbs that bench knows of itself; others come from data (accessories)."""

    OK = "OK"
    NO = "NO"
    NEXT = "NEXT"
    UNDO = "UNDO"
    PRINT = "PRINT"
    PUT = "PUT"
    HOLD = "HOLD"
    HELP = "HELP"
    NTF = "NTF"
    FXD = "FXD"
    REPL = "REPL"
    NORESP = "NORESP"
    RUSH = "RUSH"
    GROUND = "GROUND"
    DESK = "DESK"
    BOX = "BOX"
    TEST = "TEST"
    SEND = "SEND"
    LOG = "LOG"
    COST = "COST"
    RULES = "RULES"
    SHEET = "SHEET"
    GOOD = "GOOD"
    DEFECT = "DEFECT"
    USED = "USED"
    BROKEN = "BROKEN"
    LOCK = "LOCK"
    STOP = "STOP"
    END = "END"
    GUN = "GUN"
    SEEN = "SEEN"
    DROP = "DROP"
    PORT = "PORT"
    RECORD = "RECORD"
    CLOSE = "CLOSE"
    TURN = "TURN"
    NOTE = "NOTE"
    UNLOCK = "UNLOCK"
    ORDER = "ORDER"
    HEX = "HEX"
    SCREEN = "SCREEN"
    LOOK = "LOOK"
    TELL = "TELL"
    FOUND = "FOUND"
    BRK = "BRK"
    BEST = "BEST"
    VENDOR = "VENDOR"
    PUSH = "PUSH"
    BUNDLE = "BUNDLE"
    LETTER = "LETTER"
    TODO = "TODO"
    LEND = "LEND"
    SPOOL = "SPOOL"
    CODE = "CODE"


WORDS: Mapping[Verb, str] = MappingProxyType(
    {
        Verb.OK: "yes",
        Verb.NO: "no",
        Verb.NEXT: "next",
        Verb.UNDO: "undo",
        Verb.PRINT: "print",
        Verb.PUT: "put away",
        Verb.HOLD: "hold",
        Verb.HELP: "help",
        Verb.NTF: "no trouble found",
        Verb.FXD: "repair",
        Verb.REPL: "replace",
        Verb.NORESP: "no answer",
        Verb.RUSH: "rush",
        Verb.GROUND: "ground",
        Verb.DESK: "queue",
        Verb.BOX: "receive",
        Verb.TEST: "diagnose",
        Verb.SEND: "ship",
        Verb.LOG: "record of the unit",
        Verb.COST: "who pays",
        Verb.RULES: "policy",
        Verb.SHEET: "codes of this screen",
        Verb.GOOD: "good",
        Verb.DEFECT: "defect",
        Verb.USED: "used",
        Verb.BROKEN: "broken",
        Verb.LOCK: "lock the bench",
        Verb.STOP: "leave this step out",
        Verb.END: "quit",
        Verb.GUN: "scanner check",
        Verb.SEEN: "the last scans",
        Verb.DROP: "forget a label",
        Verb.PORT: "console",
        Verb.RECORD: "record the console",
        Verb.CLOSE: "end and seal the recording",
        Verb.TURN: "next cable",
        Verb.NOTE: "note at this line",
        Verb.UNLOCK: "type to the unit",
        Verb.ORDER: "commands for the unit",
        Verb.HEX: "as bytes",
        Verb.SCREEN: "as a screen",
        Verb.LOOK: "search",
        Verb.TELL: "copies to share",
        Verb.FOUND: "take what the console found",
        Verb.BRK: "send a break",
        Verb.BEST: "keep this as a good start",
        Verb.VENDOR: "vendor cases",
        Verb.PUSH: "escalate",
        Verb.BUNDLE: "packet for the vendor",
        Verb.LETTER: "write a letter",
        Verb.TODO: "letters to do",
        Verb.LEND: "advance replacement",
        Verb.SPOOL: "labels and printers",
        Verb.CODE: "the RMA as a QR code",
    }
)
"""What each verb is called where a screen has no better word for it."""


@dataclass(frozen=True, slots=True)
class Command:
    """A scanned command: its verb in upper case (perhaps an unknown one), and the text scanned."""

    verb: str
    text: str


def parse_command(text: str) -> Command | None:
    """The command that a text is; None when it does not start with the prefix.

    Everything that starts so is a command, known or not: no serial may.
    """
    # upper() also turns the dotless i of a Turkish layout into I.
    plain = text.strip().upper()
    if not plain.startswith(PREFIX):
        return None
    return Command(plain.removeprefix(PREFIX).strip(), text)


def is_known(verb: str) -> bool:
    """Whether a verb is one of bench's own."""
    return verb in Verb.__members__


def code(verb: str) -> str:
    """The text of the code for a verb, such as `BENCHOK`."""
    return PREFIX + verb


def check_verb(verb: str) -> str | None:
    """Why a verb cannot be printed as a code, in words for a data error; None when it can."""
    if verb == Verb.PRINT:
        # Its I moves on one layout only, and parse_command mends that.
        return None
    if not 2 <= len(verb) <= LONGEST_VERB:
        return f"a verb has 2 to {LONGEST_VERB} letters"
    wrong = sorted(set(verb) - SAFE_LETTERS)
    if not wrong:
        return None
    letters = "".join(sorted(SAFE_LETTERS))
    return f"{' '.join(wrong)} may change with the keyboard layout; use only {letters}"
