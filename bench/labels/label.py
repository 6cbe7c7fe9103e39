"""What one label says, in words: drawn later, for whichever printer and stock it goes to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from bench.printer_settings import LabelSort
from bench.text import clean_line

LONGEST_FIELD = 4000
"""Characters of a field that are kept: more than any code carries, so that no cut code prints."""
_LONGEST_TITLE = 100
_MOST_REPRINTS = 9999

FIELDS: Mapping[LabelSort, frozenset[str]] = {
    LabelSort.RMA: frozenset(
        ("number", "code", "serial", "model", "customer", "received", "technician", "condition")
    ),
    LabelSort.SHIP: frozenset(
        ("number", "code", "speed", "customer", "address", "payer", "holds", "serial", "model")
    )
    | {"tracking", "replacement"},
    LabelSort.VENDOR: frozenset(("vendor", "vendor_rma", "ticket", "serial", "number", "address")),
    LabelSort.BADGE: frozenset(("name", "code")),
    LabelSort.PORT: frozenset(("code", "letters", "name", "port")),
    LabelSort.PRINTER: frozenset(("code", "letters", "name")),
    LabelSort.PACKET: frozenset(
        ("number", "code", "vendor", "ticket", "vendor_rma", "serial", "model", "customer")
    )
    | {"parts", "made"},
}
"""The fields that a label of each sort can have; one that is missing or empty is left out."""


@dataclass(frozen=True, slots=True)
class LabelContent:
    """The words of one label. All of them may be foreign: `render` makes them safe to draw."""

    sort: LabelSort
    title: str
    """What a queue calls it: `RMA label BKDC-FGHX`."""
    fields: Mapping[str, str]
    """By the names of `FIELDS`; some hold several lines."""
    reprint: int = 0
    """0: the first one. Otherwise the label says `REPRINT` and this number."""

    def to_json(self) -> str:
        """The content as ASCII JSON, for the store; fields of endless length are cut."""
        fields = {name: text[:LONGEST_FIELD] for name, text in self.fields.items() if text}
        return json.dumps(
            {
                "sort": self.sort.value,
                "title": clean_line(self.title, _LONGEST_TITLE),
                "fields": fields,
                "reprint": self.reprint,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> LabelContent:
        """Back from `to_json`; raises ValueError for anything else."""
        try:
            found = json.loads(text)
        except RecursionError:
            raise ValueError("not a label: nested without end") from None
        if not isinstance(found, dict) or set(found) != {"sort", "title", "fields", "reprint"}:
            raise ValueError("not a label: sort, title, fields and reprint are needed")
        sort, fields, reprint = LabelSort(found["sort"]), found["fields"], found["reprint"]
        if type(found["title"]) is not str or type(reprint) is not int:
            raise ValueError("not a label: its title is no text or its reprint no number")
        if not 0 <= reprint <= _MOST_REPRINTS:
            raise ValueError(f"not a label: reprint {reprint}")
        if not isinstance(fields, dict) or set(fields) - FIELDS[sort]:
            raise ValueError(f"not a {sort.value} label: it has other fields")
        if not all(type(value) is str and len(value) <= LONGEST_FIELD for value in fields.values()):
            raise ValueError("not a label: a field is no text, or endless")
        return cls(sort, found["title"], fields, reprint)
