"""Labels of several fields in one code: key and value, GS1 element strings, ISO 15434 envelopes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from bench.scan.check_digits import mod10
from bench.scan.patterns import NOTHING_KNOWN, Patterns
from bench.scan.serials import is_serial, mac_of

GS1_AIMS = ("]C1", "]d2", "]Q3", "]e0", "]J1")
"""The AIM identifiers that say: the data is GS1 (GS1 General Specifications, 5.1.3)."""
LINK_AIMS = ("]Q1", "]Q3", "]d1", "]d2")
"""The AIM identifiers of the codes that carry a GS1 Digital Link: QR Code and Data Matrix."""
RETAIL_AIMS = ("]E0", "]E1", "]E2", "]E3", "]E4")
"""The AIM identifiers of EAN and UPC: what they carry names a product, never a unit."""
_CASE_AIMS = ("]I0", "]I1")
_GS, _RS = "\x1d", "\x1e"
_KEYS = {
    **dict.fromkeys(("SN", "S/N", "SERIAL", "SERIAL NO", "SERIAL NUMBER", "SERIAL NR"), "serial"),
    **dict.fromkeys(("MAC", "MAC ADDRESS", "MAC ID"), "mac"),
    **dict.fromkeys(("MODEL", "MODEL NO", "P/N", "PN", "PID"), "model"),
}
_NAMES = "|".join(re.escape(key) for key in sorted(_KEYS, key=len, reverse=True))
_FIELD = re.compile(
    rf"""["'{{\s]*(?P<key>{_NAMES})\.?["'\s]*[:=\#]["'\s]*(?P<value>.*?)["'}}\s]*""",
    re.IGNORECASE | re.ASCII,
)
_UNMARKED = re.compile(
    r"\s*(?P<key>S/N|SERIAL (?:NO|NR|NUMBER))\.?\s+(?P<value>\S+)\s*", re.I | re.A
)
_NEXT_KEY = re.compile(rf"[ ]+(?=(?:{_NAMES})\.?\s*[:=])", re.IGNORECASE | re.ASCII)
_SEPARATORS = re.compile(r"[\r\n;,\t|\x1d\x1e]+")
_ENVELOPE = re.compile(r"\[\)>\x1e?(?P<format>0[56])[\x1d\x1e](?P<body>.*?)(?:\x1e?\x04)?", re.S)
_IDENTIFIER = re.compile(r"(?P<id>[0-9]{0,2}[A-Z])(?P<value>.*)", re.S)
# MH10.8.2 data identifiers, the best first: a serial by itself; with the maker's CAGE code in
# front (5 characters); as a UII, whose agency (D: CAGE, UN: DUNS) says how long the maker is.
_IDENTIFIERS = {
    "serial": ("S", "15S", "1S", "18S", "25S"),
    "mac": ("23S",),
    "model": ("1P", "P", "30P"),
}
_CAGE = re.compile(r"[0-9A-HJ-NP-Z]{5}(?P<serial>.+)")
_UII = re.compile(r"(?:D[0-9A-HJ-NP-Z]{5}|UN[0-9]{9})(?P<serial>.+)")
_MAKERS = {"18S": _CAGE, "25S": _UII}
_LONE = re.compile(r"(?P<id>23S|18S|15S|1S|S|1P|P)(?P<value>.+)", re.I | re.A)
_GTIN_AND_MORE = re.compile(r"01(?P<gtin>[0-9]{14})(?:21|11|10|240).+", re.A)
_BRACKETED = re.compile(r"(?:\s*\([0-9]{2,4}\)[^()]+)+", re.A)
_LINK = re.compile(r"https?://[^/]+/(?:.*/)?01/[0-9]{8,14}/(?:.*/)?21/.+", re.I | re.A)
_GS1_NAMES = {"01": "gtin", "21": "serial", "240": "model", "241": "model"}


@dataclass(frozen=True, slots=True)
class Fields:
    """What a label of several fields carries, as printed on it; "" where it lacks the field."""

    serial: str = ""
    mac: str = ""
    model: str = ""
    gtin: str = ""
    """14 digits, shorter ones with zeros in front."""


def read_fields(text: str, aim: str = "") -> Fields | None:
    """The fields of a label (without its AIM identifier); None when it is no label of that sort.

    Nothing is raised: what only resembles such a label is none.
    """
    return _envelope(text) or _gs1(text, aim) or _keyed(text)


def _from(values: Mapping[str, str]) -> Fields | None:
    """Fields from raw values, without a MAC that is none and a serial that cannot be one."""
    serial = values.get("serial", "").strip()
    fields = Fields(
        serial=serial if is_serial(serial) else "",
        mac=mac_of(values.get("mac", "")) or "",
        model=values.get("model", "").strip(),
        gtin=gtin14(values.get("gtin", "")),
    )
    return fields if any(values.values()) else None


