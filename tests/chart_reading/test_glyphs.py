"""What the picture of a scanned number says that its reading does not: a point left out, a digit like another one."""

from __future__ import annotations

import pytest
from PIL import Image, ImageDraw, ImageFilter, ImageFont

from chartproof.chart.glyphs import Edges, likelier, lost_point

FONT = ImageFont.load_default(size=30)


def written(*texts: str) -> tuple[Image.Image, list[Edges]]:
    """The texts below each other, a little blurred as a cleaned page is, and the box of each."""
    image = Image.new("L", (400, 60 * len(texts) + 40), 255)
    boxes = []
    for number, text in enumerate(texts):
        place = (60, 30 + 60 * number)
        ImageDraw.Draw(image).text(place, text, fill=0, font=FONT)
        boxes.append(tuple(map(float, ImageDraw.Draw(image).textbbox(place, text, font=FONT))))
    return image.filter(ImageFilter.GaussianBlur(1)), boxes  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("picture", "reading", "says"),
    [
        ("5.9", "59", "5.9"),
        ("5.9", "5.9", ""),
        ("59", "59", ""),
        ("114", "114", ""),
        ("4.1-3.3", "41-3.3", "?"),
        ("04/11/2026", "04/11/2026", ""),
        ("10-JUN", "10-JUN", ""),
        ("4.7 cm", "47cm", "4.7cm"),
        ("47 cm", "47cm", ""),
        ("2.6 L", "26L", "2.6L"),
        ("1.2/1.6 cm", "12/16cm", ""),
    ],
    ids=["lost", "read", "none", "ones", "one of two lost", "a day", "letters", "before a unit", "a unit alone",
         "before a flag", "more than a number before a unit"],
)  # fmt: skip
def test_a_point_that_only_the_picture_has(picture: str, reading: str, says: str) -> None:
    image, (box,) = written(picture)
    assert lost_point(image, box, reading) == says


PAGE = ("160", "2066", "4060", "96", "10")


@pytest.mark.parametrize(
    ("readings", "found"),
    [
        (PAGE, {}),
        (("166", *PAGE[1:]), {0: "160"}),
        (("160", "2066", "4060", "95", "10"), {}),
        (("16", *PAGE[1:]), {}),
    ],
    ids=["right", "a six that looks like the noughts", "a five without another to compare", "not a piece a character"],
)
def test_a_digit_that_looks_like_the_others_of_another_kind(readings: tuple[str, ...], found: dict[int, str]) -> None:
    image, boxes = written(*PAGE)
    assert likelier(image, list(zip(boxes, readings, strict=True))) == found
