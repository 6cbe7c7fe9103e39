"""The packet as text: to paste into the vendor's portal, and a summary of one page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from bench.evidence.packet import (
    PARTS,
    Output,
    PacketFacts,
    Part,
    one_line,
    refuse_incomplete,
    rows_of,
)

WIDTH = 76
"""Characters of a row of prose."""
PAGE_ROWS, PAGE_COLUMNS = 60, 80
"""The page of the summary."""
LONG = 120
"""Rows of an output from which on only a part of it is in the text."""
BEFORE, AFTER, LAST = 5, 20, 60
"""Rows of a long output in the text: around its first failure, and at its end."""
SHOWN = 3
"""Recordings that the text quotes; further ones are named, and are in the zip."""
_ROW = 160
_IN_ZIP = "the attached zip has all of it"
_BLANK = ""


def packet_text(facts: PacketFacts) -> str:
    """The text to paste: the summary, then the five parts. Raises PacketIncomplete."""
    refuse_incomplete(facts)
    rows = [
        f"RMA REQUEST: {one_line(_device(facts.brand, facts.model), 60)}".rstrip(": "),
        *(_BLANK, *_summary(facts)),
        *_heading(1, Part.DEFECTIVE_SERIAL),
        one_line(facts.serial, WIDTH),
        *_heading(2, Part.REPLACEMENT_SERIAL),
        one_line(facts.replacement_serial, WIDTH),
        *_heading(3, Part.SYMPTOM),
        *prose(facts.symptom),
        *_heading(4, Part.TROUBLESHOOTING),
        *(row for step in facts.troubleshooting for row in prose(step, "- ")),
        *_heading(5, Part.OUTPUT),
        *_outputs(facts),
    ]
    return "\n".join(rows).rstrip() + "\n"


def summary_page(facts: PacketFacts) -> str:
    """The packet on one page of 60 rows and 80 columns. Raises PacketIncomplete."""
    refuse_incomplete(facts)
    rows = ["SUMMARY OF THE RMA REQUEST", _BLANK, *_summary(facts)]
    steps = [row for step in facts.troubleshooting for row in prose(step, "- ")]
    rows += [_BLANK, "Failure symptom", *_first(prose(facts.symptom), 6)]
    rows += [_BLANK, "Troubleshooting steps", *_first(steps, 12)]
    rows += [_BLANK, "Recordings of the console", *_first(_recordings(facts), 12)]
    if facts.problems:
        problems = [row for text in facts.problems for row in prose(text, "- ")]
        rows += [_BLANK, "Not in this packet", *_first(problems, 5)]
    kept = rows[: PAGE_ROWS - 3]
    kept += [_BLANK, "SHA256SUMS proves the files of this packet; captures.json has the seals of"]
    kept.append("the recordings and the SHA-256 of the bytes that we keep.")
    return "\n".join(row[:PAGE_COLUMNS] for row in kept) + "\n"


def prose(text: str, mark: str = "") -> list[str]:
    """Text in rows of at most 76 characters; its own line breaks stay."""
    later = " " * len(mark)
    rows: list[str] = []
    for row in filter(str.strip, rows_of(text)):
        first = later if rows else mark
        rows += textwrap.wrap(
            row, WIDTH, initial_indent=first, subsequent_indent=later, break_on_hyphens=False
        )
    return rows


def _device(brand: str, model: str) -> str:
    return f"{brand} {model}".strip()


def _summary(facts: PacketFacts) -> list[str]:
    """Who, what and when, a fact a row; what is not known is left out."""
    level, ends = one_line(facts.service_level, 30), facts.contract_ends_on
    contract = ", ".join(filter(None, (level, f"contract until {ends}" if ends else "")))
    here = facts.written_at
    first = next((o.failures[0] for o in facts.outputs if o.failures), "")
    replacement = _device(facts.replacement_brand, facts.replacement_model)
    values = (
        ("Defective unit", f"{_device(facts.brand, facts.model)}, serial {facts.serial}"),
        ("Its board", facts.board_serial),
        ("MAC address", facts.mac),
        ("Replacement", f"{replacement or 'unit'}, serial {facts.replacement_serial}"),
        ("Service", contract),
        ("Our RMA", facts.rma_number),
        ("Customer's ticket", facts.ticket),
        ("First failure", first),
        ("Recordings", _counted(facts)),
        ("Written", f"{here:%Y-%m-%d %H:%M} UTC{here:%z}, {facts.technician}, {facts.station}"),
    )
    shown = ((name, one_line(value.strip(" ,"), WIDTH - 20)) for name, value in values)
    return [f"{name + ':':<20}{value}" for name, value in shown if value]


def _counted(facts: PacketFacts) -> str:
    outputs = facts.outputs
    parts = [f"{len(outputs)}, {sum(o.bytes for o in outputs)} bytes"] if outputs else []
    if rows_of(facts.pasted_output):
        parts.append("output that came with the ticket")
    return "; ".join(parts)


def _heading(number: int, part: Part) -> tuple[str, ...]:
    title = f"{number}. {PARTS[part].upper()}"
    return (_BLANK, title, "-" * len(title))


def _outputs(facts: PacketFacts) -> Iterator[str]:
    pasted = rows_of(facts.pasted_output)
    if pasted:
        yield "As it came with the ticket:"
        yield from _excerpt(pasted, None)
        yield _BLANK
    for number, output in enumerate(facts.outputs, 1):
        yield from _about(number, output)
        if number > SHOWN:
            yield f"(not quoted here: {_IN_ZIP})"
        else:
            yield from _quoted(output)
        yield _BLANK
    for problem in facts.problems:
        yield from prose(f"Not in this packet: {problem}")
    if facts.outputs:
        yield from prose(
            "Passwords and keys were taken out; a mark such as [password-1 sha256:…] stands in"
            " their place. The seals prove the recordings against the bytes that we keep."
        )


def _about(number: int, output: Output) -> Iterator[str]:
    baud = f", {output.baud} baud" if output.baud else ""
    yield f"Recording {number}: {span(output)}{baud}, {output.bytes} bytes"
    yield f"Seal {one_line(output.seal, 64)}"
    for title in output.failures[:8]:
        yield from prose(one_line(title, 120), "Failure: ")


def span(output: Output) -> str:
    """When a recording was made, in UTC, to the minute."""
    began, ended = (one_line(t, 16).rstrip("…").replace("T", " ") for t in _times(output))
    return f"{began} to {ended} UTC" if began and ended else began or "time not known"


def _times(output: Output) -> tuple[str, str]:
    return output.started[:16], output.ended[:16]


def _recordings(facts: PacketFacts) -> list[str]:
    rows = []
    for number, output in enumerate(facts.outputs, 1):
        hidden = sum(output.redacted.values())
        first = f", {one_line(output.failures[0], 30)}" if output.failures else ""
        rows.append(f"{number:02d} {span(output)}, {output.bytes} bytes{first}")
        rows.append(f"   seal {one_line(output.seal, 16)}, secrets taken out: {hidden}")
    if rows_of(facts.pasted_output):
        rows.insert(0, "-- output that came with the ticket: console/pasted.txt")
    return rows


def _first(rows: Sequence[str], count: int) -> list[str]:
    if len(rows) <= count:
        return list(rows)
    return [*rows[: count - 1], f"… and {len(rows) - count + 1} more rows in packet.txt"]


def _quoted(output: Output) -> Iterator[str]:
    rows = [row.rstrip() for row in output.text.split("\n")]
    said = (n for n, row in enumerate(rows) if row and not row.startswith("# "))
    skip = next(said, len(rows))
    failed = None if output.failure_row is None else output.failure_row - skip
    body = rows_of("\n".join(rows[skip:]))
    if not body:
        yield "(it said nothing)"
    yield from _excerpt(body, failed)


def _excerpt(rows: Sequence[str], failed: int | None) -> Iterator[str]:
    """All rows; of a long output those around its first failure, and the last ones."""
    chosen = [*range(len(rows))]
    if len(rows) > LONG:
        tail = len(rows) - LAST
        around = range(0)
        if failed is not None and 0 <= failed < len(rows):
            around = range(max(0, failed - BEFORE), min(tail, failed + AFTER + 1))
        chosen = [*around, *range(tail, len(rows))]
        yield from prose(
            f"(shortened: {len(chosen)} of {len(rows)} lines"
            f"{', from the first failure and the end' if around else ', the last'}; {_IN_ZIP})"
        )
    before = -1
    for number in chosen:
        if number != before + 1:
            yield f"[... {number - before - 1} lines ...]"
        row, before = rows[number], number
        yield row if len(row) <= _ROW else row[:_ROW] + " …"
