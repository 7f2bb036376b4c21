"""A donor's or a caregiver's result that could be taken for the patient's: shown as two people, not as a contradiction.

Most easily it is taken so where the patient's own test was never drawn: then the page that says so stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from chartproof.chart.derive.standing import last_day, pattern, standing
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Segment, span
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact, Span


def other_people(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """One conflict at most for each test of a virus whose result on another's page differs from the patient's newest."""
    done: set[str] = set()
    missing = undrawn(reading, asked)
    for segment in reading.segments:
        if segment.document.belongs is not False and segment.document.kind != "donor_evaluation":
            continue
        for concept, match, result in results(segment):
            mine = [fact for fact in standing(facts, concept, asked) if fact.value in ("positive", "negative")]
            newest = max(mine, key=lambda fact: (last_day(fact), fact.rank), default=None)
            beside = newest.evidence[0] if newest else missing.get(concept)
            if concept in done or beside is None or (newest and newest.value == result):
                continue
            done.add(concept)
            quote = span(segment.page, match.start(), match.end())
            state = f"is {newest.value}" if newest else "has no result yet"
            right = f"two people: the patient {state}, the other person is {result}"
            yield Conflict(f"{concept.replace('_', ' ')} on another person's page", quote, beside, right)


def undrawn(reading: Reading, asked: date) -> dict[str, Span]:
    """The newest words for each test that the patient's own was not drawn, or is still to come."""
    found: dict[str, tuple[date, Span]] = {}
    cue = pattern(load("claims.yaml")["virus_undrawn"])
    for sentence in reading.sentences:
        when = sentence.segment.when
        match = cue.search(sentence.text) if sentence.document.kind != "donor_evaluation" else None
        if match and when and when.first <= asked:
            concept = concept_of(match["test"])
            told = (when.last, near_quote(sentence, match.start(), match.end()))
            found[concept] = max(told, found.get(concept, told), key=lambda one: one[0])
    return {concept: quote for concept, (_day, quote) in found.items()}


def results(segment: Segment) -> Iterator[tuple[str, re.Match[str], str]]:
    """(concept, where, positive or negative) of each virus test printed on the page with its result."""
    row = pattern(load("claims.yaml")["virus_row"])
    for match in row.finditer(segment.page.text, segment.start, segment.end):
        concept = concept_of(match["test"])
        if concept:
            negative = match["result"].lower().startswith(("neg", "non"))
            yield concept, match, "negative" if negative else "positive"


def concept_of(test: str) -> str:
    """The concept of a test as printed, "" for one that is none of ours."""
    name = re.sub(r"[^a-z]", "", test.lower())
    return next((one for start, one in load("claims.yaml")["virus_of"].items() if name.startswith(start)), "")
