"""Expressions that are tried only on texts that may match: the answers are those of `re`, nothing is left out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from chartproof.chart.pdf import read_pages
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression, Expressions, needs, pieces
from chartproof.model import Page
from chartproof.rights.grammar import grammar

FLAGS = re.IGNORECASE | re.MULTILINE
#: Papers of the demo case that are no scans, of two pages or more.
WRITTEN = (
    "01-excellus-denial-letter.pdf",
    "05-canal-landing-oncology-records.pdf",
    "07-lymphoma-consult-2026-03-10.pdf",
)
#: Each letter with another that counts as the same where case does not count.
SAME = str.maketrans("skiSKI", "\u017f\u212a\u0131\u017f\u212a\u0130")


@cache
def sources() -> tuple[str, ...]:
    """The expressions by which documents are known and letters are read."""
    kinds = load("documents.yaml")["kinds"].values()
    letters = grammar("findings", "asides")
    return (
        *(one for kind in kinds for part in ("title", "body") for one in kind[part]),
        *(letters.source(name) for name in letters.words),
    )


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("graft", {"graft"}),
        ("(?:auto)?graft(?:ed)?", {"graft"}),
        ("(?:scan|echo)s?", {"sca", "cho"}),
        (r"\bno\b.{0,9}(?i:Biopsy)", {"biops"}),
        (r"(?:\d+|one) cycle", {" cycl"}),
        ("(?:biopsy){2}", {"biops"}),
        ("(?:biopsy)*", set()),
        ("a(?=biopsy)", set()),
        ("(?<!biopsy)a", set()),
        ("biopsy|", set()),
        ("[bB]iop", {"iop"}),
        (r"\d+", set()),
        ("\u00e9chographie", {"graph"}),
    ],
)
def test_what_an_expression_needs_stands_in_whatever_it_matches(source: str, needed: set[str]) -> None:
    assert needs(source, re.IGNORECASE) == needed


@settings(suppress_health_check=list(HealthCheck), deadline=None)
@given(st.data())
def test_no_match_is_left_out_of_the_texts_that_an_expression_is_made_for(data: st.DataObject) -> None:
    source = data.draw(st.sampled_from(sources()))
    text = data.draw(st.from_regex(re.compile(source, FLAGS)))
    text = data.draw(st.sampled_from((str, str.upper, str.swapcase, lambda one: one.translate(SAME))))(text)
    assume(re.search(source, text, FLAGS))
    needed = needs(source, FLAGS)
    assert not needed or needed & pieces(text)


def test_the_pages_of_a_chart_match_what_they_match_without_help(demo_case: Path) -> None:
    every = [(number, Expression(source, FLAGS)) for number, source in enumerate(sources())]
    together = Expressions(every)
    read = [page for name in WRITTEN for page in read_pages(name, (demo_case / name).read_bytes(), range(2))]
    pages = [page.text for page in read if isinstance(page, Page)]
    texts = [*pages, *(line for page in pages for line in page.split("\n")[:4])]
    matches = 0
    for text in texts:
        alone = [(number, match.span()) for number, one in every if (match := one.pattern.search(text))]
        assert [(number, match.span()) for number, match in together.found(text)] == alone
        assert [number for number, one in every if one.search(text)] == [number for number, _span in alone]
        assert [number for number, one in every if any(one.finditer(text))] == [number for number, _span in alone]
        matches += len(alone)
    assert matches > len(texts)
