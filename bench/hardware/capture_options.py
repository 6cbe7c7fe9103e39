"""What a capture process is told when it starts: one line of JSON for each console port."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.hardware.console_port import LineSettings

AUTO = 0
"""As a rate: find it by listening."""


@dataclass(frozen=True, slots=True)
class CaptureOptions:
    """One console port to be captured, and what the capture is of."""

    root: Path
    """The folder of all captures."""
    port: str
    """A device, rfc2217://host:port or socket://host:port."""
    name: str = "console"
    """What the port is called on the bench; becomes part of the folder's name."""
    baud: int = AUTO
    rates: tuple[int, ...] = ()
    """The rates to try first, as the product's profile tells them."""
    why: str = "asked"
    """Whose choice `baud` is: "asked" or "profile"."""
    dtr: bool | None = None
    """DTR: on, off, or None for as the system opens the port."""
    rts: bool | None = None
    xonxoff: bool = False
    rtscts: bool = False
    seconds: float | None = None
    """The capture closes itself after that time."""
    technician: str = ""
    station: str = ""
    rma: str = ""
    serial: str = ""
    """The serial number that was scanned."""
    model: str = ""

    def line(self, baud: int) -> LineSettings:
        """How the port is to be opened at a rate."""
        return LineSettings(baud, self.dtr, self.rts, self.xonxoff, self.rtscts)


def options_json(options: CaptureOptions) -> bytes:
    """The options as one line of JSON."""
    return json.dumps(asdict(options) | {"root": str(options.root)}).encode("ascii") + b"\n"


def read_options(line: bytes | str) -> CaptureOptions:
    """The options of one line; raises ValueError or TypeError: only this program writes them."""
    values = json.loads(line)
    values["root"], values["rates"] = Path(values["root"]), tuple(values.get("rates", ()))
    return CaptureOptions(**values)
