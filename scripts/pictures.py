"""Renders the README's pictures from the demo's package: `make pictures` after `make demo`."""

from __future__ import annotations

import sys
from pathlib import Path

import pypdfium2 as pdfium
from PIL import Image

#: Picture, the file, and the page: None is the first, else a word of the exhibit's bookmark.
PICTURES = {
    "criteria-table.png": ("packet.pdf", None),
    "exhibit-page.png": ("packet.pdf", "Echocardiogram"),
    "letter.png": ("letter.pdf", None),
    "call-sheet.png": ("call-sheet.pdf", None),
}
WIDTH = 900
COLOURS = 64


def main(package: Path, out: Path) -> None:
    """Writes each picture into `out`, as a palette PNG of 900 pixels' width."""
    out.mkdir(parents=True, exist_ok=True)
    for name, (file, word) in PICTURES.items():
        document = pdfium.PdfDocument(package / file)
        number = 0 if word is None else first_page(document, word)
        page = document[number]
        picture: Image.Image = page.render(scale=WIDTH / page.get_width()).to_pil().convert("RGB")
        picture.quantize(COLOURS, method=Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(
            out / name, optimize=True
        )
        print(f"{out / name}: page {number + 1}, {(out / name).stat().st_size // 1000} kB")


def first_page(document: pdfium.PdfDocument, word: str) -> int:
    """The first page after the tab sheet of the exhibit whose bookmark holds this word."""
    for mark in document.get_toc():
        place = mark.get_dest()
        if word in mark.get_title() and place is not None:
            return int(place.get_index()) + 1
    raise SystemExit(f"no exhibit is named {word}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
