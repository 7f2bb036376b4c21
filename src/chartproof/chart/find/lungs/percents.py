"""FEV1 and DLCO in percent of predicted, from the tables of lung function reports and from notes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache

from chartproof.chart.dates import find_dates
from chartproof.chart.find.dating import day_of
from chartproof.chart.find.entries import entries, printed
from chartproof.chart.find.labs.grid import Line, bare_lines
from chartproof.chart.find.mention import says
from chartproof.chart.find.studies import Study
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import DayRange, Document, Fact, Quantity, Span

HEADING = re.compile(
    r"(?P<percent>(?:%|percent|pct)\s?(?:of\s)?(?:pred(?:icted)?|normal)\b\.?|pred(?:icted)?\s?%|%\s?ref|%p)|\b(?:pre|post|best|actual|meas\w*|lln|uln|pred(?:icted)?|ref|z-?score|%\s?chg|%\s?change|\+/-\s?sd)\b",
    re.IGNORECASE,
)
NUMBER = re.compile(r"(?<![\d.])[+\-\u2212]?\d{1,3}(?:\.\d+)?(?![\d.])")
NOTE_VALUE = re.compile(
    r"\s{0,2}(?:\([^()]{0,24}\))?(?:\s|[,:=~]|\b(?:is|was|of|at|near|about|around|approximately|now|(?:hb-?|hemoglobin-)?corr(?:ected)?\.?|(?:un)?adj(?:usted)?\.?|uncorr(?:ected)?|for (?:hb|hgb|ha?emoglobin))\b)*"
    r"(?:\d\.\d+\s?(?:l(?:it(?:er|re)s?)?\b\.?)?\s?[,(=:]?\s?)?\(?(\d{2,3})\s?(?:%|percent)(?:\s?(?:of )?pred\w*)?",
    re.IGNORECASE,
)
#: Other values of the same test up to the bracket with its day.
LISTED = re.compile(
    r"(?:[,;/ ]|\band\b|\b(?:FEV-?1(?:/FVC)?|FVC|DLCO|KCO|TLCO?|RV|VC)\b|[\d.]+\s?(?:%|L\b|litres?)?|\b(?:of )?pred(?:icted)?\b\.?)*\((?:on )?",
    re.IGNORECASE,
)

#: A report's words for values of an earlier test, or of one still to come.
OLDER = re.compile(
    r"\b(?:prior|previous\w*|last|earlier|comparison|compared|was|were|baseline|change|since|goal|if|next)\b", re.I
)


@cache
def rules() -> dict[str, tuple[Expression, Expression, frozenset[str]]]:
    """concept -> (its name, what must not follow the name, its LOINC codes)."""
    found = {}
    for concept, rule in load("tests.yaml")["pft_values"].items():
        name = Expression(rf"(?<![\w])(?:{'|'.join(rule['names'])})(?![\w])", re.IGNORECASE)
        after = Expression(rf"\s?(?:{'|'.join(rule['not_after'])})", re.IGNORECASE)
        found[concept] = (name, after, frozenset(rule["loinc"]))
    return found


def percents(reading: Reading, reports: Sequence[Study], as_of: date) -> Iterator[Fact]:
    for placed in entries(reading, "observation"):
        for concept, (_, _, codes) in rules().items():
            value = placed.entry.value
            if (
                placed.standing == "final"
                and isinstance(value, int | float)
                and any(c.code in codes for c in placed.entry.codes)
            ):
                yield fact(concept, float(value), placed.entry.when, placed.span(), placed.document)
            elif placed.standing == "final" and isinstance(value, str) and (told := in_words(concept, value)):
                yield fact(concept, told, placed.entry.when, placed.span(), placed.document)
    tests = [study for study in reports if study.kind == "pft"]
    for study in tests:
        yield from from_report(study)
    for sentence in printed(reading):
        yield from from_sentence(sentence, tests, as_of)


def in_words(concept: str, text: str) -> float | None:
    """The percent that the value of a coded test gives in words: "FEV1 74% predicted, FEV1/FVC 0.66"."""
    name, not_after, _codes = rules()[concept]
    for match in name.finditer(text):
        value = NOTE_VALUE.match(text, match.end())
        if value and not not_after.match(text, match.end()) and 5 <= float(value[1]) <= 180:
            return float(value[1])
    return None


def day_of_list(text: str, end: int) -> DayRange | None:
    """The day in brackets behind a list of values, of each of them: "DLCO 71%, FEV1 78% (10/30/2020)"."""
    rest = LISTED.match(text, end)
    return next((day for start, _end, day in find_dates(text) if rest and start == rest.end()), None)


def fact(
    concept: str, value: float, when: DayRange | None, span: Span, document: Document, signed: bool = True
) -> Fact:
    return Fact(
        "",
        concept,
        "present",
        (span,),
        quantity=Quantity(value, value, "%"),
        when=when,
        signed=signed,
        document=document.id,
    )


def from_report(study: Study) -> Iterator[Fact]:
    """Rows under a header with "% pred": the last such column before change columns is the value after bronchodilator."""
    columns: list[tuple[float, float]] = []
    order: list[bool] = []
    for line in bare_lines(study.segment):
        places = line.places(0, len(line.text))
        if not places or not study.start <= places[0][0] < study.end:
            continue
        heads = [m for m in HEADING.finditer(line.text) if m["percent"]]
        if heads and not NUMBER.search(undated(line.text)):
            columns = [line.extent(m.start(), m.end()) for m in heads]
            order = [bool(m["percent"]) for m in HEADING.finditer(line.text)]
            continue
        for concept, (name, not_after, _) in rules().items():
            match = name.search(line.text)
            if match and not line.text[: match.start()].strip(" |") and not not_after.match(line.text, match.end()):
                value = under_percent(line, match.end(), columns) or in_turn(line, match.end(), order)
                if value:
                    yield fact(concept, float(value[0]), study.when, line.span(match.start(), value.end()),
                               study.segment.document, study.segment.signed is not False)  # fmt: skip


def undated(text: str) -> str:
    """The text with its days blanked: a table's head may carry the day of the test."""
    for start, end, _day in find_dates(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return text


def under_percent(line: Line, start: int, columns: list[tuple[float, float]]) -> re.Match[str] | None:
    """The number that stands nearest to the last "% predicted" heading under which there is one."""
    numbers = [m for m in NUMBER.finditer(line.text, start) if m[0][0] not in "+-\u2212" and 5 <= float(m[0]) <= 180]
    for left, right in reversed(columns):
        near = [
            (abs((left + right) / 2 - sum(line.extent(m.start(), m.end())) / 2), m) for m in numbers if "." not in m[0]
        ]
        best = min(near, key=lambda row: row[0], default=None)
        if best and best[0] <= max(14.0, (right - left) * 0.8):
            return best[1]
    return None


def in_turn(line: Line, start: int, order: list[bool]) -> re.Match[str] | None:
    """The number that stands as far along its row as "% predicted" among the heads, where there is one for each head."""
    numbers = list(NUMBER.finditer(line.text, start))
    if order.count(True) != 1 or len(numbers) != len(order):
        return None
    found = numbers[order.index(True)]
    return found if "." not in found[0] and 5 <= abs(float(found[0])) <= 180 else None


def from_sentence(sentence: Sentence, tests: list[Study], as_of: date) -> Iterator[Fact]:
    """ "FEV1 61% and DLCO 58% in late 2024" in a note; thresholds and suppositions are no values.

    In a report an undated value is of the report's day, unless the words put it before.
    """
    report = next(
        (study for study in tests if sentence.segment is study.segment and study.start <= sentence.start < study.end),
        None,
    )
    for concept, (name, not_after, _) in rules().items():
        for match in name.finditer(sentence.text):
            value = NOTE_VALUE.match(sentence.text, match.end())
            if not value or not_after.match(sentence.text, match.end()) or not 5 <= float(value[1]) <= 180:
                continue
            how = says(sentence, match.start())
            when, tied = day_of(sentence, match.start(), value.end(), as_of)
            listed = None if tied else day_of_list(sentence.text, value.end())
            when, tied = (listed, True) if listed else (when, tied)
            if report and not tied and not OLDER.search(f"{sentence.label} {sentence.text[: match.start()]}"):
                when = report.when
            yield Fact("", concept, how, (sentence.span(match.start(), value.end()),), quantity=Quantity(float(value[1]), float(value[1]), "%"),
                       when=when, signed=sentence.segment.signed is not False, document=sentence.document.id, rank=0)  # fmt: skip
