"""Covers what a page says of another person: the page becomes a picture with those places painted over.

A box drawn above the words would leave them in the file for anybody who copies text. Here they are gone. In a file
without pages the words are replaced.
"""

from __future__ import annotations

import io
from collections.abc import Sequence

import docx
import pikepdf
import pypdfium2 as pdfium
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
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


#: What stands where words on another person stood in a file without pages.
LEFT_OUT = "[on another person: left out]"


def without_words(media: str, data: bytes, passages: Sequence[str]) -> bytes | None:
    """A text or Word file without these passages; None where it is of another kind or one of them is not found in it."""
    # A passage runs over lines, and a row of a table over cells: each piece stands whole in one paragraph.
    pieces = [piece for one in passages for line in one.split("\n") for piece in line.split(" | ") if piece.strip()]
    if media == "docx":
        return _without_paragraphs(data, pieces)
    if media not in ("text", "csv"):
        return None
    text = data.decode("utf-8", "replace")
    if not all(piece.strip() in text for piece in pieces):
        return None
    for piece in sorted(pieces, key=len, reverse=True):
        text = text.replace(piece.strip(), LEFT_OUT)
    return text.encode()


def _without_paragraphs(data: bytes, pieces: Sequence[str]) -> bytes | None:
    document = docx.Document(io.BytesIO(data))
    held = [Paragraph(one, document.part) for one in document.element.body.iter(qn("w:p"))]
    for piece in sorted((" ".join(one.split()) for one in pieces), key=len, reverse=True):
        of = [one for one in held if piece in " ".join(one.text.split())]
        if not of:
            return None
        for one in of:
            one.text = " ".join(one.text.split()).replace(piece, LEFT_OUT)
    made = io.BytesIO()
    document.save(made)
    return made.getvalue()


def framed(frame: Image.Image, width: float) -> pikepdf.Pdf:
    """A picture as a page of `width` points."""
    held = io.BytesIO()
    frame.save(held, "PDF", resolution=frame.width * 72 / width, creationDate=None, modDate=None)
    return pikepdf.open(io.BytesIO(held.getvalue()))
