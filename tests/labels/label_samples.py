"""Labels as a bench prints them, for the tests and benchmarks of drawing."""

from __future__ import annotations

from bench.datafile import data_dir
from bench.labels.label import FIELDS, LabelContent
from bench.labels.layout import LabelLayouts, load_label_layouts
from bench.printer_settings import LabelSort

DPI = (203, 300)
_FIELDS = {
    "number": "BKDC-FGHX",
    "code": "RBKDCFGHX",
    "serial": "805EC0A1B2C3",
    "model": "Yealink T54W",
    "customer": "Norderstedt Telefonie GmbH",
    "received": "28 Oct 2026",
    "technician": "Ana R.",
    "condition": "box damaged, handset missing",
    "speed": "RUSH",
    "address": "Wareneingang, Tor 3\nAn der Alten Ziegelei 12\n22844 Norderstedt\nGermany",
    "payer": "we pay",
    "holds": "Original packaging not confirmed: ask the customer\nQuote not accepted yet",
    "tracking": "1Z999AA10123456784",
    "replacement": "replaced by 805EC0FFEE01",
    "vendor": "Yealink",
    "vendor_rma": "YL261028-0917",
    "ticket": "T-204417",
    "name": "Console bench left",
    "letters": "B",
    "port": "/dev/ttyUSB0",
    "parts": "serials\nfailure symptom\ntroubleshooting steps\nconsole capture, 214 lines",
    "made": "28 Oct 2026 14:05",
}
_CODES = {LabelSort.BADGE: "BENCHID7QK4", LabelSort.PORT: "CONSOLEB", LabelSort.PRINTER: "PRINTERB"}


def sample(sort: LabelSort, reprint: int = 0, **other: str) -> LabelContent:
    """A label with all fields of its sort; `other` are put in their place."""
    fields = {**_FIELDS, "code": _CODES.get(sort, _FIELDS["code"]), **other}
    mine = {name: text for name, text in fields.items() if name in FIELDS[sort]}
    return LabelContent(sort, f"{sort.value} label", mine, reprint)


def shipped_layouts() -> LabelLayouts:
    """The layouts that ship with bench."""
    return load_label_layouts(data_dir() / "label_layouts.toml")
