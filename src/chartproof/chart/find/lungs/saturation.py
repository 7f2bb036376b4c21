"""Oxygen saturation from vital signs: entries, flowsheets with dated columns, and sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from chartproof.chart.find.dating import day_of
from chartproof.chart.find.entries import entries, printed
from chartproof.chart.find.labs.grid import lines
from chartproof.chart.find.mention import says
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import DayRange, Document, Fact, Quantity, Span

VALUE = re.compile(r"(?<![\d.])(\d{2,3})(?:\s?(?:-|\u2013|to)\s?(\d{2,3}))?\s?(%|percent\b)?(?![\d.]*\d|/)")
LINK = re.compile(
    r"(?:\s|[,:=(]|\)|\b(?:is|was|of|at|on|room air|ra|air|rest|resting|today|now|%)\b){0,8}", re.IGNORECASE
)
BOUND = re.compile(r"\W{0,3}(?:is |was |of )?(?:<|>|under|below|above|over|less|at least|\u2265|\u2264)", re.IGNORECASE)
#: Kinds of documents whose author measures vital signs at that visit.
VISITS = frozenset(
    [
        "clinic_note",
        "consult_note",
        "nursing_note",
        "flowsheet",
        "discharge_summary",
        "primary_care",
        "provider_letter",
        "attestation",
        "rehab",
        "treatment_summary",
        "pft",
    ]
)


@cache
def names() -> Expression:
    return Expression(rf"(?<![\w-])(?:{'|'.join(load('tests.yaml')['spo2']['names'])})(?![\w])", re.IGNORECASE)


def saturations(reading: Reading, as_of: date) -> Iterator[Fact]:
    codes = set(load("tests.yaml")["spo2"]["loinc"])
    for placed in entries(reading, "observation"):
        entry = placed.entry
        coded = any(code.code in codes for code in entry.codes) or bool(names().match(entry.label.strip()))
        if coded and placed.standing == "final" and isinstance(entry.value, int | float) and 50 <= entry.value <= 100:
            yield fact(float(entry.value), float(entry.value), entry.when, placed.span(), placed.document)
    taken: dict[str, list[tuple[int, int]]] = {}
    seen: set[int] = set()
    sentences = printed(reading)
    for sentence in sentences:
        if id(sentence.segment) not in seen:
            seen.add(id(sentence.segment))
            for found, start, end in from_rows(sentence):
                taken.setdefault(f"{sentence.page.file}#{sentence.page.number}", []).append((start, end))
                yield found
    for sentence in sentences:
        covered = taken.get(f"{sentence.page.file}#{sentence.page.number}", ())
        if not any(a < sentence.end and b > sentence.start for a, b in covered):
            yield from from_sentence(sentence, as_of)


def fact(low: float, high: float, when: DayRange | None, span: Span, document: Document, signed: bool = True) -> Fact:
    return Fact(
        "",
        "spo2",
        "present",
        (span,),
        quantity=Quantity(low, high, "%"),
        when=when,
        signed=signed,
        document=document.id,
    )


def from_rows(sentence: Sentence) -> Iterator[tuple[Fact, int, int]]:
    """Rows of a flowsheet that begin with the name and stand under dated columns."""
    for line in lines(sentence.segment):
        match = names().search(line.text)
        if not match or line.text[: match.start()].strip() or not line.dated():
            continue
        places = line.places(0, len(line.text))
        start, end = min(a for a, _ in places), max(b for _, b in places)
        for value in VALUE.finditer(line.text, match.end()):
            column = line.column(value.start(), value.end())
            if column and column.when and 50 <= float(value[1]) <= 100:
                span = line.span(match.start(), len(line.text))
                yield fact(float(value[1]), float(value[1]), column.when, span, line.segment.document,
                           line.segment.signed is not False), start, end  # fmt: skip


def from_sentence(sentence: Sentence, as_of: date) -> Iterator[Fact]:
    """ "SpO2 98% on room air" is of the visit at which it was written down, unless its sentence gives another day."""
    text = sentence.text
    for match in names().finditer(text):
        link = LINK.match(text, match.end())
        value = VALUE.match(text, link.end() if link else match.end())
        bare = match[0].lower().startswith(("sat", "pulse"))
        if (
            not value
            or BOUND.match(text, match.end())
            or (bare and not value[3])
            or says(sentence, match.start()) != "present"
        ):
            continue
        low, high = float(value[1]), float(value[2] or value[1])
        if not 50 <= low <= high <= 100:
            continue
        when, tied = day_of(sentence, match.start(), value.end(), as_of)
        if not tied and sentence.document.kind in VISITS:
            when = sentence.segment.when
        tail = re.match(r"\s?(?:\(?(?:on |at )?(?:room air|ra|air|\d+ ?l)\b\)?)?", text[value.end() :], re.IGNORECASE)
        end = value.end() + (tail.end() if tail else 0)
        yield fact(
            low, high, when, sentence.span(match.start(), end), sentence.document, sentence.segment.signed is not False
        )
