"""The lines that are drawn on a PDF page: what rules off the rows and columns of a table, and the edges of shaded cells."""

from __future__ import annotations

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from chartproof.chart.pdf import frame_of, open_pdf
from chartproof.model.page import Box

#: Points; what is thinner is a line, what is broader a filled cell.
THIN = 2.5
#: More paths on a page are a drawing.
MOST = 5_000
#: How deep forms within forms are looked into.
_DEEP = 4


def read_rulings(name: str, data: bytes) -> dict[int, tuple[Box, ...]]:
    """Each page's drawn paths by page number, in points from the top left corner as displayed.

    A line is a box thinner than `THIN`. Curves are left out, and so is what covers most of the page. Raises InputError
    as `open_pdf` does.
    """
    document = open_pdf(name, data)
    try:
        return {at + 1: _of_page(name, at + 1, document[at]) for at in range(len(document))}
    finally:
        document.close()


def _of_page(name: str, number: int, page: pdfium.PdfPage) -> tuple[Box, ...]:
    frame = frame_of(name, number, page)
    found: list[Box] = []
    for path in page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=_DEEP):
        if len(found) >= MOST:
            return ()
        left, bottom, right, top = path.get_bounds()
        box = Box(*frame.displayed(left, bottom, right, top))
        whole = (box.right - box.left) * (box.bottom - box.top) > 0.8 * frame.width * frame.height
        if not whole and _is_straight(path.raw):
            found.append(box)
    return tuple(found)


def _is_straight(path: raw.FPDF_PAGEOBJECT) -> bool:
    count = raw.FPDFPath_CountSegments(path)
    kinds = (raw.FPDFPathSegment_GetType(raw.FPDFPath_GetPathSegment(path, at)) for at in range(count))
    return count <= 6 and raw.FPDF_SEGMENT_BEZIERTO not in kinds
