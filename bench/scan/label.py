"""What a scan is: a command, one of our RMA numbers, a unit's label, or unreadable."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from enum import StrEnum

from bench.scan.badge import badge_text, is_ours
from bench.scan.commands import parse_command
from bench.scan.fields import Fields, read_fields
from bench.scan.rma_number import looks_like_number, parse_number
from bench.scan.serials import is_serial, mac_of, without_aim

A_BADGE = "a badge"
"""What stands for a badge wherever a scan is shown or kept."""
LONGEST = 512
"""Characters of the longest scan that is looked into."""
_FRAME = str.maketrans("", "", "\x00\x02\x03")


class LabelKind(StrEnum):
    """What a scan turned out to be."""

    COMMAND = "command"
    BADGE = "badge"
    """A person's badge of our own form, whole or not."""
    RMA_NUMBER = "rma_number"
    BAD_RMA_NUMBER = "bad_rma_number"
    """Shaped like one of ours, with a wrong check letter. `serial` is filled: it may be one."""
    CODE = "code"
    """A serial, a MAC, or something that the screen knows more about (a tracking number)."""
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Label:
    """A scan, understood. Texts are as printed on the label; "" where it does not carry them."""

    kind: LabelKind
    raw: str
    """Exactly as scanned; of a badge A_BADGE, for a badge is shown and kept nowhere."""
    value: str = ""
    """The verb of a command, the shown form of an RMA number, otherwise the text without frame."""
    serial: str = ""
    mac: str = ""
    """Twelve upper-case hexadecimal digits."""
    model: str = ""
    aim: str = ""
    """The AIM symbology identifier that the scanner sent in front."""
    why: str = ""
    """Of an unreadable scan: what is wrong with it, to go on after "cannot be used:"."""
    secret: str = field(default="", repr=False)
    """Of a badge: its text, to be looked up and forgotten."""

    @property
    def badge(self) -> str:
        """The text to look up where this may be somebody's badge; "" where it cannot be."""
        if self.kind in (LabelKind.COMMAND, LabelKind.RMA_NUMBER):
            return ""
        return self.secret or badge_text(self.raw) or ""


def classify(text: str) -> Label:
    """What a scan is. Any text has an answer; nothing is raised.

    The order is fixed: too long; frame (STX, ETX, NUL, CR and LF at the ends) and AIM identifier
    off; nothing printable; command; badge of ours; our RMA number; MAC; label of several fields;
    serial. A MAC written plainly is given as serial too, because some brands use it so.
    """
    if len(text) > LONGEST:
        return _unreadable(text, "", "", f"it has more than {LONGEST} characters")
    value, aim = without_aim(text.translate(_FRAME).strip("\r\n\t "))
    value = value.strip("\r\n\t ")
    if not any(c.isprintable() and not c.isspace() for c in value):
        return _unreadable(text, value, aim, "there is nothing in it that can be read")
    command = parse_command(value)
    if command:
        return Label(LabelKind.COMMAND, text, command.verb, aim=aim)
    if is_ours(value):
        return Label(LabelKind.BADGE, A_BADGE, aim=aim, secret=value)
    number = parse_number(value)
    if number:
        return Label(LabelKind.RMA_NUMBER, text, number, aim=aim)
    if looks_like_number(value):
        return Label(LabelKind.BAD_RMA_NUMBER, text, value, serial=value, aim=aim)
    return _code(text, value, aim)


def _code(raw: str, value: str, aim: str) -> Label:
    mac = mac_of(value)
    if mac:
        serial = value if value.isalnum() else ""
        return Label(LabelKind.CODE, raw, value, serial=serial, mac=mac, aim=aim)
    fields = read_fields(value, aim)
    if fields:
        return _several(raw, value, aim, fields)
    if "://" in value:
        return _unreadable(raw, value, aim, "it is a web address without a serial")
    if any(unicodedata.category(c) == "Cc" for c in value):
        return _unreadable(raw, value, aim, "it carries several fields, and no serial among them")
    if is_serial(value):
        return Label(LabelKind.CODE, raw, value, serial=value, aim=aim)
    return _unreadable(raw, value, aim, "it is neither a serial (3 to 64 characters) nor a label")


def _several(raw: str, value: str, aim: str, fields: Fields) -> Label:
    if fields.serial or fields.mac:
        return Label(LabelKind.CODE, raw, value, fields.serial, fields.mac, fields.model, aim)
    product = fields.gtin or fields.model
    why = "it names the product, not the unit" if product else "it carries no serial"
    return _unreadable(raw, value, aim, f"{why}: scan the code that shows the serial")


def _unreadable(raw: str, value: str, aim: str, why: str) -> Label:
    return Label(LabelKind.UNREADABLE, raw, value, aim=aim, why=why)
