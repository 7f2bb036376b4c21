"""A page that is in the folder twice, also as a fax, is said to be a copy; another report on the same form is not."""

from __future__ import annotations

from chartproof.chart.copies import mark_copies
from chartproof.model.page import Page, SourceFile

FORM = "\n".join(f"Measure {name} was found to be {{}} on this day and compared with {{}}" for name in "abcdef")


def sheet(file: str, first: int, number: int = 1) -> SourceFile:
    text = FORM.format(*(f"{first + step}.{step}" for step in range(12)))
    return SourceFile(file, "", "pdf", (Page(file, number, text),))


def test_the_same_page_again_is_noted_and_kept() -> None:
    one, again = sheet("a.pdf", 100), sheet("b.pdf", 100)
    marked = mark_copies([one, again])
    assert marked[0] == one
    assert marked[1].pages[0].note == "a copy of a.pdf p. 1" and marked[1].note == "p. 1: a copy of a.pdf p. 1"
    assert marked[1].pages[0].text == again.pages[0].text


def test_a_fax_of_a_page_with_a_letter_lost_here_and_there_is_a_copy() -> None:
    fax = sheet("fax.pdf", 100)
    (page,) = fax.pages
    read = page.text.replace("Measure c", "Mensure c").replace("compared with 103.3", "compnred with 103.8")
    marked = mark_copies(
        [sheet("a.pdf", 100), SourceFile("fax.pdf", "", "pdf", (Page("fax.pdf", 1, read, read="ocr"),))]
    )
    assert "a copy of a.pdf" in marked[1].note


def test_another_report_on_the_same_form_is_no_copy() -> None:
    files = (sheet("a.pdf", 100), sheet("b.pdf", 106))
    assert mark_copies(files) == files


def test_short_pages_are_not_compared() -> None:
    cover = [SourceFile(name, "", "pdf", (Page(name, 1, "Fax 1 of 3 555 0100"),)) for name in ("a.pdf", "b.pdf")]
    assert mark_copies(cover) == tuple(cover)
