"""Temporary: pages as pictures."""

from __future__ import annotations

import io

import pypdfium2 as pdfium


def draw_page(data: bytes, number: int, width: int) -> bytes | None:
    try:
        pdf = pdfium.PdfDocument(data)
        page = pdf[number - 1]
        held = io.BytesIO()
        page.render(scale=width / page.get_width()).to_pil().save(held, "PNG")
        return held.getvalue()
    except Exception:
        return None


def count_pages(data: bytes) -> int:
    return len(pdfium.PdfDocument(data))
