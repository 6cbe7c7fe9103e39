"""`bench replay --asciicast`: a recording for a player, with the secrets taken out of it."""

from __future__ import annotations

import argparse
import secrets
import tempfile
from pathlib import Path

from bench.cli.desk import say
from bench.evidence.capture_reader import CaptureReader
from bench.evidence.redaction import Redactor
from bench.evidence.redaction_rules import load_rules
from bench.evidence.sharing import CAST, NotShared, known_of, prepare, share
from bench.evidence.sharing_text import Prepared
from bench.settings import Settings
from bench.text import printable

_SHOWN = 20
"""Lines that are shown to be looked at."""


def write_cast(reader: CaptureReader, args: argparse.Namespace, settings: Settings) -> int:
    """Writes the file. 1: lines have to be looked at first, or it cannot be written. DataError."""
    file: Path = args.asciicast
    if file.exists() and not args.force:
        say("replay", f"{printable(str(file))} is there already: say --force to replace it")
        return 1
    if not reader.meta.seal:
        say("replay", "end the recording first: what still grows cannot be looked through")
        return 1
    reader.poll_all()
    # A key that nobody keeps: marks of this file say nothing of those in another.
    redactor = Redactor(
        load_rules(settings.redaction_file),
        secrets.token_bytes(32),
        known_of(reader),
        keep=filter(None, (reader.meta.serial,)),
    )
    prepared = prepare(reader, redactor)
    try:
        with tempfile.TemporaryDirectory(prefix=".bench-", dir=file.parent) as room:
            made = share(reader, prepared, Path(room), args.looked)
            (made / CAST).replace(file)
    except NotShared:
        _ask_to_look(prepared)
        return 1
    except OSError as error:
        say("replay", printable(f"{file} cannot be written: {error.strerror}"))
        return 1
    hidden = ", ".join(f"{n} x {kind}" for kind, n in prepared.redacted.counts().items())
    say("replay", f"written, without {hidden or 'any secret: none was found'}")
    return 0


def _ask_to_look(prepared: Prepared) -> None:
    """Shows the lines that may hold a secret still."""
    redacted = prepared.redacted
    count = len(redacted.unsure) + redacted.more_unsure
    say("replay", f"{count} lines may still hold a secret. Look at them:")
    for one in redacted.unsure[:_SHOWN]:
        text = redacted.lines[one.line].text if one.line < len(redacted.lines) else ""
        say("replay", f"line {one.line + 1}, {one.why}: {printable(text)}")
    more = f" (and {count - _SHOWN} further ones)" if count > _SHOWN else ""
    say("replay", f"where they hold none{more}, say it again with --looked")
