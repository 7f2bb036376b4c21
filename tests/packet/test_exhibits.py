"""Which pages are shown, under which letter, and where a source page stands on its sheet."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chartproof.packet.bind import LEFT, sheet_for
from chartproof.packet.citations import citations
from chartproof.packet.exhibits import build_book, exhibit_letter
from chartproof.packet.index import runs, short_rows
from packet.conftest import Made


def test_letters_run_on_after_z() -> None:
    assert [exhibit_letter(n) for n in (0, 25, 26, 27, 52)] == ["A", "Z", "AA", "AB", "BA"]


def test_exhibits_are_lettered_in_the_order_of_first_citation(made: Made) -> None:
    book = build_book(made.review, citations(made.review, with_denial=True))
    assert [exhibit.letter for exhibit in book.exhibits] == ["A", "B", "C", "D"]
    assert [exhibit.file for exhibit in book.exhibits] == ["note.pdf", "pharmacy.txt", "fax.tif", "denial.pdf"]


def test_a_prior_authorization_does_not_show_a_denial(made: Made) -> None:
    book = build_book(made.review, citations(made.review, with_denial=False))
    assert "denial.pdf" not in [exhibit.file for exhibit in book.exhibits]


def test_working_papers_of_the_center_stay_at_home(made: Made) -> None:
    documents = tuple(
        replace(d, kind="coordinator_log") if d.file == "note.pdf" and d.first == 1 else d
        for d in made.review.chart.documents
    )
    rows = tuple(f for f in made.review.criteria if f.status == "missing")
    chart = replace(made.review.chart, documents=documents, lines=())
    review = replace(made.review, chart=chart, criteria=rows, label=(), denial=None)
    assert citations(review, with_denial=False) == ()


@pytest.mark.parametrize("size", [(612, 792), (792, 612), (595, 842), (1700, 2200), (300, 200)])
def test_a_source_page_fits_its_sheet_and_is_never_enlarged(size: tuple[float, float]) -> None:
    sheet = sheet_for(*size)
    assert sheet.scale <= 1
    assert (sheet.width > sheet.height) == (size[0] > size[1])
    assert sheet.left >= LEFT - 0.01
    assert sheet.left + size[0] * sheet.scale <= sheet.width
    assert sheet.top + size[1] * sheet.scale <= sheet.height - 30


def test_short_words_for_rows_and_pages() -> None:
    assert runs([1, 2, 3, 7]) == "1-3, 7"
    assert (
        short_rows(("DOC.D", "line 1", "line 2", "reason 3", "centre")) == "DOC.D, lines 1-2, reason 3, treating center"
    )
