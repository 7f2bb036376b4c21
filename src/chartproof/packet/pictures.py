"""Page images for the review page, and where the quotes stand on them."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterable
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image, ImageChops

from chartproof.model import Page, Review, SourceFile, Span

#: Dots per inch of a page image, and the size that all images together may reach before they are made coarser.
DPI, COARSER, BUDGET = 110, 80, 5_500_000


def page_images(review: Review, spans: Iterable[Span], folder: Path) -> dict[tuple[str, int], str]:
    """(file, page) to a data URI of the page, each page once; files without page images are left out.

    Where the whole would be too large the
    images are made again at a coarser grain.
    """
    wanted: dict[str, set[int]] = {}
    for span in spans:
        wanted.setdefault(span.file, set()).add(span.page)
    sources = {source.name: source for source in review.chart.files}
    for dpi in (DPI, COARSER, 60):
        made: dict[tuple[str, int], str] = {}
        for name, numbers in wanted.items():
            if name in sources and (folder / name).is_file():
                made |= _file_images(sources[name], numbers, folder / name, dpi)
        if sum(map(len, made.values())) <= BUDGET:
            break
    return made


def _file_images(source: SourceFile, numbers: set[int], path: Path, dpi: int) -> dict[tuple[str, int], str]:
    if source.media == "pdf":
        pages = {page.number: page for page in source.pages}
        pdf = pdfium.PdfDocument(path)
        try:
            return {
                (source.name, n): _uri(pdf[n - 1].render(scale=dpi / 72).to_pil(), pages.get(n))
                for n in sorted(numbers)
                if 1 <= n <= len(pdf)
            }
        finally:
            pdf.close()
    if source.media == "image":
        return _frames(source, numbers, path, dpi)
    return {}


def _frames(source: SourceFile, numbers: set[int], path: Path, dpi: int) -> dict[tuple[str, int], str]:
    made = {}
    pages = {page.number: page for page in source.pages}
    with Image.open(path) as image:
        for n in sorted(numbers):
            if not 1 <= n <= getattr(image, "n_frames", 1):
                continue
            image.seek(n - 1)
            frame = image.convert("L")
            page = pages.get(n)
            if page and page.width and page.height:
                frame = frame.resize((round(page.width * dpi / 72), round(page.height * dpi / 72)))
            made[source.name, n] = _uri(frame, page)
    return made


def _uri(image: Image.Image, page: Page | None) -> str:
    """The picture as a data URI: sixteen greys as PNG (eight for a scan, whose specks cost most), colours as JPEG."""
    held = io.BytesIO()
    colours = image.convert("RGB")
    if _grey(colours):
        _few_greys(colours.convert("L"), 8 if page and page.read == "ocr" else 16).save(held, "PNG", bits=4)
        kind = "png"
    else:
        colours.save(held, "JPEG", quality=62, optimize=True)
        kind = "jpeg"
    return f"data:image/{kind};base64,{base64.b64encode(held.getvalue()).decode()}"


def _few_greys(image: Image.Image, many: int) -> Image.Image:
    """The grey image with `many` evenly spaced greys and a palette: small, and strokes stay readable."""
    few = image.point([value * many // 256 for value in range(256)])
    few.putpalette([level * 255 // (many - 1) for level in range(many) for _ in range(3)])
    return few


def _grey(image: Image.Image) -> bool:
    """True where no pixel has a hue worth keeping."""
    red, green, blue = image.split()
    differences = (ImageChops.difference(red, green), ImageChops.difference(green, blue))
    return all(difference.convert("L").getextrema()[1] <= 12 for difference in differences)  # type: ignore[operator]
