"""The site's own known-good boots: taken from captures, kept beside them, compared with later.

A line that holds a secret, or may hold one, is no milestone: the file may be passed on.
"""

from __future__ import annotations

import os
from pathlib import Path

from bench.datafile import DataError
from bench.evidence.boots import Boot
from bench.evidence.facts import FactKind
from bench.evidence.failures import Severity
from bench.evidence.known_good import GoodBoot, as_toml, from_lines, load_known_good
from bench.evidence.redaction import redact
from bench.evidence.redaction_rules import Rules
from bench.settings import Settings
from bench.workflow.badge_key import make_key
from bench.workflow.cables import MOST_COMPARED, Cable
from bench.workflow.copies import redactor_of
from bench.workflow.desk import Refused

LEAST = 3
"""Milestones of a start that others can be compared with."""
_HEAD = (
    "# Starts that went well, taken at this bench from captures; the last of a brand and model\n"
    "# counts. To leave one out, delete its [[good]] up to the next one.\n"
)


def good_boot_of(cable: Cable, settings: Settings, rules: Rules) -> GoodBoot:
    """The last start on a cable as a good one, if it can be one. `rules` say what is secret.

    Raises Refused where the start did not come to its end, failed, or is of no known unit.
    """
    boot, reader, unit = _reached(cable), cable.reader, cable.unit
    if reader is None or unit is None or not unit.brand:
        raise Refused("no unit is on this cable", "scan the unit, then say that it is this one")
    if cable.differs:
        raise Refused("the console names another serial", "say first which unit it is")
    model = cable.understanding.facts.latest(FactKind.MODEL)
    name = unit.model or (model.value if model else "")
    if not name:
        raise Refused("the model of this unit is not known", "write it into its record first")
    count = boot.reached_line + 1 - boot.line
    if count > MOST_COMPARED:
        raise Refused("this start is too long to compare others with", "take another one")
    redactor = redactor_of(cable, reader, rules, make_key(settings.badge_key))
    redacted = redact(reader.lines.lines(boot.line, count), redactor)
    if redacted.more_unsure:
        raise Refused("too much of this start may be secret", "take another one")
    secret = {hit.line for hit in redacted.hits} | {unsure.line for unsure in redacted.unsure}
    texts = [line.text for line in redacted.lines if line.number not in secret]
    where = f"{reader.folder.parent.name}/{reader.folder.name}"
    good = from_lines(unit.brand, name, texts, note=f"taken from {where}")
    if len(good.milestones) < LEAST:
        raise Refused("this start says too little", "take one that was recorded as a whole")
    return good


def can_be_good(cable: Cable) -> bool:
    """Whether the last start on a cable came to its end without a failure."""
    boot = cable.understanding.boots.latest
    return boot is not None and bool(boot.reached) and not _failures_of(cable, boot)


def _reached(cable: Cable) -> Boot:
    boot = cable.understanding.boots.latest
    if boot is None or not boot.reached:
        todo = "let the unit start to its end while it is recorded"
        raise Refused("no whole start was recorded on this cable", todo)
    failures = _failures_of(cable, boot)
    if failures:
        raise Refused(f"this start was no good one: {failures[0]}", "take one without a failure")
    return boot


def _failures_of(cable: Cable, boot: Boot) -> list[str]:
    """What is broken by this start; a failure is kept with the line that said it first."""
    bad = (one for one in cable.understanding.failures if one.severity is Severity.BAD)
    return [one.title for one in bad if boot.wall_ns <= one.last_wall_ns <= boot.reached_ns]


def keep_good_boot(good: GoodBoot, file: Path) -> None:
    """Adds it to the site's file: it is whole at any moment, as it was or as it becomes.

    Raises Refused where it cannot be written, DataError where what is there cannot be read.
    """
    try:
        there = file.read_text("utf-8") if _load(file) else _HEAD
        new = file.with_name(f".{file.name}.{os.getpid()}")
        try:
            _write(new, there.rstrip("\n") + "\n" + as_toml(good))
            load_known_good(new)  # what cannot be read again would stop all consoles
            new.replace(file)
        except DataError:
            raise Refused("this start cannot be kept as a good one", "take another one") from None
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}", "check its folder") from None


def _write(file: Path, text: str) -> None:
    file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    flags = os.O_CREAT | os.O_WRONLY | os.O_TRUNC | getattr(os, "O_NOFOLLOW", 0)
    with os.fdopen(os.open(file, flags, 0o600), "w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def _load(file: Path) -> tuple[GoodBoot, ...]:
    return load_known_good(file) if file.exists() else ()
