"""Whether a label and the record of its unit say the same. Pure: what differs is said, not decided.

A box with another phone in it, a swapped mainboard or a mistyped record shows here first: serial
and MAC or model in one code, and one of them is not what the record has.
"""

from __future__ import annotations

from bench.policy.tables import Tables, brand_key
from bench.scan.label import Label
from bench.scan.patterns import model_key
from bench.store.records import Unit
from bench.text import clean_line
from bench.workflow.desk import Rules


def disagreements(label: Label, unit: Unit, rules: Rules) -> list[str]:
    """What a label says otherwise than the record: a sentence for MAC, model, brand; mostly none.

    Only where both know it. Each sentence names what the label says and what the record has.
    """
    found = (_mac(label, unit), _model(label, unit, rules), _brand(label, unit, rules.tables))
    return [sentence for sentence in found if sentence]


def other_serial(label: Label, unit: Unit) -> str:
    """The sentence for a label whose MAC led to the unit, while its serial is nobody's."""
    return _differs("serial", clean_line(label.serial, 64), clean_line(unit.serial, 64))


def two_units(label: Label, unit: Unit, other: Unit) -> str:
    """The sentence for a label whose serial is one unit's (`unit`) and whose MAC another's."""
    serial = clean_line(label.serial, 64)
    owner = " ".join(filter(None, (clean_line(other.brand, 40), clean_line(other.model, 40))))
    whose = f"{owner} {clean_line(other.serial, 64)}".strip()
    mac = shown_mac(label.mac)
    return (
        f"the label says MAC {mac} beside serial {serial}, but the record has that MAC at {whose}"
    )


def shown_mac(mac: str) -> str:
    """A MAC of twelve digits in pairs, as most labels print it."""
    return ":".join(mac[n : n + 2] for n in range(0, len(mac), 2))


def _differs(what: str, said: str, kept: str) -> str:
    return f"the label says {what} {said}, the record has {kept}"


def _is_serial_only(label: Label, unit: Unit) -> bool:
    """Whether the "MAC" is just the unit's serial, which has twelve (hexadecimal) digits too."""
    return label.mac == unit.serial_key


def _mac(label: Label, unit: Unit) -> str:
    if not label.mac or not unit.mac or label.mac == unit.mac or _is_serial_only(label, unit):
        return ""
    return _differs("MAC", shown_mac(label.mac), shown_mac(unit.mac))


def _model(label: Label, unit: Unit, rules: Rules) -> str:
    """A maker's part number beside a name is no disagreement: they cannot be compared."""
    known = rules.patterns
    names = _names(unit.brand, rules.tables)
    said, kept = known.bare_model(label.model, names), known.bare_model(unit.model, names)
    a_name = known.is_model(said) or label.model.strip()[:1].isalpha()
    if not said or not kept or said == kept or not a_name:
        return ""
    if model_key(label.model) == model_key(unit.model):
        return ""
    return _differs("model", clean_line(label.model, 60), clean_line(unit.model, 60))


def _names(brand: str, tables: Tables) -> list[str]:
    """A brand's name as the record has it, and all that the brands' table calls it."""
    rule = tables.brand(brand)
    return [brand, *(name for name, other in tables.brands.items() if other is rule)]


def _brand(label: Label, unit: Unit, tables: Tables) -> str:
    maker = tables.brand_of_mac(label.mac) if label.mac else None
    if maker is None or not unit.brand or (label.mac.isdecimal() and _is_serial_only(label, unit)):
        return ""
    kept = tables.brand(unit.brand)
    if brand_key(kept.name if kept else unit.brand) == brand_key(maker.name):
        return ""
    mac = shown_mac(label.mac)
    return (
        f"the label says MAC {mac}, which is one of {maker.name}, "
        f"the record has brand {clean_line(unit.brand, 40)}"
    )
