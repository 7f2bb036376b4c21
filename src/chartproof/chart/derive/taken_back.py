"""Judgements that a later page of the chart takes back: withdrawn, written in error, overtaken by what came since.

"The sentence on risk and benefit in my note of 06/03 is to be disregarded": what that note judged decides nothing more
until somebody judges it anew. It is history then, with what takes it back as its doubt; the row stays open.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

from chartproof.chart.context import assertion
from chartproof.chart.dates import find_dates
from chartproof.chart.derive.standing import last_day
from chartproof.chart.find.said import near_quote
from chartproof.chart.find.statements import either
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, Conflict, DayRange, Fact

CLAUSE = re.compile(r"[.;](?=\s|$)|\bbut\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Matter:
    concept: str
    values: frozenset[str]
    named: Expression
    against: Expression | None


@dataclass(frozen=True, slots=True)
class Back:
    """A sentence of the day `when` that takes judgements back: of one concept, or all that a paper of the day `of` made."""

    concept: str
    of: DayRange | None
    when: date
    sentence: Sentence


@cache
def matters() -> tuple[Matter, ...]:
    data = load("taken_back.yaml")
    return tuple(
        Matter(
            concept=row["of"],
            values=frozenset(row.get("value", ())),
            named=either([row["named"]], data["words"]),
            against=either([row["against"]], data["words"]) if "against" in row else None,
        )
        for row in data["matters"]
    )


@cache
def words(name: str) -> Expression:
    data = load("taken_back.yaml")
    return either([data[name]], data["words"])


def standing_judgements(reading: Reading, facts: Iterable[Fact]) -> Iterator[Fact]:
    """The facts, each judgement that was taken back later as history, with what takes it back as its doubt."""
    rows = list(facts)
    found = sorted(taken_back(reading), key=lambda one: one.when)
    return (_or_doubted(fact, rows, found) for fact in rows) if found else iter(rows)


def overtaken(reading: Reading, facts: Sequence[Fact]) -> Iterator[Conflict]:
    """Each judgement that was taken back beside what takes it back: one for each matter and page that does."""
    told = [fact for fact in facts if "taken_back" in fact.extra]
    found = list(taken_back(reading)) if told else []
    shown: set[tuple[str, str, int]] = set()
    for fact in sorted(told, key=lambda one: last_day(one), reverse=True):
        for back in found:
            place = (fact.concept, back.sentence.document.file, back.sentence.page.number)
            if back.concept != fact.concept or str(back.when) != fact.extra["taken_back"] or place in shown:
                continue
            if not _reaches(back, replace(fact, assertion="present")):
                continue
            shown.add(place)
            what = fact.concept.replace("_", " ")
            quote = near_quote(back.sentence, 0, len(back.sentence.text))
            yield Conflict(
                what, fact.evidence[0], quote, f"what was written on {back.when} stands until it is judged anew"
            )


def taken_back(reading: Reading) -> Iterator[Back]:
    for sentence in reading.sentences:
        written = sentence.segment.when
        if written is None or sentence.page.read == "structured":
            continue
        for matter in matters():
            said = matter.against.search(sentence.text) if matter.against else None
            if said and assertion(sentence, *said.span()) in ("present", "absent"):
                yield Back(matter.concept, None, written.last, sentence)
        for clause in CLAUSE.split(sentence.text):
            if words("void").search(clause) and not words("unless").search(clause):
                yield from _of_clause(sentence, clause, written)


def _of_clause(sentence: Sentence, clause: str, written: DayRange) -> Iterator[Back]:
    """What the clause that takes something back names: one matter, or a paper by its day."""
    days = [day for _start, _end, day in find_dates(sentence.text, year_hint=written.last) if day.exact]
    earlier = [day for day in days if day.last <= written.last]
    named = [matter for matter in matters() if matter.named.search(clause)]
    for matter in named:
        yield Back(matter.concept, earlier[0] if earlier else None, written.last, sentence)
    if not named and earlier and words("whole").search(clause) and not words("number").search(clause):
        yield from (Back(matter.concept, earlier[0], written.last, sentence) for matter in matters())


def _or_doubted(fact: Fact, facts: Sequence[Fact], found: Sequence[Back]) -> Fact:
    if not _good(fact):
        return fact
    against = [one for one in found if one.concept == fact.concept and _reaches(one, fact)]
    if not against or _said_since(fact, facts, against[-1]):
        return fact
    last = against[-1]
    doubt = f"said {fact.when} / taken back {last.when} ({last.sentence.document.file} p. {last.sentence.page.number})"
    # A transplant that was denied is no transplant of the past.
    said: Assertion = "planned" if fact.concept in _denials() and fact.concept != "active_infection" else "historical"
    return replace(fact, assertion=said, doubt=doubt, extra={**fact.extra, "taken_back": str(last.when)})


def _denials() -> list[str]:
    """The facts that speak for the treatment where they are denied."""
    return list(load("whose_word.yaml")["denials"])


def _good(fact: Fact) -> bool:
    """Whether it is a judgement that a request rests on."""
    if fact.when is None or not fact.evidence:
        return False
    if fact.concept in _denials():
        return fact.assertion == "absent"
    known = [one for one in matters() if one.concept == fact.concept]
    return bool(known) and fact.assertion == "present" and (not known[0].values or fact.value in known[0].values)


def _reaches(one: Back, fact: Fact) -> bool:
    """Whether the fact was written before the page that takes it back, on the day that this names, if any."""
    if fact.evidence[0].start == one.sentence.start and fact.document == one.sentence.document.id:
        return False
    written = fact.known or fact.when
    if one.of is not None and written is not None:
        return written.first <= one.of.last and one.of.first <= written.last
    later = (one.when - last_day(fact)).days
    return later > 0 or (later == 0 and fact.document == one.sentence.document.id and one.sentence.segment.addendum)


def _said_since(fact: Fact, facts: Sequence[Fact], back: Back) -> bool:
    """Whether the same was judged again after it was taken back, or in another paper of that day."""
    same = [other for other in facts if other.concept == fact.concept and _good(other) and not _reaches(back, other)]
    later = [other for other in same if last_day(other) >= back.when and other.document != fact.document]
    return any(other.document != back.sentence.document.id or last_day(other) > back.when for other in later)
