"""Performance status on any of three scales, in all the spellings of notes and flowsheets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

from chartproof.chart.context import about_another, before, conditional
from chartproof.chart.dates import find_dates
from chartproof.chart.find.dating import foreign
from chartproof.chart.find.grid import lines
from chartproof.chart.find.statements import copied_forward, either, fact_of, loosen
from chartproof.chart.kinds import is_evidence
from chartproof.chart.view import Reading, Segment, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Case, DayRange, Fact, Quantity, SourceFile
from chartproof.model import Span as ModelSpan

SCALES = ("ecog", "karnofsky", "pps")
VALUE = re.compile(
    r"^\s*\W{0,3}(?:\(?0 ?[-–] ?5\)?\W{1,3})?(?:(?:today|now|currently|performance|score|scale|status|ps|of|is|was|at|remains|remained|still|recorded|scored|as|today's|"
    r"has been|estimated|per md|per rn|assessed)\W{1,3}){0,5}\W{0,2}(\d{1,3})(?:\s*(?:-|–|to)\s*(\d{1,3}))?\s*%?(?![\d./]*\d)",
    re.IGNORECASE,
)
IN_WORDS = re.compile(
    r"^\W{0,3}(?:(?:is|of|was|at|score|grade|status)\W{1,3}){0,3}(zero|one|two|three|four)\b", re.IGNORECASE
)
#: "I should put her at 1 on the ECOG scale", "a score of 80 on the Karnofsky scale": the value stands first.
VALUE_FIRST = re.compile(
    r"\b(?:at|as|a|of|is|was|score[sd]?|grade|rate[sd]?|put|place[sd]?)\s+(?:(?:a|an|her|him|them|grade|score of)\s+){0,2}"
    r"(?P<value>\d{1,3}|zero|one|two|three|four)\s*%?\s+(?:on|by|per|using|according to)\s+(?:the\s+)?$",
    re.IGNORECASE,
)
#: "ECOG > 2 = call MD", "KPS >= 70": a bound that someone set, not a score that someone gave.
BOUND = re.compile(r"[<>≤≥]")
NUMBERS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4}
MONTH_WORD = re.compile(
    r"\b(?:in|at the|of|since|from|last)\s+(january|february|march|april|may|june|july|august|september|october|november|december)\b",
    re.IGNORECASE,
)
PAST = re.compile(r"\b(?:was|were|had been|previous(?:ly)?|prior|then|at diagnosis|in the past)\b", re.IGNORECASE)
#: "The reviewer spoke of patients with an ECOG of 3": nobody's score.
ANYBODY = re.compile(
    r"\b(?:patients|people|persons|individuals|members|candidates|those|anyone|(?:any|another) (?:patient|person|candidate))"
    r" (?:\w+ ){0,2}(?:with|of|at|having|have|has|whose|who)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
LOINC = {"89247-1": "ecog", "89262-0": "ecog", "89243-0": "karnofsky", "89245-5": "karnofsky"}
#: More numbers behind the first: a row of a flowsheet, read by its columns instead.
MORE_VALUES = re.compile(r"\s+\d{1,3}%?(?:\s|$)")
CATEGORY = re.compile(r"\bgrade (\d)\b", re.IGNORECASE)
#: Documents that may quote a score but never observe one.
NOT_OBSERVED = ("medication_record", "program_letter", "preventive_care", "lab_report", "pathology")


@cache
def scale(name: str) -> dict[str, Any]:
    return dict(load("judgements.yaml")["performance"][name])


@cache
def not_a_value() -> re.Pattern[str]:
    return either(load("judgements.yaml")["performance"]["not_a_value"])


def find(reading: Reading, case: Case) -> list[Fact]:
    facts = [fact for sentence in reading.sentences for fact in scores(sentence, case)]
    facts += [fact for segment in reading.segments if is_evidence(segment.document) for fact in charted(segment)]
    facts += [fact for file in reading.files for fact in coded(file, reading)]
    return facts


def scores(sentence: Sentence, case: Case) -> Iterator[Fact]:
    if sentence.document.kind in NOT_OBSERVED:
        return
    text = sentence.text
    for name in SCALES:
        rule = scale(name)
        for mention in re.finditer(loosen(rule["words"]), text, re.IGNORECASE):
            tail = text[mention.end() :]
            value = VALUE.match(tail)
            if not value and name == "ecog":
                value = IN_WORDS.match(tail)
            first = VALUE_FIRST.search(text[: mention.start()])
            if not value and first:
                low = number_of(first["value"])
                if rule["low"] <= low <= rule["high"]:
                    yield one_score(sentence, name, first.start("value"), mention.end(), low, low)
                continue
            if not value or MORE_VALUES.match(tail[value.end() :]):
                continue
            low = number_of(value[1])
            high = number_of(value[2]) if value.lastindex and value.lastindex > 1 and value[2] else low
            if not (rule["low"] <= low <= high <= rule["high"]):
                continue
            end = mention.end() + value.end()
            fact = one_score(sentence, name, mention.start(), end, low, high)
            if sentence.document.kind == "face_sheet":
                if not dated(sentence, mention.start(), end):
                    continue  # a summary's own day is not the score's
                fact = replace(fact, rank=0)
            if fact.when or fact.assertion != "present":
                yield fact


def number_of(text: str) -> int:
    return NUMBERS[text.lower()] if text.lower() in NUMBERS else int(text)


def one_score(sentence: Sentence, name: str, start: int, end: int, low: int, high: int) -> Fact:
    text = sentence.text
    clause = text[max(0, start - 90) : end + 60]
    unit = "grade" if name == "ecog" else "%"
    fact = fact_of(sentence, start, end, concept=name, says="present")
    fact = replace(fact, quantity=Quantity(low, high, unit))
    if sentence.document.kind == "committee":
        fact = replace(fact, rank=0)  # minutes repeat a score; they do not take one
    if about_another(sentence, start, before(text, start)):
        return replace(fact, assertion="family")
    bound = BOUND.search(text[start:end]) or not_a_value().search(clause) or ANYBODY.search(text[:start])
    if bound or conditional(sentence, start) or text.rstrip().endswith("?"):
        return replace(fact, assertion="planned", note="a threshold or a possibility, not a score")
    if copied_forward(sentence):
        return replace(
            fact, assertion="historical", when=dated(sentence, start, end), note="carried forward from an earlier note"
        )
    other = dated(sentence, start, end)
    if other and other != sentence.segment.when:
        return replace(fact, when=other)
    past = PAST.search(before(text, start)[-30:] + text[start:end])
    if past and not re.search(r"\btoday\b", text, re.IGNORECASE):
        return replace(fact, assertion="historical", note="an earlier score, quoted without its day")
    return fact


def charted(segment: Segment) -> Iterator[Fact]:
    """A flowsheet's row: one score under each dated column."""
    for line in lines(segment):
        if len(line.dated()) < 2:
            continue
        for name in SCALES:
            rule = scale(name)
            mention = re.match(r"\W*" + loosen(rule["words"]), line.text, re.IGNORECASE)
            if not mention:
                continue
            for number in re.finditer(r"(?<![\d./-])(\d{1,3})%?(?![\d./-])", line.text[mention.end() :]):
                start, end = mention.end() + number.start(), mention.end() + number.end()
                column = line.column(start, end)
                if not column or not column.when or not rule["low"] <= int(number[1]) <= rule["high"]:
                    continue
                yield Fact(
                    id="", concept=name, assertion="present", evidence=(line.span(0, end),), when=column.when,
                    known=column.when, quantity=Quantity(int(number[1]), int(number[1]), "grade" if name == "ecog" else "%"),
                    signed=segment.signed is not False, document=segment.document.id,
                )  # fmt: skip


