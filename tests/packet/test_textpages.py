"""Files without pages, set as pages."""

from __future__ import annotations

import pypdfium2 as pdfium
import pytest

from chartproof.model import Page, SourceFile, Span
from chartproof.packet.textpages import AROUND, typeset


def _source(text: str) -> SourceFile:
    return SourceFile("export.json", "", "json", (Page("export.json", 1, text),))


def _span(text: str, quote: str) -> Span:
    start = text.index(quote)
    return Span("export.json", 1, start, start + len(quote), quote)


def _text(pdf: bytes, page: int) -> str:
    return pdfium.PdfDocument(pdf)[page - 1].get_textpage().get_text_bounded()


def test_the_page_of_each_quote_is_the_page_on_which_it_stands() -> None:
    text = "\n".join(f"row {n} value {n * 7}" for n in range(108))
    spans = [_span(text, quote) for quote in ("row 3 value 21", "row 104 value 728")]
    pdf, pages, count = typeset(_source(text), [("A.1", span) for span in spans])
    assert count == len(pdfium.PdfDocument(pdf)) > 1
    assert pages[spans[0]] == 1 and pages[spans[1]] == count
    for span in spans:
        assert span.quote in " ".join(_text(pdf, pages[span]).split())


def test_a_long_file_says_which_lines_it_leaves_out() -> None:
    text = "\n".join(f"row {n} here" for n in range(1, 1001))
    pdf, _, count = typeset(_source(text), [("A.1", _span(text, "row 500 here"))])
    shown = _text(pdf, 1)
    assert count == 1
    assert f"row {500 - AROUND} here" in shown and f"row {500 + AROUND} here" in shown
    assert "row 400 here" not in shown
    assert "lines 505 to 1000 not shown" in shown


@pytest.mark.parametrize("quote", ["needle in it", "α ≥ 5 µg <b>#[x]$y$"])
def test_a_line_without_end_is_cut_around_what_is_cited(quote: str) -> None:
    text = "left " * 40_000 + quote + " right" * 40_000
    pdf, pages, count = typeset(_source(text), [("A.1", _span(text, quote))])
    assert count == 1
    words = " ".join(_text(pdf, pages[_span(text, quote)]).split())
    assert "needle in it" in words if "needle" in quote else "<b>#[x]$y$" in words


def test_a_quote_over_several_lines_is_found_where_it_begins() -> None:
    text = "one\ntwo\nthree\nfour"
    span = _span(text, "two\nthree")
    _, pages, _ = typeset(_source(text), [("A.1", span), ("B.2", span)])
    assert pages == {span: 1}


def test_lines_on_another_person_are_never_shown() -> None:
    text = "Minutes\nCase 1. Not recommended, LVEF 31%.\nCase 2. Recommended.\nCase 3. Deferred.\nApproved."
    cited = [("I.B", _span(text, "Recommended."))]
    others = [_span(text, "Case 1. Not recommended, LVEF 31%."), _span(text, "Case 3. Deferred.")]
    shown = _text(typeset(_source(text), cited, others)[0], 1)
    assert "Recommended." in shown and "Approved." in shown
    assert "LVEF" not in shown and "Deferred" not in shown
    assert shown.count("on another person") == 2


def test_a_cited_line_is_shown_whoever_else_it_names() -> None:
    text = "Case 1 deferred. Case 2 recommended."
    cited, others = [("I.B", _span(text, "Case 2 recommended."))], [_span(text, "Case 1 deferred.")]
    assert "Case 2 recommended." in _text(typeset(_source(text), cited, others)[0], 1)
