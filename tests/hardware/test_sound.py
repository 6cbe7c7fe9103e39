"""Sounds: three that differ, played by another program that nothing ever waits for."""

from __future__ import annotations

import os
import sys
import threading
import wave
from pathlib import Path
from queue import Queue
from time import monotonic

import pytest

from bench.hardware import sound
from bench.hardware.sound import RATE, TUNES, SoundPlayer, player_command, tune, write_tune

PATIENCE = 10.0
"""Seconds that a wait may take before the test fails."""


def script(folder: Path, body: str) -> list[str]:
    """A player of a few lines of Python; `sys.argv[1]` is the sound."""
    file = folder / "player.py"
    file.write_text(f"import shutil, sys, time\nfrom pathlib import Path\n{body}\n")
    return [sys.executable, str(file)]


def keeper(folder: Path) -> list[str]:
    """A player that keeps each sound, whole, under its own name."""
    return script(
        folder,
        f"to = Path({str(folder)!r}, 'kept-' + Path(sys.argv[1]).name)\n"
        "shutil.copy(sys.argv[1], to.with_suffix('.part'))\n"
        "to.with_suffix('.part').rename(to)",
    )


def wait_for(file: Path) -> Path:
    """Waits until a file is there."""
    until = monotonic() + PATIENCE
    while not file.exists():
        assert monotonic() < until, f"{file.name} never came"
        threading.Event().wait(0.01)
    return file


class Failed(Queue[str]):
    """The marks whose sounds were not heard, in order."""

    def next(self) -> str:
        """The next one."""
        return self.get(timeout=PATIENCE)


@pytest.fixture
def failed() -> Failed:
    """What the player of this test fails at."""
    return Failed()


# --- the sounds


@pytest.mark.parametrize("mark", TUNES)
def test_a_sound_is_short_mono_and_as_loud_as_meant(mark: str, tmp_path: Path) -> None:
    """A file that any player takes; it neither clicks at its ends nor lasts."""
    write_tune(mark, tmp_path / "it.wav")
    with wave.open(str(tmp_path / "it.wav")) as found:
        shape = (found.getnchannels(), found.getsampwidth(), found.getframerate())
        seconds = found.getnframes() / RATE
        frames = found.readframes(found.getnframes())
    assert shape == (1, 2, RATE)
    assert 0.05 <= seconds <= 0.8
    samples = tune(mark)
    assert frames == samples.tobytes()
    assert samples[0] == 0
    assert abs(samples[-1]) < 500
    assert 10_000 < max(samples) <= 32_767


def test_the_three_sounds_differ_in_pitch_and_length() -> None:
    """Good is high and shortest, refused low and longest; a warning comes twice."""
    lengths = {mark: len(tune(mark)) for mark in TUNES}
    assert lengths["done"] < lengths["hold"] < lengths["refused"]
    lowest = {mark: min(hertz for hertz, _ in parts if hertz) for mark, parts in TUNES.items()}
    assert lowest["done"] > lowest["hold"] > lowest["refused"]
    assert [hertz for hertz, _ in TUNES["hold"]].count(660) == 2
    with pytest.raises(KeyError):
        tune("none")


# --- the player


def test_a_player_gets_three_different_files(tmp_path: Path, failed: Failed) -> None:
    """Each mark its own; a mark without a sound starts nothing."""
    player = SoundPlayer(keeper(tmp_path), failed.put)
    kept = []
    for mark in ("none", *TUNES):
        player.play(mark)
        if mark in TUNES:
            kept.append(wait_for(tmp_path / f"kept-{mark}.wav"))
    player.close()
    assert len({file.read_bytes() for file in kept}) == 3
    for file in kept:
        with wave.open(str(file)) as found:
            assert (found.getnchannels(), found.getframerate()) == (1, RATE)
    assert not (tmp_path / "kept-none.wav").exists()
    assert failed.empty()


