"""PDF pages: words with their places in the order of the content stream, and which pages are pictures to be read by OCR.

What a reader of the displayed page cannot see is not text: invisible, covered, clipped, tiny or tone-on-tone characters
are left out, and the page's note says that there were some.
"""

from __future__ import annotations

import ctypes
import re
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import compress, repeat
from math import inf, isfinite
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from chartproof.chart.bounds import MAX_PIXELS, too_many_pixels
from chartproof.chart.pdf_forms import Filled, Frame, append_filled, filled_fields
from chartproof.chart.plain import shortened, superfluous
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
#: Points; smaller characters are not meant to be read.
SMALLEST = 1.5
#: A page without a pixel darker than this shows nothing.
PALE = 200
#: The box of what has none: any other is wider.
NOWHERE = (inf, inf, -inf, -inf)
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}


@dataclass(frozen=True, slots=True)
class Scan:
    """A page that is a picture: OCR it. `note` says what else is on the page; `filled` are its form fields' values.

    `layer` are its hidden words: never evidence, but what our reading of the picture is held against.
    """

    number: int
    note: str = ""
    filled: tuple[Filled, ...] = ()
    layer: tuple[Word, ...] = ()


@dataclass(frozen=True, slots=True)
class _Characters:
    """What stands on a page in content order: each character's text, and its box (a row each; `NOWHERE` for a blank).

    `hidden` are, in the same way, those that cannot be seen.
    """

    texts: list[str]
    boxes: np.ndarray
    hidden: _Characters | None = None


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
    characters = _characters(page, frame, texts, covered)
    hidden = int(np.isfinite(characters.hidden.boxes[:, 0]).sum()) if characters.hidden else 0
    placed = np.isfinite(characters.boxes[:, 0]).tolist()
    visible = sum(map(len, compress(characters.texts, placed)))
    filled, comments = filled_fields(page, document, frame)
    notes = [f"text that cannot be seen on the page left out: {_count(hidden, 'character')}"] if hidden else []
    if comments:
        notes.append(f"{_count(comments, 'comment')} on the page left out")
    if objects and (visible < 20 or (coverage > 0.5 and visible < 250)):
        layer = _compose(characters.hidden)[1] if characters.hidden else ()
        return Scan(number, "; ".join(notes), filled, layer)
    text, words = _compose(characters)
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


def _address(pointer: object) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


def _characters(page: pdfium.PdfPage, frame: Frame, texts: set[int], covered: set[int]) -> _Characters:
    """Every visible character, and those that are hidden."""
    textpage = page.get_textpage()
    try:
        found = _Found.on(textpage.raw)
    finally:
        textpage.close()
    written = [_plain(code) for code in _joined(found.codes)]
    blank = np.array([not text or text.isspace() for text in written], dtype=bool)  # and all that pdfium makes up
    ink = np.column_stack(frame.displayed(*found.ink.T))
    boxes = np.column_stack(frame.displayed(*found.loose.T))
    inked = ~blank & _drawn(found.owners, covered) & _on_page(ink, frame)
    inked &= np.maximum(boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]) >= SMALLEST
    at = np.flatnonzero(inked)
    inked[at] = shown(page, [written[index] for index in at], found.owners[at], ink[at], sorted(texts))
    gone = ~blank & ~inked
    hidden = _placed(written, np.where(gone[:, None], boxes, NOWHERE), ~inked) if gone.any() else None
    return replace(_placed(written, np.where(inked[:, None], boxes, NOWHERE), ~gone), hidden=hidden)


def _placed(written: list[str], boxes: np.ndarray, wanted: np.ndarray) -> _Characters:
    kept = [index for index in np.flatnonzero(wanted).tolist() if written[index]]
    return _Characters([written[index] for index in kept], boxes[kept])


