"""Sounds of a good scan, a warning and a refusal, played by a program of the system.

The terminal's bell has one sound only, and many terminals keep it silent. A sound player is an
option: it is started in a thread of its own, and nothing waits for it.
"""

from __future__ import annotations

import math
import shutil
import subprocess
import tempfile
import threading
import wave
from array import array
from contextlib import suppress
from pathlib import Path
from queue import Empty, Full, Queue

PLAYERS: dict[str, tuple[str, ...]] = {
    "pw-play": (),
    "paplay": (),
    "aplay": ("-q",),
    "afplay": (),
}
"""Players that are known, with what is put before the file."""
RATE = 22_050
"""Samples a second."""
LOUDNESS = 0.4
PATIENCE = 3.0
"""Seconds after which a player is given up."""
TUNES: dict[str, tuple[tuple[int, int], ...]] = {
    "done": ((1320, 90),),
    "hold": ((660, 110), (0, 60), (660, 110)),
    "refused": ((220, 180), (0, 50), (165, 420)),
}
"""By mark: frequency (Hz; 0 is silence) and length (ms). High and short, twice, low and long."""


def tune(mark: str) -> array[int]:
    """The samples of a mark's sound, 16 bits each; raises KeyError for a mark without one."""
    samples = array("h")
    for frequency, length in TUNES[mark]:
        count = RATE * length // 1000
        for place in range(count):
            edge = min(1.0, place / 200, (count - place) / 200)  # without it the ends click
            swing = math.sin(2 * math.pi * frequency * place / RATE)
            samples.append(int(32_767 * LOUDNESS * edge * swing))
    return samples


def write_tune(mark: str, file: Path) -> None:
    """Writes a mark's sound as a WAV file."""
    with wave.open(str(file), "wb") as out:
        out.setnchannels(1)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(tune(mark).tobytes())


def player_command(name: str) -> list[str] | None:
    """The command of a player by its name, or of the first that is there ("auto"); None: none is.

    A path of another program is taken as it is; it gets the WAV file as its one argument.
    """
    for known in PLAYERS if name == "auto" else (name,):
        found = shutil.which(known)
        if found:
            return [found, *PLAYERS.get(Path(known).name, ())]
    return None


class SoundPlayer:
    """Plays one sound at a time; while one plays, only the newest other one waits."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._folder = tempfile.TemporaryDirectory(prefix="bench-sounds-")
        self._todo: Queue[str] = Queue(maxsize=1)
        self._thread = threading.Thread(target=self._run, name="sounds", daemon=True)
        self._thread.start()

    def play(self, mark: str) -> None:
        """Asks for a mark's sound and returns at once."""
        if mark not in TUNES:
            return
        self._drop()
        with suppress(Full):
            self._todo.put_nowait(mark)

    def close(self) -> None:
        """No more sounds; one that plays is not waited for longer than a moment."""
        self._drop()
        self._todo.put("")
        self._thread.join(PATIENCE)
        self._folder.cleanup()

    def _drop(self) -> None:
        with suppress(Empty):
            self._todo.get_nowait()

    def _run(self) -> None:
        folder = Path(self._folder.name)
        while mark := self._todo.get():
            file = folder / f"{mark}.wav"
            try:
                if not file.exists():
                    write_tune(mark, file)
                subprocess.run(
                    [*self._command, str(file)],
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.DEVNULL,
                    timeout=PATIENCE,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired):
                continue
