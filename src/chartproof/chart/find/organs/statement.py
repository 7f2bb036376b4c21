"""A clinician's statement on organ function: adequate (now, and for the four weeks after apheresis), or not yet.

The statement has two halves, a verdict for now and what is expected in the four weeks after apheresis. Often they stand
in two sentences, sometimes in two notes of the same weeks; only both together are "adequate".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from chartproof.chart.find.organs.words import THREE, Said, names_in, plain, read, words
from chartproof.chart.find.statements import about_treatment, clip, document_texts, fact_of
from chartproof.chart.view import Reading, Segment, Sentence
from chartproof.model import Case, Fact, Span

WHERE = (
    "clinic_note", "consult_note", "attestation", "provider_letter", "committee", "discharge_summary", "nursing_note",
)  # fmt: skip
#: How many days back another note may hold the other half of the statement.
APART = timedelta(days=30)
NOW_ONLY = "does not speak of the four weeks after apheresis"
AHEAD_ONLY = "speaks of the four weeks after apheresis, not of organ function now"
DECLINE = "a decline is expected in the four weeks after apheresis"
OPEN = "depends on something still open"


def find(reading: Reading, case: Case) -> list[Fact]:
    about = about_treatment()
    texts = document_texts(reading)
    grouped: dict[Segment, list[Sentence]] = {}
    papers = {one.document.id: texts[one.document.id] for one in reading.of_kind(*WHERE)}
    meant = {id for id, text in papers.items() if about.search(text) or words("about").search(plain(text))}
    for sentence in reading.sentences:
        if sentence.document.id in meant:
            grouped.setdefault(sentence.segment, []).extend(answered_apart(sentence))
    said = [
        one
        for group in grouped.values()
        for one in whole([one for index in range(len(group)) for one in read(group, index)])
    ]
    visits: dict[tuple[str, str], list[Said]] = {}
    for one in said:
        visits.setdefault((one.sentence.document.id, str(one.sentence.segment.when)), []).append(one)
    return [fact for visit in visits.values() for fact in facts_of(visit, said)]


#: A line of a form that ends in its answer, with the next line's question behind it.
ANSWERED = re.compile(r"[:?|][ \t]*(?:yes|no|y|n)[ \t]*\n(?=[^\n]{3,}[:?|])", re.IGNORECASE)


def answered_apart(sentence: Sentence) -> Iterator[Sentence]:
    """The lines of a form that were read as one sentence, each with its own answer."""
    text = sentence.page.text[sentence.start : sentence.end]
    cuts = [0, *(match.end() for match in ANSWERED.finditer(text)), len(text)]
    if len(cuts) == 2:
        yield sentence
        return
    for start, end in pairwise(cuts):
        yield replace(
            sentence, start=sentence.start + start, end=sentence.start + end, text=text[start:end].strip("\n")
        )


def whole(said: list[Said]) -> list[Said]:
    """Verdicts on single organs taken together: three that are good, all of this note's, are one on the whole patient."""
    parts = [one for one in said if one.partial]
    rest = [one for one in said if not one.partial]
    named = " ".join(plain(f"{one.sentence.label} {one.named}") for one in parts)
    doubted = any(one.part == "now" and one.verdict != "good" for one in rest)
    texts = " ".join(
        plain(one.sentence.page.text[one.sentence.segment.start : one.sentence.segment.end]) for one in parts[:1]
    )
    if len(names_in(named)) < THREE or doubted or not words("own_aim").search(texts):
        return rest
    return [replace(parts[0], named=named), *rest]


def facts_of(visit: list[Said], everything: list[Said]) -> Iterator[Fact]:
    """The facts of one note: what is bad, put off or open stands; the good halves need each other."""
    declines = [one for one in visit if one.part == "ahead" and one.verdict == "bad"]
    settled = [one for one in visit if one.verdict != "good"]
    if any(one.verdict == "bad" for one in settled):
        settled = [
            one for one in settled if one.verdict != "withheld"
        ]  # "not adequate; I take my letter back" is one verdict
    now = [one for one in visit if one.part == "now" and one.verdict == "good"]
    ahead = [one for one in visit if one.part == "ahead" and one.verdict == "good"]
    for one in settled:
        value = {"bad": "inadequate"}.get(one.verdict, one.verdict)
        note = DECLINE if one in declines else OPEN if one.verdict == "conditional" else ""
        yield statement(one, value, note=note, other=now[0] if now and one in declines else None)
    if declines or any(one.verdict in ("conditional", "withheld") for one in settled):
        return
    for one in now:
        other = ahead[0] if ahead else other_half(one, everything)
        if settled and not other:
            continue  # "the heart is not adequate; kidneys, liver and lungs are acceptable" is one verdict
        yield statement(one, "adequate" if other else "withheld", note="" if other else NOW_ONLY, other=other)
    if ahead and not now and not settled:
        other = other_half(ahead[0], everything)
        yield statement(ahead[0], "adequate" if other else "withheld", note="" if other else AHEAD_ONLY, other=other)


def other_half(one: Said, everything: list[Said]) -> Said | None:
    """The latest other half in another signed note of the days before; none where the organs were doubted since."""
    day = one.sentence.segment.when
    if day is None:
        return None
    earlier = [
        (when.last, other)
        for other in everything
        if other.sentence.document.id != one.sentence.document.id
        and other.sentence.segment.signed is not False
        and (when := other.sentence.segment.when) is not None
        and day.first - APART <= when.last <= day.first
        and (other.part != one.part or other.verdict != "good")
    ]
    if not earlier:
        return None
    latest = max(when for when, _other in earlier)
    last = [other for when, other in earlier if when == latest]
    return last[0] if all(other.verdict == "good" for other in last) else None


def statement(one: Said, value: str, *, note: str, other: Said | None) -> Fact:
    more: list[Span] = []
    if one.answer:
        more.append(one.answer.span())
    if other:
        half = clip(other.sentence, other.start, other.end)
        if half.end > clip(one.sentence, one.start, one.end).end or other.sentence is not one.sentence:
            more.append(half)
    return fact_of(
        one.sentence,
        one.start,
        one.end,
        concept="organ_function_statement",
        says="present",
        value=value,
        more=tuple(more),
        note=note,
    )
