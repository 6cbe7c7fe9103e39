"""Where what stands on a label: layouts read from a file, and labels drawn by them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from bench.datafile import Table
from bench.labels.bitmap import Bitmap
from bench.labels.drawing import Canvas, LabelDoesNotFit
from bench.labels.element_file import read_element
from bench.labels.elements import Element, Line, Words
from bench.labels.label import FIELDS, LabelContent
from bench.printer_settings import LabelSort

STOCK: Mapping[str, tuple[int, int]] = {"2x1": (2, 1), "4x2": (4, 2), "4x6": (4, 6)}
"""Label stock, inches wide and high, the smallest first."""
REPRINT = "reprint"
"""The field that says `REPRINT 2` on a second copy; each layout has a text of it."""

NAMES: Mapping[str, str] = {
    "number": "RMA number",
    "code": "code",
    "vendor_rma": "vendor RMA number",
}
"""What a complaint calls a field, where that is not the field's own name."""


@dataclass(frozen=True, slots=True)
class Layout:
    """The elements of one sort of label on one size of stock."""

    size: str
    elements: tuple[Element, ...]


@dataclass(frozen=True, slots=True)
class LabelLayouts:
    """All layouts; where a sort has several for a size, the first that fits is taken."""

    by: Mapping[tuple[LabelSort, str], tuple[Layout, ...]]

    def of(self, sort: LabelSort, size: str) -> tuple[Layout, ...]:
        """The layouts for a size, else those of the next smaller stock that has some."""
        sizes = list(STOCK)
        for smaller in reversed(sizes[: sizes.index(size) + 1]):
            if found := self.by.get((sort, smaller)):
                return found
        raise LookupError(f"no layout for {sort.value} labels of {size}")


def load_label_layouts(path: Path) -> LabelLayouts:
    """Reads and checks the file. Raises DataError naming file, key and what was expected.

    Each sort needs a layout for the smallest stock; larger stock without its own takes the next
    smaller one's, in its middle.
    """
    table = Table.read(path)
    found: dict[tuple[LabelSort, str], tuple[Layout, ...]] = {}
    for one in table.tables("layout"):
        sort, size = one.one_of("sort", LabelSort), one.text("size")
        if size not in STOCK:
            raise one.wrong("size", f"one of {', '.join(STOCK)}", size)
        layout = Layout(size, _read_elements(one, sort, size))
        one.done()
        found[sort, size] = (*found.get((sort, size), ()), layout)
    table.done()
    for sort in LabelSort:
        if (sort, next(iter(STOCK))) not in found:
            raise table.wrong("layout", f"a layout of size 2x1 for {sort.value} labels")
    return LabelLayouts(found)


def _read_elements(table: Table, sort: LabelSort, size: str) -> tuple[Element, ...]:
    names = FIELDS[sort] | {REPRINT}
    stock = (STOCK[size][0] * 254, STOCK[size][1] * 254)
    read = [(one, read_element(one, names, stock)) for one in table.tables("elements")]
    for place, (one, element) in enumerate(read):
        if isinstance(element, Line) and element.thick is not None:
            continue  # a frame stands around others
        for other in (other for _, other in read[:place] if not _is_frame(other)):
            if element.place.overlaps(other.place):
                raise one.wrong("x", "a place that no other element uses", other.place)
    if not any(isinstance(e, Words) and "{reprint}" in e.parts and not e.when for _, e in read):
        raise table.wrong("elements", 'a text of "{reprint}": a second copy has to say so')
    return tuple(element for _, element in read)


def _is_frame(element: Element) -> bool:
    return isinstance(element, Line) and element.thick is not None


def render(content: LabelContent, size: str, dpi: int, layouts: LabelLayouts) -> Bitmap:
    """The label for stock of a size ("2x1", "4x2", "4x6") on a printer of so many dots an inch.

    The same content always makes the same dots. Raises LabelDoesNotFit where a code or a text
    that must be whole does not fit: it names the field and says what to do.
    """
    try:
        return _first_that_fits(content, size, dpi, layouts)
    except LabelDoesNotFit as error:
        remedy = "Shorten it: no label stock holds it."
        for larger in _larger(size):
            try:
                _first_that_fits(content, larger, dpi, layouts)
            except LabelDoesNotFit:
                continue
            remedy = f"Print it on labels of {larger} inches."
            break
        raise LabelDoesNotFit(error.what, remedy) from None


def _larger(size: str) -> Iterator[str]:
    sizes = list(STOCK)
    yield from sizes[sizes.index(size) + 1 :]


def _first_that_fits(content: LabelContent, size: str, dpi: int, layouts: LabelLayouts) -> Bitmap:
    complaint: LabelDoesNotFit | None = None
    for layout in layouts.of(content.sort, size):
        try:
            return _draw(content, layout, size, dpi)
        except LabelDoesNotFit as error:
            complaint = complaint or error
    assert complaint is not None  # there is a layout, so it was drawn or complained
    raise complaint


def _draw(content: LabelContent, layout: Layout, size: str, dpi: int) -> Bitmap:
    inches, own = STOCK[size], STOCK[layout.size]
    canvas = Canvas(own[0] * dpi, own[1] * dpi, dpi)
    fields = {name: content.fields.get(name, "") for name in FIELDS[content.sort]}
    fields[REPRINT] = f"REPRINT {content.reprint}" if content.reprint else ""
    for element in layout.elements:
        if element.when and not fields[element.when].strip(" "):
            continue
        try:
            element.draw(canvas, fields)
        except LabelDoesNotFit as error:
            name = NAMES.get(element.subject, element.subject)
            raise LabelDoesNotFit(f"{content.title}: {name}: {error.what}", "") from None
    return canvas.centred(inches[0] * dpi, inches[1] * dpi)
