"""Where a PDF page is set in bold type: what its author made stand out from the text around it."""

from __future__ import annotations

import ctypes
import re
from itertools import islice

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from chartproof.chart.pdf_forms import Frame
from chartproof.chart.pdf_pages import objects_of, of_pages
from chartproof.model.page import Box

#: A font of this weight or more is bold; text is set in 400, a medium face in 500.
_WEIGHT = 600
_NAMED = re.compile(rb"(?i)bold|black|heavy")
#: The longest name of a font that is read.
_NAME = 128
#: More pieces of text on a page are no print.
_MOST = 20_000


def read_bold(name: str, data: bytes) -> dict[int, tuple[Box, ...]]:
    """Each page's pieces of bold text by page number, in points from the top left corner as displayed.

    Raises InputError as `open_pdf` does.
    """
    return of_pages(name, data, _of_page)


def _of_page(page: pdfium.PdfPage, frame: Frame) -> tuple[Box, ...]:
    pieces = islice(objects_of(page, raw.FPDF_PAGEOBJ_TEXT), _MOST)
    bold = (piece for piece in pieces if _is_bold(raw.FPDFTextObj_GetFont(piece.raw)))
    return tuple(Box(*frame.displayed(*piece.get_bounds())) for piece in bold)


def _is_bold(font: raw.FPDF_FONT) -> bool:
    if not font:
        return False
    name = ctypes.create_string_buffer(_NAME)
    raw.FPDFFont_GetBaseFontName(font, name, _NAME)
    return raw.FPDFFont_GetWeight(font) >= _WEIGHT or _NAMED.search(name.value) is not None
