"""PDF pages: words with their places in the order of the content stream, and which pages are pictures to be read by OCR.

What a reader of the displayed page cannot see is not text: invisible, covered, clipped, tiny or tone-on-tone characters
are left out, and the page's note says that there were some.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from chartproof.chart.bounds import MAX_PIXELS, too_many_pixels
from chartproof.chart.pdf_forms import Filled, Frame, append_filled, filled_fields
from chartproof.chart.scan import Picture
from chartproof.chart.visible import shown
from chartproof.errors import InputError
from chartproof.model.page import Box, Page, Word

#: Points; no page of paper is longer than this (200 inches is the format's own limit).
MAX_SIDE = 14_400
MAX_PAGES = 5_000
OCR_SCALES = (200 / 72, 300 / 72)
#: Pixels of a picture that OCR gets; a larger sheet is rendered coarser.
OCR_PIXELS = 12_000_000
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}


@dataclass(frozen=True, slots=True)
class Scan:
    """A page that is a picture: OCR it. `note` says what else is on the page; `filled` are its form fields' values."""

    number: int
    note: str = ""
    filled: tuple[Filled, ...] = ()


@dataclass(frozen=True, slots=True)
class _Glyph:
    text: str
    box: Box | None = None
    ink: Box | None = None
    text_object: int = 0


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


def read_pdf(name: str, document: pdfium.PdfDocument) -> Iterator[Page | Scan]:
    """Each page in turn, as text with words, or as a scan that waits for OCR."""
    for index in range(len(document)):
        try:
            page = document[index]
        except pdfium.PdfiumError:
            yield Page(name, index + 1, "", read="unread", note="the page is damaged")
            continue
        try:
            yield _read_page(name, index + 1, page, document)
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
        return Picture(name, scan.number, grey.tobytes(), grey.shape[1], grey.shape[0], scale, scan.note)
    finally:
        page.close()


def _read_page(name: str, number: int, page: pdfium.PdfPage, document: pdfium.PdfDocument) -> Page | Scan:
    frame = _frame(name, number, page)
    texts, covered, coverage, objects = _survey(name, number, page)
    glyphs, hidden = _glyphs(page, frame, texts, covered)
    visible = sum(len(glyph.text.strip()) for glyph in glyphs if glyph.box)
    filled, comments = filled_fields(page, document, frame)
    notes = [f"text that cannot be seen on the page left out: {_count(hidden, 'character')}"] if hidden else []
    if comments:
        notes.append(f"{_count(comments, 'comment')} on the page left out")
    if objects and (visible < 20 or (coverage > 0.5 and visible < 250)):
        return Scan(number, "; ".join(notes), filled)
    text, words = _compose(glyphs)
    if not text.strip() and not filled:
        notes.append("blank page")
    width, height = round(frame.width, 2), round(frame.height, 2)
    return append_filled(Page(name, number, text, words, width, height, "text", 0, "; ".join(notes)), filled)


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def _frame(name: str, number: int, page: pdfium.PdfPage) -> Frame:
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
            texts.add(_address(item.raw))
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


def _address(pointer: object) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


def _glyphs(page: pdfium.PdfPage, frame: Frame, texts: set[int], covered: set[int]) -> tuple[list[_Glyph], int]:
    """Every visible character in content order, and how many were hidden."""
    textpage = page.get_textpage()
    try:
        glyphs = list(_characters(textpage.raw, frame, covered))
    finally:
        textpage.close()
    drawn = [(glyph.text_object, glyph.ink) for glyph in glyphs if glyph.ink]
    seen = iter(shown(page, [glyph.text for glyph in glyphs if glyph.ink], drawn, sorted(texts)).tolist())
    kept = [glyph if glyph.ink is None or next(seen) else _GONE for glyph in glyphs]
    return [glyph for glyph in kept if glyph.text], sum(glyph is _GONE for glyph in kept)


_GONE = _Glyph("")


