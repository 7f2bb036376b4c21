"""A donor's or a caregiver's result that could be taken for the patient's: shown as two people, not as a contradiction."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from chartproof.chart.derive.standing import last_day, pattern, standing
from chartproof.chart.view import Reading, Segment, span
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact


def other_people(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """One conflict at most for each test of a virus whose result on another's page differs from the patient's newest."""
    done: set[str] = set()
    for segment in reading.segments:
        if segment.document.belongs is not False and segment.document.kind != "donor_evaluation":
            continue
        for concept, match, result in results(segment):
            mine = [fact for fact in standing(facts, concept, asked) if fact.value in ("positive", "negative")]
            newest = max(mine, key=lambda fact: (last_day(fact), fact.rank), default=None)
            if concept in done or newest is None or newest.value == result:
                continue
            done.add(concept)
            quote = span(segment.page, match.start(), match.end())
            right = f"two people: the patient is {newest.value}, the other person {result}"
            yield Conflict(f"{concept.replace('_', ' ')} on another person's page", quote, newest.evidence[0], right)


def results(segment: Segment) -> Iterator[tuple[str, re.Match[str], str]]:
    """(concept, where, positive or negative) of each virus test printed on the page with its result."""
    words = load("claims.yaml")
    row = pattern(words["virus_row"])
    for match in row.finditer(segment.page.text, segment.start, segment.end):
        test = re.sub(r"[^a-z]", "", match["test"].lower())
        concept = next((one for name, one in words["virus_of"].items() if test.startswith(name)), "")
        if concept:
            negative = match["result"].lower().startswith(("neg", "non"))
            yield concept, match, "negative" if negative else "positive"
