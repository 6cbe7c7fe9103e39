"""What is known of a station's scanner, and how its scans are put right. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from bench.scan.layouts import LABEL, correct
from bench.scan.serials import without_aim
from bench.text import printable

GS = "\x1d"
"""Group separator: stands between the fields of a label that has several."""
GS_ITSELF, GS_LOST = "gs", ""
NO_SUFFIX = ("none", "silence")
PASTED = "paste"
_SUFFIXES: Mapping[str, str] = {
    "enter": "Enter",
    "ctrl+m": "Enter",
    "tab": "Tab",
    "ctrl+i": "Tab",
    "ctrl+j": "A line feed",
    "enter+ctrl+j": "Enter and a line feed",
}
SLOW_MS = 60.0
"""Milliseconds a character; a slower scanner cannot be told from a person who types well."""


class Mark(StrEnum):
    """How a finding is to be taken."""

    DONE = "done"
    HOLD = "hold"
    """It works, and there is something to improve."""
    REFUSED = "refused"
    """Scans fail or come wrong until it is changed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the scanner check found."""

    mark: Mark
    what: str
    """What it is about, in a word or two."""
    sentence: str
    """What was found, and what to do where there is something to do."""


@dataclass(frozen=True, slots=True)
class Profile:
    """What the scanner check learned of one scanner on one computer."""

    layout: str
    """Short name of the computer's layout; "" where none that is known fits."""
    words: str
    """What a technician calls the layout, or the layouts that cannot be told apart."""
    caps: bool
    """Caps Lock was on."""
    fix: Mapping[str, str] = field(default_factory=dict)
    """What arrives, and what the scanner sent for it, where these differ."""
    alike: str = ""
    """Characters that arrive as one and the same, so that nothing can tell them apart."""
    prefix: str = ""
    """What the scanner puts in front of each code, as sent; "" nothing."""
    aim: bool = False
    """An AIM symbology identifier comes in front."""
    aim_cut: bool = False
    """Of that identifier only the last character arrives: a dead key swallows the others."""
    aim_first: Mapping[str, str] = field(default_factory=dict)
    """What a dead key makes of `]` and the letter of that identifier, where `fix` would take it for
    another key: first in a scan it is the identifier."""
    gs: str = GS_ITSELF
    """How GS arrives: GS_ITSELF, GS_LOST, or the text that stands for it, as sent."""
    suffix: str = "enter"
    """The key that ended the code, `none` or `silence` where none did, or `paste`."""
    median_ms: float = 0.0
    """Milliseconds between two characters; 0 where it was not measured."""
    p95_ms: float = 0.0
    """Milliseconds that 95 of 100 gaps do not exceed."""
    learned: str = ""
    """The day of the check, as YYYY-MM-DD."""

    @property
    def median(self) -> float:
        """Seconds between two characters."""
        return self.median_ms / 1000

    @property
    def p95(self) -> float:
        """Seconds that 95 of 100 gaps do not exceed."""
        return self.p95_ms / 1000

    @property
    def gs_comes_back(self) -> bool:
        """Whether GS arrives, or what stands for it can be nothing else."""
        return self.gs == GS_ITSELF or not set(self.gs) <= set(LABEL + " ")

    def correct(self, text: str) -> str:
        """What the scanner read from the label: layout put right, prefix off, GS and AIM back."""
        text = self._sent(text)
        rest, aim = without_aim(text) if self.aim else (text, "")
        rest = rest.removeprefix(self.prefix)
        if self.aim and not aim:
            rest, aim = without_aim(rest)
        if self.aim_cut and not aim and rest[:1].isdigit():
            rest = rest[1:]
        if self.gs != GS_ITSELF and self.gs_comes_back:
            rest = rest.replace(self.gs, GS)
        return aim + rest

    def _sent(self, text: str) -> str:
        """What the scanner sent, with what it puts in front."""
        front, rest = text[: len(self.prefix)], text[len(self.prefix) :]
        if correct(front, self.fix) != self.prefix:
            front, rest = "", text
        aim = self.aim_first.get(rest[:1], "")
        return correct(front, self.fix) + aim + correct(rest[1:] if aim else rest, self.fix)

    def explain(self) -> list[Finding]:
        """What the check found, in sentences for the technician, what matters most first."""
        order = [Mark.REFUSED, Mark.HOLD, Mark.DONE]
        return sorted(_findings(self), key=lambda finding: order.index(finding.mark))


