"""What of an open row needs a look: words of scanned pages that were read in two ways, and a picture of each.

A person sees the place on the page with both readings beside it; nothing here decides which of them is right.
"""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pypdfium2 as pdfium
import yaml
from PIL import Image, ImageDraw

from chartproof.model import Box, Fact, Finding, Page, Review, SourceFile, Word

#: Dots an inch of a crop; points that it shows beside, above and below the word; most of them for one row.
DPI, BESIDE, ABOVE, MOST = 150, 110.0, 9.0, 4


_WORDS = Path(__file__).parent.parent / "knowledge" / "vocabulary" / "look.yaml"


@cache
def look_words() -> Mapping[str, str]:
    """The words that stand beside a crop."""
    found: dict[str, str] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return found


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A word of a scanned page that was read as `text` and as `other` ("?" where the second reading saw no number)."""

    file: str
    page: int
    text: str
    other: str
    box: Box

    @property
    def says(self) -> str:
        """'read as 41 and 47: look'."""
        key = "illegible" if self.other == "?" else "twice"
        return look_words()[key].format(first=self.text, second=self.other)


def doubtful(review: Review, finding: Finding) -> tuple[Doubtful, ...]:
    """The places that would have to be looked at before the row could be answered, at most MOST; none where it stands."""
    found = (place for fact in finding.doubted for place in _of(review, fact))
    return tuple(dict.fromkeys(found))[:MOST]


def _of(review: Review, fact: Fact) -> Iterator[Doubtful]:
    """The doubtful words that the fact's `doubt` names, on the pages of its quotes, else on those of its document."""
    pages = [(span.file, span.page) for span in fact.evidence]
    pages += [
        (one.file, number)
        for one in review.chart.documents
        if one.id == fact.document
        for number in range(one.first, one.last + 1)
    ]
    named = fact.doubt.split(", ")
    for source in review.chart.files:
        for page in source.pages:
            if (source.name, page.number) in pages:
                yield from (
                    Doubtful(source.name, page.number, word.text, word.doubt, word.box)
                    for word in page.words
                    if word.doubt and any(_is_named(word, one) for one in (*named, fact.doubt))
                )


def _is_named(word: Word, doubt: str) -> bool:
    return doubt == f"{word.text} / {word.doubt}"


def crops(review: Review, places: Iterable[Doubtful], folder: Path) -> Mapping[Doubtful, bytes]:
    """A small PNG of each place, the word framed, from the case's own files; files that are not there are left out."""
    sources = {source.name: source for source in review.chart.files}
    found: dict[Doubtful, bytes] = {}
    for place in dict.fromkeys(places):
        source, path = sources.get(place.file), folder / place.file
        if source and path.is_file():
            page = next(page for page in source.pages if page.number == place.page)
            found[place] = _png(_crop(_drawn(source, page, path), page, place.box))
    return found


def data_uri(png: bytes) -> str:
    return f"data:image/png;base64,{base64.b64encode(png).decode()}"


def _drawn(source: SourceFile, page: Page, path: Path) -> Image.Image:
    """The page in grey at DPI."""
    size = round(page.width * DPI / 72), round(page.height * DPI / 72)
    if source.media == "image":
        with Image.open(path) as image:
            image.seek(page.number - 1)
            return image.convert("L").resize(size)
    pdf = pdfium.PdfDocument(path)
    try:
        return pdf[page.number - 1].render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
    finally:
        pdf.close()


def _crop(image: Image.Image, page: Page, box: Box) -> Image.Image:
    """The word, framed, with what stands around it in its line; upright."""
    scale = DPI / 72
    across, down = (ABOVE, BESIDE) if page.turned in (90, 270) else (BESIDE, ABOVE)
    left, top = max(0.0, box.left - across) * scale, max(0.0, box.top - down) * scale
    right, bottom = min(page.width, box.right + across) * scale, min(page.height, box.bottom + down) * scale
    frame = [edge * scale for edge in (box.left - 2, box.top - 2, box.right + 2, box.bottom + 2)]
    ImageDraw.Draw(image).rectangle(frame, outline=90, width=2)
    piece = image.crop((round(left), round(top), round(right), round(bottom)))
    return piece.rotate(-page.turned, expand=True) if page.turned else piece


def _png(image: Image.Image) -> bytes:
    """Sixteen greys: small, and the strokes of a digit stay."""
    held = io.BytesIO()
    few = image.point([value * 16 // 256 for value in range(256)])
    few.putpalette([level * 17 for level in range(16) for _ in range(3)])
    few.save(held, "PNG", bits=4)
    return held.getvalue()
