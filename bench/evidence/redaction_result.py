"""What redaction gives: text without secrets, where they were, and what stands in their place."""

from __future__ import annotations

import hashlib
import hmac
from collections import Counter
from dataclasses import dataclass

from bench.evidence.transcript import Line


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was hidden: what and where, never its value."""

    kind: str
    rule: str
    line: int
    """From 0, as the transcript counts."""
    offset: int
    """Of the line's first byte in raw.bin."""
    column: int
    """Of its first character in the plain text of the line, from 0."""
    length: int
    """Characters on this line."""
    token: str


@dataclass(frozen=True, slots=True)
class Unsure:
    """A line that the technician has to look at, and why."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Redacted:
    """Text without its secrets."""

    lines: tuple[Line, ...]
    """All lines; `text` is safe to give away, `raw` is empty."""
    hits: tuple[Hit, ...]
    unsure: tuple[Unsure, ...]
    more_unsure: int = 0
    """Unsure lines beyond MOST_UNSURE."""

    def counts(self) -> dict[str, int]:
        """How many secrets of each kind were hidden."""
        return dict(sorted(Counter(hit.kind for hit in self.hits).items()))


def may_share(redacted: Redacted, looked: bool) -> bool:
    """Whether a copy may leave: where lines are unsure, only after the technician has looked."""
    return looked or not redacted.unsure


def key_for(station_key: bytes, case: str) -> bytes:
    """The key of the tokens of one RMA (or capture): without the station's key none is guessed."""
    return hmac.digest(station_key, f"redaction {case}".encode(), hashlib.sha256)


class Tokens:
    """What stands in the place of a secret: its kind, a number, and a keyed hash."""

    def __init__(self, key: bytes) -> None:
        self._key = key
        self._given: dict[str, str] = {}
        self._numbers = Counter[str]()

    def is_given(self, secret: str) -> bool:
        """Whether this secret was met before."""
        return secret in self._given

    def token(self, kind: str, secret: str) -> str:
        """The token of a secret: the same one each time, whatever kind it is called later."""
        if secret not in self._given:
            self._numbers[kind] += 1
            digest = hmac.new(self._key, secret.encode("utf-8", "surrogatepass"), hashlib.sha256)
            short = digest.hexdigest()[:8]
            self._given[secret] = f"[{kind}-{self._numbers[kind]} sha256:{short}]"
        return self._given[secret]
