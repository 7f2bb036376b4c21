"""A label right before a statement that takes it out of the patient's present: "Planned: echo normal", "No Stressors".

Finders read the words of a clause. This looks at what stands right before the quote, whichever finder found it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache

from chartproof.chart.find.others import RELATIVE
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, Fact, Page, Span

#: How far before its quote a label is looked for: the longest label of the list with its colon.
REACH = 40
#: "No KPS = 90", "No Stressors identified": a "No" before what a capital begins.
REFUSED = re.compile(r"\W*No (?=[A-Z\[(]|12[- ]lead)")
#: What may stand between a label and its quote: marks and the number of a list's item.
NUMBER = r"[^\w\n]*(?:\d{1,2}[.)][^\w\n]*)?"
ANOTHERS = re.compile(rf"\b(?:{RELATIVE}|donor)(?:['’]s\b|\s?:){NUMBER}$", re.IGNORECASE)
ANOTHERS_FIRST = re.compile(rf"\W*(?i:{RELATIVE}|donor)(?:\s?:|['’]s (?=[A-Z\[(]))")
REFUSED_BEFORE = re.compile(rf"(?:^|[^\w,])No {NUMBER}$")
#: A "No" that begins a line or sentence, one space before its statement: no answer in the cell before.
REFUSED_AT_START = re.compile(r"(?:^|\n|[.!?;] )\W{0,3}No $")


def led_in(facts: Iterable[Fact], reading: Reading) -> Iterator[Fact]:
    """The facts; one whose quote follows such a label is planned, another person's, or absent."""
    pages = {(page.file, page.number): page for file in reading.files for page in file.pages}
    for fact in facts:
        led = None
        for span in _own(fact) if fact.assertion in ("present", "absent") else ():
            led = led or _led(fact, span, pages.get((span.file, span.page)))
        yield replace(fact, assertion=led) if led else fact


def _own(fact: Fact) -> Sequence[Span]:
    """The places that say it: those of a note on file, not of the papers that had asked for it ("To be done: ...")."""
    return [span for span in fact.evidence if fact.value != "filed" or span.file == fact.evidence[0].file]


def _led(fact: Fact, span: Span, page: Page | None) -> Assertion | None:
    if page is None:
        return None
    before, quote = page.text[max(0, span.start - REACH) : span.start], page.text[span.start : span.end]
    words = load("context.yaml")["led_in"]
    if not _plan(fact, quote, words["plans"]) and (_planned()[0].search(before) or _heads(fact, quote)):
        return "planned"
    if fact.concept not in words["of_others"] and (ANOTHERS.search(before) or ANOTHERS_FIRST.match(quote)):
        return "family"
    if fact.assertion != "present":
        return None
    capital = re.match(r"[A-Z\[(]", quote)
    agreed = words["agreed"].get(fact.concept)
    refusable = fact.concept in words["stated"] and not (agreed and re.search(agreed, quote, re.IGNORECASE))
    if refusable and (REFUSED.match(quote) or (capital and REFUSED_BEFORE.search(before))):
        return "absent"
    # What is measured and then refused is no denial that it was looked for: it says nothing either way. A finding that
    # is denied ("No PTX") is a finding.
    looked = words["seen"].get(fact.concept)
    seen = fact.quantity is not None or (looked and re.search(looked, quote, re.IGNORECASE))
    return "planned" if seen and (REFUSED.match(quote) or (capital and REFUSED_AT_START.search(before))) else None


def _plan(fact: Fact, quote: str, plans: Mapping[str, str]) -> bool:
    """Whether the fact is of what is planned by its nature: what its quote, or its value, must say for that."""
    said = plans.get(fact.concept)
    return said is not None and bool(re.search(said, f"{quote} {fact.value or ''}", re.IGNORECASE))


def _heads(fact: Fact, quote: str) -> bool:
    """Whether the label opens the quote, or the line of the quote in which the fact's number stands."""
    match = _planned()[1].search(quote)
    if match is None or not match.start() or fact.quantity is None:
        return match is not None and not match.start()
    number = f"{fact.quantity.low if fact.quantity.low is not None else fact.quantity.high:g}"
    figures = [one.start() for one in re.finditer(rf"(?<![\d.]){re.escape(number)}(?![\d.]*\d)", quote)]
    return bool(figures) and min(figures) > match.start()


@cache
def _planned() -> tuple[Expression, Expression]:
    """The label as the last words of a text, and as the first of a line."""
    label = rf"(?:{'|'.join(load('context.yaml')['led_in']['planned'])})\s?:"
    return Expression(rf"\b{label}{NUMBER}$", re.IGNORECASE), Expression(rf"^\W*{label}", re.IGNORECASE | re.MULTILINE)
