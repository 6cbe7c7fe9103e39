"""The packet as a zip: text, summary, redacted consoles, and what proves all of it.

The same facts give the same bytes. Names of files come from here, never from a device; what the
console really sent (raw.bin) and what was typed into it are not among them.
"""

from __future__ import annotations

import hashlib
import io
import json
import re
import zipfile
from collections.abc import Iterator
from typing import Any

from bench.evidence.packet import Output, PacketFacts, one_line, refuse_incomplete, rows_of
from bench.evidence.packet_text import packet_text, summary_page

TEXT, SUMMARY, CAPTURES, SUMS = "packet.txt", "summary.txt", "captures.json", "SHA256SUMS"
CONSOLE = "console"
_OTHER = re.compile(r"[^A-Za-z0-9_-]+")
_NAME = 40
_FIRST, _LAST = 1980, 2107
"""The years that a zip knows."""
_FILE_FOR_OWNER = 0o100600 << 16
_ABOUT = (
    "The recordings of the defective unit's console. sha256 is of the file in this packet, raw of"
    " the bytes as they came, which stay with us; the seal is the end of the recording's chain of"
    " hashes, and stands in our record of the RMA. hidden counts the secrets that were taken out."
)


def packet_zip(facts: PacketFacts) -> bytes:
    """The zip as bytes. Raises PacketIncomplete."""
    refuse_incomplete(facts)
    files = dict(_files(facts))
    sums = "".join(f"{_sha256(data)}  {name}\n" for name, data in files.items())
    files[SUMS] = sums.encode("ascii")
    room = io.BytesIO()
    with zipfile.ZipFile(room, "w", zipfile.ZIP_DEFLATED) as made:
        for name, data in files.items():
            made.writestr(_entry(name, facts), data)
    return room.getvalue()


def output_name(number: int, output: Output) -> str:
    """The file of a recording within the zip: its number and what is harmless of its name."""
    kept = _OTHER.sub("-", output.name)[:_NAME].strip("-_")
    return f"{CONSOLE}/{number:02d}-{kept or 'console'}.txt"


def _files(facts: PacketFacts) -> Iterator[tuple[str, bytes]]:
    """Names and contents, in the order in which they stand in the zip."""
    yield TEXT, packet_text(facts).encode()
    yield SUMMARY, summary_page(facts).encode()
    listed: list[dict[str, Any]] = []
    for number, output in enumerate(facts.outputs, 1):
        name, data = output_name(number, output), _safe(output.text)
        listed.append({"file": name, "sha256": _sha256(data), **_proof(output)})
        yield name, data
    if pasted := rows_of(facts.pasted_output):
        yield f"{CONSOLE}/pasted.txt", _safe("\n".join(pasted))
    values = {
        "about": _ABOUT,
        "rma": one_line(facts.rma_number),
        "serial": one_line(facts.serial),
        "written": facts.written_at.isoformat(timespec="seconds"),
        "captures": listed,
        "left_out": [one_line(problem, 300) for problem in facts.problems],
    }
    yield CAPTURES, json.dumps(values, indent=1).encode("ascii") + b"\n"


def _proof(output: Output) -> dict[str, Any]:
    facts = {one_line(name, 40): one_line(value, 200) for name, value in output.facts.items()}
    return {
        "capture": one_line(output.capture, 64),
        "seal": one_line(output.seal, 64),
        "raw": {"sha256": one_line(output.raw_sha256, 64), "bytes": output.bytes},
        "started": one_line(output.started, 40),
        "ended": one_line(output.ended, 40),
        "baud": output.baud,
        "facts": facts,
        "failures": [one_line(title, 120) for title in output.failures],
        "hidden": {one_line(kind, 40): count for kind, count in output.redacted.items()},
    }


def _safe(text: str) -> bytes:
    return ("\n".join(rows_of(text)) + "\n").encode("utf-8")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _entry(name: str, facts: PacketFacts) -> zipfile.ZipInfo:
    at = facts.written_at
    year = min(max(at.year, _FIRST), _LAST)
    entry = zipfile.ZipInfo(name, (year, at.month, at.day, at.hour, at.minute, at.second))
    entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 3
    entry.external_attr = _FILE_FOR_OWNER
    return entry
