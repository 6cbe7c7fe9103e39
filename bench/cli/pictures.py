"""Writing labels and sheets to a file: PDF, PNG, or ZPL for a label printer."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.cli.files import output
from bench.labels.bitmap import Bitmap

STDOUT = Path("-")
"""Gets a PDF, unless it is a terminal."""
SHEET_FORMS, LABEL_FORMS = (".pdf", ".png"), (".pdf", ".png", ".zpl")


def wrong_output(path: Path, forms: Sequence[str] = LABEL_FORMS, *, stdout: bool = True) -> str:
    """Why nothing can be written to `path`; "" where it can. `stdout`: `-` will do too."""
    if path == STDOUT and stdout:
        ask = "say where to, as -o FILE.pdf: a PDF would only spoil the terminal"
        return ask if sys.stdout.isatty() else ""
    if path.suffix.lower() not in forms:
        return f"{path}: the name has to end with {', '.join(forms[:-1])} or {forms[-1]}"
    return ""


def write_pictures(pages: Sequence[Bitmap], path: Path, force: bool) -> list[Path]:
    """Writes all pages, or none; returns the files. Raises OSError.

    Of several pages as PNG each becomes a file of its own, numbered from 1.
    """
    split = path.suffix.lower() == ".png" and len(pages) > 1
    parts = [[page] for page in pages] if split else [pages]
    names = [_numbered(path, n) for n in range(1, len(pages) + 1)] if split else [path]
    with ExitStack() as files:
        # All are open before the first gets its name: one that is in the way stops all.
        streams = [files.enter_context(output(None if n == STDOUT else n, force)) for n in names]
        for stream, part in zip(streams, parts, strict=True):
            stream.buffer.write(encoded(part, path.suffix))
    return names


def encoded(pages: Sequence[Bitmap], suffix: str) -> bytes:
    """Pages as the content of one file; as PNG, of the first. Any other suffix makes a PDF."""
    form = suffix.lower()
    if form == ".png":
        return pages[0].png()
    if form == ".zpl":
        from bench.labels.zpl import label_zpl

        return b"".join(label_zpl(page) for page in pages)
    from bench.labels.pdf import pdf

    return pdf(pages)


def _numbered(path: Path, number: int) -> Path:
    return path.with_name(f"{path.stem}-{number}{path.suffix}")
