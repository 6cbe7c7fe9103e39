"""Where in console text the secrets stand: the rules, known values and long runs of characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from bench.evidence.redaction_known import Known
from bench.evidence.redaction_rules import SECRET, Rules
from bench.evidence.redaction_views import Span, View, views

RUN = re.compile(r"(?<![A-Za-z0-9+/=_-])[A-Za-z0-9+/=_-]{20,}")
_PIECE = re.compile(r"[A-Za-z0-9]{16,}")
_DIGIT, _UPPER, _LOWER = re.compile(r"[0-9]"), re.compile(r"[A-Z]"), re.compile(r"[a-z]")
_DISTINCT = 9
"""Different characters that a run must have to look drawn at random."""


@dataclass(frozen=True, slots=True)
class Found:
    """A secret in a stretch of text: the pieces that it stands in (more than one where a line
    was broken), and the whole of its value."""

    kind: str
    rule: str
    pieces: tuple[Span, ...]
    value: str


class Finder:
    """Finds secrets; `keep` are values that are none wherever they stand (the unit's serial)."""

    def __init__(self, rules: Rules, known: Sequence[Known], keep: Iterable[str]) -> None:
        self._rules, self._known = rules, known
        self._doubt = rules.doubt
        self._keep = {_bare(one) for one in keep if len(_bare(one)) >= 4}
        self._gates: dict[str, int] = {}
        for bit, rule in enumerate(rules.rules):
            for literal in rule.needs:
                self._gates[literal] = self._gates.get(literal, 0) | 1 << bit
        self._gate_list = _without_longer(self._gates)
        words = set(rules.doubt.word_needs)
        words.update(need for one in (*rules.blocks, *rules.public) for need in one.needs)
        words.update(need for one in rules.after for need in one.needs)
        every = dict.fromkeys((*words, *self._gates), 0)
        self._every_literal = [literal for literal, _ in _without_longer(every)]

    def is_plain(self, text: str) -> bool:
        """Whether nothing in a line can be a secret or raise a question; nearly all are so."""
        low = text.lower()
        for literal in self._every_literal:  # a plain loop: this is where the time goes
            if literal in low:
                return False
        return not RUN.search(text) and not any(one.pattern.search(text) for one in self._known)

    def is_kept(self, value: str) -> bool:
        """Whether a value is one that must stay."""
        return _bare(value) in self._keep

    def secrets_of(self, texts: Sequence[str], cuts: Sequence[Span], hide_from: int) -> list[Found]:
        """The secrets in lines that belong together, runs of so many characters among them.

        Places are those of the joined lines.
        """
        found: list[Found] = []
        for view in views(texts, cuts):
            found.extend(self._by_rules(view))
            found.extend(self._by_value(view))
        joined = "".join(texts)
        found.extend(self._by_length(joined, hide_from))
        return _merged(found, joined) if found else found

    def _by_rules(self, view: View) -> Iterator[Found]:
        low = view.text.lower()
        wanted = 0
        for literal, bits in self._gate_list:
            if literal in low:
                wanted |= bits
        rules = self._rules.rules
        while wanted:
            rule = rules[(wanted & -wanted).bit_length() - 1]
            wanted &= wanted - 1
            for match in rule.pattern.finditer(view.text):
                value = match[SECRET]
                if not self._doubt.is_none(value) and not self.is_kept(value):
                    yield Found(rule.kind, rule.id, tuple(view.back(*match.span(SECRET))), value)

    def _by_value(self, view: View) -> Iterator[Found]:
        for one in self._known:
            for match in one.pattern.finditer(view.text):
                if not self.is_kept(match[SECRET]):
                    pieces = tuple(view.back(*match.span(SECRET)))
                    yield Found(one.kind, "known", pieces, one.value)

    def _by_length(self, text: str, hide_from: int) -> Iterator[Found]:
        for match in RUN.finditer(text):
            run = match[0]
            if len(run) >= hide_from and self._is_key_like(run):
                begin, end = match.span()
                if self.looks_random(self.without_harmless(text)):
                    yield Found(self._doubt.hidden_kind, "long-run", ((begin, end),), run)

    @staticmethod
    def _is_key_like(run: str) -> bool:
        return bool(_UPPER.search(run) and _LOWER.search(run) and _DIGIT.search(run))

    def without_harmless(self, text: str) -> str:
        """The text without what is known to be no secret, for questions about the rest."""
        for pattern in self._doubt.harmless:
            text = pattern.sub(" ", text)
        return text

    def looks_random(self, text: str) -> bool:
        """Whether a long run of letters and digits mixed stands in the text."""
        for match in RUN.finditer(text):
            if len(match[0]) >= self._doubt.ask_from and not self.is_kept(match[0]):
                for piece in _PIECE.findall(match[0]):
                    if _is_mixed(piece):
                        return True
        return False


def _without_longer(gates: dict[str, int]) -> list[tuple[str, int]]:
    """Gates of which none holds another: the shorter one opens for the longer one as well."""
    short = [one for one in gates if not any(other != one and other in one for other in gates)]
    merged = dict.fromkeys(short, 0)
    for literal, bits in gates.items():
        home = next(one for one in short if one in literal)
        merged[home] |= bits
    return list(merged.items())


def _is_mixed(piece: str) -> bool:
    letters = _UPPER.search(piece) or _LOWER.search(piece)
    return bool(letters and _DIGIT.search(piece) and len(set(piece.lower())) >= _DISTINCT)


def _bare(value: str) -> str:
    return re.sub(r"[^0-9a-z]", "", value.lower())


def _merged(found: list[Found], joined: str) -> list[Found]:
    """Secrets in order of place, those that overlap as one: the kind of the rule named first."""
    ordered = sorted(found, key=lambda one: (one.pieces[0][0], -len(one.value)))
    kept: list[Found] = []
    for one in ordered:
        last = kept[-1] if kept else None
        if last is None or one.pieces[0][0] >= last.pieces[-1][1]:
            kept.append(one)
        elif one.pieces[-1][1] > last.pieces[-1][1]:
            begin, end = last.pieces[0][0], one.pieces[-1][1]
            kept[-1] = Found(last.kind, last.rule, ((begin, end),), joined[begin:end])
    return kept
