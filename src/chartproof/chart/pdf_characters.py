"""A PDF page's characters as pdfium gives them: their text and boxes, those that a reader sees apart from those that are hidden."""

from __future__ import annotations

import ctypes
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import repeat
from math import inf
from typing import Any

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from chartproof.chart.pdf_forms import Frame
from chartproof.chart.visible import shown

#: The box of what has none: any other is wider.
NOWHERE = (inf, inf, -inf, -inf)
#: Points; smaller characters are not meant to be read.
SMALLEST = 1.5
#: The first of the 2,048 codes of which two make one character.
_SURROGATE = 0xD800
_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}


@dataclass(frozen=True, slots=True)
class Characters:
    """What stands on a page in content order: each character's text, and its box (a row each; `NOWHERE` for a blank).

    `hidden` are, in the same way, those that cannot be seen.
    """

    texts: list[str]
    boxes: np.ndarray
    hidden: Characters | None = None


def characters_of(page: pdfium.PdfPage, frame: Frame, texts: set[int], covered: set[int]) -> Characters:
    """Every visible character, and those that are hidden; boxes in points of the displayed page, (characters, 4).

    texts    addresses of the page's text objects
    covered  addresses of those that lie under a later full-page image
    """
    textpage = page.get_textpage()
    try:
        found = _Found.on(textpage.raw)
    finally:
        textpage.close()
    written = [_plain(code) for code in found.codes]
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


def _placed(written: list[str], boxes: np.ndarray, wanted: np.ndarray) -> Characters:
    kept = [index for index in np.flatnonzero(wanted).tolist() if written[index]]
    return Characters([written[index] for index in kept], boxes[kept])


def _quick(function: Any, result: Any, *arguments: Any) -> Callable[..., Any]:
    """The same function, called thousands of times a page with plain numbers: its own wrapper costs more than it."""
    return ctypes.PYFUNCTYPE(result, *arguments)(ctypes.cast(function, ctypes.c_void_p).value or 0)


_TEXT_AT = (ctypes.c_void_p, ctypes.c_int)
_unicode = _quick(raw.FPDFText_GetUnicode, ctypes.c_uint, *_TEXT_AT)
_owner = _quick(raw.FPDFText_GetTextObject, ctypes.c_size_t, *_TEXT_AT)
_ink = _quick(raw.FPDFText_GetCharBox, ctypes.c_int, *_TEXT_AT, *[ctypes.c_void_p] * 4)
_loose = _quick(raw.FPDFText_GetLooseCharBox, ctypes.c_int, *_TEXT_AT, ctypes.c_void_p)


def address(pointer: object) -> int:
    """Where pdfium holds an object: what tells one from another."""
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class _Found:
    """A page's n characters: the code of each (n), and the address of its text object (n).

    `ink` and `loose` are (n, 4): left, bottom, right and top edge in points of the page, of what is drawn and of its line.
    """

    codes: list[int]
    owners: np.ndarray
    ink: np.ndarray
    loose: np.ndarray

    @classmethod
    def on(cls, textpage: Any) -> _Found:
        page = address(textpage)
        count = max(0, raw.FPDFText_CountChars(textpage))
        numbers, pages = range(count), repeat(page)
        ink, loose = np.zeros((count, 4)), np.zeros((count, 4), dtype=np.float32)  # left right bottom top; FS_RECTF
        places = (range(start, start + 32 * count, 32) for start in range(ink.ctypes.data, ink.ctypes.data + 32, 8))
        deque(map(_ink, pages, numbers, *places), maxlen=0)
        deque(map(_loose, pages, numbers, range(loose.ctypes.data, loose.ctypes.data + 16 * count, 16)), maxlen=0)
        return cls(
            _codes(textpage, count),
            np.fromiter(map(_owner, pages, numbers), np.uint64, count),
            ink[:, [0, 2, 1, 3]],
            loose[:, [0, 3, 2, 1]].astype(float),
        )


def _codes(textpage: Any, count: int) -> list[int]:
    """The code of each character: of all at once where the text gives one for each, else asked one by one."""
    units = np.zeros(count + 1, dtype=np.uint16)
    given = raw.FPDFText_GetText(textpage, 0, count, units.ctypes.data_as(ctypes.POINTER(ctypes.c_ushort)))
    if given == count + 1 and not (units >> 11 == _SURROGATE >> 11).any():
        return units[:count].tolist()
    return _joined(list(map(_unicode, repeat(address(textpage)), range(count))))


def _joined(codes: list[int]) -> list[int]:
    """The codes with each pair of surrogates made one, where the second stood."""
    joined, high = [], 0
    for code in codes:
        if _SURROGATE <= code < 0xDC00:
            high = code
            code = 0
        elif 0xDC00 <= code < 0xE000:
            code = 0x10000 + ((high - _SURROGATE) << 10) + (code - 0xDC00) if high else 0xFFFD
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