def _findings(profile: Profile) -> Iterator[Finding]:
    yield _layout(profile)
    if profile.alike:
        names = " and ".join(profile.alike)
        sentence = (
            f"{names} arrive as the same character, so bench cannot tell them apart. Turn Caps "
            "Lock off or set the scanner to the computer's keyboard, then scan the test code again."
        )
        yield Finding(Mark.REFUSED, "characters", sentence)
    if profile.caps:
        sentence = (
            "Caps Lock is on, or the scanner swaps capital and small letters. bench corrects it. "
            "Better: turn Caps Lock off and scan the test code again."
        )
        yield Finding(Mark.HOLD, "Caps Lock", sentence)
    yield _end(profile)
    yield from _front(profile)
    yield _separator(profile)
    if profile.median_ms or profile.p95_ms:
        yield _speed(profile)


def _layout(profile: Profile) -> Finding:
    if not profile.layout:
        sentence = (
            "The computer has a keyboard layout that bench does not know. It corrects the "
            "characters of the test code from now on. Better: set the computer to US."
        )
        return Finding(Mark.HOLD, "keyboard", sentence)
    if profile.layout == "us":
        return Finding(Mark.DONE, "keyboard", "The scanner and the computer fit each other.")
    sentence = (
        f"The scanner is set to US and the computer to {printable(profile.words)}: bench corrects "
        f"it from now on. Better: set the scanner to the computer's keyboard."
    )
    return Finding(Mark.HOLD, "keyboard", sentence)


def _end(profile: Profile) -> Finding:
    if profile.suffix in NO_SUFFIX:
        sentence = (
            "No Enter comes at the end: bench has to wait for a pause and may take two codes for "
            "one. Set the scanner's suffix to Enter (CR) and scan the test code again."
        )
        return Finding(Mark.REFUSED, "end of a scan", sentence)
    if profile.suffix == PASTED:
        return Finding(Mark.DONE, "end of a scan", "The code comes in one piece, as a paste does.")
    key = _SUFFIXES.get(profile.suffix, printable(profile.suffix))
    verb = "come" if " and " in key else "comes"
    return Finding(Mark.DONE, "end of a scan", f"{key} {verb} at the end of a scan.")


def _front(profile: Profile) -> Iterator[Finding]:
    if profile.prefix:
        sentence = (
            f"The scanner puts {printable(profile.prefix)} in front of each code: bench takes it "
            "off. Better: switch the prefix off in the scanner."
        )
        yield Finding(Mark.HOLD, "prefix", sentence)
    if profile.aim_cut:
        sentence = (
            "The scanner says which sort of code it reads, but the computer swallows most of it: "
            "bench takes the rest off. Set the scanner to the computer's keyboard, or switch its "
            "AIM identifier off."
        )
        yield Finding(Mark.HOLD, "sort of code", sentence)
    elif profile.aim:
        sentence = "The scanner says which sort of code it reads: bench makes use of it."
        yield Finding(Mark.DONE, "sort of code", sentence)


def _separator(profile: Profile) -> Finding:
    what = "labels with several fields"
    if profile.gs == GS_ITSELF:
        return Finding(Mark.DONE, what, "The sign between two fields (GS) arrives.")
    shown = printable(profile.gs)
    if profile.gs == GS_LOST:
        sentence = (
            "The sign between two fields (GS) gets lost on the way: bench cannot split labels with "
            "several fields. Set the scanner to send GS, as a control character or as ]."
        )
        return Finding(Mark.REFUSED, what, sentence)
    if not profile.gs_comes_back:
        sentence = (
            f"{shown} arrives instead of the sign between two fields (GS), but labels have "
            f"{shown} of their own. Set the scanner to send GS, as a control character or as ]."
        )
        return Finding(Mark.REFUSED, what, sentence)
    sentence = f"{shown} arrives instead of the sign between two fields (GS): bench turns it back."
    return Finding(Mark.DONE, what, sentence)


def _speed(profile: Profile) -> Finding:
    speed = f"{profile.median_ms:.0f} ms a character, 95 of 100 within {profile.p95_ms:.0f} ms"
    if profile.median_ms > SLOW_MS:
        sentence = (
            f"The scanner is slow: {speed}. bench may take a scan for typing. Set its delay "
            "between characters lower."
        )
        return Finding(Mark.REFUSED, "speed", sentence)
    return Finding(Mark.DONE, "speed", f"The scanner sends {speed}.")
