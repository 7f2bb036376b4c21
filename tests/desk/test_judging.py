"""A fact that a person points at is as good as the page it stands on: a draft's words stay a draft's."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chartproof.desk.judging import as_judged, find_words, page_of
from chartproof.desk.store.judgements import Judgement
from chartproof.model import Review
from chartproof.tour import review_folder

DEMO = Path(__file__).parents[2] / "examples" / "tecartus-mcl"


@pytest.fixture(scope="module")
def review() -> Review:
    return review_folder(DEMO, today=date(2026, 5, 4))


def pointed_at(review: Review, signed: bool | None) -> Judgement:
    document = next(
        one
        for one in review.chart.documents
        if one.signed is signed and one.belongs is not False and one.file.endswith(".pdf")
    )
    page = page_of(review, document.file, document.first)
    assert page is not None
    words = next(line for line in page.text.split("\n") if len(line.split()) > 4)
    return Judgement(
        id="J1", case="c", number=1, kind="fact", layer="", criterion="", status="present", reason="seen", seen="",
        file=page.file, page=page.number, quote=words, boxes=(), concept="psychosocial_stressors", value="", quantity="",
        day=date(2026, 4, 20), by="u1", at=datetime(2026, 5, 4, tzinfo=UTC), undone_by=None, undone_at=None,
    )  # fmt: skip


@pytest.mark.parametrize("signed", [True, False])
def test_words_of_an_unsigned_page_are_not_signed_by_being_pointed_at(review: Review, signed: bool) -> None:
    (judged,) = as_judged([pointed_at(review, signed)], {"u1": "Dana Ortiz, RN"}, review)
    assert judged.fact is not None and judged.fact.signed is signed
    assert judged.fact.extra["by"] == "Dana Ortiz, RN"


def test_words_are_found_whatever_their_spaces_and_nothing_else_is(review: Review) -> None:
    kept = pointed_at(review, True)
    page = page_of(review, kept.file, kept.page or 0)
    assert page is not None
    span = find_words(page, "  ".join(kept.quote.split()))
    assert span is not None and page.text[span.start : span.end] == span.quote
    assert find_words(page, kept.quote + " zebra") is None and find_words(page, "  ") is None
