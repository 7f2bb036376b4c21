"""What two papers tell differently of one patient: weight, stage, allergies, age, birth date, the side of a biopsy, a lasting disease.

Nothing here is a fact of the chart: the sentences are compared, and where they cannot both be right both are shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Any

from chartproof.chart.context import assertion, cues
from chartproof.chart.dates import find_dates
from chartproof.chart.derive.claimed.papers import of_logs
from chartproof.chart.find.comorbid.conditions import conditions_in
from chartproof.chart.find.dating import hint_of
from chartproof.chart.find.said import loosen, near_quote
from chartproof.chart.likeness import turned
from chartproof.chart.printed import BIRTH
from chartproof.chart.view import Reading, Sentence, span
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Case, Conflict, DayRange, Fact, Span

POUND = 0.4536
LISTS = ("ccda", "fhir_bundle", "face_sheet", "problem_list")


@dataclass(frozen=True, slots=True)
class Told:
    """One telling: what is compared, its quote, the day on which it holds, and its document."""

    value: str | float
    quote: Span
    when: DayRange | None
    document: str


def told_twice(reading: Reading, facts: Sequence[Fact], case: Case) -> Iterator[Conflict]:
    """At most one conflict of each sort."""
    kinds = frozenset(data()["kinds"])
    rows = [one for one in (*reading.sentences, *of_logs(reading)) if one.document.kind in kinds]
    yield from apart("weight", list(read(rows, weights)), heavier, data()["weight"]["days"])
    yield from apart("stage", list(read(rows, stages)), lambda a, b: a != b, data()["stage"]["days"])
    yield from apart("allergies", list(read(rows, allergies, lasting=True)), lambda a, b: (a == "") != (b == ""), None)
    yield from sides(rows)
    yield from ages(rows, reading, case)
    yield from births(reading, case)
    yield from listed_diseases(reading, facts)


@cache
def data() -> dict[str, Any]:
    return dict(load("told_twice.yaml"))


@cache
def pattern(*path: str) -> Expression:
    rule: Any = data()
    for step in path:
        rule = rule[step]
    return Expression(loosen(rule if isinstance(rule, str) else "|".join(rule)), re.IGNORECASE)


def read(
    rows: Iterable[Sentence],
    how: Callable[[Sentence], Iterator[tuple[str | float, int, int]]],
    *,
    lasting: bool = False,
) -> Iterator[Told]:
    """The tellings of sentences that are of this patient and of the day on which they were written, or of what lasts."""
    for row in rows:
        if pattern("never").search(row.text):
            continue
        for value, start, end in how(row):
            if assertion(row, start, end) in (("family",) if lasting else ("family", "planned", "historical")):
                continue
            yield Told(value, near_quote(row, start, end), row.segment.when, row.document.id)


def weights(row: Sentence) -> Iterator[tuple[float, int, int]]:
    for match in pattern("weight", "pattern").finditer(row.text):
        value = float(match["value"]) * (POUND if match["unit"].lower().startswith(("lb", "po")) else 1)
        if 25 <= value <= 250:
            yield value, *match.span()


def heavier(one: str | float, other: str | float) -> bool:
    least = data()["weight"]["share"] * max(float(one), float(other))
    return abs(float(one) - float(other)) >= least


def stages(row: Sentence) -> Iterator[tuple[str, int, int]]:
    match = pattern("stage", "pattern").search(row.text)
    if match and not pattern("stage", "unless").search(row.text):
        yield match["value"].upper(), *match.span()


def allergies(row: Sentence) -> Iterator[tuple[str, int, int]]:
    """ "" where there is none, else the name of one."""
    none = pattern("allergy", "none").search(row.text)
    if none:
        yield "", *none.span()
        return
    some = pattern("allergy", "some").search(row.text)
    if some:
        yield next(part for part in some.groups() if part).lower(), *some.span()


def apart(
    what: str, told: Sequence[Told], differ: Callable[[str | float, str | float], bool], days: int | None
) -> Iterator[Conflict]:
    """The newest telling against the newest other one of another paper, of days no further apart than `days`."""
    known = [one for one in told if one.when]
    for newest in sorted(known, key=day_of, reverse=True)[:1]:
        others = [
            one for one in known
            if one.document != newest.document and differ(one.value, newest.value)
            and (days is None or (day_of(newest) - day_of(one)).days <= days)
        ]  # fmt: skip
        if others:
            other = max(others, key=day_of)
            right = f"not settled: told differently on {other.when} and {newest.when}; ask the treating clinician"
            yield Conflict(what, other.quote, newest.quote, right)


def day_of(one: Told) -> date:
    return one.when.last if one.when else date.min


def sides(rows: Iterable[Sentence]) -> Iterator[Conflict]:
    """Left in one paper and right in another, of the same place and the same day of the specimen."""
    found: dict[tuple[str, date], list[Told]] = {}
    for row in rows:
        if not pattern("side", "of").search(row.text) or pattern("side", "both").search(row.text):
            continue
        matches = list(pattern("side", "pattern").finditer(row.text))
        days = [days for _start, _end, days in find_dates(row.text, year_hint=hint_of(row.segment)) if days.exact]
        if row.document.kind == "pathology" and row.document.when and not days:
            days = [row.document.when]
        if len(matches) != 1 or len(days) != 1:
            continue
        place = matches[0]["place"].lower()
        key = data()["side"]["same"].get(place, place), days[0].first
        quote = near_quote(row, *matches[0].span())
        found.setdefault(key, []).append(Told(matches[0]["side"].lower()[0], quote, days[0], row.document.id))
    for (place, day), told in sorted(found.items()):
        for other in told[1:]:
            if other.value != told[0].value and other.document != told[0].document:
                right = f"not settled: one specimen of {day}, two sides; the pathology report and the operator know"
                yield Conflict(f"side of the {place} specimen", told[0].quote, other.quote, right)
                break


def ages(rows: Iterable[Sentence], reading: Reading, case: Case) -> Iterator[Conflict]:
    """An age that the printed birth date does not bear out."""
    born = case.patient.born
    printed = next(prints_birth(reading, born, same=True), None) if born else None
    if not born or printed is None:
        return
    for row in rows:
        when = row.segment.when
        match = pattern("age", "pattern").search(row.text[:120])
        if not match or not when or not when.exact or cues("family").search(row.text):
            continue
        if assertion(row, *match.span("value")) != "present":
            continue
        age = when.first.year - born.year - ((when.first.month, when.first.day) < (born.month, born.day))
        if abs(age - int(match["value"])) > data()["age"]["slack"]:
            right = f"{age} on {when}, by the birth date; the age in the note is another"
            yield Conflict("age", near_quote(row, *match.span()), printed[1], right)
            return


def births(reading: Reading, case: Case) -> Iterator[Conflict]:
    """A paper of the patient's that prints a birth date a digit away from the others'."""
    born = case.patient.born
    printed = list(prints_birth(reading, born, same=True)) if born else []
    registered = {one.file for one in reading.documents if one.kind == "face_sheet"}
    ours = min(printed, key=lambda one: one[1].file not in registered, default=None)
    if born is None or ours is None:
        return
    for day, quote in prints_birth(reading, born, same=False, mrn=case.patient.mrn):
        if day != turned(born):
            yield Conflict("birth date", quote, ours[1], f"{born}, by the other papers; this one prints {day}")
            return


def numbered(text: str, mrn: str) -> bool:
    """Whether a page that names nobody else bears the patient's record number."""
    printed = bool(mrn) and re.search(rf"\b{re.escape(mrn)}\b", text)
    return bool(printed) and not re.search(load("contradictions.yaml")["others"], text, re.IGNORECASE)


