"""What the consoles offer to a diagnosis, without the secrets that the console told.

A diagnosis goes into the history of the RMA, and from there into exports: what the console says
of passwords must not get there. Screens ask at each paint, so an answer stands until something
has changed.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta

from bench.clock import Clock
from bench.evidence.offering import Offered, offered
from bench.evidence.redaction import Redactor
from bench.evidence.redaction_rules import Rules
from bench.scan.badge import KEY_BYTES
from bench.settings import Settings
from bench.workflow.badge_key import KeyTrouble, read_key
from bench.workflow.cables import Cable
from bench.workflow.copies import redactor_of

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Stand = tuple[object, ...]
"""All that an offer depends on."""


class ConsoleOffers:
    """The offers of the station's cables. `rules` say what is secret."""

    def __init__(self, settings: Settings, clock: Clock, rules: Rules) -> None:
        self._settings, self._clock, self._rules = settings, clock, rules
        self._offers: dict[str, tuple[Stand, Offered]] = {}
        self._redactors: dict[str, tuple[Stand, Redactor]] = {}
        self._key = b""

    def of(self, cable: Cable) -> Offered:
        """What a cable offers now."""
        stand = self._stand(cable)
        known = self._offers.get(cable.name)
        if known is not None and known[0] == stand:
            return known[1]
        serial = None if cable.settled else cable.verdict
        found = offered(cable.understanding, self._clock, serial, self._redact(cable))
        self._offers[cable.name] = (stand, found)
        return found

    def _stand(self, cable: Cable) -> Stand:
        """A silence begins without a line, and a prompt of the loader is no whole line."""
        understood = cable.understanding
        now_ns = (self._clock.now() - _EPOCH) // timedelta(microseconds=1) * 1000
        silence, failures = understood.silence(now_ns), understood.failures
        return (
            *(cable.reader, cable.unit, cable.seen, cable.settled, cable.verdict),
            *(len(cable.reader.typed) if cable.reader else 0, len(failures)),
            *(understood.state(now_ns), understood.last_line),
            silence.since_ns if silence else 0,
        )

    def _redact(self, cable: Cable) -> Callable[[str], str]:
        reader = cable.reader
        if reader is None:
            return lambda text: text  # nothing was said, so nothing is quoted
        facts = tuple(cable.understanding.facts)
        stand: Stand = (reader, cable.unit, len(reader.typed), facts)
        known = self._redactors.get(cable.name)
        if known is None or known[0] != stand:
            redactor = redactor_of(cable, reader, self._rules, self._station_key())
            known = self._redactors[cable.name] = (stand, redactor)
        redactor = known[1]
        return lambda text: redactor.again().line(text)[0]

    def _station_key(self) -> bytes:
        """The station's key; where there is none to use, one of this run: hidden is hidden."""
        if not self._key:
            with suppress(KeyTrouble):
                self._key = read_key(self._settings.badge_key) or b""
            self._key = self._key or secrets.token_bytes(KEY_BYTES)
        return self._key
