"""Good, a warning and a refusal: told apart by word, sign, colour, shape and sound."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from time import monotonic

import pytest
from textual.color import Color

from bench.hardware import sound
from bench.screens import feedback
from bench.widgets.marks import DONE, HOLD, NONE, REFUSED, SIGNS
from bench.widgets.strips import FLAG_STYLES, FLAGS, Read, ScanStrip
from bench.widgets.themes import THEMES
from bench.workflow.enrolling import enrol
from tests.screens.helpers import Bench
from tests.screens.pulls import pulls
from tests.screens.test_flow import OTHER, SERIAL, SMALL, Glass, open_glass
from tests.screens.waits import until

LEAST = 4.5
"""Contrast that text must have (WCAG 2.1, level AA)."""
SCANS = {DONE: SERIAL, HOLD: OTHER, REFUSED: "BENCHFOO"}
"""A scan for each mark."""


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    """A file: what is heard and seen is the same on every engine."""
    made = Bench(tmp_path / "bench.db")
    made.received(SERIAL)
    return made


# --- sound


def listened(glass: Glass, monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Each ring of the terminal's bell from now on."""
    rung: list[bool] = []
    monkeypatch.setattr(feedback, "SECOND_RING", 0.01)
    monkeypatch.setattr(glass.app, "bell", lambda: rung.append(True))
    return rung


async def rings(glass: Glass, rung: list[bool], scan: str) -> int:
    """How often the bell rings for a scan."""
    rung.clear()
    await pulls(glass, scan)
    await glass.pilot.pause(0.1)
    return len(rung)


@pytest.mark.parametrize(("heard", "wanted"), [(True, [0, 1, 2]), (False, [0, 0, 0])])
async def test_the_bell_rings_by_mark(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, heard: bool, wanted: list[int]
) -> None:
    """Not at all, once, twice; never with the sound off."""
    async with open_glass(bench, sound=heard) as glass:
        rung = listened(glass, monkeypatch)
        assert [await rings(glass, rung, scan) for scan in SCANS.values()] == wanted


