"""The label layouts, read when the first label is drawn and kept from then on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from bench.screens.host import Host

if TYPE_CHECKING:
    from bench.labels.layout import LabelLayouts


class LayoutsAtHand:
    """The label layouts, read when the first label is drawn. Any thread may ask."""

    def __init__(self, host: Host) -> None:
        self._host, self._lock = host, threading.Lock()
        self._layouts: LabelLayouts | None = None

    def __call__(self) -> LabelLayouts:
        """The layouts of the settings. Raises DataError."""
        from bench.labels.layout import load_label_layouts  # late: the start needs none of it

        with self._lock:
            if self._layouts is None:
                self._layouts = load_label_layouts(self._host.settings.label_layouts_file)
            return self._layouts
