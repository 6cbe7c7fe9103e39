"""What this machine has plugged in: serial ports and printers, looked for and never opened."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

_USB_PRINTERS = Path("/dev/usb")


@dataclass(frozen=True, slots=True)
class Port:
    """A serial port that the system knows."""

    device: str
    about: str
    """What the adapter says of itself, "" where it says nothing."""
    usable: bool
    """Whether this user may open it."""


def serial_ports() -> list[Port]:
    """The serial ports of this machine, sorted by their names."""
    import os

    from serial.tools.list_ports import comports  # late: heavy for a look at settings

    found = []
    for port in sorted(comports(), key=lambda one: str(one.device)):
        about = "" if port.description in (None, "n/a") else str(port.description)
        usable = os.name == "nt" or os.access(port.device, os.R_OK | os.W_OK)
        found.append(Port(str(port.device), about, usable))
    return found


def printers() -> list[str]:
    """The printers that the system knows, as the settings name them: queues of CUPS as cups:QUEUE,
    USB printers as usb:/dev/usb/lp0."""
    queues: list[str] = []
    if shutil.which("lpstat"):
        try:
            told = subprocess.run(
                ["lpstat", "-e"], capture_output=True, text=True, timeout=3, check=False
            )
            queues = told.stdout.split()
        except (OSError, subprocess.TimeoutExpired, UnicodeDecodeError):
            queues = []
    usb = sorted(_USB_PRINTERS.glob("lp*")) if _USB_PRINTERS.is_dir() else []
    return [f"cups:{queue}" for queue in queues] + [f"usb:{device}" for device in usb]
