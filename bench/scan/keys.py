"""The keys of a terminal as a scanner presses them: those that end a scan, and control characters.

Names are those that Textual gives to keys, with and without the Kitty keyboard protocol.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

CARRIAGE_RETURNS = ("enter", "ctrl+m")
LINE_FEED = "ctrl+j"
TERMINATORS = (*CARRIAGE_RETURNS, "tab", "ctrl+i", LINE_FEED)
CONTROLS: Mapping[str, str] = {
    **{f"ctrl+{chr(96 + n)}": chr(n) for n in range(1, 27)},
    "ctrl+@": "\x00",
    "ctrl+backslash": "\x1c",
    "ctrl+right_square_bracket": "\x1d",
    "ctrl+circumflex_accent": "\x1e",
    "ctrl+underscore": "\x1f",
}
_SIDES = ("left_", "right_")
_HELD_ALONE = ("shift", "control", "alt", "meta", "super", "hyper")
MODIFIERS = frozenset(
    [side + key for side in ("", *_SIDES) for key in _HELD_ALONE]
    + ["iso_level3_shift", "iso_level5_shift", "caps_lock", "num_lock", "scroll_lock"]
)
"""Keys that are pressed beside others: some terminals report them by themselves."""
_FUNCTION = re.compile(r"f[0-9]{1,2}")
_SHIFTED = re.compile(r"shift\+([a-z])")
# A scanner set up for Windows sends a control character as Alt and its decimal number; of Alt and
# digits a terminal makes these signs.
_ALT_CODES = {"º¢": "\x04", "™•": "\x1c", "™ª": "\x1d", "£º": "\x1e", "£¡": "\x1f"}
_ALT = re.compile("º{1,2}(" + "|".join(_ALT_CODES) + ")")


def character_of(name: str, character: str | None, amid: bool) -> str | None:
    """What a key adds to a scan; None for a key that writes nothing.

    Hidden characters (a joiner, a bidi mark) count only `amid` a burst: nobody types them.
    """
    if name in CONTROLS:
        return CONTROLS[name]
    shifted = _SHIFTED.fullmatch(name)
    if shifted and character is None:
        return shifted[1].upper()
    if "+" in name and name != "+":
        return None
    if character is None or len(character) != 1:
        return None
    if character.isprintable():
        return character
    return character if amid and (ord(character) >= 0x80 or name == "backspace") else None


def starts_scan(name: str) -> bool:
    """Whether a key that writes nothing may be the first of a label all the same."""
    return _FUNCTION.fullmatch(name) is not None


def with_alt_codes(text: str) -> str:
    """A scan with the signs of Alt and digits put back to the control characters meant by them."""
    return _ALT.sub(lambda found: _ALT_CODES[found[1]], text)
