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
from collections.abc import Callable
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
MOMENT = 0.5
"""Seconds that the end of the program waits for a sound."""
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
    """Plays one sound at a time; while one plays, only the newest other one waits.

    `failed` is told, on the player's thread, each mark whose sound was not heard. A player that
    cannot be started or does not come to an end is given up for good.
    """

    def __init__(self, command: list[str], failed: Callable[[str], object]) -> None:
        self._command, self._failed = command, failed
        self.given_up = False
        """Nothing is played any more."""
        self._closing = False
        self._playing: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._folder = tempfile.TemporaryDirectory(prefix="bench-sounds-")
        self._todo: Queue[str] = Queue(maxsize=1)
        self._thread = threading.Thread(target=self._run, name="sounds", daemon=True)
        self._thread.start()

    def play(self, mark: str) -> None:
        """Asks for a mark's sound and returns at once."""
        if mark not in TUNES or self._closing:
            return
        self._drop()
        with suppress(Full):
            self._todo.put_nowait(mark)

    def close(self) -> None:
        """No more sounds; one that plays is not waited for longer than a moment."""
        with self._lock:
            self._closing, playing = True, self._playing
        if playing is not None:
            playing.terminate()
        self._drop()
        self._todo.put("")
        self._thread.join(MOMENT)
        self._folder.cleanup()

    def _drop(self) -> None:
        with suppress(Empty):
            self._todo.get_nowait()

    def _run(self) -> None:
        folder = Path(self._folder.name)
        while mark := self._todo.get():
            heard = False
            try:
                heard = not self.given_up and self._played(mark, folder / f"{mark}.wav")
            except (OSError, subprocess.TimeoutExpired):
                self.given_up = True
            if not heard and not self._closing:
                self._failed(mark)

    def _played(self, mark: str, file: Path) -> bool:
        """Plays a sound to its end. Raises OSError and TimeoutExpired."""
        if not file.exists():
            write_tune(mark, file)
        with self._lock:
            if self._closing:
                return False
            playing = self._playing = subprocess.Popen(
                [*self._command, str(file)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
        try:
            return playing.wait(PATIENCE) == 0
        finally:
            playing.kill()
            playing.wait()
            self._playing = None
