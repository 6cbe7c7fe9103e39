"""Labels and sheets as a PDF: each page exactly as large as its dots say."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO

from bench.labels.bitmap import Bitmap


def pdf(pages: Sequence[Bitmap]) -> bytes:
    """The pages as one PDF, without loss. The same pages always make the same bytes.

    Raises ValueError for no page, and for pages of different dpi.
    """
    if len({page.dpi for page in pages}) != 1:
        raise ValueError("a PDF needs pages, all of the same dpi")
    first, *others = [page.image() for page in pages]
    stream = BytesIO()
    # No dates: a label printed again is the same file.
    first.save(
        stream,
        "PDF",
        resolution=pages[0].dpi,
        save_all=True,
        append_images=others,
        creationDate=None,
        modDate=None,
        producer="bench",
    )
    return stream.getvalue()
