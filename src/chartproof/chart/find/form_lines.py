"""Lines of a form that ask for a statement, "Benefits outweigh risks (Y/N): N": what is asked is said only where a yes stands behind.

A finder reads the statement in the line's own words; here the answer behind them is held against it. Facts whose line is left
blank, unknown or answered with a no are left out, for they say nothing; "Relapsed or refractory: N" is stated absent. The
concepts and words are data (knowledge/vocabulary/form_lines.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache

from chartproof.chart.find.deferral import ANY_BOX, options
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Fact, Page, Span

#: A line's question, the choices printed beside it, and what stands behind its mark.
LINE = re.compile(
    r"\W*(?P<asked>[^:?|\n]{3,90}?)[ \t]*(?P<choices>\((?:y(?:es)?[ \t]*/[ \t]*no?|circle[^()]{0,20}|check[^()]{0,20})\)[ \t]*)?"
    r"(?P<mark>[:?|])[ \t]*(?:\(y(?:es)?[ \t]*/[ \t]*no?\)[ \t]*[:|]?[ \t]*)?(?P<answer>[^\n]*)",
    re.IGNORECASE,
)


@cache
def words(name: str) -> Expression:
    return Expression(load("form_lines.yaml")[name], re.IGNORECASE)


def answered_lines(facts: Iterable[Fact], reading: Reading) -> Iterator[Fact]:
    """The facts but for those whose form's line answers no, or nothing."""
    pages = {(page.file, page.number): page for file in reading.files for page in file.pages}
    asked = load("form_lines.yaml")["concepts"]
    for fact in facts:
        answer = ""
        if fact.concept in asked and fact.assertion in ("present", "absent") and fact.evidence:
            span = fact.evidence[0]
            answer = answer_of(span, pages.get((span.file, span.page)), denial=fact.assertion == "absent")
        denied = load("form_lines.yaml")["denied"].get(fact.concept)
        if not answer:
            yield fact
        elif answer == "no" and denied and re.search(denied, fact.evidence[0].quote, re.IGNORECASE):
            yield replace(fact, assertion="absent")


def answer_of(span: Span, page: Page | None, *, denial: bool) -> str:
    """ "no" or "blank" where the line that the quote opens is a form's and is answered so; "" where it says what it says.

    A `denial` is asked for in its own words ("No active infection: N"), else a no is what it says ("Active infection: N").
    """
    line = page and LINE.match(page.text, span.start, max(span.end, line_end(page, span)))
    if not line or (denial and not words("denies").search(line["asked"])):
        return ""
    if line["mark"] == "|" and not line["answer"].strip():
        return ""  # the other cells of a row say it, or none does and the sentence is no statement
    ticked = [line["answer"][start:end] for (start, end), tick in options(line["answer"]) if tick]
    if ANY_BOX.search(line["answer"]) and len(ticked) != 1:
        return "blank"
    answer = ANY_BOX.sub(" ", ticked[0] if ticked else re.split(r"\||[.;]\s", line["answer"])[0])
    if words("refused").fullmatch(answer):
        return "no"
    empty = not answer.strip(" .-_*")
    if empty and not (ticked or line["choices"] or "_" in answer) and goes_on(page, span):
        return ""
    return "blank" if empty or words("left_open").fullmatch(answer) else ""


def line_end(page: Page, span: Span) -> int:
    end = page.text.find("\n", span.end - 1)
    return len(page.text) if end < 0 else end


def goes_on(page: Page | None, span: Span) -> bool:
    """Whether a line below says something under the question: no signature and no other question."""
    below = page.text[line_end(page, span) :].strip().split("\n")[0] if page else ""
    return bool(below) and not words("closes").match(below)