def _first(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """The first value of each name."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


# --- key and value


def _keyed(text: str) -> Fields | None:
    """`SN: … MAC: …` and the like, in one line or several."""
    pieces = _SEPARATORS.split(_NEXT_KEY.sub("\n", text))
    if "://" in text:
        pieces = re.split(r"[?&#]", text)
    matches = (_FIELD.fullmatch(piece) or _UNMARKED.fullmatch(piece) for piece in pieces)
    pairs = ((_KEYS[m["key"].upper()], m["value"]) for m in matches if m)
    return _from(_first(pairs))


# --- ISO 15434 and MH10.8.2


def _envelope(text: str) -> Fields | None:
    """ISO 15434: `[)>` RS `06` with MH10.8.2 identifiers, or `05` with GS1 identifiers."""
    found = _ENVELOPE.fullmatch(text)
    if not found:
        return None
    if found["format"] == "05":
        return _gs1(found["body"], "]d2")
    parts = re.split(f"[{_GS}{_RS}]", found["body"])
    matches = (_IDENTIFIER.fullmatch(part) for part in parts)
    values = _first((m["id"], m["value"]) for m in matches if m)
    known = {name: _best(values, ids) for name, ids in _IDENTIFIERS.items()}
    return _from(values | known)


def _best(values: Mapping[str, str], identifiers: Iterable[str]) -> str:
    """The value of the first of these data identifiers that is there, without the maker."""
    for identifier in identifiers:
        value = values.get(identifier, "").strip()
        if identifier in _MAKERS and value:
            found = _MAKERS[identifier].fullmatch(value)
            value = found["serial"] if found else ""
        if value:
            return value
    return ""


def lone_identifier(text: str, known: Patterns) -> Fields | None:
    """A single MH10.8.2 field without an envelope, such as `SFOC2134X0AB`; None where it is none.

    Many serials begin with these letters too: the identifier is only taken off where the rest is a
    serial of a distinct form, a known model or (23S) a MAC, and the whole is nothing known.
    """
    found = _LONE.fullmatch(text)
    if not found or known.of(text) or known.is_model(text):
        return None
    identifier, value = found["id"].upper(), found["value"].strip()
    if identifier == "23S":
        mac = mac_of(value)
        return Fields(mac=mac) if mac else None
    if identifier in _IDENTIFIERS["model"]:
        return Fields(model=value) if known.is_model(value) else None
    value = _best({identifier: value}, (identifier,))
    return Fields(serial=value) if known.is_distinct(value) else None


def runs_together(text: str) -> bool:
    """Whether a text begins as an ISO 15434 envelope, but its separators were lost on the way."""
    return text.startswith("[)>") and not _ENVELOPE.fullmatch(text)


# --- GS1


def _gs1(text: str, aim: str) -> Fields | None:
    """GS1 data in any of its three ways of writing, where it is certain that it is GS1.

    Many plain serials would also pass as GS1 data. So the scanner must say that it is (AIM
    identifier or a GS), or the text begins with a GTIN whose check digit is right and a further
    identifier, or the identifiers stand in brackets.
    """
    if not text.isascii() or runs_together(text):
        return None
    if aim in LINK_AIMS and _LINK.fullmatch(text):
        return _from(_first(_named(_link(text))))
    if _BRACKETED.fullmatch(text):
        return _from(_first(_named(_bracketed(text))))
    plain = text.strip(_GS)
    start = _GTIN_AND_MORE.fullmatch(plain)
    if aim in GS1_AIMS or _GS in text or (start and mod10(start["gtin"])):
        return _from(_first(_named(_elements(plain))))
    return None


def _named(found: Iterable[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """The values under the names of Fields; other identifiers under their own."""
    for identifier, value in found:
        yield _GS1_NAMES.get(identifier, identifier), value


def load_gs1() -> None:
    """Loads the GS1 parser, which takes longer than all the rest of a scan.

    The first GS1 label loads it otherwise; to be called aside, once the screen stands.
    """
    import biip.gs1_digital_link_uris
    import biip.gs1_messages  # noqa: F401


def _elements(text: str) -> list[tuple[str, str]]:
    """The identifiers and data of an element string; empty where it is none."""
    from biip import ParseError  # late: see load_gs1
    from biip.gs1_messages import GS1Message

    text = text.strip()
    try:
        found = GS1Message.parse(text).element_strings
    except (ParseError, ValueError):
        return []
    end = 0
    for element in found:
        end += len(element)
        # The parser cuts data at its greatest length: what goes on there was no such data.
        if element.ai.separator_required and text[end : end + 1] not in ("", _GS):
            return []
        end += len(text[end:]) - len(text[end:].lstrip(_GS))
    return [(element.ai.ai, element.value) for element in found]


def _bracketed(text: str) -> list[tuple[str, str]]:
    """The same from the text that people read, such as `(01)09506000134352(21)AB12`."""
    from biip import ParseError
    from biip.gs1_messages import GS1Message

    try:
        found = GS1Message.parse_hri(text).element_strings
    except (ParseError, ValueError):
        return []
    return [(element.ai.ai, element.value) for element in found]


def _link(text: str) -> list[tuple[str, str]]:
    """The same from a GS1 Digital Link, such as `https://id.gs1.org/01/09506000134352/21/AB12`."""
    from biip import ParseError
    from biip.gs1_digital_link_uris import GS1DigitalLinkURI

    try:
        found = GS1DigitalLinkURI.parse(text).element_strings
    except (ParseError, ValueError):
        return []
    return [(element.ai.ai, element.value) for element in found]


def gtin14(digits: str) -> str:
    """A GTIN of 8, 12, 13 or 14 digits as one of 14; "" where it is none (wrong check digit)."""
    fits = re.fullmatch("[0-9]{8}|[0-9]{12,14}", digits) is not None
    return digits.zfill(14) if fits and mod10(digits) else ""


def product_code(text: str, aim: str = "", known: Patterns = NOTHING_KNOWN) -> str:
    """The GTIN (14 digits) that a bare text may be, where it is nothing better; "" for none.

    One serial of 12 to 14 digits in ten has a right check digit by chance. So the prefix must be
    one that is given out (000 is not), the text must have no brand's form and be no known maker's
    MAC, and a scanner that names the symbology must name one of those for products. Even then
    it is for the store to say whether it is a serial.
    """
    if aim in RETAIL_AIMS:
        return gtin14(text[:13])
    gtin = gtin14(text) if len(text) >= 12 else ""
    if not gtin or gtin[1:4] == "000" or known.of(text) or known.is_of_maker(text):
        return ""
    return gtin if not aim or aim in _CASE_AIMS else ""