def _quick(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """The same function, called thousands of times a page with plain numbers: its own wrapper costs more than it."""
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_TEXT_AT = (ctypes.c_void_p, ctypes.c_int)
_unicode = _quick(raw.FPDFText_GetUnicode, ctypes.c_uint, *_TEXT_AT)
_owner = _quick(raw.FPDFText_GetTextObject, ctypes.c_size_t, *_TEXT_AT)
_ink = _quick(raw.FPDFText_GetCharBox, ctypes.c_int, *_TEXT_AT, *[ctypes.c_void_p] * 4)
_loose = _quick(raw.FPDFText_GetLooseCharBox, ctypes.c_int, *_TEXT_AT, ctypes.c_void_p)


@dataclass(frozen=True, slots=True)
class _Found:
    """pdfium's characters: UTF-16 codes, text objects (0 for none), and left, bottom, right, top edges."""

    codes: list[int]
    owners: np.ndarray
    ink: np.ndarray
    loose: np.ndarray

    @classmethod
    def on(cls, textpage: Any) -> _Found:
        page = _address(textpage)
        count = max(0, raw.FPDFText_CountChars(textpage))
        numbers, pages = range(count), repeat(page)
        ink, loose = np.zeros((count, 4)), np.zeros((count, 4), dtype=np.float32)  # left right bottom top; FS_RECTF
        places = (range(start, start + 32 * count, 32) for start in range(ink.ctypes.data, ink.ctypes.data + 32, 8))
        deque(map(_ink, pages, numbers, *places), maxlen=0)
        deque(map(_loose, pages, numbers, range(loose.ctypes.data, loose.ctypes.data + 16 * count, 16)), maxlen=0)
        return cls(
            list(map(_unicode, pages, numbers)),
            np.fromiter(map(_owner, pages, numbers), np.uint64, count),
            ink[:, [0, 2, 1, 3]],
            loose[:, [0, 3, 2, 1]].astype(float),
        )


def _joined(codes: list[int]) -> list[int]:
    """The codes with each pair of surrogates made one, where the second stood."""
    if not any(0xD800 <= code < 0xE000 for code in codes):
        return codes
    joined, high = [], 0
    for code in codes:
        if 0xD800 <= code < 0xDC00:
            high = code
            code = 0
        elif 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - 0xD800) << 10) + (code - 0xDC00) if high else 0xFFFD
        joined.append(code)
    return joined


def _drawn(owners: np.ndarray, covered: set[int]) -> np.ndarray:
    """Whether each character's text object is drawn at all, and not under a later full-page image."""
    objects, of = np.unique(owners, return_inverse=True)
    return np.array([_is_drawn(item, covered) for item in objects.tolist()], dtype=bool)[of]


def _is_drawn(item: int, covered: set[int]) -> bool:
    mode = raw.FPDFTextObj_GetTextRenderMode(ctypes.cast(item, raw.FPDF_PAGEOBJECT)) if item else 0
    return item not in covered and mode not in (raw.FPDF_TEXTRENDERMODE_INVISIBLE, raw.FPDF_TEXTRENDERMODE_CLIP)


@lru_cache(maxsize=1 << 12)
def _plain(code: int) -> str:
    """pdfium's character as text: hyphens at a line's end are hyphens, \\r goes, ligatures come apart."""
    if code in (0, 0x0D, 0xFEFF):
        return ""
    if code == 0xFFFF:
        return "\ufffd"
    if code in (0x02, 0xAD, 0xFFFE):
        return "-"
    if code == 0xA0:
        return " "
    if code < 0x20 and code not in (0x09, 0x0A):
        return " "
    character = chr(code)
    return _LIGATURES.get(character, character)


def _on_page(boxes: np.ndarray, frame: Frame) -> np.ndarray:
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    return (x >= 0) & (x <= frame.width) & (y >= 0) & (y <= frame.height)


def _compose(characters: _Characters) -> tuple[str, tuple[Word, ...]]:
    """The page's text, and its words: runs of characters without white space between them."""
    text = "".join(characters.texts)
    boxes = np.repeat(characters.boxes, [len(one) for one in characters.texts], axis=0)
    # a trailing blank would make two of one line end
    boxes = np.delete(boxes, [match.start() for match in re.finditer(r" (?=\n)", text)], axis=0)
    text = text.replace(" \n", "\n")
    boxes = np.delete(boxes, [at for start, end in superfluous(text) for at in range(start, end)], axis=0)
    text = shortened(text)
    runs = list(_runs(text, boxes))
    if not runs:
        return text, ()
    # What lies between two runs is blank, and nowhere.
    starts = [start for start, _end in runs]
    edges = np.hstack([np.minimum.reduceat(boxes[:, :2], starts), np.maximum.reduceat(boxes[:, 2:], starts)])
    there = edges[:, 0] <= edges[:, 2]
    places = map(Box, *edges[there].round(2).T.tolist())
    return text, tuple(
        Word(text[start:end], start, end, box)
        for (start, end), box in zip(compress(runs, there.tolist()), places, strict=True)
    )


def _runs(text: str, boxes: np.ndarray) -> Iterator[tuple[int, int]]:
    for match in re.finditer(r"\S+", text):
        start, end = match.span()
        at = text.find("-", start, end - 1) + 1
        while at:
            if _on_next_line(boxes[at - 1].tolist(), boxes[at].tolist()):
                yield start, at
                start = at
            at = text.find("-", at, end - 1) + 1
        yield start, end


def _on_next_line(hyphen: list[float], after: list[float]) -> bool:
    """A word that a hyphen carries over the line's end is two words, each with its own box."""
    left, top, right, bottom = after
    if not (isfinite(left) and isfinite(hyphen[0])):
        return False
    return abs(top - hyphen[1]) + abs(left - hyphen[2]) > 3 * max(bottom - top, right - left)
