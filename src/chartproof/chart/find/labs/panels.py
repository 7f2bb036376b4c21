"""cbc_panel and metabolic_panel: events, derived where enough of their parts were resulted on one day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from typing import Any

from chartproof.chart.find.entries import entries
from chartproof.chart.find.labs.results import Result, no_result
from chartproof.chart.find.labs.tables import BULLET
from chartproof.chart.find.tested import told_tests
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import DayRange, Fact, Span

#: The rows that people cite for a panel, first to last.
SHOWN = {
    "cbc_panel": ("wbc", "hemoglobin", "platelets", "anc", "hematocrit"),
    "metabolic_panel": ("creatinine", "alt", "ast", "bilirubin_total", "albumin"),
}
#: What tests.yaml calls a panel that a note tells of in a sentence.
TOLD = {"cbc_panel": ("cbc",), "metabolic_panel": ("metabolic",)}
SOURCES = ("entry", "table", "prose")


def panels(reading: Reading, results: Sequence[Result], as_of: date) -> list[Fact]:
    """One fact a panel and day: present where resulted or told with its result, planned where only ordered."""
    facts: list[Fact] = []
    for concept, rule in load("labs.yaml")["panels"].items():
        reports = list(named_reports(reading, concept))
        done = {}
        for day, group in by_day(results).items():
            if complete(rule, {result.test for result in group}):
                done[day] = panel_fact(concept, day, group, [span for when, span, _ in reports if when == day])
        facts.extend(done.values())
        told = told_tests(reading, concept, TOLD[concept], as_of)
        facts.extend(one for one in told if one.when not in done)
        facts.extend(
            Fact("", concept, "planned", (span,), when=when, note=note)
            for when, span, note in reports
            if note and when not in done
        )
        facts.extend(ordered(reading, concept))
    return facts


def by_day(results: Sequence[Result]) -> dict[DayRange, list[Result]]:
    """The results that count, by their exact day; a value that is only planned, unsigned or another's does not."""
    days: dict[DayRange, list[Result]] = {}
    for result in results:
        if result.when and result.when.exact and not result.empty and result.assertion == "present" and result.signed:
            days.setdefault(result.when, []).append(result)
    return dict(sorted(days.items()))


def complete(rule: dict[str, Any], tests: set[str]) -> bool:
    instead = rule.get("instead", {})
    if not all(tests & {test, *instead.get(test, ())} for test in rule["all_of"]):
        return False
    return len(tests & set(rule.get("some_of", ()))) >= int(rule.get("at_least", 0))


def panel_fact(concept: str, day: DayRange, group: list[Result], names: list[Span]) -> Fact:
    """The panel's own line if printed, then the rows that people cite, each from its best source and then the others."""
    rows: list[Span] = []
    for source in SOURCES:
        for test in SHOWN[concept]:
            rows.extend(r.evidence for r in group if r.test == test and r.source == source and r.evidence not in rows)
    first = next(r for r in group if r.evidence in rows)
    spans = tuple(dict.fromkeys(names + rows))
    return Fact("", concept, "present", spans[:10], when=day, document=first.document.id)


def named_reports(reading: Reading, concept: str) -> Iterator[tuple[DayRange | None, Span, str]]:
    """(day, line, why it has no result or "") of report entries that are this panel."""
    for placed in entries(reading, "report", "observation"):
        entry = placed.entry
        coded = any(code.code in load("labs.yaml")["panels"][concept]["loinc"] for code in entry.codes)
        if placed.standing == "void" or not (
            coded or (entry.kind == "report" and panel_names(concept).search(entry.label))
        ):
            continue
        yield entry.when, placed.span(), "" if placed.standing == "final" else entry.status or "no result"


@cache
def panel_names(concept: str) -> Expression:
    return Expression(r"\b(?:" + "|".join(load("labs.yaml")["panels"][concept]["names"]) + r")\b", re.IGNORECASE)


def ordered(reading: Reading, concept: str) -> Iterator[Fact]:
    """Orders and sentences that say that the panel is still to be done: why there is no result, never a result."""
    for placed in entries(reading, "order"):
        entry = placed.entry
        coded = any(code.code in load("labs.yaml")["panels"][concept]["loinc"] for code in entry.codes)
        if placed.standing != "void" and (coded or panel_names(concept).search(entry.label)):
            yield Fact("", concept, "planned", (placed.span(),), when=entry.when, document=placed.document.id,
                       note=entry.status or "ordered")  # fmt: skip
    for sentence in reading.sentences:
        match = panel_names(concept).search(sentence.text)
        if match and not sentence.row and is_order(sentence, match.start(), match.end()):
            yield Fact("", concept, "planned", (sentence.span(max(0, match.start() - 40), min(len(sentence.text), match.end() + 60)),),
                       when=None, document=sentence.document.id, note="not resulted here")  # fmt: skip


def is_order(sentence: Sentence, start: int, end: int) -> bool:
    near = sentence.text[max(0, start - 40) : end + 60]
    return bool(no_result().search(near)) and not re.search(r"\d\.\d", near) and bool(BULLET.match(sentence.text))
