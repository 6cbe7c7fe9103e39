"""What a scan is: a command, one of our RMA numbers, a unit's label, or unreadable."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from bench.scan.badge import badge_text, is_ours
from bench.scan.commands import parse_command
from bench.scan.equipment import Sort, parse_equipment
from bench.scan.fields import (
    RETAIL_AIMS,
    Fields,
    lone_identifier,
    product_code,
    read_fields,
    runs_together,
)
from bench.scan.patterns import NOTHING_KNOWN, Patterns
from bench.scan.pull import bare_code, codes_in, holds_badge, take_apart
from bench.scan.rma_number import looks_like_number, parse_number
from bench.scan.scanner_check import is_test_code
from bench.scan.serials import is_serial, mac_of

A_BADGE = "a badge"
"""What stands for a badge wherever a scan is shown or kept."""
LONGEST = 512
"""Characters of the longest scan that is looked into."""
COMPANION_SECONDS = 0.15
"""Between two codes of one pull: guns send them back to back, a second pull takes longer."""


class LabelKind(StrEnum):
    """What a scan turned out to be."""

    TEST_CODE = "test_code"
    """The test code of the scanner check, as it arrived."""
    COMMAND = "command"
    BADGE = "badge"
    """A person's badge of our own form, whole or not."""
    CONSOLE = "console"
    """Our label of a console cable; `value` is its name, perhaps one that nobody has given."""
    PRINTER = "printer"
    """Our label of a printer; `value` is its name, perhaps one that nobody has given."""
    RMA_NUMBER = "rma_number"
    BAD_RMA_NUMBER = "bad_rma_number"
    """Shaped like one of ours, with a wrong check letter. `serial` is filled: it may be one."""
    CODE = "code"
    """A serial, a MAC, or something that the screen knows more about (a tracking number)."""
    PRODUCT = "product"
    """It names the product. `serial` is filled where it may still be a serial by chance."""
    UNREADABLE = "unreadable"


_EQUIPMENT = {Sort.CONSOLE: LabelKind.CONSOLE, Sort.PRINTER: LabelKind.PRINTER}
_NO_BADGE = (
    *(LabelKind.TEST_CODE, LabelKind.COMMAND, LabelKind.CONSOLE, LabelKind.PRINTER),
    LabelKind.RMA_NUMBER,
)
_COMPANIONS = (LabelKind.CODE, LabelKind.PRODUCT, LabelKind.UNREADABLE)


@dataclass(frozen=True, slots=True)
class Label:
    """A scan, understood. Texts are as printed on the label; "" where it does not carry them."""

    kind: LabelKind
    raw: str
    """Exactly as scanned; of a badge A_BADGE, for a badge is shown and kept nowhere."""
    value: str = ""
    """The verb of a command, the name of equipment, the shown form of an RMA number, otherwise the
    text without frame."""
    serial: str = ""
    mac: str = ""
    """Twelve upper-case hexadecimal digits."""
    model: str = ""
    """The name of the model or the maker's part number, whichever the label carries."""
    aim: str = ""
    """The AIM symbology identifier that the scanner sent in front."""
    why: str = ""
    """Of an unreadable scan: what is wrong with it, to go on after "cannot be used:"."""
    secret: str = field(default="", repr=False)
    """Of a badge: its text, to be looked up and forgotten."""
    gtin: str = ""
    """14 digits, with the right check digit."""
    came: str = ""
    """What arrived, where it was put right (the computer's keyboard layout); "": `raw` did."""
    source: str = ""
    """Which scanner sent it; "": the keyboard."""
    started: float = 0.0
    """When its first character came, in seconds of the gate's clock; 0: not known."""
    ended: float = 0.0
    """When its last character came, in seconds of the gate's clock; 0: not known."""

    @property
    def badge(self) -> str:
        """The text to look up where this may be somebody's badge; "" where it cannot be."""
        if self.kind in _NO_BADGE:
            return ""
        return self.secret or badge_text(self.raw) or ""


