"""Copies of a sealed capture to share, without its secrets."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.evidence.capture_reader import CaptureReader
from bench.evidence.redaction import Redactor
from bench.evidence.redaction_known import word
from bench.evidence.redaction_result import key_for
from bench.evidence.redaction_rules import Rules, load_rules
from bench.evidence.sharing import NotShared, known_of, prepare, share
from bench.evidence.sharing_text import Findings, Prepared
from bench.settings import Settings
from bench.workflow.badge_key import make_key
from bench.workflow.cables import Cable
from bench.workflow.desk import Refused

COPIES = "copies"
"""Folder of the copies, within the folder of captures."""


def prepared_copy(cable: Cable, settings: Settings, words: Sequence[str] = ()) -> Prepared:
    """The capture of a cable without its secrets and these words. Raises Refused, DataError."""
    reader = _sealed(cable)
    rules, key = load_rules(settings.redaction_file), make_key(settings.badge_key)
    return prepare(reader, redactor_of(cable, reader, rules, key, words))


def redactor_of(
    cable: Cable, reader: CaptureReader, rules: Rules, key: bytes, words: Sequence[str] = ()
) -> Redactor:
    """Takes secrets, what was typed as one and these words out; what names the unit stays.

    `key` is the station's: within an RMA the same secret gets the same mark everywhere.
    """
    unit, meta = cable.unit, cable.meta
    rma = meta.rma if meta else unit.rma_number if unit else ""
    case = rma or (meta.id if meta else reader.folder.name)
    scanned = {meta.serial if meta else "", unit.serial if unit else ""}
    known = [*known_of(reader), *(word(text) for text in words)]
    return Redactor(rules, key_for(key, case), known, [*filter(None, scanned), *_told(cable)])


def write_copy(cable: Cable, settings: Settings, prepared: Prepared, looked: bool) -> Path:
    """Writes the copies; their folder. Raises Refused where somebody must look first."""
    reader, understood = _sealed(cable), cable.understanding
    findings = Findings(tuple(understood.facts), understood.failures)
    into = settings.captures / COPIES
    try:
        into.mkdir(mode=0o700, parents=True, exist_ok=True)
        return share(reader, prepared, into, looked, findings)
    except NotShared as error:
        raise Refused(str(error), "look at what is unsure") from None
    except OSError as error:
        raise Refused(f"the copies cannot be written: {error.strerror}", str(into)) from None


def _sealed(cable: Cable) -> CaptureReader:
    if cable.reader is None or cable.meta is None:
        raise Refused("nothing sealed is on this cable", "end the recording first")
    return cable.reader


def _told(cable: Cable) -> list[str]:
    return [fact.value for fact in cable.understanding.facts]
