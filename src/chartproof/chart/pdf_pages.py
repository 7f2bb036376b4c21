"""The pages of a PDF one after the other, for what is read of each beside its words: its lines, its type.

A page dies with its document: what is read of one is plain data by the time that the document is closed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TypeVar

import pypdfium2 as pdfium

from chartproof.chart.pdf import frame_of, open_pdf
from chartproof.chart.pdf_forms import Frame

_Read = TypeVar("_Read")
#: How deep forms within forms are looked into.
_DEEP = 4


def of_pages(name: str, data: bytes, of_page: Callable[[pdfium.PdfPage, Frame], _Read]) -> dict[int, _Read]:
    """What `of_page` reads of each page, by page number. Raises InputError as `open_pdf` does."""
    document = open_pdf(name, data)
    try:
        pages = ((at + 1, document[at]) for at in range(len(document)))
        return {number: of_page(page, frame_of(name, number, page)) for number, page in pages}
    finally:
        document.close()


def objects_of(page: pdfium.PdfPage, kind: int) -> Iterator[pdfium.PdfObject]:
    """The objects of one kind on a page, those of its forms among them."""
    return page.get_objects(filter=[kind], max_depth=_DEEP)