def classify(text: str, patterns: Patterns | None = None) -> Label:
    """What a scan is. Any text has an answer; nothing is raised, and the same text has the same.

    The order is fixed:

    1. the test code of the scanner check, untouched;
    2. too long; then the frame comes off: STX, ETX, NUL, line ends and spaces around it, the AIM
       identifier, the asterisks of Code 39; nothing printable left;
    3. several codes with a badge among them: unreadable, for a badge is shown nowhere; ours:
       command, badge, console or printer label, RMA number (also with a wrong check letter);
    4. several codes on lines of their own, each taken apart by content;
    5. MAC, unless its twelve digits may be a GTIN (see 7); a label of several fields (ISO 15434,
       GS1, key and value);
    6. web addresses and what still carries control characters: unreadable;
    7. the product: a GTIN or the name of a model;
    8. a single MH10.8.2 data identifier in front of something known;
    9. serial.

    Without `patterns` no brand's form and no model is known. A MAC written plainly is given as
    serial too, because some brands use it so.
    """
    if is_test_code(text):
        return Label(LabelKind.TEST_CODE, text)
    if len(text) > LONGEST:
        return _unreadable(text, "", "", f"it has more than {LONGEST} characters")
    value, aim = bare_code(text)
    if not any(c.isprintable() and not c.isspace() for c in value):
        return _unreadable(text, value, aim, "there is nothing in it that can be read")
    lines, known = codes_in(value), patterns or NOTHING_KNOWN
    if len(lines) > 1 and holds_badge(lines):
        return _unreadable(A_BADGE, "", aim, "several codes came at once, and one is a badge")
    label = _ours(text, value, aim)
    if label is None and len(lines) > 1:
        label = _several(text, value, aim, take_apart(value, lines, known))
    return label or _code(text, value, aim, known)


def _ours(raw: str, value: str, aim: str) -> Label | None:
    command = parse_command(value)
    if command:
        return Label(LabelKind.COMMAND, raw, command.verb, aim=aim)
    if is_ours(value):
        return Label(LabelKind.BADGE, A_BADGE, aim=aim, secret=value)
    equipment = parse_equipment(value)
    if equipment:
        return Label(_EQUIPMENT[equipment.sort], raw, equipment.name, aim=aim)
    number = parse_number(value)
    if number:
        return Label(LabelKind.RMA_NUMBER, raw, number, aim=aim)
    if looks_like_number(value):
        return Label(LabelKind.BAD_RMA_NUMBER, raw, value, serial=value, aim=aim)
    return None


def _several(raw: str, value: str, aim: str, told: tuple[Fields, str]) -> Label:
    fields, why = told
    return _unreadable(raw, value, aim, why) if why else _of_fields(raw, value, aim, fields)


def _code(raw: str, value: str, aim: str, known: Patterns) -> Label:
    gtin, mac = product_code(value, aim, known), mac_of(value)
    retail = aim in RETAIL_AIMS and value.isdecimal()
    if mac and not gtin and not retail:
        serial = value if value.isalnum() else ""
        return Label(LabelKind.CODE, raw, value, serial=serial, mac=mac, aim=aim)
    fields = read_fields(value, aim)
    if fields:
        return _of_fields(raw, value, aim, fields)
    why = _no_code(value)
    if why:
        return _unreadable(raw, value, aim, why)
    model = value if known.is_model(value) else ""
    if gtin or model or retail:
        serial = value if is_serial(value) and not retail else ""
        mac = "" if retail else mac
        return Label(LabelKind.PRODUCT, raw, value, serial, mac or "", model, aim, gtin=gtin)
    fields = lone_identifier(value, known)
    if fields:
        return _of_fields(raw, value, aim, fields)
    if is_serial(value):
        return Label(LabelKind.CODE, raw, value, serial=value, aim=aim)
    return _unreadable(raw, value, aim, "it is neither a serial (3 to 64 characters) nor a label")


def _no_code(value: str) -> str:
    """Why a text that is no label of fields is no single code either; "" where it may be one."""
    if "://" in value:
        return "it is a web address without a serial"
    if runs_together(value):
        return "its fields run together: the scanner leaves out what separates them"
    if any(unicodedata.category(c) == "Cc" for c in value):
        return "it carries several fields, and no serial among them"
    return ""


def _of_fields(raw: str, value: str, aim: str, fields: Fields) -> Label:
    kind = LabelKind.CODE if fields.serial or fields.mac else LabelKind.PRODUCT
    if kind is LabelKind.PRODUCT and not (fields.gtin or fields.model):
        why = "it carries no serial: scan the code that shows the serial"
        return _unreadable(raw, value, aim, why)
    return Label(kind, raw, value, fields.serial, fields.mac, fields.model, aim, gtin=fields.gtin)


def _unreadable(raw: str, value: str, aim: str, why: str) -> Label:
    return Label(LabelKind.UNREADABLE, raw, value, aim=aim, why=why)


def is_companion(label: Label, first: Label) -> bool:
    """Whether a code came in the same pull of the trigger as the one before it (`first`).

    A gun that sees serial, MAC and GTIN of one label sends them one after the other: the same
    scanner, without a pause. Of more than two, each is a companion of the one before it. A label
    whose times are not known is nobody's companion.
    """
    if label.kind not in _COMPANIONS or label.source != first.source or first.ended <= 0:
        return False
    return first.ended <= label.started <= first.ended + COMPANION_SECONDS
