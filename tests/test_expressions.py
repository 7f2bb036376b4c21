"""Expressions that are tried only on texts that may match: the answers are those of `re`, nothing is left out."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from chartproof import known_needs
from chartproof.chart.find.statements import rules
from chartproof.chart.pdf import read_pages
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression, Expressions
from chartproof.model import Page
from chartproof.needed import needs, pieces
from chartproof.rights.grammar import grammar

FLAGS = re.IGNORECASE | re.MULTILINE
#: Papers of the demo case that are no scans, of two pages or more.
WRITTEN = (
    "01-excellus-denial-letter.pdf",
    "05-canal-landing-oncology-records.pdf",
    "07-lymphoma-consult-2026-03-10.pdf",
)
#: What may stand beside a match: nothing, or what parts words, or does not.
BESIDE = ("", " ", "-", "\n", "x", "_", "\u00e9")
#: Each letter with another that counts as the same where case does not count.
SAME = str.maketrans("skiSKI", "\u017f\u212a\u0131\u017f\u212a\u0130")


@cache
def sources() -> tuple[str, ...]:
    """The expressions by which documents are known, judgements are found and letters are read."""
    kinds = load("documents.yaml")["kinds"].values()
    letters = grammar("findings", "asides")
    return (
        *(one for kind in kinds for part in ("title", "body") for one in kind[part]),
        *(letters.source(name) for name in letters.words),
        *(one.source for rule in rules() for one in (rule.any, rule.unless) if one),
    )


@pytest.mark.parametrize(
    ("source", "needed"),
    [
        ("transplant", {"ranspl"}),
        ("(?:auto)?graft(?:ed)?", {"graf"}),
        ("(?:scan|echo)s?", {"scan", "echo"}),
        ("ca(?:rdio|ncer)", {"cardio", "cancer"}),
        (r"\bno\b.{0,9}(?i:Biopsy)", {"biopsy"}),
        (r"\bno\b \d+", {" no "}),
        (r"no\s+-?signs?\b", {"no sig", " signs"}),
        (r"\b(?:rt|irradiat\w+)\b", {" rt ", "irradi"}),
        (r"(?<![\w-])pt(?!\w)", {" pt "}),
        (r"(?<!\d)pt(?![^\w])", set()),
        ("axi[- ]?cel", {"axicel", "xi cel"}),
        (r"(?:\d+|one) cycle", {" cycle"}),
        ("(?:biopsy){2}", {"biopsy"}),
        ("(?:biopsy)*", set()),
        ("a(?=biopsy)", {"biopsy"}),
        ("(?<!biopsy)a", set()),
        ("biopsy|", set()),
        ("[bB]iop", {"biop"}),
        (r"\d+", set()),
        (r"\d{1,2} ?-?cl\b", {"cl "}),
        (r"(?a:\bpt\b)", set()),
        ("\u00e9chographie", {"hograp"}),
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
    text = data.draw(st.sampled_from(BESIDE)) + text + data.draw(st.sampled_from(BESIDE))
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
        alone = [(number, match.span()) for number, one in every if (match := one.compiled.search(text))]
        assert [(number, match.span()) for number, match in together.found(text)] == alone
        assert [number for number, one in every if one.search(text)] == [number for number, _span in alone]
        assert [number for number, one in every if any(one.finditer(text))] == [number for number, _span in alone]
        matches += len(alone)
    assert matches > len(texts)


def test_what_is_known_beforehand_is_what_is_read_off(own_expressions: dict[str, frozenset[tuple[str, int]]]) -> None:
    every = own_expressions["expressions"]
    known = [one for one in every if known_needs.digest(*one) in known_needs._lines()]
    assert all(known_needs.needs(*one) == needs(*one) for one in known)
    assert len(known) > len(every) / 2, "run scripts/needs.py"


@pytest.mark.parametrize(
    "text", ["A graft was taken.", "no sign of relapse\nin the marrow", "4711", "", "\u00e9t\u00e9"]
)
def test_of_a_texts_pieces_those_of_the_table_are_kept(text: str) -> None:
    assert known_needs.pieces_known(text) == pieces(text) & known_needs.known_pieces()


def test_an_expression_without_a_line_is_read_off() -> None:
    source = "zebra(?:fish)? number 4711"
    assert known_needs.digest(source, 0) not in known_needs._lines()
    assert known_needs.needs(source, 0) == needs(source, 0) != frozenset()


@pytest.mark.parametrize(
    "text", ["Echo done", "an ECHO", "echoes", "re-echo", "Grade 3 rash", "FIT positive", "outfit", ""]
)
def test_of_many_names_those_are_tried_that_may_stand_there(text: str) -> None:
    sources = [rf"(?<![\w-])(?:{name})(?!\w)" for name in ("echo", r"grade \d rash", "fit", "rash")]
    names = Expressions((at, Expression(source, re.IGNORECASE)) for at, source in enumerate(sources))
    there = [at for at, source in enumerate(sources) if re.search(source, text, re.IGNORECASE)]
    assert [at for at, _ in names.found(text)] == there
    tried = [at for at, _ in names.to_try(text)]
    assert set(there) <= set(tried) and tried == sorted(tried)
