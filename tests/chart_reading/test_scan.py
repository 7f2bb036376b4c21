"""Faxes: cleaned, turned upright and read, with boxes on the page as displayed."""

from __future__ import annotations

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from chartproof.chart.again import Look, _numbers, _same_strokes, judged, read_again
from chartproof.chart.columns import gutter
from chartproof.chart.scan import Picture, recognise, start_worker
from chartproof.chart.scan_clean import find_skew, remove_rulings, remove_streaks
from chartproof.model.page import Box, Page

LINES = [
    "Hepatitis C virus antibody NONREACTIVE",
    "Patient: Ada Quill   DOB 04/11/1961",
    "ECOG performance status 1 on 03/02/2026",
    "Left ventricular ejection fraction 58 percent",
    "The committee recommends treatment as an outpatient",
    "Creatinine 0.96 mg/dL collected 05/04/2026",
]


def sheet(lines: list[str] = LINES) -> Image.Image:
    image = Image.new("L", (1700, 2200), 255)
    draw = ImageDraw.Draw(image)
    for number, line in enumerate(lines):
        draw.text((180, 240 + 70 * number), line, fill=0, font=ImageFont.load_default(size=34))
    return image


def read(image: Image.Image) -> Page:
    start_worker()
    return recognise(Picture("fax.pdf", 1, image.tobytes(), image.width, image.height, 200 / 72))


def found(page: Page) -> int:
    return sum(line in page.text for line in LINES if "  " not in line)


def test_a_clean_page_is_read_line_by_line_with_boxes() -> None:
    page = read(sheet())
    assert found(page) == 5 and page.read == "ocr" and page.turned == 0
    assert all(page.text[word.start : word.end] == word.text for word in page.words)
    first = page.words[0]
    assert first.text == "Hepatitis" and first.confidence is not None and first.confidence > 80
    assert first.box.left == pytest.approx(180 * 0.36, abs=3)
    assert 240 * 0.36 - 2 < first.box.top < first.box.bottom < 290 * 0.36


@pytest.mark.parametrize("turn", [90, 180, 270])
def test_a_turned_page_is_turned_back(turn: int) -> None:
    upright = sheet(LINES * 4)
    page = read(upright.rotate(turn, expand=True))
    assert page.turned == turn and "turned" in page.note
    assert found(page) == 5
    word = next(word for word in page.words if word.text == "Hepatitis")
    # Displayed as it lies: on a sheet turned by 180 degrees the first word is at the bottom right, and so on.
    across, down = word.box.left / page.width, word.box.top / page.height
    assert {90: across < 0.5 < down, 180: across > 0.5 and down > 0.2, 270: across > 0.2 and down < 0.5}[turn]


@pytest.mark.parametrize("angle", [-2.0, -0.7, 1.3])
def test_a_crooked_page_is_straightened_and_its_boxes_put_back(angle: float) -> None:
    crooked = sheet().rotate(angle, fillcolor=255, resample=Image.Resampling.BICUBIC)
    page = read(crooked)
    assert found(page) >= 4
    for word in page.words[:6]:
        box = [round(edge / 0.36) for edge in (word.box.left, word.box.top, word.box.right, word.box.bottom)]
        assert np.asarray(crooked.crop(tuple(box))).min() < 100


@pytest.mark.parametrize("angle", [-3.0, -1.0, 0.0, 2.0])
def test_skew_is_found(angle: float) -> None:
    black = np.asarray(sheet(LINES * 3).rotate(angle, fillcolor=255)) < 128
    assert find_skew(black) == pytest.approx(-angle, abs=0.25)


def test_a_streak_goes_and_the_text_stays() -> None:
    image = sheet()
    pixels = np.array(image)
    pixels[:, 300:302] = 0
    pixels[:, 1400] = 0
    cleaned = remove_streaks(pixels)
    assert (cleaned[:200] == 255).all()
    assert found(read(Image.fromarray(pixels))) >= 4


