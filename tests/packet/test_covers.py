"""Words on another person are gone from a page that is sent, and the rest of it stands."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pypdfium2 as pdfium
import pytest
import typst
from PIL import Image

from chartproof.chart.files import read_file
from chartproof.model import Box
from chartproof.packet.covers import COVER, painted

WORDS = ("Ferrone: recommended.", "Somebody else: deferred.")


def _page(folder: Path, turned: int = 0) -> tuple[pikepdf.Pdf, Box, Box]:
    source = f"#set page(width: 400pt, height: 300pt)\n{WORDS[0]}\\\n{WORDS[1]}"
    (folder / "one.typ").write_text(source, encoding="utf-8")
    made = pikepdf.open(io.BytesIO(typst.compile((folder / "one.typ").read_bytes())))
    made.pages[0].rotate(turned, relative=False)
    made.save(folder / "one.pdf")
    page = read_file(folder / "one.pdf").pages[0]
    at = [page.text.index(words) for words in WORDS]
    own, other = (page.boxes(start, start + len(words))[0] for start, words in zip(at, WORDS, strict=True))
    return made, own, other


@pytest.mark.parametrize("turned", [0, 90, 180])
def test_what_is_covered_is_gone_and_the_rest_is_seen(tmp_path: Path, turned: int) -> None:
    made, own, other = _page(tmp_path, turned)
    held = io.BytesIO()
    painted(made, 1, [other]).save(held)
    page = pdfium.PdfDocument(held.getvalue())[0]
    assert page.get_textpage().get_text_bounded().strip() == ""
    image = page.render(scale=2).to_pil().convert("RGB")
    assert page.get_width() == pytest.approx(300 if turned == 90 else 400, abs=1)
    assert _colours(image, other) <= _near(COVER)
    assert min(value for value, *_ in _colours(image, own)) < 90


def _colours(image: Image.Image, box: Box) -> set[tuple[int, int, int]]:
    edges = [round(edge * 2) for edge in (box.left, box.top, box.right, box.bottom)]
    found = image.crop((edges[0], edges[1], edges[2], edges[3])).getcolors(1 << 16) or []
    return {colour for _, colour in found if isinstance(colour, tuple)}


def _near(colour: tuple[int, int, int]) -> set[tuple[int, int, int]]:
    """The colour as JPEG keeps it."""
    return {(colour[0] + by,) * 3 for by in range(-15, 16)}
