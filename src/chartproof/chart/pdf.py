"""PDF pages: words with their places in the order of the content stream, and which pages are pictures to be read by OCR.

What a reader of the displayed page cannot see is not text: invisible, covered, clipped, tiny or tone-on-tone characters
are left out, and the page's note says that there were some.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import compress

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from chartproof.chart.bounds import MAX_PIXELS, too_many_pixels
from chartproof.chart.pdf_characters import address, characters_of
from chartproof.chart.pdf_forms import Filled, Frame, append_filled, filled_fields
from chartproof.chart.pdf_words import composed
from chartproof.chart.scan import Picture
from chartproof.errors import InputError
from chartproof.model.page import Page, Word

#: Points; no page of paper is longer than this (200 inches is the format's own limit).
MAX_SIDE = 14_400
MAX_PAGES = 5_000
OCR_SCALES = (200 / 72, 300 / 72)
#: Pixels of a picture that OCR gets; a larger sheet is rendered coarser.
OCR_PIXELS = 12_000_000
#: A page without a pixel darker than this shows nothing.
PALE = 200


@dataclass(frozen=True, slots=True)
class Scan:
    """A page that is a picture: OCR it. `note` says what else is on the page; `filled` are its form fields' values.

    `layer` are its hidden words: never evidence, but what our reading of the picture is held against.
    """

    number: int
    note: str = ""
    filled: tuple[Filled, ...] = ()
    layer: tuple[Word, ...] = ()


def open_pdf(name: str, data: bytes) -> pdfium.PdfDocument:
    """Open, or raise one InputError that says what is wrong with the file."""
    try:
        document = pdfium.PdfDocument(data)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise InputError(
                "CP-READ-05", "the PDF is locked with a password", where=name,
                then="Open it, save a copy without a password and put that in the folder.",
            ) from None  # fmt: skip
        raise InputError(
            "CP-READ-06", "the PDF is damaged or cut short", where=name, then="Ask for the file again or print it anew."
        ) from None
    if not 0 < len(document) <= MAX_PAGES:
        document.close()
        raise InputError(
            "CP-READ-06",
            f"the PDF has no page or more than {MAX_PAGES}",
            where=name,
            then="Split it or export it again.",
        )
    # Before any page is loaded, so that form fields know their values; no script runs.
    if document.get_formtype() in (raw.FORMTYPE_ACRO_FORM, raw.FORMTYPE_XFA_FOREGROUND):
        document.init_forms()
    return document


def count_pages(name: str, data: bytes) -> int:
    document = open_pdf(name, data)
    try:
        return len(document)
    finally:
        document.close()


def read_pages(name: str, data: bytes, pages: range) -> list[Page | Scan]:
    """The pages of that range, counted from 0, each as text with words, or as a scan that waits for OCR."""
    document = open_pdf(name, data)
    try:
        return [page_of(name, document, index) for index in pages]
    finally:
        document.close()


def page_of(name: str, document: pdfium.PdfDocument, index: int) -> Page | Scan:
    """One page of an open document, counted from 0."""
    try:
        page = document[index]
    except pdfium.PdfiumError:
        return Page(name, index + 1, "", read="unread", note="the page is damaged")
    try:
        return _read_page(name, index + 1, page, document)
    finally:
        page.close()


def picture_of(name: str, document: pdfium.PdfDocument, scan: Scan) -> Picture:
    """The page as grey pixels for OCR, at the resolution of its own image between 200 and 300 dots an inch."""
    page = document[scan.number - 1]
    try:
        width, height = page.get_size()
        scale = min(max(_image_scale(page), OCR_SCALES[0]), OCR_SCALES[1])
        scale = min(scale, (OCR_PIXELS / max(1.0, width * height)) ** 0.5)
        bitmap = page.render(scale=scale, grayscale=True, may_draw_forms=False)
        grey = bitmap.to_numpy()
        grey = np.ascontiguousarray(grey[:, :, 0] if grey.ndim == 3 else grey)
        return Picture(
            name, scan.number, grey.tobytes(), grey.shape[1], grey.shape[0], scale, scan.note,
            damaged=bool(grey.min() > PALE) and _is_damaged(page),
        )  # fmt: skip
    finally:
        page.close()


def _read_page(name: str, number: int, page: pdfium.PdfPage, document: pdfium.PdfDocument) -> Page | Scan:
    frame = frame_of(name, number, page)
    texts, covered, coverage, objects = _survey(name, number, page)
    characters = characters_of(page, frame, texts, covered)
    hidden = int(np.isfinite(characters.hidden.boxes[:, 0]).sum()) if characters.hidden else 0
    placed = np.isfinite(characters.boxes[:, 0]).tolist()
    visible = sum(map(len, compress(characters.texts, placed)))
    filled, comments = filled_fields(page, document, frame)
    notes = [f"text that cannot be seen on the page left out: {_count(hidden, 'character')}"] if hidden else []
    if comments:
        notes.append(f"{_count(comments, 'comment')} on the page left out")
    if objects and (visible < 20 or (coverage > 0.5 and visible < 250)):
        layer = composed(characters.hidden)[1] if characters.hidden else ()
        return Scan(number, "; ".join(notes), filled, layer)
    text, words = composed(characters)
    if not text.strip() and not filled:
        notes.append("blank page")
    width, height = round(frame.width, 2), round(frame.height, 2)
    return append_filled(Page(name, number, text, words, width, height, "text", 0, "; ".join(notes)), filled)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def frame_of(name: str, number: int, page: pdfium.PdfPage) -> Frame:
    """The page's frame. Raises InputError CP-READ-08 where its size is impossible."""
    width, height = page.get_size()
    if not (0 < width <= MAX_SIDE and 0 < height <= MAX_SIDE):
        raise InputError(
            "CP-READ-08",
            "the page's size is impossible",
            where=f"{name} p. {number}",
            then="Print the file to PDF again.",
        )
    left, bottom, right, top = page.get_bbox()
    return Frame(left, bottom, right, top, page.get_rotation(), width, height)