def test_ruling_lines_go_and_the_text_stays() -> None:
    image = sheet()
    draw = ImageDraw.Draw(image)
    for y in range(225, 700, 70):
        draw.line((160, y, 1500, y), fill=0, width=2)
    for x in (160, 1100, 1500):
        draw.line((x, 225, x, 645), fill=0, width=2)
    cleaned = remove_rulings(np.asarray(image))
    assert (cleaned[225] < 128).sum() == 0 and (cleaned[230:640, 160] < 128).sum() == 0
    assert (cleaned < 128).sum() == pytest.approx((np.asarray(sheet()) < 128).sum(), rel=0.03)
    assert found(read(image)) == 5


def test_reading_twice_gives_the_same() -> None:
    assert read(sheet()) == read(sheet())


def line_of_boxes(left: float, top: float, words: int) -> list[Box]:
    return [Box(left + 40 * n, top, left + 40 * n + 34, top + 10) for n in range(words)]


def test_two_columns_of_prose_have_a_gutter_and_a_table_has_none() -> None:
    prose = [box for row in range(12) for left in (50, 320) for box in line_of_boxes(left, 100 + 14 * row, 6)]
    split = gutter(prose, 612)
    assert split is not None and 284 <= split[0] <= 320
    table = [box for row in range(30) for left in (50, 320, 450) for box in line_of_boxes(left, 100 + 14 * row, 1)]
    assert gutter(table, 612) is None
    one = [box for row in range(12) for box in line_of_boxes(50, 100 + 14 * row, 12)]
    assert gutter(one, 612) is None


def test_two_columns_of_short_list_lines_have_a_gutter_where_they_are_not_level() -> None:
    left = [box for row in range(26) for box in line_of_boxes(50, 100 + 14 * row, 3 if row % 3 else 5)]
    right = [box for row in range(24) for box in line_of_boxes(320, 100 + 15.4 * row, 3 if row % 2 else 5)]
    assert gutter(left + right, 612) is not None
    level = [
        box for row in range(26) for at in (50, 320) for box in line_of_boxes(at, 100 + 14 * row, 3 if row % 3 else 5)
    ]
    assert gutter(level, 612) is None


@pytest.mark.parametrize(
    ("shapes", "text", "same"),
    [
        ("0411112026", "04/11/2026", True),
        ("04111I2026:", "(04/11/2026)", True),
        ("04/1 1/2026", "04/11/2026", True),
        ("0411212026", "04/11/2026", False),
        ("5,0/13", "5.0/13", False),
        ("5 10", "510", False),
        ("5.0/ 13.1 I 144;", "5.0/13.1/144;", True),
        ("112.4", "/12.4", False),
        ("04/21/2026", "04/2112026", False),
    ],
)
def test_strokes_that_look_like_ones_are_no_disagreement(shapes: str, text: str, same: bool) -> None:
    assert _same_strokes(shapes, text) is same


@pytest.mark.parametrize(
    ("text", "confidence", "agrees"),
    [
        ("1.8", 95.0, True),
        ("18", 95.0, False),
        ("1.3", 95.0, False),
        ("1.3", 60.0, False),
        ("1.8", 20.0, False),
        ("cm", 20.0, True),
    ],
    ids=["the same", "a point lost", "another digit", "an unsure one", "a hopeless one", "no number"],
)
def test_a_number_that_no_second_look_confirms_is_doubtful(text: str, confidence: float, agrees: bool) -> None:
    start_worker()
    image = Image.new("L", (400, 200), 255)
    ImageDraw.Draw(image).text((100, 80), "1.8", fill=0, font=ImageFont.load_default(size=34))
    meant, doubt = read_again(image, (98.0, 84.0, 152.0, 114.0), text, confidence)
    assert (doubt == "" and meant == text) is agrees
    assert doubt in ("", "?", "1.8") and (doubt or meant in (text, "1.8"))


