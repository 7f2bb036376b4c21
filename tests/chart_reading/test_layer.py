"""A scan with a hidden text layer: the layer is never text, but a number that it gives otherwise is doubtful."""

from __future__ import annotations

import io
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Dictionary, Name, Stream
from PIL import Image, ImageDraw, ImageFont

from chartproof.chart.files import read_folder
from chartproof.chart.layer import held_against
from chartproof.model.page import Box, Page, Word

LINES = ["Left ventricular ejection fraction 58 percent", "ECOG performance status 1 on 03/02/2026"]


def scanned(layer: list[str]) -> bytes:
    """A picture of LINES over the whole page, with `layer` behind it as a scanner writes it: in place, unseen."""
    font_of_page = ImageFont.load_default(size=34)
    picture = Image.new("L", (1700, 2200), 255)
    for number, line in enumerate(LINES):
        ImageDraw.Draw(picture).text((180, 240 + 70 * number), line, fill=0, font=font_of_page)
    document = pikepdf.new()
    page = document.add_blank_page(page_size=(612, 792)).obj
    image = Stream(document, picture.tobytes())
    image.update(
        Dictionary(
            Type=Name.XObject, Subtype=Name.Image, Width=1700, Height=2200, ColorSpace=Name.DeviceGray,
            BitsPerComponent=8,
        )
    )  # fmt: skip
    font = Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica)
    page.Resources = Dictionary(Font=Dictionary(F1=font), XObject=Dictionary(I=image))
    text = "q 612 0 0 792 0 0 cm /I Do Q "
    for number, (line, printed) in enumerate(zip(layer, LINES, strict=True)):
        words = printed.split()
        for at, word in enumerate(line.split()):
            left = 64.8 + 0.36 * font_of_page.getlength(" ".join([*words[:at], ""]))
            text += f"BT 3 Tr /F1 11 Tf {left:.1f} {792 - 0.36 * (272 + 70 * number):.1f} Td ({word}) Tj ET "
    page.Contents = Stream(document, text.encode())
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def read(folder: Path, layer: list[str]) -> Page:
    (folder / "scan.pdf").write_bytes(scanned(layer))
    (file,) = read_folder(folder, workers=1)
    return file.pages[0]


def test_another_number_in_the_hidden_text_is_noted_and_the_number_doubted(tmp_path: Path) -> None:
    page = read(tmp_path, [LINES[0].replace("58", "53"), LINES[1]])
    assert "58 percent" in page.text and "53" not in page.text
    assert {word.text: word.doubt for word in page.words if word.doubt} == {"58": "53"}
    assert "1 number that the hidden text of the page gives otherwise" in page.note
    assert "text that cannot be seen on the page left out" in page.note


def test_hidden_text_that_agrees_raises_no_doubt(tmp_path: Path) -> None:
    page = read(tmp_path, LINES)
    assert not any(word.doubt for word in page.words) and "otherwise" not in page.note


def row(*words: tuple[str, float, float]) -> tuple[Word, ...]:
    """Words in one line, each with its left and right edge."""
    return tuple(Word(text, 0, len(text), Box(left, 100, right, 110), 90.0) for text, left, right in words)


@pytest.mark.parametrize(
    ("ours", "layer", "doubt"),
    [
        ("5.0", [("5", 10, 18), (".0", 18, 30)], ""),
        ("5.0", [("5", 10, 18), ("0", 20, 30)], "5 0"),
        ("58", [("LVEF:58%on", 0, 60)], ""),
        ("58", [("fifty", 10, 30)], ""),
        ("58", [("53", 40, 60)], ""),
        ("percent", [("53", 10, 30)], ""),
    ],
    ids=["split", "a point lost", "joined", "no number there", "elsewhere", "ours is none"],
)
def test_what_stands_in_the_same_place(ours: str, layer: list[tuple[str, float, float]], doubt: str) -> None:
    page = Page("scan.pdf", 1, ours, row((ours, 10, 30)), 612, 792, "ocr")
    (word,) = held_against(page, row(*layer)).words
    assert word.doubt == doubt
