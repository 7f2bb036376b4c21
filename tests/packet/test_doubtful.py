"""A row that a scanned number would answer, had it been read in one way: it needs a look, and the place is shown."""

from __future__ import annotations

import base64
import io
import zipfile
from dataclasses import replace

import pytest
from lxml import html
from PIL import Image

from chartproof.model import Fact, Quantity, Review
from chartproof.packet.documents.files import document_files
from chartproof.packet.doubtful import Doubtful, crops, doubtful
from chartproof.packet.page import review_html
from packet.documents.conftest import book_of, letters, text
from packet.invented import Made, span


@pytest.fixture(scope="module", params=["66%", "?"])
def other(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def review(made: Made, other: str) -> Review:
    """The made review, "60%" of the note read a second time as `other`, in the missing row DOC.2."""
    chart = made.review.chart
    files = tuple(
        replace(file, pages=tuple(
            replace(page, words=tuple(
                replace(word, doubt=other) if word.text == "60%." else word for word in page.words
            )) for page in file.pages
        )) for file in chart.files
    )  # fmt: skip
    quote = span(files, "note.pdf", 1, "LVEF 60%")
    fact = Fact("f9", "lvef", "present", (quote,), quantity=Quantity(None, None, "%"), doubt=f"60%. / {other}")
    criteria = tuple(replace(one, doubted=(fact,)) if one.id == "DOC.2" else one for one in made.review.criteria)
    return replace(made.review, chart=replace(chart, files=files), criteria=criteria)


def place_of(review: Review) -> Doubtful:
    (place,) = {place for finding in review.criteria for place in doubtful(review, finding)}
    return place


def test_the_page_shows_the_place_with_both_readings_in_that_row_alone(review: Review, made: Made, other: str) -> None:
    tree = html.fromstring(review_html(review, folder=made.folder))
    (section,) = tree.find_class("look")
    words = " ".join(section.text_content().split())
    assert ("read as 60%. and 66%: look" if other != "?" else "read as 60%., the second time not at all: look") in words
    assert "note.pdf, p. 1" in words and "Needs a look" in words
    assert section.iterancestors("article").__next__().get("id") == "row-DOC-2"
    (image,) = section.iter("img")
    picture = Image.open(io.BytesIO(base64.b64decode(image.get("src").split(",")[1])))
    assert picture.width > 3 * picture.height and picture.convert("L").getextrema()[0] < 90


def test_the_crop_holds_the_word_and_nothing_of_the_rest_of_the_page(review: Review, made: Made) -> None:
    place = place_of(review)
    (png,) = crops(review, [place, place], made.folder).values()
    assert len(png) < 20_000
    assert crops(review, [place], made.folder / "elsewhere") == {}


def test_the_worklist_names_it_and_holds_the_crop(review: Review, made: Made) -> None:
    assert "note.pdf, p. 1" in text(letters(review)["worklist"]).split("Still to be looked at", 1)[1]
    files = document_files(review, book_of(review), "appeal", folder=made.folder)
    word = next(data for name, data in files.files.items() if name.endswith("worklist.docx"))
    assert [name for name in zipfile.ZipFile(io.BytesIO(word)).namelist() if name.startswith("word/media/")]


def test_a_row_without_doubt_shows_none(made: Made) -> None:
    assert "needs a look" not in review_html(made.review, folder=made.folder).lower()
    assert "Still to be looked at" not in text(letters(made.review)["worklist"])