def test_while_one_plays_only_the_newest_waits(tmp_path: Path, failed: Failed) -> None:
    """Ten scans in a row are no minute of noise."""
    go = tmp_path / "go"
    body = (
        f"with open({str(tmp_path / 'log')!r}, 'a') as log:\n"
        "    log.write(Path(sys.argv[1]).stem + ' ')\n"
        f"while not Path({str(go)!r}).exists(): time.sleep(0.01)"
    )
    player = SoundPlayer(script(tmp_path, body), failed.put)
    player.play("done")
    log = wait_for(tmp_path / "log")
    for mark in ("hold", "hold", "done", "refused"):
        player.play(mark)
    go.touch()
    until = monotonic() + PATIENCE
    while len(log.read_text().split()) < 2 and monotonic() < until:
        threading.Event().wait(0.01)
    player.close()
    assert log.read_text().split() == ["done", "refused"]
    assert failed.empty()


def test_a_player_that_cannot_be_started_is_given_up(tmp_path: Path, failed: Failed) -> None:
    """It went away after the program began; each sound is told, so that a bell can ring."""
    player = SoundPlayer([str(tmp_path / "gone")], failed.put)
    for _ in range(2):
        player.play("refused")
        assert failed.next() == "refused"
    assert player.given_up
    player.close()


def test_a_player_that_fails_is_tried_again(tmp_path: Path, failed: Failed) -> None:
    """The sound card may come back."""
    player = SoundPlayer(script(tmp_path, "sys.exit(1)"), failed.put)
    player.play("hold")
    assert failed.next() == "hold"
    assert not player.given_up
    keeper(tmp_path)
    player.play("hold")
    wait_for(tmp_path / "kept-hold.wav")
    player.close()
    assert failed.empty()


def test_a_player_that_hangs_is_ended_and_given_up(
    tmp_path: Path, failed: Failed, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody waits for it, and no process of it stays."""
    monkeypatch.setattr(sound, "PATIENCE", 2.0)
    part, there = tmp_path / "part", tmp_path / "pid"
    hanging = ["sh", "-c", f"echo $$ > {part}; mv {part} {there}; exec sleep 60"]
    player = SoundPlayer(hanging, failed.put)
    player.play("done")
    pid = int(wait_for(tmp_path / "pid").read_text())
    assert failed.next() == "done"
    assert player.given_up
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    player.close()


def test_the_end_does_not_wait_for_a_sound(tmp_path: Path, failed: Failed) -> None:
    """What plays is cut off, nothing is told of it, and nothing plays afterwards."""
    body = f"Path({str(tmp_path / 'begun')!r}).touch()\ntime.sleep(60)"
    player = SoundPlayer(script(tmp_path, body), failed.put)
    player.play("done")
    wait_for(tmp_path / "begun")
    player.close()
    (tmp_path / "begun").unlink()
    player.play("refused")
    left = [one.name for one in threading.enumerate() if one.name == "sounds"]
    assert left == []
    assert failed.empty()
    assert not (tmp_path / "begun").exists()


# --- which player


@pytest.fixture
def programs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole search path."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    return folder


def program(folder: Path, name: str) -> str:
    """A program of this name."""
    file = folder / name
    file.write_text("#!/bin/sh\n")
    file.chmod(0o755)
    return str(file)


def test_a_player_by_its_name_or_the_first_there_is(programs: Path) -> None:
    """`auto` takes the first of those that are known; none is no mistake."""
    assert player_command("auto") is None
    assert player_command("paplay") is None
    aplay = program(programs, "aplay")
    assert player_command("auto") == player_command("aplay") == [aplay, "-q"]
    paplay = program(programs, "paplay")
    assert player_command("auto") == [paplay]


def test_a_program_of_the_site_gets_just_the_file(programs: Path, tmp_path: Path) -> None:
    """By its path, or by its name where it is found."""
    own = program(tmp_path, "chime")
    assert player_command(own) == [own]
    assert player_command(str(tmp_path / "missing")) is None
