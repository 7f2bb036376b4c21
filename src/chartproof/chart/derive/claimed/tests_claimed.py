"""Tests and evaluations that our own papers call done, and of which the chart says that they are not there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.claimed.papers import CORRECT, conflict_of, is_paper
from chartproof.chart.derive.standing import last_day, pattern, standing, within
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence, sentences
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
        quote = (
            other_study(reading, rule, claim)
            or unfinished(facts, rule, claim, asked)
            or unread(reading, rule, asked)
            or lacking(reading, facts, rule, asked, claim, old=not points(item_of(sentence, match)))
        )
        if quote:
            yield conflict_of(rule["name"], sentence, match, quote, f"not in the chart; {CORRECT}")


def unread(reading: Reading, rule: dict[str, Any], asked: date) -> Span | None:
    """A study of these weeks of which a paper of its own kind says that nobody has read it."""
    kinds = {*rule["from"]} & {*load("contradictions.yaml")["sources"]["report"]}
    for segment in reading.segments:
        when = segment.when
        if segment.document.kind not in kinds or segment.document.belongs is False or not when:
            continue
        for sentence in sentences(segment) if 0 <= (asked - when.last).days <= rule["days"] else ():
            told = pattern(load("claims.yaml")["unread"]).search(sentence.text)
            if told:
                return near_quote(sentence, *told.span())
    return None


def undone(facts: Sequence[Fact], rule: dict[str, Any], asked: date) -> Span | None:
    """The laboratory's own row by which the test was cancelled or not done in these weeks."""
    cue = pattern(load("claims.yaml")["not_there"][0])
    found = [
        fact for fact in facts
        if fact.concept in rule["concepts"] and fact.assertion in ("absent", "planned") and fact.value is None
        and fact.evidence and cue.search(f"{fact.evidence[0].quote} {fact.note}") and within(fact, asked, rule["days"])
    ]  # fmt: skip
    newest = max(found, key=last_day, default=None)
    return newest.evidence[0] if newest else None


def unfinished(facts: Sequence[Fact], rule: dict[str, Any], claim: Sequence[DayRange], asked: date) -> Span | None:
    """What a paper of these days tells that nobody has signed: where it says so itself, else of the claimed day, first."""
    cue = pattern(load("claims.yaml")["unfinished"])
    found = [
        fact.evidence[0] for fact in facts
        if fact.concept in rule["concepts"] and fact.signed is False and fact.evidence
        and (fact.known is None or within(replace(fact, when=fact.known), asked, rule["days"]))
    ]  # fmt: skip
    said = [quote for quote in found if cue.search(quote.quote)] or found
    said.sort(key=lambda quote: not any(day in claim for _start, _end, day in find_dates(quote.quote)))
    return said[0] if said else None


def lacking(
    reading: Reading, facts: Sequence[Fact], rule: dict[str, Any], asked: date, claim: Sequence[DayRange], *, old: bool
) -> Span | None:
    """The statement that it is not there, else (if `old`) the newest one where only an older one is, else the plan to do it.

    A paper that gives the older one's own day claims no more than that.
    """
    plain, *open_still = load("claims.yaml")["not_there"]
    quote = not_there(reading, rule, asked, claim, cues=[plain]) or undone(facts, rule, asked)
    known = [fact for concept in rule["concepts"] for fact in standing(facts, concept, asked) if fact.rank]
    last = max(known, key=last_day, default=None)
    if quote is None and old and last and (not claim or elsewhere(last, claim)):
        quote = last.evidence[0]
    return quote or not_there(reading, rule, asked, claim, cues=open_still)


def elsewhere(old: Fact, claim: Sequence[DayRange]) -> bool:
    """Whether the days claimed are exact, and none of them that of the study on file."""
    exact = all(day.exact for day in claim) and old.when is not None
    return exact and not any(old.when.first <= day.last and day.first <= old.when.last for day in claim if old.when)


def claimed(sentence: Sentence, match: re.Match[str]) -> list[DayRange] | None:
    """The days that the form gives beside the test; None where it claims nothing of it.

    The words of one item reach from its tick to the next one's; a tick may stand before the name or behind the question.
    """
    words, text = load("claims.yaml"), item_of(sentence, match)
    if pattern(words["unclaimed"]).search(text) or not pattern(words["claimed"]).search(text):
        return None
    return [day for _start, _end, day in find_dates(text, year_hint=_written(sentence))]


def points(item: str) -> bool:
    """Whether the form only says where to look ("see lab"), and gives neither a day nor a result."""
    words = load("claims.yaml")
    return bool(pattern(words["pointer"]).search(item)) and not pattern(words["claimed"]).search(
        pattern(words["pointer"]).sub("", item)
    )


def item_of(sentence: Sentence, match: re.Match[str]) -> str:
    """The words of the form's item around the name of the test."""
    page = sentence.page.text
    start = max(sentence.start, sentence.start + match.start() - BEFORE)
    behind = page[sentence.start + match.end() : sentence.end + BEHIND][:BEHIND]
    if sentence.text.rstrip().endswith("?"):
        item = re.split(r"\n.*?\n|;", behind)[0]
    else:
        item = re.split(
            r"\n|;|(?<=\w) (?=[\[(][ xX]?[\])])", behind[: max(0, sentence.end - sentence.start - match.end())]
        )[0]
    return page[start : sentence.start + match.end()] + item


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
