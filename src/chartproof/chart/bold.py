"""Where a PDF page is set in bold type: what its author made stand out from the text around it."""

from __future__ import annotations

import ctypes
import re

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from chartproof.chart.pdf import frame_of, open_pdf
from chartproof.model.page import Box

#: A font of this weight or more is bold; text is set in 400, a medium face in 500.
_WEIGHT = 600
_NAMED = re.compile(rb"(?i)bold|black|heavy")
#: The longest name of a font that is read.
_NAME = 128
#: More pieces of text on a page are no print.
_MOST = 20_000
#: How deep forms within forms are looked into.
_DEEP = 4


def read_bold(name: str, data: bytes) -> dict[int, tuple[Box, ...]]:
    """Each page's pieces of bold text by page number, in points from the top left corner as displayed.

    Raises InputError as `open_pdf` does.
    """
    document = open_pdf(name, data)
    try:
        return {at + 1: _of_page(name, at + 1, document[at]) for at in range(len(document))}
    finally:
        document.close()


def _of_page(name: str, number: int, page: pdfium.PdfPage) -> tuple[Box, ...]:
    frame = frame_of(name, number, page)
    found: list[Box] = []
    pieces = page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT], max_depth=_DEEP)
    for _, piece in zip(range(_MOST), pieces, strict=False):
        if _is_bold(raw.FPDFTextObj_GetFont(piece.raw)):
            found.append(Box(*frame.displayed(*piece.get_bounds())))
    return tuple(found)


def _is_bold(font: raw.FPDF_FONT) -> bool:
    if not font:
        return False
    name = ctypes.create_string_buffer(_NAME)
    raw.FPDFFont_GetBaseFontName(font, name, _NAME)
    return raw.FPDFFont_GetWeight(font) >= _WEIGHT or _NAMED.search(name.value) is not None
