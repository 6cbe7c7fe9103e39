"""Labels of several fields in one code: key and value, GS1 element strings, ISO 15434 envelopes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bench.scan.check_digits import mod10
from bench.scan.serials import is_serial, mac_of

GS1_AIMS = ("]C1", "]d2", "]Q3", "]e0", "]J1")
"""The AIM identifiers that say: the data is GS1."""
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
_IDENTIFIERS = {"S": "serial", "1P": "model", "23S": "mac"}
# Application identifiers: how long the data is, and whether that is fixed.
_FIXED = {"00": 18, "01": 14, "02": 14, "11": 6, "12": 6, "13": 6, "15": 6, "16": 6, "17": 6}
_VARIABLE = {"10": 20, "21": 20, "22": 20, "30": 8, "37": 8, "240": 30, "241": 30, "250": 30}
_BRACKETS = re.compile(r"\(([0-9]{2,4})\)([^()]*)")


@dataclass(frozen=True, slots=True)
class Fields:
    """What a label of several fields carries, as printed on it; "" where it lacks the field."""

    serial: str = ""
    mac: str = ""
    model: str = ""
    gtin: str = ""


def read_fields(text: str, aim: str = "") -> Fields | None:
    """The fields of a label (without its AIM identifier); None when it is no label of that sort."""
    return _envelope(text) or _gs1(text, aim) or _keyed(text)


def _from(values: Mapping[str, str]) -> Fields | None:
    """Fields from raw values, without a MAC that is none and a serial that cannot be one."""
    serial = values.get("serial", "").strip()
    fields = Fields(
        serial=serial if is_serial(serial) else "",
        mac=mac_of(values.get("mac", "")) or "",
        model=values.get("model", "").strip(),
        gtin=values.get("gtin", ""),
    )
    return fields if any(values.values()) else None


def _first(pairs: Iterator[tuple[str, str]]) -> dict[str, str]:
    """The first value of each name."""
    found: dict[str, str] = {}
    for name, value in pairs:
        found.setdefault(name, value)
    return found


def _keyed(text: str) -> Fields | None:
    """`SN: … MAC: …` and the like, in one line or several."""
    pieces = _SEPARATORS.split(_NEXT_KEY.sub("\n", text))
    if "://" in text:
        pieces = re.split(r"[?&#]", text)
    matches = (_FIELD.fullmatch(piece) or _UNMARKED.fullmatch(piece) for piece in pieces)
    pairs = ((_KEYS[m["key"].upper()], m["value"]) for m in matches if m)
    return _from(_first(pairs))


def _envelope(text: str) -> Fields | None:
    """ISO 15434: `[)>` RS `06` with MH10.8.2 identifiers, or `05` with GS1 identifiers."""
    found = _ENVELOPE.fullmatch(text)
    if not found:
        return None
    if found["format"] == "05":
        return _gs1(found["body"], "]d2")
    parts = re.split(f"[{_GS}{_RS}]", found["body"])
    matches = (_IDENTIFIER.fullmatch(part) for part in parts)
    pairs = ((_IDENTIFIERS.get(m["id"], m["id"]), m["value"]) for m in matches if m)
    return _from(_first(pairs))


def _gs1(text: str, aim: str) -> Fields | None:
    """GS1 element strings, bare or with the identifiers in brackets.

    Many serials would also pass as GS1 data, so the scanner must say that it is (AIM identifier or
    GS), or the text must begin with a GTIN whose check digit is right, followed by a serial.
    """
    bracketed = text.startswith(("(01)", "(21)"))
    found = _BRACKETS.findall(text) if bracketed else _elements(text.lstrip(_GS))
    said = aim in GS1_AIMS or _GS in text
    if not found or not (said or bracketed or [key for key, _ in found[:2]] == ["01", "21"]):
        return None
    values = _first(iter(found))
    gtin = values.get("01", "")
    if gtin and not said and not _is_gtin(gtin):
        return None
    model = values.get("240") or values.get("241") or ""
    return _from({"serial": values.get("21", ""), "model": model, "gtin": gtin})


def _is_gtin(gtin: str) -> bool:
    return re.fullmatch("[0-9]{14}", gtin) is not None and mod10(gtin)


def _elements(text: str) -> list[tuple[str, str]]:
    """The identifiers and data of an element string; empty where it cannot be one."""
    found = []
    while text:
        key = next((k for k in (*_FIXED, *_VARIABLE) if text.startswith(k)), "")
        rest = text[len(key) :]
        size = _FIXED.get(key)
        value = rest[:size] if size else rest.partition(_GS)[0]
        fits = len(value) == size and value.isdigit() if size else value
        if not key or not fits or len(value) > (size or _VARIABLE[key]):
            return []
        found.append((key, value))
        text = rest[len(value) :].removeprefix(_GS)
    return found
