"""The lines that are drawn on a PDF page: what rules off the rows and columns of a table, and the edges of shaded cells."""

from __future__ import annotations

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from chartproof.chart.pdf_forms import Frame
from chartproof.chart.pdf_pages import objects_of, of_pages
from chartproof.model.page import Box

#: Points; what is thinner is a line, what is broader a filled cell.
THIN = 2.5
#: More paths on a page are a drawing.
MOST = 5_000


def read_rulings(name: str, data: bytes) -> dict[int, tuple[Box, ...]]:
    """Each page's drawn paths by page number, in points from the top left corner as displayed.

    A line is a box thinner than `THIN`. Curves are left out, and so is what covers most of the page. Raises InputError
    as `open_pdf` does.
    """
    return of_pages(name, data, _of_page)


def _of_page(page: pdfium.PdfPage, frame: Frame) -> tuple[Box, ...]:
    found: list[Box] = []
    for path in objects_of(page, raw.FPDF_PAGEOBJ_PATH):
        if len(found) >= MOST:
            return ()
        box = Box(*frame.displayed(*path.get_bounds()))
        whole = (box.right - box.left) * (box.bottom - box.top) > 0.8 * frame.width * frame.height
        if not whole and _is_straight(path.raw):
            found.append(box)
    return tuple(found)


def _is_straight(path: raw.FPDF_PAGEOBJECT) -> bool:
    count = raw.FPDFPath_CountSegments(path)
    kinds = (raw.FPDFPathSegment_GetType(raw.FPDFPath_GetPathSegment(path, at)) for at in range(count))
    return count <= 6 and raw.FPDF_SEGMENT_BEZIERTO not in kinds