def _survey(name: str, number: int, page: pdfium.PdfPage) -> tuple[set[int], set[int], float, int]:
    """Text objects, those under a later full-page image, the share of the page under images, and the count of objects."""
    left, bottom, right, top = page.get_bbox()
    area = max(1.0, (right - left) * (top - bottom))
    texts: set[int] = set()
    covered: set[int] = set()
    share, count = 0.0, 0
    for item in page.get_objects(max_depth=4):
        count += 1
        if item.type == raw.FPDF_PAGEOBJ_TEXT:
            texts.add(address(item.raw))
        elif item.type == raw.FPDF_PAGEOBJ_IMAGE:
            columns, rows = item.get_px_size()
            if columns * rows > MAX_PIXELS:
                raise too_many_pixels(f"{name} p. {number}", columns, rows)
            try:
                a, b, c, d = item.get_bounds()
            except pdfium.PdfiumError:
                continue
            one = max(0.0, min(c, right) - max(a, left)) * max(0.0, min(d, top) - max(b, bottom)) / area
            share += one
            if one > 0.8:
                covered |= texts
    return texts, covered, min(share, 1.0), count


def _is_damaged(page: pdfium.PdfPage) -> bool:
    """Whether an image of the page cannot be decoded: what is drawn then has a hole in its place."""
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        try:
            item.get_bitmap().close()
        except pdfium.PdfiumError:
            return True
    return False


def _image_scale(page: pdfium.PdfPage) -> float:
    """Pixels per point of the page's largest image; 0 where there is none."""
    best, scale = 0.0, 0.0
    for item in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE], max_depth=4):
        try:
            left, bottom, right, top = item.get_bounds()
        except pdfium.PdfiumError:
            continue
        width, height = right - left, top - bottom
        if width * height > best and width > 1 and height > 1:
            columns, rows = item.get_px_size()
            # The image may be turned on the page, so compare areas.
            best, scale = width * height, (columns * rows / (width * height)) ** 0.5
    return scale
