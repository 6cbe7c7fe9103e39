"""A computer so busy that the terminal is read late: a scan is a scan all the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.terminal.every_scan import Recorded
from tests.terminal.seeds import seed

SERIAL = "ZC92424A388132"
"""It begins with the key after which the reader comes to a halt."""


@pytest.mark.parametrize("seconds", [0.15, 0.3])
def test_the_first_key_is_read_long_before_the_others(tmp_path: Path, seconds: float) -> None:
    """What is still unread must not make the first letter a typed one, and the rest its line."""
    seed(tmp_path, [])
    station = Recorded(tmp_path)
    station.extra = {**station.extra, "STALLS": str(seconds)}
    with station as terminal:
        terminal.wait_for("Queue")
        terminal.scan(SERIAL, 5)
        terminal.wait_for("unknown serial")
        assert terminal.heard() == [["scan", SERIAL]]
        assert terminal.quit() == 0
