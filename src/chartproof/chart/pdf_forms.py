"""What was typed or ticked into a PDF: form fields and text boxes laid over the page."""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as raw

from chartproof.chart.plain import legible
from chartproof.model.page import Box, Page, Word

Edge = TypeVar("Edge", float, np.ndarray)
_HIDDEN = raw.FPDF_ANNOT_FLAG_HIDDEN | raw.FPDF_ANNOT_FLAG_NOVIEW
_TICKED = (raw.FPDF_FORMFIELD_CHECKBOX, raw.FPDF_FORMFIELD_RADIOBUTTON)
_TYPED = (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX)


@dataclass(frozen=True, slots=True)
class Frame:
    """The page's crop box in its own space, its turn, and its size as displayed."""

    left: float
    bottom: float
    right: float
    top: float
    turn: int
    width: float
    height: float

    def displayed(self, left: Edge, bottom: Edge, right: Edge, top: Edge) -> tuple[Edge, Edge, Edge, Edge]:
        """Left, top, right, bottom on the page as displayed, of one rectangle or of as many as the arrays hold."""
        if self.turn == 90:
            return bottom - self.bottom, left - self.left, top - self.bottom, right - self.left
        if self.turn == 180:
            return self.right - right, bottom - self.bottom, self.right - left, top - self.bottom
        if self.turn == 270:
            return self.top - top, self.right - right, self.top - bottom, self.right - left
        return left - self.left, self.top - top, right - self.left, self.top - bottom


@dataclass(frozen=True, slots=True)
class Filled:
    """One field as a line of text ("Height: 170 cm", "[x] Outpatient") and where it is on the page."""

    line: str
    box: Box


def filled_fields(page: pdfium.PdfPage, document: pdfium.PdfDocument, frame: Frame) -> tuple[tuple[Filled, ...], int]:
    """The page's filled fields and text boxes, top to bottom, and how many comments are left out."""
    form = document.formenv.raw if document.formenv else None
    found: list[Filled] = []
    comments = 0
    for index in range(raw.FPDFPage_GetAnnotCount(page.raw)):
        note = raw.FPDFPage_GetAnnot(page.raw, index)
        if not note:
            continue
        try:
            kind = raw.FPDFAnnot_GetSubtype(note)
            line = "" if raw.FPDFAnnot_GetFlags(note) & _HIDDEN else _line(form, note, kind)
            if line:
                found.append(Filled(line, _box(note, frame)))
            comments += kind == raw.FPDF_ANNOT_TEXT
        finally:
            raw.FPDFPage_CloseAnnot(note)
    return tuple(sorted(found, key=lambda one: (one.box.top, one.box.left))), comments


def append_filled(page: Page, filled: tuple[Filled, ...]) -> Page:
    """The page with its filled fields as further lines, each word boxed where the field is."""
    if not filled:
        return page
    text = page.text if not page.text or page.text.endswith("\n") else page.text + "\n"
    words = list(page.words)
    for one in filled:
        words.extend(
            Word(m[0], len(text) + m.start(), len(text) + m.end(), one.box) for m in re.finditer(r"\S+", one.line)
        )
        text += one.line + "\n"
    read = "text" if page.read == "unread" else page.read
    return replace(page, text=text, words=tuple(words), read=read)


def _line(form: Any, note: Any, kind: int) -> str:
    if kind == raw.FPDF_ANNOT_FREETEXT:
        return " ".join(
            _string(lambda buffer, size: raw.FPDFAnnot_GetStringValue(note, b"Contents", buffer, size)).split()
        )
    if kind != raw.FPDF_ANNOT_WIDGET or form is None:
        return ""
    field = raw.FPDFAnnot_GetFormFieldType(form, note)
    label = _string(lambda buffer, size: raw.FPDFAnnot_GetFormFieldAlternateName(form, note, buffer, size))
    label = label or _string(lambda buffer, size: raw.FPDFAnnot_GetFormFieldName(form, note, buffer, size))
    label = " ".join(label.split())
    if field in _TICKED:
        return f"[{'x' if raw.FPDFAnnot_IsChecked(form, note) else ' '}] {label}" if label else ""
    if field in _TYPED:
        value = _string(lambda buffer, size: raw.FPDFAnnot_GetFormFieldValue(form, note, buffer, size))
        value = " ".join(value.split())
        return f"{label}: {value}" if value and label else value
    return ""


def _string(get: Callable[[Any, int], int]) -> str:
    """A pdfium string: asked for its length first, then for its UTF-16 bytes."""
    size = get(None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    get(ctypes.cast(buffer, ctypes.POINTER(raw.FPDF_WCHAR)), size)
    return legible(buffer.raw[: size - 2].decode("utf-16-le", "replace"))


def _box(note: Any, frame: Frame) -> Box:
    rectangle = raw.FS_RECTF()
    raw.FPDFAnnot_GetRect(note, rectangle)
    return Box(*frame.displayed(rectangle.left, rectangle.bottom, rectangle.right, rectangle.top))