def prints_birth(reading: Reading, born: date, *, same: bool, mrn: str = "") -> Iterator[tuple[date, Span]]:
    """Birth dates that the patient's own papers print, or those with his record number, that are (`same`) or are not his."""
    for segment in reading.segments:
        text = segment.page.text[segment.start : segment.end]
        own = segment.document.belongs is True or numbered(text, mrn)
        if not own or (not same and segment.page.read == "ocr"):
            continue
        for match in BIRTH.finditer(text):
            for start, end, days in find_dates(text[match.end() : match.end() + 24].split("\n")[0])[:1]:
                if days.exact and start <= 4 and (days.first == born) == same:
                    place = segment.start + match.end()
                    yield days.first, span(segment.page, segment.start + match.start(), place + end)


def listed_diseases(reading: Reading, facts: Sequence[Fact]) -> Iterator[Conflict]:
    """A lasting disease on a problem list that a clinician says the patient does not have."""
    lasting = frozenset(data()["lasting"])
    denied = [
        fact for fact in facts
        if fact.concept == "comorbid_condition" and fact.assertion == "absent" and fact.value in lasting and fact.signed
        and denies(fact.evidence[0].quote, str(fact.value))
    ]  # fmt: skip
    seen: set[str] = set()
    for row in reading.of_kind(*LISTS):
        for start, end, name in conditions_in(row.text):
            if pattern("denial", "test").search(row.text[end:]):
                continue
            no = [fact for fact in denied if fact.value == name and fact.document != row.document.id]
            if not no or name in seen or assertion(row, start, end) != "present":
                continue
            seen.add(name)
            newest = max(no, key=lambda fact: fact.when.last if fact.when else date.min)
            right = f"not present by the clinician who looked for it ({newest.when}); the list carries it on"
            yield Conflict(name.replace("_", " "), near_quote(row, start, end), newest.evidence[0], right)


def denies(quote: str, disease: str) -> bool:
    """Whether the words deny the disease itself, not a stay or a reason for it, nor the result of a test."""
    before, behind, today, test = (pattern("denial", name) for name in ("before", "behind", "today", "test"))
    return any(
        name == disease
        and not test.search(quote[end:])
        and not today.search(quote[end:])
        and (before.search(quote[:start]) or behind.search(quote[end:]))
        for start, end, name in conditions_in(quote)
    )
