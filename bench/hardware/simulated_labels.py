"""What a simulated printer printed: pictures in memory and in a folder, never more than KEPT."""

from __future__ import annotations

import re
import threading
from collections import deque
from pathlib import Path

from bench.labels.bitmap import Bitmap

KEPT = 500
"""Labels that are kept; older ones go."""
_NAME = re.compile(r"label-(\d+)\.png")


class PrintedLabels:
    """The labels, oldest first. Any thread may look; one alone adds."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._changed = threading.Condition()
        self._labels: deque[Bitmap] = deque(maxlen=KEPT)
        self._spoilt: deque[str] = deque(maxlen=KEPT)
        self._count = self._number = 0

    def open(self) -> None:
        """Makes the folder; labels that it holds from earlier stay. Raises OSError."""
        self.folder.mkdir(parents=True, exist_ok=True)
        found = [_NAME.fullmatch(one.name) for one in self.folder.iterdir()]
        self._number = max((int(match[1]) for match in found if match), default=0)

    def all(self) -> list[Bitmap]:
        """The labels printed since it was made."""
        with self._changed:
            return list(self._labels)

    def spoilt(self) -> list[str]:
        """Why something that came was no label."""
        with self._changed:
            return list(self._spoilt)

    def add(self, bitmap: Bitmap) -> None:
        """Keeps a label, in memory and as label-0001.png and so on."""
        self._number += 1
        try:
            (self.folder / f"label-{self._number:04}.png").write_bytes(bitmap.png())
            (self.folder / f"label-{self._number - KEPT:04}.png").unlink(missing_ok=True)
        except OSError as error:
            self.spoil(f"the picture cannot be written ({error.strerror})")
        with self._changed:
            self._labels.append(bitmap)
            self._count += 1
            self._changed.notify_all()

    def spoil(self, why: str) -> None:
        """Keeps why something was no label."""
        with self._changed:
            self._spoilt.append(why)
            self._changed.notify_all()

    def wait_for(self, labels: int, seconds: float) -> bool:
        """Waits until so many were printed since it was made; whether they were."""
        with self._changed:
            return self._changed.wait_for(lambda: self._count >= labels, seconds)
