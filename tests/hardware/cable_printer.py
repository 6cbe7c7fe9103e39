"""A ZPL printer on a cable: the far end of a pseudo-terminal in the place of /dev/usb/lp0."""

from __future__ import annotations

import os
import select
import threading
import tty
from types import TracebackType

from bench.hardware.simulated_stream import Stream
from bench.labels.bitmap import Bitmap
from bench.labels.zpl import bitmaps_of
from bench.labels.zpl_status import ASK, HostStatus, status_reply


class CablePrinter:
    """Answers as `status` says (None: not at all) and keeps what it got; `reads`: takes bytes."""

    def __init__(self) -> None:
        self.status: HostStatus | None = HostStatus()
        self.reads, self.labels = True, list[Bitmap]()
        self.unplug_after: int | None = None
        self._master, self._slave = os.openpty()
        tty.setraw(self._slave)
        self.place = os.ttyname(self._slave)
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="cable printer")

    def __enter__(self) -> CablePrinter:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._stop.set()
        self._thread.join()
        os.close(self._slave)
        if self._master >= 0:
            os.close(self._master)

    def _run(self) -> None:
        stream, got = Stream(), 0
        while not self._stop.is_set():
            if not self.reads:
                self._stop.wait(0.01)
                continue
            if not select.select([self._master], [], [], 0.01)[0]:
                continue
            data = os.read(self._master, 1024)
            got += len(data)
            for part in stream.feed(data):
                if part != ASK:
                    self.labels += bitmaps_of(part, 203)
                elif self.status is not None:
                    os.write(self._master, status_reply(self.status))
            if self.unplug_after is not None and got >= self.unplug_after:
                master, self._master = self._master, -1
                os.close(master)
                return
