"""Results that a later page of the chart contradicts by saying that the study is still to be done.

"Chest film, status: scheduled 12/11" of a visit after the film that answers the row: the film may be another person's, a
text of the order or a prediction. Such a result decides nothing until somebody looks: its day is taken away, and the row
shows both places. What settles it: an export's own entry, a treating clinician who cites the result, or a result since. A
report that prints the patient's name does not: a release prints it above whatever was filed in it by mistake.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache
from typing import Any

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.claimed.papers import of_logs
from chartproof.chart.derive.standing import CLINICIANS, last_day, pattern
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Case, DayRange, Fact

#: Days after which a study that is to be done is the repetition of an old one, and no word against it.
REPEATED_DAYS = 45
#: Days within which what is booked takes place: "booked 11/17" names no year.
BOOKED_DAYS = 300
#: Characters on either side of a study's name within which the words on it stand.
NEAR = 60
CLAUSE = re.compile(
    r"[.;](?=\s|$)|\||, (?!status|tube|specimen|sample|order|will|not\b|cart|machine|(?:\w+ )?tech\b)|\bbut\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Open:
    """A sentence that says that a study of these concepts is still to be done on that day; `dated` by its own words."""

    concepts: frozenset[str]
    when: date
    dated: bool
    sentence: Sentence


def disputed(reading: Reading, facts: Iterable[Fact], case: Case) -> tuple[Fact, ...]:
    """The facts, each whose study is called open later without its day and with what says so as its doubt."""
    rows = list(facts)
    items = sorted(open_items(reading, case.as_of), key=lambda one: one.when)
    if not items:
        return tuple(rows)
    exported = {one.document.id for one in reading.segments if one.page.read == "structured"}
    return tuple(fact if fact.document in exported else _or_doubted(fact, rows, items, reading) for fact in rows)


def open_items(reading: Reading, asked: date) -> Iterator[Open]:
    """What the chart and the office's logs call still to be done, each with the last day on which they say so."""
    for sentence in (*reading.sentences, *of_logs(reading)):
        for study in load("still_open.yaml")["studies"]:
            named = pattern(study["named"]).finditer(sentence.text)
            found = next((match for match in named if _is_open(sentence, match, asked)), None)
            if found:
                days = [day for day in _days(sentence, found.start()) if day <= asked]
                written = sentence.segment.when
                when = max(days, default=written.last if written and written.exact else None)
                if when and when <= asked:
                    yield Open(frozenset(study["concepts"]), when, bool(days), sentence)


def _is_open(sentence: Sentence, named: re.Match[str], asked: date) -> bool:
    """Whether the clause around a study's name says that it is still to be done, or gives a day for it to come."""
    text = sentence.text
    before = CLAUSE.split(text[: named.start()])[-1][-NEAR:]
    behind = CLAUSE.split(text[named.end() :])[0][:NEAR]
    if _any("unless").search(text[max(0, named.start() - NEAR) : named.end() + NEAR]):
        return False
    if _any("before").search(before) or _any("behind").search(behind):
        return True
    booked = find_dates(behind, year_hint=asked + timedelta(days=BOOKED_DAYS))
    return bool(_any("ahead").search(behind)) and any(day.first > asked for _, _, day in booked)


def _days(sentence: Sentence, start: int) -> list[date]:
    """The days that the sentence names; before the study at `start` also those without a year, the last before its page's."""
    written = sentence.segment.when
    before = find_dates(sentence.text[:start], year_hint=written.last if written else None)
    return [day.last for _, _, day in (*before, *find_dates(sentence.text)) if day.exact]


def _or_doubted(fact: Fact, facts: Sequence[Fact], items: Sequence[Open], reading: Reading) -> Fact:
    if fact.assertion != "present" or fact.when is None or not fact.evidence:
        return fact
    later = [one for one in items if fact.concept in one.concepts and _soon_after(one, fact)]
    if not later or _done_since(fact, facts, later[-1].when) or _cited(later[-1].concepts, fact.when, reading):
        return fact
    said = later[-1].sentence
    doubt = f"done {fact.when} / still to be done {later[-1].when} ({said.document.file} p. {said.page.number})"
    return replace(fact, when=None, doubt=doubt, extra={**fact.extra, "still_open": str(later[-1].when)})


def _soon_after(item: Open, fact: Fact) -> bool:
    return (0 if item.dated else 1) <= (item.when - last_day(fact)).days <= REPEATED_DAYS


def _done_since(fact: Fact, facts: Sequence[Fact], said: date) -> bool:
    known = (other for other in facts if other.concept == fact.concept and other.assertion == "present")
    return any(last_day(other) >= said for other in known)


def _cited(concepts: frozenset[str], done: DayRange, reading: Reading) -> bool:
    """Whether a treating clinician's signed paper tells of the study with its day, and not that it is open."""
    study = next(one for one in load("still_open.yaml")["studies"] if concepts.issuperset(one["concepts"]))
    for sentence in reading.of_kind(*CLINICIANS):
        written, named = sentence.segment.when, pattern(study["named"]).search(sentence.text)
        if named and sentence.segment.signed is not False and not _is_open(sentence, named, done.last):
            days = find_dates(sentence.text, year_hint=written.last if written else None)
            if any(day == done for _, _, day in days):
                return True
    return False


@cache
def _any(name: str) -> Expression:
    words: Any = load("still_open.yaml")[name]
    return pattern("|".join(rf"\b(?:{one})\b" for one in words))
