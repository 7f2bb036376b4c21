"""What a paper or a carried list tells of the disease and its treatment, beside the record: a regimen, a remission."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from chartproof.chart.derive.claimed.papers import CORRECT, of_papers, paper_of
from chartproof.chart.derive.standing import last_day, pattern, standing
from chartproof.chart.find.drugs import core, mentions
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, sentences
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact, Span, TherapyLine

#: A combination is known by so many drugs, and two names are of one course where they share so many.
COMBINATION, SHARED = 3, 2
#: Characters before a regimen in which it is told as given; days around a list in which the disease was told as active.
BEFORE, DAYS = 40, 90


def regimens_claimed(reading: Reading, lines: Sequence[TherapyLine]) -> Iterator[Conflict]:
    """A combination that a paper tells as given and no line holds, beside the line that shares most of its drugs."""
    seen: set[tuple[str, str]] = set()
    given = [(line, core(frozenset(line.drugs))) for line in lines]
    for sentence in of_papers(reading):
        for one in mentions(sentence.text):
            drugs, key = core(frozenset(one.drugs)), (sentence.document.file, one.regimen)
            told = pattern(load("claims.yaml")["told_given"]).search(
                sentence.text[max(0, one.start - BEFORE) : one.start]
            )
            if not told or not one.regimen or len(one.drugs) < COMBINATION or key in seen:
                continue
            if any(
                one.regimen == line.regimen or frozenset(one.drugs) <= frozenset(line.drugs) or drugs == own
                for line, own in given
            ):
                continue
            like = max(given, key=lambda row: len(row[1] & drugs), default=None)
            if like and len(like[1] & drugs) >= SHARED:
                seen.add(key)
                quote = near_quote(sentence, one.start, one.end)
                right = f"{like[0].regimen}: no record names {one.regimen}; {CORRECT}"
                yield Conflict(f"regimen: the {paper_of(sentence)}", quote, _recorded(reading, like[0]), right)


def _recorded(reading: Reading, line: TherapyLine) -> Span:
    """The record of what was given, where it names the regimen, before a note that does."""
    for sentence in reading.of_kind(*load("contradictions.yaml")["sources"]["record"]):
        for one in mentions(sentence.text):
            if one.regimen == line.regimen:
                return near_quote(sentence, one.start, one.end)
    return line.evidence[0]


def remission_listed(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """A remission that a problem list carries on, beside the report of those weeks that finds the disease."""
    words = load("claims.yaml")["remission_listed"]
    kinds = {document.id: document.kind for document in reading.documents}
    active = standing(facts, "relapsed_or_refractory", asked)
    own = (segment for segment in reading.segments if segment.document.belongs is not False)
    # a template's text is no evidence, and yet a reviewer reads it
    for sentence in (one for segment in own for one in sentences(segment)):
        listed = sentence.document.kind in load("claims.yaml")["lists"] or pattern(words["list"]).search(
            f"{sentence.heading} {sentence.label} {sentence.text}"
        )
        match = pattern(words["says"]).search(sentence.text)
        when = sentence.segment.when
        if not listed or not match or when is None or pattern(words["unless"]).search(sentence.text):
            continue
        near = [
            fact for fact in active
            if abs((last_day(fact) - when.last).days) <= DAYS and fact.document != sentence.document.id
        ]  # fmt: skip
        if near:
            reports = ["pathology", *load("contradictions.yaml")["sources"]["report"]]
            best = max(near, key=lambda one: (kinds.get(one.document) == "pathology", kinds.get(one.document) in reports, last_day(one)))  # fmt: skip
            right = f"{best.value or 'relapsed or refractory'} ({best.when}); the list carries on what was so before"
            yield Conflict("disease status", near_quote(sentence, *match.span()), best.evidence[0], right)
            return
