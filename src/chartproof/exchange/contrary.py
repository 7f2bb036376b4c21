"""Facts of the documents that are contrary to those by which a row is met, and as new: a person tells which holds."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from chartproof.exchange.words import disease_of_label, doubted
from chartproof.model import Fact, Review

#: Years in a quote: one that tells of several lines of therapy has the days of each.
YEAR = re.compile(r"(?<![\d/-])(?:\d\d?[/-]){0,2}((?:19|20)\d\d)\b")
SAID = ("present", "absent")
#: The fact that the disease came back or never went.
ACTIVE = "relapsed_or_refractory"
DISEASE = ("diagnosis", "pathology_diagnosis")


def contrary(review: Review) -> Iterator[str]:
    """A line for each row's kind of fact of which the documents say the opposite, and for the disease itself."""
    yield from _rows(review)
    own = disease_of_label(review.label_id)
    if own:
        yield from _disease(review, own)


def _rows(review: Review) -> Iterator[str]:
    rows = (*review.criteria, *review.label)
    carrying = [fact for row in rows if row.status == "met" for fact in row.facts if fact.concept not in DISEASE]
    names = {
        fact.concept.replace("_", " ")
        for fact in carrying
        if any(_against(one, fact) for one in review.chart.facts if one.concept == fact.concept)
    }
    yield from (f"the documents say the opposite as well: {name}" for name in sorted(names))


def _against(one: Fact, fact: Fact) -> bool:
    """Whether a fact of the same kind says the opposite, on the same day or later."""
    if one.assertion not in SAID or fact.assertion not in SAID:
        return False
    if one.when is None or fact.when is None or one.when.last < fact.when.first:
        return False
    return one.assertion != fact.assertion or one.value != fact.value


def _disease(review: Review, own: str) -> Iterator[str]:
    """The disease excluded within the days for which documents speak, or a newer report of another one; and a disease of which
    no newer word than those days tells that it is active."""
    oldest = review.case.as_of - timedelta(days=int(doubted()["farthest_days"]))
    facts = [one for one in review.chart.facts if one.concept in DISEASE]
    if any(one.value == own and one.assertion == "absent" and _last(one, oldest) > oldest for one in facts):
        yield "the documents say as well that it is not the disease"
    proved = [one for one in facts if one.concept == "pathology_diagnosis" and one.assertion == "present" and one.when]
    newest = max((one.when.last for one in proved if one.when and one.value == own), default=None)
    others = {one.value for one in proved if one.value != own and one.when and newest and one.when.last > newest}
    yield from (
        f"a newer report names another disease: {str(one).replace('_', ' ')}" for one in sorted(map(str, others))
    )
    active = [one for one in review.chart.facts if one.concept == ACTIVE and one.assertion == "present" and one.when]
    years = [int(year) for one in active for span in one.evidence for year in YEAR.findall(span.quote)]
    if active and all(_last(one, oldest) < oldest for one in active) and max(years, default=0) < oldest.year:
        yield "no word that the disease is active is newer than a year"


def _last(fact: Fact, default: date) -> date:
    return fact.when.last if fact.when else default
