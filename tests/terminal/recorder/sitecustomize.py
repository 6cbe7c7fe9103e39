"""Loaded by Python at its start where a test puts this directory on the path: writes into the file
$RECORD what the real program takes for a scan and what for a spoilt one, a JSON list a line.

Where $STALLS is set, the thread that reads the terminal comes to a halt for so many seconds after
each key `STALLS_AT`, as on a computer that is busy with something else."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any

STALLS_AT = "Z"


class Records(MetaPathFinder):
    """Adds a line to two methods of one module after it was loaded."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module as it is, with a recorder added at the end."""
        spec = PathFinder.find_spec(name, path) if name == "bench.screens.intake" else None
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                listen(module.Intake, "_scanned", "scan")
                listen(module.Intake, "_spoilt", "spoilt")

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def listen(intake: Any, name: str, word: str) -> None:
    """Writes down what this method is told."""
    method, file = getattr(intake, name), os.environ["RECORD"]

    def recorded(self: object, said: Any) -> None:
        with open(file, "a", encoding="utf-8") as out:  # noqa: PTH123 (nothing more is imported)
            out.write(json.dumps([word, said.text]) + "\n")
        method(self, said)

    setattr(intake, name, recorded)


class Stalls(MetaPathFinder):
    """Makes the reader of the terminal slow after it was loaded."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module as it is, with a halt added at the end."""
        spec = PathFinder.find_spec(name, path) if name == "bench.screens.reading" else None
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                stall(module.Reading, float(os.environ["STALLS"]))

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def stall(reading: Any, seconds: float) -> None:
    """It hands a key on, and then does nothing for a while."""
    hand_on = reading._hand_on

    def halting(self: object, message: Any, now: float, late: float) -> None:
        hand_on(self, message, now, late)
        if getattr(message, "character", None) == STALLS_AT:
            time.sleep(seconds)

    reading._hand_on = halting


if "RECORD" in os.environ:
    sys.meta_path.insert(0, Records())
if "STALLS" in os.environ:
    sys.meta_path.insert(0, Stalls())
