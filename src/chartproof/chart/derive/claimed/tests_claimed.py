"""Tests and evaluations that our own papers call done, and of which the chart says that they are not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.claimed.papers import CORRECT, conflict_of, is_paper
from chartproof.chart.derive.standing import last_day, pattern, standing, within
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, DayRange, Fact, Span

#: "Not done" this far from the test's name speaks of another test.
CLOSE = 60
#: Characters before and behind a test's name in which a form ticks it, gives its day or its result.
BEFORE, BEHIND = 5, 70


def tests(sentence: Sentence, reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """A test that the paper calls done or negative, or gives a day of, and a document of the chart calls not done."""
    for rule in load("claims.yaml")["tests"].values():
        match = pattern(rule["words"]).search(sentence.text)
        claim = claimed(sentence, match) if match else None
        if not match or claim is None:
            continue
        if any(within(fact, asked, rule["days"]) for one in rule["concepts"] for fact in standing(facts, one, asked)):
            continue
        quote = other_study(reading, rule, claim) or lacking(reading, facts, rule, asked, claim)
        if quote:
            yield conflict_of(rule["name"], sentence, match, quote, f"not in the chart; {CORRECT}")


def lacking(
    reading: Reading, facts: Sequence[Fact], rule: dict[str, Any], asked: date, claim: Sequence[DayRange]
) -> Span | None:
    """What nobody signed of the day that the paper gives, else the statement that it is not there, else the newest one where only an older one is, else the plan to do it.

    A paper that gives the older one's own day claims no more than that.
    """
    unsigned = [fact for fact in facts if fact.concept in rule["concepts"] and not fact.signed and fact.when in claim]
    if unsigned:
        return unsigned[0].evidence[0]
    plain, *open_still = load("claims.yaml")["not_there"]
    quote = not_there(reading, rule, asked, claim, cues=[plain])
    known = [fact for concept in rule["concepts"] for fact in standing(facts, concept, asked) if fact.rank]
    old = max(known, key=last_day, default=None)
    if quote is None and old and (not claim or elsewhere(old, claim)):
        quote = old.evidence[0]
    return quote or not_there(reading, rule, asked, claim, cues=open_still)


def elsewhere(old: Fact, claim: Sequence[DayRange]) -> bool:
    """Whether the days claimed are exact, and none of them that of the study on file."""
    exact = all(day.exact for day in claim) and old.when is not None
    return exact and not any(old.when.first <= day.last and day.first <= old.when.last for day in claim if old.when)


def claimed(sentence: Sentence, match: re.Match[str]) -> list[DayRange] | None:
    """The days that the form gives beside the test; None where it claims nothing of it.

    The words of one item reach from its tick to the next one's; a tick may stand before the name or behind the question.
    """
    words, page = load("claims.yaml"), sentence.page.text
    start = max(sentence.start, sentence.start + match.start() - BEFORE)
    behind = page[sentence.start + match.end() : sentence.end + BEHIND][:BEHIND]
    if sentence.text.rstrip().endswith("?"):
        item = re.split(r"\n.*?\n|;", behind)[0]
    else:
        item = re.split(
            r"\n|;|(?<=\w) (?=[\[(][ xX]?[\])])", behind[: max(0, sentence.end - sentence.start - match.end())]
        )[0]
    text = page[start : sentence.start + match.end()] + item
    if pattern(words["unclaimed"]).search(text) or not pattern(words["claimed"]).search(text):
        return None
    return [day for _start, _end, day in find_dates(text, year_hint=_written(sentence))]


def _written(sentence: Sentence) -> date | None:
    return sentence.segment.when.last if sentence.segment.when else None


def other_study(reading: Reading, rule: dict[str, Any], days: Sequence[DayRange]) -> Span | None:
    """Another study of the claimed day, which was taken for this one: a CT for a film."""
    if "other" not in rule or not days:
        return None
    for sentence in reading.of_kind(*rule["other_kinds"]):
        match = pattern(rule["other"]).search(sentence.text)
        if match and any(day in days for _start, _end, day in find_dates(sentence.text)):
            return near_quote(sentence, match.start(), match.end())
    return None


def not_there(
    reading: Reading, rule: dict[str, Any], asked: date, days: Sequence[DayRange] = (), *, cues: Sequence[str] = ()
) -> Span | None:
    """The plainest, then the newest statement of the chart that the test is not there; one of the claimed day first."""
    best: tuple[tuple[bool, int, bool, date], Span] | None = None
    for sentence in reading.sentences:
        named = pattern(rule.get("chart", rule["words"])).search(sentence.text)
        if not named or is_paper(sentence.segment):
            continue
        when = _day_of(sentence)
        if when is None or when.last > asked or (asked - when.last).days > rule["days"]:
            continue
        for plainness, cue in enumerate(cues or load("claims.yaml")["not_there"]):
            told = pattern(cue).search(sentence.text, max(0, named.start() - CLOSE))
            if told and told.start() - named.end() <= CLOSE:
                order = (when in days, -plainness, sentence.document.kind in rule["from"], when.last)
                if best is None or order > best[0]:
                    best = (order, near_quote(sentence, *_around(named, told)))
                break
    return best[1] if best else None


def _day_of(sentence: Sentence) -> DayRange | None:
    """The day of the entry; in an export the day of the row."""
    if sentence.segment.when:
        return sentence.segment.when
    return next((day for _start, _end, day in find_dates(sentence.text) if day.exact), None)


def _around(one: re.Match[str], other: re.Match[str]) -> tuple[int, int]:
    return min(one.start(), other.start()), max(one.end(), other.end())
