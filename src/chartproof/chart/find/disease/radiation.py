"""Courses of radiotherapy with their dose: "Radiation 20 Gy to the mediastinum 08/03 to 08/07/2026"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from chartproof.chart.context import assertion
from chartproof.chart.find.dating import dates_of
from chartproof.chart.find.said import fact_of, near_quote, past_day
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Case, DayRange, Fact, Quantity

DOSE = re.compile(r"(?<![\d.,/x-])(?P<dose>\d{1,2}(?:\.\d{1,2})?|\d{3,4}(?= ?c))\s?(?P<centi>c)?Gy\b", re.IGNORECASE)


def find(reading: Reading, case: Case) -> list[Fact]:
    """radiotherapy_dose facts of treatment; irradiation of the whole body before a transplant is no course of its own."""
    kinds = load("mentions.yaml")["radiotherapy"]["kinds"]
    return [fact for sentence in reading.of_kind(*kinds) for fact in told(sentence, case)]


@cache
def words(name: str) -> Expression:
    return Expression(rf"\b(?:{'|'.join(load('mentions.yaml')['radiotherapy'][name])})\b", re.IGNORECASE)


def told(sentence: Sentence, case: Case) -> Iterator[Fact]:
    text = sentence.text
    if not DOSE.search(text):
        return
    around = f"{sentence.heading} {sentence.label} {sentence.segment.title} {text}"
    page = sentence.page.text[sentence.segment.start : sentence.segment.end]
    if not (words("names").search(around) or words("titles").search(page)) or words("not_these").search(around):
        return
    for match in DOSE.finditer(text):
        dose = float(match["dose"]) / (100 if match["centi"] else 1)
        if re.match(r"\s?(?:per|/|a|each|daily|x|×)\b|\s?[x×]", text[match.end() :]) or not 2 <= dose <= 90:
            continue  # of one fraction
        said = assertion(sentence, match.start(), match.end())
        if said == "present" and words("ahead").search(re.split(r"[.;]\s", text[: match.start()])[-1]):
            said = "planned"
        own = past_day(sentence, case, match.start(), match.end()) or last_behind(sentence, match.end(), case)
        when = own or sentence.segment.when
        quote = near_quote(sentence, match.start(), match.end())
        yield fact_of(
            sentence,
            "radiotherapy_dose",
            said,
            quote,
            when=None if said == "planned" else when,
            quantity=Quantity(dose, dose, "Gy"),
        )


def last_behind(sentence: Sentence, end: int, case: Case) -> DayRange | None:
    """The last day of "20 Gy to the mediastinum 10/13 to 10/26", told without a year."""
    clause = re.split(r"[;.]\s", sentence.text[end:])[0]
    stop = end + len(clause)
    days = [when for start, _last, when in dates_of(sentence, case.as_of) if end <= start < stop]
    return days[-1] if days else None
