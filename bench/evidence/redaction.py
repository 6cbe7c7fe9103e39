"""Takes the secrets out of the text of a console, for every copy that is made of it.

The bytes of a capture stay as they are; only what is derived from them passes through here. The
same secret gets the same token wherever it stands, and what was hidden is told by kind and place,
never by value. It fails closed: text that speaks of secrets in which none was found has to be
looked at by the technician before the copy may leave.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from copy import copy

from bench.evidence.redaction_blocks import Blocks, Finished
from bench.evidence.redaction_finding import RUN, Finder, Found
from bench.evidence.redaction_known import Known
from bench.evidence.redaction_result import Hit, Redacted, Tokens, Unsure
from bench.evidence.redaction_rules import SECRET, After, Rules
from bench.evidence.redaction_views import Span, cuts_of
from bench.evidence.transcript import LONGEST, Line

_MOST_JOINED = 8
"""Lines that are read as one at most; what is broken more often is joined from there anew."""
_CARRIED = 3
MOST_UNSURE = 500
"""Lines that are asked about one by one; of further ones only the number is kept."""

WHY_WORD = "It speaks of a password or key, but nothing in it was hidden."
WHY_RANDOM = "It holds a long run of mixed letters and digits, which may be a key."
WHY_CONFIG = "From here on it looks like a configuration, but no secret was found in it."


Piece = tuple[Found, int, int, bool]
"""What of a secret stands on a line: from, to, and whether it begins there."""


class Redactor:
    """Takes secrets out of a text line by line; it remembers blocks and broken lines.

    `key` makes the tokens (see `key_for`), `known` are secrets by value, `keep` values that stay
    wherever they stand: the unit's serial number and MAC address.
    """

    def __init__(
        self, rules: Rules, key: bytes, known: Sequence[Known] = (), keep: Iterable[str] = ()
    ) -> None:
        self._rules, self._known = rules, known
        self._finder = Finder(rules, known, keep)
        self._tokens = Tokens(key)
        self._start()

    def again(self) -> Redactor:
        """A redactor for another text: the same rules and words, and the same marks."""
        other = copy(self)
        other._start()
        return other

    def _start(self) -> None:
        rules = self._rules
        self.hits: list[Hit] = []
        self.unsure: list[Unsure] = []
        self.more_unsure = 0
        self._blocks = Blocks((*rules.blocks, *rules.public))
        self._pending: list[tuple[After, int]] = []
        self._carried: list[str] = []
        self._config: list[int] = []
        self._count = 0

    def line(self, text: str) -> tuple[str, list[Hit]]:
        """The next line of plain text without its secrets, and what was hidden in it.

        Where the line after it is known as well, `group` finds more: a secret broken in two.
        """
        before = len(self.hits)
        [safe] = self.group([Line(self._count, 0, len(text), 0, text, True)])
        return safe, self.hits[before:]

    def goes_on(self, line: Line) -> bool:
        """Whether the line after this one may be the rest of it: broken at a terminal's width."""
        if len(line.text) in self._rules.doubt.widths or line.length >= LONGEST:
            return True
        return any(one.may_go_on(line.text) for one in self._known)

    def group(self, lines: Sequence[Line]) -> list[str]:
        """The next lines, which belong together, without their secrets."""
        if len(lines) == 1 and self._is_plain(lines[0]):
            self._count += 1
            return [lines[0].text]
        if any(self._blocks.wants(line.text) for line in lines):
            return [self._block_line(line) for line in lines]
        self._finish_block(self._blocks.pass_by(len(lines)))
        return self._plain_lines(lines)

    def _is_plain(self, line: Line) -> bool:
        """Whether a line can pass without a closer look."""
        if self._carried or self._pending or self._blocks.is_open:
            return False
        if b"\r" in line.raw.strip(b"\r"):  # a word may be broken by it
            return False
        if self.goes_on(line) or not self._finder.is_plain(line.text):
            return False
        self._note_config(line)
        return True

    def finish(self) -> None:
        """The text is over: what is still open is counted."""
        self._finish_block(self._blocks.finish())
        if not self.hits and len(self._config) >= self._rules.doubt.config_lines:
            self._ask(self._config[0], WHY_CONFIG)

    def _block_line(self, line: Line) -> str:
        """A line while a block is open, or one in which a block may begin."""
        taken, finished = self._blocks.take(line.text, line.number, line.offset)
        token = self._finish_block(finished)
        if taken is not None and taken.hide:
            begin, end = taken.hide[0]
            around = [self._part(line, line.text[:begin]), self._part(line, line.text[end:])]
            safe = f"{around[0]}[{taken.kind}]{around[1]}"
        else:
            safe = self._plain_lines([line], public=taken is not None and not taken.kind)[0]
        return f"{safe} {token}" if token else safe

    def _part(self, line: Line, text: str) -> str:
        part = Line(line.number, line.offset, len(text), line.wall_ns, text, line.whole)
        return self._plain_lines([part])[0] if text.strip() else text

    def _finish_block(self, one: Finished | None) -> str:
        """Counts a block that is over; returns its token, "" where there is none."""
        if one is None or not one.block.kind:
            return ""
        token = self._tokens.token(one.block.kind, one.secret)
        length = len(one.secret)
        self.hits.append(
            Hit(one.block.kind, one.block.id, one.number, one.offset, 0, length, token)
        )
        return token

    def _plain_lines(self, lines: Sequence[Line], public: bool = False) -> list[str]:
        """Lines of no secret block; in a `public` one, long runs of characters are nothing."""
        texts = [*self._carried, *(line.text for line in lines)]
        skipped = sum(map(len, self._carried))
        cuts = self._cuts(lines, skipped) if any(line.raw for line in lines) else []
        found = self._finder.secrets_of(texts, cuts, self._hide_from(public))
        starts = self._starts(lines, skipped)
        safe = [self._safe_line(line, at, found, public) for line, at in starts]
        goes_on = self.goes_on(lines[-1])
        self._carried = texts[-_CARRIED:] if goes_on else []
        self._count += len(lines)
        return safe

    def _hide_from(self, public: bool) -> int:
        """Characters of a mixed run that is hidden without more ado; in a broken key, any."""
        doubt = self._rules.doubt
        if public:
            return sys.maxsize
        return doubt.ask_from if self._blocks.in_secret else doubt.hide_from

    @staticmethod
    def _starts(lines: Sequence[Line], at: int) -> Iterable[tuple[Line, int]]:
        for line in lines:
            yield line, at
            at += len(line.text)

    def _cuts(self, lines: Sequence[Line], skipped: int) -> list[Span]:
        """The pieces between carriage returns, in the joined text; [] where there are none."""
        cuts: list[Span] = []
        broken = False
        for line, at in self._starts(lines, skipped):
            own = cuts_of(line)
            broken = broken or bool(own)
            cuts.extend((at + begin, at + end) for begin, end in own or [(0, len(line.text))])
        return cuts if broken else []

    def _safe_line(self, line: Line, start: int, found: Sequence[Found], public: bool) -> str:
        """One line with tokens for its secrets; `start` is its place in the joined text."""
        text, end = line.text, start + len(line.text)
        alone = self._after(line) if self._pending else None
        here = [alone] if alone else []
        here += [] if alone else self._pieces(found, start, end)
        self._expect(text, bool(here))
        if not here:
            if not public:
                self._doubt(line, text)
            return text
        return self._with_tokens(line, here)

    def _with_tokens(self, line: Line, here: Sequence[Piece]) -> str:
        text = line.text
        parts: list[str] = []
        at = 0
        for one, begin, stop, first in here:
            first = first or not self._tokens.is_given(one.value)
            token = self._tokens.token(one.kind, one.value)
            parts += [text[at:begin], token if first else f"[{one.kind} goes on]"]
            at = stop
            if first:
                place = (line.number, line.offset, begin, stop - begin)
                self.hits.append(Hit(one.kind, one.rule, *place, token))
        parts.append(text[at:])
        self._doubt_rest(line, parts[::2])
        return "".join(parts)

    @staticmethod
    def _pieces(found: Sequence[Found], start: int, end: int) -> list[Piece]:
        """What of the secrets stands on a line: from, to, and whether it begins there."""
        here = []
        for one in found:
            for number, (begin, stop) in enumerate(one.pieces):
                low, high = max(begin, start), min(stop, end)
                if low < high:
                    here.append((one, low - start, high - start, number == 0 and begin >= start))
        return here

    def _after(self, line: Line) -> Piece | None:
        """A secret that stands alone where an earlier line has asked for it."""
        still: list[tuple[After, int]] = []
        hit: Piece | None = None
        for rule, left in self._pending:
            match = None if hit else rule.secret.search(line.text)
            value = match[SECRET] if match else ""
            if match and not self._rules.doubt.is_none(value) and not self._finder.is_kept(value):
                begin, end = match.span(SECRET)
                hit = (Found(rule.kind, rule.id, ((begin, end),), value), begin, end, True)
            elif left > 1:
                still.append((rule, left - 1))
        self._pending = still
        return hit

    def _expect(self, text: str, has_hit: bool) -> None:
        if has_hit:
            return
        low = text.lower()
        for rule in self._rules.after:
            if any(need in low for need in rule.needs) and rule.begin.search(text):
                self._pending.append((rule, rule.within))

    def _doubt(self, line: Line, text: str) -> None:
        """Asks about a line in which nothing was hidden."""
        doubt = self._rules.doubt
        low = text.lower()
        speaks = any(need in low for need in doubt.word_needs)
        if speaks and doubt.words.search(text):
            left = self._finder.without_harmless(text)
            if doubt.words.search(left):
                self._ask(line.number, WHY_WORD)
                return
        self._doubt_rest(line, [text])
        self._note_config(line)

    def _note_config(self, line: Line) -> None:
        doubt, wanted = self._rules.doubt, self._rules.doubt.config_lines
        if not self.hits and len(self._config) < wanted and doubt.config.match(line.text):
            self._config.append(line.number)

    def _doubt_rest(self, line: Line, parts: Iterable[str]) -> None:
        """Asks about what is left of a line: random looking text in it."""
        for part in parts:
            if RUN.search(part) and self._finder.looks_random(self._finder.without_harmless(part)):
                self._ask(line.number, WHY_RANDOM)
                return

    def _ask(self, line: int, why: str) -> None:
        if len(self.unsure) < MOST_UNSURE:
            self.unsure.append(Unsure(line, why))
        else:
            self.more_unsure += 1


def redact(lines: Iterable[Line], redactor: Redactor) -> Redacted:
    """All lines of a capture without their secrets; the redactor is used up by it."""
    safe: list[Line] = []
    group: list[Line] = []

    def flush() -> None:
        for line, text in zip(group, redactor.group(group), strict=True):
            safe.append(Line(line.number, line.offset, line.length, line.wall_ns, text, line.whole))
        group.clear()

    for line in lines:
        group.append(line)
        if len(group) >= _MOST_JOINED or not redactor.goes_on(line):
            flush()
    if group:
        flush()
    redactor.finish()
    unsure = tuple(redactor.unsure)
    return Redacted(tuple(safe), tuple(redactor.hits), unsure, redactor.more_unsure)