@pytest.mark.parametrize(
    ("text", "confidence", "looks", "shapes", "meant", "doubt"),
    [
        ("6.4", 91.0, [("6.4", 95), ("6.4", 93), ("6.4", 92)], "9.9", "6.4", ""),
        ("CD38", 91.0, [("CD38", 70), ("CD38", 93), ("CD38", 92)], "C038", "CD38", ""),
        ("(410772", 91.0, [("(410772", 64), ("(410772", 93), ("(410772", 92)], "0410772", "(410772", "0410772"),
        ("62mm", 91.0, [("62mm", 64), ("62mm", 93), ("62mm", 92)], "6.2 mm", "62mm", "6.2 mm"),
        ("3/9/202¢", 88.0, [("3/9/202¢", 51), ("3/9/202¢", 35), ("3/9/202¢", 75)], "3/9/2026", "3/9/202¢", "3/9/2026"),
        ("3/9/202¢", 88.0, [("3/9/202¢", 95), ("3/9/202¢", 95), ("3/9/202¢", 95)], "3/9/202l", "3/9/202¢", "?"),
        ("14.20", 90.0, [("14.20", 77), ("14.20", 95), ("14.20", 95)], "14:20", "14.20", "14:20"),
        ("de117q", 73.0, [("de117q", 77), ("de117q", 73), ("de117q", 75)], "del17q", "de117q", "del17q"),
        ("4", 95.0, [("4", 88), ("4", 84), ("h", 0)], "4", "4", "?"),
        ("4", 95.0, [("4", 96), ("4", 84), ("h", 0)], "4", "4", ""),
        ("240", 87.0, [("2.40", 96), ("2.40", 95), ("2.40", 94)], "2.40", "2.40", ""),
        ("240", 87.0, [("2.40", 96), ("2.40", 85), ("2.40", 94)], "2.40", "240", "2.40"),
        ("2.40", 87.0, [("240", 96), ("240", 95), ("240", 94)], "2.40", "2.40", "240"),
        ("318", 12.0, [("318", 96), ("318", 95), ("318", 94)], "318", "318", ""),
        ("318", 12.0, [("318", 96), ("318", 85), ("318", 94)], "318", "318", "?"),
        ("RK-0OQ-7", 44.0, [("RK-0Q-7", 86), ("RK-0Q-7", 85), ("RK-0Q-7", 86)], "RK-OQ-7", "RK-OQ-7", "RK-0Q-7"),
        ("RK-0OQ-7", 95.0, [("RK-0OQ-7", 95), ("RK-0OQ-7", 95), ("RK-0OQ-7", 95)], "RK-OQ-7", "RK-OQ-7", "RK-0OQ-7"),
    ],
    ids=["sure looks", "a letter by shape", "a bracket by reading", "a point by shape", "a sign for a figure",
         "a sign for a figure, surely", "another mark", "unsure and not the same",
         "a figure alone", "a figure alone, surely", "all others agree", "not all of them surely",
         "not the shapes", "hopeless but for its looks", "hopeless", "a glyph read twice", "a glyph read twice by all"],
)  # fmt: skip
def test_what_further_looks_make_of_a_word(
    text: str, confidence: float, looks: list[Look], shapes: str, meant: str, doubt: str
) -> None:
    assert judged(text, confidence, looks, lambda: shapes) == (meant, doubt)


def test_a_page_says_how_many_of_its_numbers_are_doubtful() -> None:
    image = sheet(LINES * 2).resize((425, 550)).resize((1700, 2200))
    page = read(image)
    doubts = sum(bool(word.doubt) for word in page.words)
    assert doubts > 0 and f"{doubts} numbers that a second reading reads otherwise" in page.note
    assert not any(word.doubt for word in read(sheet()).words)


def test_a_sheet_without_ink_is_blank_and_one_with_a_drawing_is_not() -> None:
    bare = Image.new("L", (1700, 2200), 255)
    bare.putpixel((400, 400), 0)
    page = read(bare)
    assert (page.read, page.note, page.text) == ("ocr", "blank page", "")
    ImageDraw.Draw(bare).ellipse((300, 300, 900, 900), fill=0)
    page = read(bare)
    assert page.text or (page.read, page.note) == ("unread", "no legible text on this picture")


def test_a_blank_beside_a_stroke_is_no_other_number() -> None:
    assert _numbers("5.0/13.1/ 144;") == _numbers("5.0/13.1/144") != _numbers("5.0/13.1 144")
