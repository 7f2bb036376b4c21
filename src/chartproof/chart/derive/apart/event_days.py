"""An event that happens once, of which two papers give another day: the year is the commonest slip of the pen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from rapidfuzz.distance import Levenshtein

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.told.telling import source_of
from chartproof.chart.likeness import turned
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact


def event_days(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """At most one conflict for each event: the day that no paper but one gives, beside the strongest paper with another.

    Two events of one kind are told of, both, by some paper.
    """
    documents = {one.id: one for one in reading.documents}
    order = load("compared.yaml")["once_order"]
    for concept in load("compared.yaml")["once"]:
        told: list[tuple[date, Fact, int]] = []
        for fact in facts:
            day = own_day(fact) if fact.concept == concept and fact.document in documents else None
            if day and day <= asked:
                told.append((day, fact, order.index(source_of(documents[fact.document], fact.signed))))
        papers = {
            day: {fact.document for other, fact, _rank in told if close(other, day)} for day, _fact, _rank in told
        }
        alone = [row for row in told if len(papers[row[0]]) == 1]
        for day, fact, rank in alone:
            others = [row for row in told if slip(row[0], day) and row[2] <= rank]
            both = any(papers[day] & papers[row[0]] for row in others)
            if others and not both:
                best = min(others, key=lambda row: (-len(papers[row[0]]), row[2]))
                name = f"day of the {concept.replace('_', ' ')}"
                says = f"{best[0]}: by {len(papers[best[0]])} of the papers; {day} by this one alone"
                yield Conflict(name, fact.evidence[0], best[1].evidence[0], says)
                break


def own_day(fact: Fact) -> date | None:
    """The one exact day that the fact's words give, else the day of the fact itself."""
    if fact.assertion not in ("present", "historical") or not fact.evidence:
        return None
    days = {day.first for _start, _end, day in find_dates(fact.evidence[0].quote) if day.exact}
    within = [day for day in days if fact.when and fact.when.first <= day <= fact.when.last]
    if len(days) == 1:
        return within[0] if within else None
    exact = fact.when if fact.when and fact.when.exact and not days and not fact.extra.get("told") else None
    return exact.first if exact else None


def slip(one: date, other: date) -> bool:
    """Whether one day is the other written wrongly: a digit, the year, or day and month changed about."""
    digit = Levenshtein.distance(one.isoformat(), other.isoformat()) == 1
    return not close(one, other) and (digit or (one.month, one.day) == (other.month, other.day) or turned(one) == other)


def close(one: date, other: date) -> bool:
    """Whether two days are of one event and its stay: some days apart, the day before and the day after it."""
    return abs((one - other).days) <= load("compared.yaml")["once_days"]