def dated(sentence: Sentence, start: int, end: int) -> DayRange | None:
    """The day that stands with the score itself: "(2026-05-04)", "in March", "on 4/21"; None where there is none."""
    when = sentence.segment.when
    hint = when.last if when else None
    after_text = sentence.text[end : end + 40]
    stop = re.search(
        r"[.;]|,(?! \d{4})|\b(?:unchanged|no change|same|stable|improved|up|down|better|worse)\b",
        after_text,
        re.IGNORECASE,
    )
    after_text = after_text[: stop.start()] if stop else after_text
    after = find_dates(after_text, year_hint=hint)
    if after:
        return after[0][2]
    left = max(0, start - 34)
    for first, _last, day in find_dates(sentence.text[left:start], year_hint=hint):
        if not foreign(sentence.text[: left + first]):  # a birth date or a planned day is not the score's
            return day
    month = MONTH_WORD.search(after_text)
    if month and hint:
        number = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"].index(
            month[1][:3].lower()
        ) + 1
        return DayRange.month(hint.year if number <= hint.month else hint.year - 1, number)
    return None


def coded(file: SourceFile, reading: Reading) -> Iterator[Fact]:
    """Scores that a FHIR or C-CDA file holds as coded observations."""
    if not file.entries or not file.pages:
        return
    document = next((d for d in reading.documents if d.file == file.name), None)
    page = file.pages[0]
    for entry in file.entries:
        if entry.kind != "observation" or entry.status in ("cancelled", "entered-in-error", "registered", "negated"):
            continue
        name = next((LOINC[code.code] for code in entry.codes if code.code in LOINC), None)
        name = name or next(
            (s for s in SCALES if re.search(loosen(scale(s)["words"]), entry.label, re.IGNORECASE)), None
        )
        number = value_of(entry.value)
        if not name or number is None or not (scale(name)["low"] <= number <= scale(name)["high"]):
            continue
        quote = page.text[entry.start : entry.end]
        yield Fact(
            id="", concept=name, assertion="present", when=entry.when, document=document.id if document else "",
            evidence=(ModelSpan(page.file, page.number, entry.start, entry.end, quote, page.boxes(entry.start, entry.end)),),
            quantity=Quantity(number, number, "grade" if name == "ecog" else "%"),
        )  # fmt: skip


def value_of(value: float | str | None) -> float | None:
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str):
        match = CATEGORY.search(value) or re.match(r"\s*(\d{1,3})\b", value)
        return float(match[1]) if match else None
    return None
