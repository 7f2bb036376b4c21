"""Comorbid conditions: named, managed, and in which state they are. One fact for each quote that says so."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.chart.find.comorbid.care import care_apart
from chartproof.chart.find.comorbid.conditions import condition_of_code, conditions_in, words
from chartproof.chart.find.comorbid.mentions import NOTES, Said, after, listed, stated
from chartproof.chart.find.deferral import put_off
from chartproof.chart.find.entries import Placed, entries
from chartproof.chart.kinds import is_evidence
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Case, Fact, Span

IDENTIFIED, MANAGED, ASSESSED = "comorbidities_identified", "comorbidities_managed", "comorbidities_assessed"
VOID = frozenset(("entered-in-error", "entered in error", "refuted", "differential", "unconfirmed", "provisional"))
QUOTE_WORDS = 20
UNTOUCHED = re.compile(r"\W*(?:not|none of (?:these|them))\b", re.IGNORECASE)
PASSED = re.compile(r"\b(?:over|resolved|cleared|recovered|healed|gone|finished|treated|completed)\b", re.IGNORECASE)


def find(reading: Reading, case: Case) -> list[Fact]:
    """Facts of the three concepts, the most explicit first, newest first among equals."""
    said: list[Said] = []
    for segment in reading.segments:
        document = segment.document
        if document.kind in NOTES and is_evidence(document) and not after(segment, case):
            said.extend(listed(segment))
    covered = [(one.sentence.page.file, one.sentence.page.number, one.sentence.start, one.sentence.end) for one in said]
    said.extend(one for one in stated(reading, case) if not overlaps(one.sentence, covered))
    said.extend(list(care_apart(reading, said)))
    skipped = {sentence.document.id for sentence in reading.sentences if passed_over(sentence)}
    facts = [
        (one.strength, fact)
        for one in said
        for fact in facts_of(one)
        if not (fact.concept == ASSESSED and (fact.document in skipped or has_passed(one) or is_of_before(one)))
    ]
    facts.extend((3, coded(placed)) for placed in entries(reading, "condition") if is_comorbid(placed))
    facts = plainest(facts)
    facts.sort(key=lambda row: (row[0], -(row[1].when.last.toordinal() if row[1].when else 0)))
    return [fact for _strength, fact in facts]


def passed_over(sentence: Sentence) -> bool:
    """Whether the note itself says that the conditions were not gone over at this visit, or under their title only "not ..."."""
    text = sentence.text
    if UNTOUCHED.match(text):
        text = f"{sentence.label or sentence.heading}: {text}"
    return any(put_off(text, *match.span()) for match in words("passed_over").finditer(text))


def has_passed(one: Said) -> bool:
    """ "Pneumonia is over": only illnesses that come and go, told as gone."""
    names = set(one.names)
    return (
        bool(names)
        and names <= set(load("conditions.yaml")["passing"])
        and bool(one.state and PASSED.search(one.sentence.text))
    )


def is_of_before(one: Said) -> bool:
    """ "Controlled when last assessed in January": the state is of an earlier look than this note's."""
    return bool(one.names and words("of_before").search(one.sentence.text))


def plainest(facts: list[tuple[int, Fact]]) -> list[tuple[int, Fact]]:
    """Where a document has a table of conditions, its other mentions add nothing; the same for care and state."""
    best: dict[tuple[str, str], int] = {}
    for strength, one in facts:
        key = (one.document, one.concept)
        best[key] = min(strength, best.get(key, strength))
    return [
        (strength, one)
        for strength, one in facts
        if strength == best[one.document, one.concept]
        or (best[one.document, one.concept] > 0 and one.concept == IDENTIFIED)
    ]


def overlaps(sentence: Sentence, places: list[tuple[str, int, int, int]]) -> bool:
    return any(
        (file, page) == (sentence.page.file, sentence.page.number) and start < sentence.end and end > sentence.start
        for file, page, start, end in places
    )


def facts_of(one: Said) -> Iterator[Fact]:
    if one.names or one.note:
        yield fact(one, IDENTIFIED, None)
    if one.managed:
        yield fact(one, MANAGED, one.managed)
    if one.state:
        yield fact(one, ASSESSED, one.state)


def fact(one: Said, concept: str, cue: re.Match[str] | None) -> Fact:
    segment = one.sentence.segment
    return Fact(
        id="",
        concept=concept,
        assertion="present",
        evidence=(quote(one.sentence, cue.end() if cue else 0),),
        when=segment.when,
        known=segment.when,
        signed=segment.signed is not False,
        rank=2 if segment.addendum else 1,
        document=segment.document.id,
        note=one.note,
        extra={"conditions": " ".join(one.names)} if one.names else {},
    )


def quote(sentence: Sentence, reach: int) -> Span:
    """From the sentence's start, some twenty words; later where the words that matter stand later."""
    tokens = list(re.finditer(r"\S+", sentence.text))
    last = next((i for i, token in enumerate(tokens) if token.end() >= reach), len(tokens) - 1)
    begin = max(0, last - QUOTE_WORDS + 4) if last >= QUOTE_WORDS else 0
    end = min(len(tokens), begin + QUOTE_WORDS)
    return sentence.span(tokens[begin].start(), tokens[end - 1].end())


def is_comorbid(placed: Placed) -> bool:
    entry = placed.entry
    words_of = {entry.status.lower(), entry.extra.get("verification", "").lower()}
    return not words_of & VOID and bool(named(placed))


def named(placed: Placed) -> str:
    for code in placed.entry.codes:
        if code.system.startswith("icd10") and condition_of_code(code.code):
            return condition_of_code(code.code)
    found = conditions_in(placed.entry.label)
    return found[0][2] if found else ""


def coded(placed: Placed) -> Fact:
    document = placed.document
    return Fact(
        id="",
        concept=IDENTIFIED,
        assertion="present",
        evidence=(placed.span(),),
        when=placed.entry.when or document.when,
        known=document.when,
        document=document.id,
        extra={"conditions": named(placed)},
    )