def _characters(textpage: object, frame: Frame, covered: set[int]) -> Iterator[_Glyph]:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    loose = raw.FS_RECTF()
    last_object, drawn = 0, True
    high = 0
    for index in range(raw.FPDFText_CountChars(textpage)):
        code = raw.FPDFText_GetUnicode(textpage, index)
        if 0xD800 <= code < 0xDC00:
            high = code
            continue
        if 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        text = _plain(code)
        if not text:
            continue
        if text.isspace() or raw.FPDFText_IsGenerated(textpage, index) == 1:
            yield _Glyph(text)
            continue
        item = _address(raw.FPDFText_GetTextObject(textpage, index))
        if item != last_object:
            last_object = item
            mode = raw.FPDFTextObj_GetTextRenderMode(ctypes.cast(item, raw.FPDF_PAGEOBJECT)) if item else 0
            drawn = item not in covered and mode not in (
                raw.FPDF_TEXTRENDERMODE_INVISIBLE,
                raw.FPDF_TEXTRENDERMODE_CLIP,
            )
        raw.FPDFText_GetCharBox(textpage, index, left, right, bottom, top)
        ink = frame.displayed(left.value, bottom.value, right.value, top.value)
        raw.FPDFText_GetLooseCharBox(textpage, index, loose)
        box = frame.displayed(loose.left, loose.bottom, loose.right, loose.top)
        if not drawn or not _on_page(ink, frame) or max(box.bottom - box.top, box.right - box.left) < 1.5:
            yield _GONE
        else:
            yield _Glyph(text, box, ink, item)


def _plain(code: int) -> str:
    """pdfium's character as text: hyphens at a line's end are hyphens, \\r goes, ligatures come apart."""
    if code in (0, 0x0D, 0xFEFF):
        return ""
    if code in (0x02, 0xAD, 0xFFFE):
        return "-"
    if code == 0xA0:
        return " "
    if code < 0x20 and code not in (0x09, 0x0A):
        return " "
    character = chr(code)
    return _LIGATURES.get(character, character)


def _on_page(box: Box, frame: Frame) -> bool:
    x, y = (box.left + box.right) / 2, (box.top + box.bottom) / 2
    return 0 <= x <= frame.width and 0 <= y <= frame.height


def _compose(glyphs: list[_Glyph]) -> tuple[str, tuple[Word, ...]]:
    """The page's text, and its words: runs of characters without white space between them."""
    pieces: list[str] = []
    words: list[Word] = []
    run: list[_Glyph] = []
    length, start = 0, 0

    def close() -> None:
        boxes = [glyph.box for glyph in run if glyph.box]
        if boxes:
            text = "".join(glyph.text for glyph in run)
            words.append(Word(text, start, start + len(text), _union(boxes)))
        run.clear()

    for index, glyph in enumerate(glyphs):
        if glyph.text == " " and glyphs[index + 1 : index + 2] and glyphs[index + 1].text == "\n":
            close()  # a trailing blank would make two of one line end
            start = length
            continue
        if glyph.text.isspace():
            close()
            start = length + len(glyph.text)
        else:
            if run and _on_next_line(run[-1], glyph):
                close()
            if not run:
                start = length
            run.append(glyph)
        pieces.append(glyph.text)
        length += len(glyph.text)
    close()
    return "".join(pieces), tuple(words)


def _on_next_line(before: _Glyph, glyph: _Glyph) -> bool:
    """A word that a hyphen carries over the line's end is two words, each with its own box."""
    if before.box is None or glyph.box is None or before.text != "-":
        return False
    apart = abs(glyph.box.top - before.box.top) + abs(glyph.box.left - before.box.right)
    return apart > 3 * max(glyph.box.bottom - glyph.box.top, glyph.box.right - glyph.box.left)


def _union(boxes: list[Box]) -> Box:
    return Box(
        round(min(box.left for box in boxes), 2),
        round(min(box.top for box in boxes), 2),
        round(max(box.right for box in boxes), 2),
        round(max(box.bottom for box in boxes), 2),
    )
