"""Which cable a console port is: its stable name, and what its adapter says of itself."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from bench.hardware.console_port import is_network
from bench.text import clean_line

_STABLE = ("/dev/serial/by-path", "/dev/serial/by-id")


def stable_name(port: str, folders: tuple[str, ...] = _STABLE) -> str:
    """The name under which the same cable is found again: by its socket, by itself, or as given.

    Numbers of ttyUSB are used again at once, so they say nothing about which cable it is.
    """
    if is_network(port) or port.startswith(folders):
        return port
    device = os.path.realpath(port)
    for folder in folders:
        with suppress(OSError):
            for link in sorted(Path(folder).iterdir()):
                if os.path.realpath(link) == device:
                    return str(link)
    return port


def adapter_of(port: str) -> dict[str, str]:
    """What the USB adapter of a port says of itself; empty for what is none."""
    if is_network(port):
        return {}
    from serial.tools.list_ports import comports  # late: looks at every device

    device = os.path.realpath(port)
    for one in comports():
        if os.path.realpath(str(one.device)) == device and one.vid is not None:
            texts = {"serial_number": one.serial_number, "product": one.product}
            told = {name: clean_line(str(text), 80) for name, text in texts.items() if text}
            return {"vid": f"{one.vid:04x}", "pid": f"{one.pid or 0:04x}"} | told
    return {}
