"""The packet for a vendor's ticket, out of what is already recorded, and kept once it is made.

`sources` asks the store, on the store's thread. `gather`, `keep_packet` and `kept_packet` read and
write files, some of them large: for a thread in the background, never the screen's.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bench.clock import Clock
from bench.evidence.packet import Output, PacketFacts
from bench.evidence.redaction import Redactor, redact
from bench.evidence.redaction_known import word
from bench.evidence.redaction_result import key_for, may_share
from bench.evidence.sharing import known_of, prepare
from bench.evidence.sharing_text import Prepared
from bench.evidence.transcript import Transcript
from bench.policy.vendor_case import VendorCase
from bench.settings import Settings
from bench.store.records import Rma, Unit
from bench.text import clean_line
from bench.workflow.badge_key import make_key
from bench.workflow.capture_record import CaptureRecord, captures_of
from bench.workflow.console_rules import load_console_rules
from bench.workflow.desk import Desk, Refused
from bench.workflow.packet_keeping import Kept, keep_packet, kept_packet
from bench.workflow.packet_looks import hidden_words
from bench.workflow.packet_outputs import NotUsable, Recording, name_of, opened, output_of
from bench.workflow.views import UnitView

__all__ = [
    "Kept",
    "NotLooked",
    "Sources",
    "gather",
    "keep_packet",
    "kept_packet",
    "sources",
]
_CHECKS = {"passed": "Check passed", "failed": "Check FAILED"}
_ON_CONSOLE = "look through the copy on the Console screen first"


class NotLooked(Refused):
    """Lines may still hold a secret, and nobody has looked at them.

    `prepared` is what to look at (the dialog of the Console screen shows it), `seen` goes into
    `gather(…, looked=…)` once somebody has.
    """

    def __init__(self, what: str, remedy: str, prepared: Prepared, seen: str) -> None:
        self.prepared, self.seen = prepared, seen
        count = len(prepared.redacted.unsure) + prepared.redacted.more_unsure
        lines = "1 line" if count == 1 else f"{count} lines"
        super().__init__(f"{lines} of {what} may still hold a secret", remedy)


@dataclass(frozen=True, slots=True)
class Sources:
    """What the store knows for a packet."""

    unit: Unit
    rma: Rma
    case: VendorCase
    replacement: Unit | None
    captures: tuple[CaptureRecord, ...]
    check_names: tuple[tuple[str, str], ...]
    """Names of checks, by id."""
    technician: str


def sources(desk: Desk, view: UnitView, case: VendorCase) -> Sources:
    """What the store knows; on the store's thread.

    Raises Refused where there is no RMA, or while it is open of which unit the console told.
    """
    if view.rma is None:
        raise Refused(f"{view.unit.serial} has no RMA", "receive the unit first")
    if view.rma.console_serial:
        what = f"the console names {view.rma.console_serial}, the label {view.unit.serial}"
        raise Refused(what, "scan the unit again, or say that the board was swapped")
    return Sources(
        unit=view.unit,
        rma=view.rma,
        case=case,
        replacement=view.replacement,
        captures=tuple(captures_of(desk.store.events_of_rma(view.rma.id))),
        check_names=tuple((check.id, check.name) for check in desk.rules.catalogue.checks),
        technician=desk.actor,
    )


def gather(
    known: Sources,
    settings: Settings,
    clock: Clock,
    looked: Collection[str] = (),
    words: Sequence[str] = (),
) -> PacketFacts:
    """Everything for the packet, without secrets; reads files: never on the screen's thread.

    A recording of another unit is left out; one that is gone or not as it was sealed is told in
    `problems`. `looked`: each `NotLooked.seen` at which the technician has looked; `words` are
    hidden besides. Parts may be missing: see `packet.missing`. Raises NotLooked, Refused,
    DataError.
    """
    with ExitStack() as open_files:
        recordings, problems = _recordings(known, settings, clock, open_files)
        redactor, seen = _redactor(known, settings, recordings, words)
        seen |= set(looked)
        outputs = [_output(one, redactor.again(), seen, clock) for one in recordings]
    clean = _Cleaner(redactor, seen)
    return PacketFacts(
        # To the minute: whoever asks twice gets the same packet.
        written_at=clock.local(clock.now()).replace(second=0, microsecond=0),
        technician=known.technician,
        station=settings.station,
        **_names(known),
        symptom="\n".join(_symptom(known, clean)),
        troubleshooting=tuple(_steps(known, clean)),
        outputs=tuple(outputs),
        pasted_output="\n".join(clean(known.case.output, "the output that came with the ticket")),
        problems=problems,
    )


def _names(known: Sources) -> dict[str, Any]:
    """What names the case and its two units."""
    unit, rma, other = known.unit, known.rma, known.replacement
    return {
        "rma_number": rma.number,
        "ticket": rma.ticket,
        "service_level": rma.service_level or unit.service_level,
        "contract_ends_on": unit.contract_ends_on,
        "brand": unit.brand,
        "model": unit.model,
        "serial": unit.serial,
        "mac": unit.mac,
        "board_serial": rma.board_serial,
        "replacement_brand": other.brand if other else "",
        "replacement_model": other.model if other else "",
        "replacement_serial": other.serial if other else "",
    }


class _Cleaner:
    """Takes the secrets out of what people wrote or pasted, by the same rules as of a console.

    A text goes in as it is and whole: rules look at how a line begins, and at the next ones.
    """

    def __init__(self, redactor: Redactor, seen: Collection[str]) -> None:
        self._redactor, self._seen = redactor, seen

    def __call__(self, text: str, what: str) -> list[str]:
        """The lines that are not blank. Raises NotLooked where one may still hold a secret."""
        data = text.encode("utf-8", "replace")
        lines = Transcript(lambda offset, length: data[offset : offset + length])
        lines.feed(data, 0)
        again = self._redactor.again
        prepared = Prepared(redact(lines.lines(0, len(lines)), again()), again)
        digest = hashlib.sha256(data).hexdigest()
        if not may_share(prepared.redacted, digest in self._seen):
            raise NotLooked(what, "look through it first", prepared, digest)
        return [line.text for line in prepared.redacted.lines if line.text.strip()]


def _symptom(known: Sources, clean: _Cleaner) -> Iterator[str]:
    """What was seen here, then what support heard of the customer."""
    here = clean(known.rma.symptom, "the symptom on Diagnose")
    there = clean(known.case.symptom, "the symptom of the ticket")
    yield from here
    if there and there != here:
        if here:
            yield "As the customer reported it:"
        yield from there


def _steps(known: Sources, clean: _Cleaner) -> Iterator[str]:
    """What was done here, then what was tried with the customer; a step a line."""
    names = dict(known.check_names)
    for check, result in known.rma.checks.items():
        if result in _CHECKS:
            yield f"{_CHECKS[result]}: {names.get(check, check)}"
    for line in clean(known.rma.findings, "the findings on Diagnose"):
        yield f"Found at the bench: {line}"
    for line in clean(known.case.troubleshooting, "the troubleshooting of the ticket"):
        yield f"With the customer: {line}"


# --- recordings


def _recordings(
    known: Sources, settings: Settings, clock: Clock, open_files: ExitStack
) -> tuple[list[Recording], tuple[str, ...]]:
    """The recordings of this unit that can be used, and why others cannot."""
    rules, root = load_console_rules(settings), settings.captures
    usable: list[Recording] = []
    problems: list[str] = []
    for record in known.captures:
        if record.of_another_unit:
            continue
        try:
            one = opened(record, root, rules)
        except NotUsable as error:
            problems.append(f"{_name(record, clock)}: {error}")
            continue
        open_files.callback(one.reader.close)
        usable.append(one)
    return usable, tuple(problems)


def _redactor(
    known: Sources, settings: Settings, recordings: Sequence[Recording], words: Sequence[str]
) -> tuple[Redactor, set[str]]:
    """One redactor for the whole packet, and the seals of what somebody has looked at already.

    It knows what was typed as a secret in any of the recordings, and each word that was hidden in
    a copy; what names the units stays.
    """
    unit, rma = known.unit, known.rma
    station_key, seen, more = make_key(settings.badge_key), set[str](), dict.fromkeys(words)
    for one in recordings:
        key = key_for(station_key, one.case)
        again = hidden_words(one.reader, one.record, settings.captures, key)
        if again is not None:
            seen.add(one.record.seal)
            more.update(dict.fromkeys(again))
    secrets = [secret for one in recordings for secret in known_of(one.reader)]
    told = [fact.value for one in recordings for fact in one.cable.understanding.facts]
    other = known.replacement.serial if known.replacement else ""
    keep = [*filter(None, (unit.serial, unit.mac, rma.board_serial, other)), *told]
    rules = load_console_rules(settings).redaction
    case = rma.number or rma.id
    hide = [*secrets, *(word(text) for text in more if len(clean_line(text)) > 1)]
    return Redactor(rules, key_for(station_key, case), hide, keep), seen


def _output(one: Recording, redactor: Redactor, seen: Collection[str], clock: Clock) -> Output:
    prepared, seal = prepare(one.reader, redactor), one.record.seal
    if not may_share(prepared.redacted, seal in seen):
        raise NotLooked(_name(one.record, clock), _ON_CONSOLE, prepared, seal)
    return output_of(one, prepared)


def _name(record: CaptureRecord, clock: Clock) -> str:
    try:
        began = clock.local(datetime.fromisoformat(record.started))
    except (ValueError, OverflowError, OSError):
        return name_of(record, "an unknown day")
    return name_of(record, f"{began:%Y-%m-%d %H:%M}")