async def test_the_lock_sounds_as_every_screen(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A command there is a warning, an unknown badge a refusal, a badge is good."""
    key = tmp_path / "badge.key"
    with bench.desk() as desk:
        enrol(replace(desk, badge_key=key), "Ana R.", "EMP-0042", True)
    async with open_glass(bench, sound=True, badge_key=key) as glass:
        rung = listened(glass, monkeypatch)
        scans = ("BENCHDESK", "EMP-0043", "EMP-0042")
        assert [await rings(glass, rung, scan) for scan in scans] == [1, 2, 0]


def player(folder: Path, body: str) -> str:
    """A player: a program of its own that gets the sound's file."""
    file = folder / "player"
    file.write_text(f"#!{sys.executable}\nimport sys, time\nfrom pathlib import Path\n{body}\n")
    file.chmod(0o755)
    return str(file)


def playing(folder: Path) -> str:
    """One that writes down what it plays."""
    log = folder / "played"
    body = f"with open({str(log)!r}, 'a') as log:\n    log.write(Path(sys.argv[1]).stem + ' ')"
    return player(folder, body)


def _played(log: Path, number: int) -> bool:
    return len(log.read_text().split()) >= number


async def test_a_player_gets_each_mark(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A good scan is heard too, and the bell is silent."""
    log = tmp_path / "played"
    log.touch()
    async with open_glass(bench, sound=True, player=playing(tmp_path)) as glass:
        rung = listened(glass, monkeypatch)
        for number, scan in enumerate(SCANS.values(), start=1):
            await pulls(glass, scan)
            await until(glass, partial(_played, log, number))
        assert rung == []
    assert log.read_text().split() == [DONE, HOLD, REFUSED]


async def test_with_the_sound_off_no_player_is_started(bench: Bench, tmp_path: Path) -> None:
    """Whatever the settings name."""
    async with open_glass(bench, *SCANS.values(), player=playing(tmp_path)):
        pass
    assert not (tmp_path / "played").exists()


@pytest.mark.parametrize("gone", ["at the start", "later"])
async def test_a_missing_player_leaves_the_bell(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, gone: str
) -> None:
    """The same rings as without one."""
    name = playing(tmp_path)
    if gone == "at the start":
        Path(name).unlink()
    async with open_glass(bench, sound=True, player=name) as glass:
        Path(name).unlink(missing_ok=True)
        rung = listened(glass, monkeypatch)
        await pulls(glass, "BENCHFOO")
        await until(glass, lambda: len(rung) == 2)
        assert [await rings(glass, rung, scan) for scan in SCANS.values()] == [0, 1, 2]


async def test_a_slow_player_keeps_nobody_waiting(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Scans go on while it plays; it is ended, given up, and the bell takes over; so does the end
    of the program."""
    monkeypatch.setattr(sound, "PATIENCE", 1.5)
    async with open_glass(bench, sound=True, player=player(tmp_path, "time.sleep(60)")) as glass:
        rung = listened(glass, monkeypatch)
        await pulls(glass, "BENCHFOO", "BENCHDESK", SERIAL)
        assert (glass.place, rung) == ("Diagnose", [])
        await until(glass, lambda: rung)
        assert [await rings(glass, rung, scan) for scan in SCANS.values()] == [0, 1, 2]


async def test_the_program_ends_while_a_sound_plays(bench: Bench, tmp_path: Path) -> None:
    """It cuts it off."""
    slow = player(tmp_path, f"Path({str(tmp_path / 'on')!r}).touch()\ntime.sleep(60)")
    async with open_glass(bench, sound=True, player=slow) as glass:
        await pulls(glass, "BENCHFOO")
        await until(glass, (tmp_path / "on").exists)
        begun = monotonic()
    assert monotonic() - begun < 60
    assert glass.app.feedback._player is None


# --- the strip


@pytest.mark.parametrize("size", [(132, 40), SMALL], ids=["tall", "short"])
async def test_the_strip_says_it_by_word_sign_and_shape(
    bench: Bench, size: tuple[int, int]
) -> None:
    """A flag with sign and word, and a class by which the strip gets its shape."""
    async with open_glass(bench, size=size) as glass:
        for mark, scan in SCANS.items():
            await pulls(glass, scan)
            strip = glass.app.frame.query_one(ScanStrip)
            assert f" {FLAGS[mark]} " in glass.text
            assert f" {SIGNS[mark]} {strip.read.answer}"[:20] in glass.text
            classes = {f"-{other}" for other in SCANS if strip.has_class(f"-{other}")}
            assert classes == {f"-{mark}"}
            edges = [edge[0] for edge in (strip.styles.border_left, strip.styles.border_right)]
            assert edges == ["outer", "outer" if mark == HOLD else ""]
    assert [FLAGS[mark] for mark in SCANS] == ["GOOD", "LOOK", "REFUSED"]
    assert len({SIGNS[mark] for mark in SCANS}) == 3


async def test_the_refused_strip_is_red_from_end_to_end(bench: Bench) -> None:
    """And the others are not."""
    async with open_glass(bench) as glass:
        strip = glass.app.frame.query_one(ScanStrip)
        red = Color.parse(THEMES["dark"].variables["refused"])
        for mark, scan in SCANS.items():
            await pulls(glass, scan)
            assert (strip.styles.background == red) == (mark == REFUSED)


# --- contrast


def contrast(one: Color, other: Color) -> float:
    """The ratio of two colours (WCAG 2.1)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: Color) -> float:
    parts = [part / 255 for part in color.rgb]
    bright = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * bright[0] + 0.7152 * bright[1] + 0.0722 * bright[2]


def test_contrast_is_measured_as_the_standard_says() -> None:
    """Black on white, and a grey that is known to pass narrowly."""
    white = Color.parse("#ffffff")
    assert contrast(Color.parse("#000000"), white) == pytest.approx(21)
    assert contrast(white, Color.parse("#767676")) == pytest.approx(4.54, abs=0.01)


def painted(strip: ScanStrip) -> Iterator[tuple[str, Color, Color]]:
    """Each text of the strip with its ink and its paper."""
    for y in range(strip.size.height):
        for text, style, _ in strip.render_line(y):
            if text.strip():
                assert style is not None
                assert style.color is not None
                assert style.bgcolor is not None
                ink, paper = map(Color.from_rich_color, (style.color, style.bgcolor))
                yield text.strip(), ink, paper


@pytest.mark.parametrize("theme", THEMES)
async def test_everything_in_the_strip_can_be_read(bench: Bench, theme: str) -> None:
    """Each character in the colours in which it is painted, flag and answer among them."""
    async with open_glass(bench, theme=theme) as glass:
        strip = glass.app.frame.query_one(ScanStrip)
        for mark in (*SCANS, NONE):
            strip.tell(Read(SERIAL, "what it is", mark, "the answer"))
            await glass.settle()
            texts = list(painted(strip))
            for text, ink, paper in texts:
                # The edges of the strip are no text.
                if not set(text) <= set("▌▐"):
                    assert contrast(ink, paper) >= LEAST, (text, ink.hex, paper.hex)
            words = " ".join(text for text, _, _ in texts)
            assert all(word in words for word in (SERIAL, "what it is", "the answer"))
            assert ("SCAN" in words) == (mark == NONE)
            flags = [flag for flag in FLAGS.values() if flag in words]
            assert flags == ([] if mark == NONE else [FLAGS[mark]])


@pytest.mark.parametrize("theme", THEMES)
def test_the_flags_differ_from_each_other_and_from_the_strip(theme: str) -> None:
    """Their papers are three colours, and each stands out of what is around it (WCAG: 3 to 1)."""
    colours = THEMES[theme].variables
    paper = {mark: Color.parse(colours[mark]) for mark in SCANS}
    assert len({color.hex for color in paper.values()}) == 3
    for mark in (DONE, HOLD, REFUSED):
        assert contrast(paper[mark], Color.parse(colours["strip"])) >= 3
        assert mark in FLAG_STYLES[mark]
