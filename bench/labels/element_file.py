"""Reads the elements of a layout from its file, and refuses what cannot be right."""

from __future__ import annotations

from bench.datafile import Table
from bench.labels.elements import FIELD, Align, Bars, Element, Line, Place, Qr, Sign, Words
from bench.labels.fonts import CAPITAL, PITCH, Weight

_KINDS = ("text", "code128", "qr", "sign", "rule", "frame")
LEAST_BARS = 64
"""Height of bars, and 15 % of their length where that is more: what people aim at by hand
(GS1 General Specifications, symbol height for manual scanning)."""
_SHORTEST_QUIET = 50
"""Quiet zones of the narrowest bars, both together: not part of the bars' length."""
_LONGEST = 3000


def read_element(table: Table, names: frozenset[str], stock: tuple[int, int]) -> Element:
    """One element of a layout for stock of this width and height.

    Raises DataError for unknown keys and fields, and for a place that is not on the stock.
    """
    kinds = [kind for kind in _KINDS if table.has(kind)]
    if len(kinds) != 1:
        raise table.wrong("", f"one of {', '.join(_KINDS)} in each element", sorted(table.names()))
    when = table.text("when", "")
    if when and when not in names:
        raise table.wrong("when", f"one of {', '.join(sorted(names))}", when)
    place = _place(table, stock, square=kinds[0] in ("qr", "sign"))
    element = _READERS[kinds[0]](table, names, place, when)
    table.done()
    return element


def _words(table: Table, names: frozenset[str], place: Place, when: str) -> Element:
    parts = table.texts("text")
    for part in parts:
        _check_part(table, "text", part, names)
    size = length(table, "size")
    words = Words(
        place=place,
        when=when,
        parts=parts,
        between=table.text("between", " · "),
        size=size,
        least=length(table, "least", size),
        weight=table.one_of("weight", Weight, Weight.REGULAR.value),
        align=table.one_of("align", Align, Align.LEFT.value),
        lines=table.number("lines", 1, 40, 1),
        whole=table.yes("whole", False),
    )
    least = words.least * (1 + (words.lines - 1) * PITCH / CAPITAL)
    if words.least > words.size or words.least < 10 or least > place.height:
        what = f"10 to {words.size}, and its lines together no higher than the place"
        raise table.wrong("least", what, round(least))
    return words


def _bars(table: Table, names: frozenset[str], place: Place, when: str) -> Element:
    name = table.text("code128")
    least = max(LEAST_BARS, 0.15 * (place.width - _SHORTEST_QUIET))
    if name not in names:
        raise table.wrong("code128", f"one of {', '.join(sorted(names))}", name)
    if place.height < least:
        raise table.wrong("height", f"{least:.0f} or more for bars on {place.width}", place.height)
    return Bars(place, when, name, table.one_of("align", Align, Align.CENTER.value))


def _qr(table: Table, names: frozenset[str], place: Place, when: str) -> Element:
    _check_part(table, "qr", table.text("qr"), names)
    return Qr(place, when, table.text("qr"), table.one_of("align", Align, Align.CENTER.value))


def _sign(table: Table, names: frozenset[str], place: Place, when: str) -> Element:
    if table.text("sign") not in names:
        raise table.wrong("sign", f"one of {', '.join(sorted(names))}", table.text("sign"))
    return Sign(place, when, table.text("sign"))


def _rule(table: Table, names: frozenset[str], place: Place, when: str) -> Element:
    if not table.yes("rule"):
        raise table.wrong("rule", "true", False)
    return Line(place, when)


def _frame(table: Table, names: frozenset[str], place: Place, when: str) -> Element:
    return Line(place, when, length(table, "frame"))


_READERS = {
    "text": _words,
    "code128": _bars,
    "qr": _qr,
    "sign": _sign,
    "rule": _rule,
    "frame": _frame,
}


def _check_part(table: Table, key: str, part: str, names: frozenset[str]) -> None:
    rest = FIELD.sub("", part)
    unknown = [name for name in FIELD.findall(part) if name not in names]
    if unknown or "{" in rest or "}" in rest:
        raise table.wrong(key, f"only these in braces: {', '.join(sorted(names))}", part)


def _place(table: Table, stock: tuple[int, int], square: bool) -> Place:
    if square:
        side = length(table, "size")
        place = Place(length(table, "x"), length(table, "y"), side, side)
    else:
        sides = (length(table, name) for name in ("x", "y", "width", "height"))
        place = Place(*sides)
    if place.x + place.width > stock[0] or place.y + place.height > stock[1]:
        raise table.wrong("x", f"a place on the stock of {stock[0]} x {stock[1]}", place)
    if place.width <= 0 or place.height <= 0:
        raise table.wrong("width", "more than nothing", place)
    return place


def length(table: Table, name: str, default: int | None = None) -> int:
    """A length in tenths of a millimetre."""
    return table.number(name, 0, _LONGEST, ... if default is None else default)
