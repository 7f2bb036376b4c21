"""Covers what a page says of another person: the page becomes a picture with those places painted over.

A box drawn above the words would leave them in the file for anybody who copies text. Here they are gone.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import pikepdf
import pypdfium2 as pdfium
from PIL import Image, ImageDraw

from chartproof.model import Box

#: Dots an inch of the picture; points that a cover is larger than the words; its colour.
DPI, BESIDE, COVER = 170, 2.0, (207, 207, 207)


def painted(source: pikepdf.Pdf, number: int, covered: Sequence[Box]) -> pikepdf.Pdf:
    """Page `number` (from 1) as it is displayed, as a document of one page. Boxes in points from its top left."""
    one = pikepdf.new()
    one.pages.append(source.pages[number - 1])
    held = io.BytesIO()
    one.save(held)
    pdf = pdfium.PdfDocument(held.getvalue())
    try:
        width = pdf[0].get_width()
        image = pdf[0].render(scale=DPI / 72).to_pil().convert("RGB")
    finally:
        pdf.close()
    paint(image, covered, image.width / width)
    return framed(image, width)


def paint(image: Image.Image, covered: Sequence[Box], scale: float) -> None:
    """Paints the places over, in the image itself; `scale` is its dots a point."""
    draw = ImageDraw.Draw(image)
    for box in covered:
        edges = (box.left - BESIDE, box.top - BESIDE, box.right + BESIDE, box.bottom + BESIDE)
        draw.rectangle([edge * scale for edge in edges], fill=COVER)


def framed(frame: Image.Image, width: float) -> pikepdf.Pdf:
    """A picture as a page of `width` points."""
    held = io.BytesIO()
    frame.save(held, "PDF", resolution=frame.width * 72 / width, creationDate=None, modDate=None)
    return pikepdf.open(io.BytesIO(held.getvalue()))
