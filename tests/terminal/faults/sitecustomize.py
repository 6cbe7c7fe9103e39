"""Loaded by Python at its start where a test puts this directory on the path: makes it break.

As long as the file $BREAKS is there, painting the top line raises what stands in it. Where the text
begins with `once`, the file is gone afterwards. While there is one beside it that ends in `.fork`,
no process can be started.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from pathlib import Path
from types import ModuleType
from typing import Any


class Breaks(MetaPathFinder):
    """Spoils one module after it was loaded."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module as it is, with a fault added at the end."""
        spec = PathFinder.find_spec(name, path) if name == "bench.widgets.strips" else None
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def exec_module(module: ModuleType) -> None:
                load(module)
                spoil(module.TopLine)

            spec.loader.exec_module = exec_module  # type: ignore[method-assign]
        return spec


def spoil(line: Any) -> None:
    """Painting this raises, while the file is there."""
    file, render = Path(os.environ["BREAKS"]), line.render

    def broken(self: object) -> object:
        if file.exists():
            text = file.read_text()
            if text.startswith("once"):
                file.unlink()
            raise RuntimeError(text)
        return render(self)

    line.render = broken


def full(fork: Callable[[], int]) -> Callable[[], int]:
    """A system without room for another process, while the file is there."""

    def maybe() -> int:
        if Path(os.environ["BREAKS"]).with_suffix(".fork").exists():
            raise OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))
        return fork()

    return maybe


if "BREAKS" in os.environ:
    sys.meta_path.insert(0, Breaks())
    os.fork = full(os.fork)
