"""One test of one day with two results: any test that is named and has a result in words, whatever it is called.

The names of two papers are one test's where the words that tell it apart are the same, or those of one are among the
other's ("SARS-CoV-2 PCR", "SARS-CoV-2 RNA PCR"), and both look for the same thing (nucleic acid, antibody, antigen).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import combinations

from chartproof.chart.context import assertion
from chartproof.chart.dates import find_dates
from chartproof.chart.derive.told.telling import source_of
from chartproof.chart.derive.told.tellings import whole_entry
from chartproof.chart.derive.told.told_twice import data, pattern
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Span

#: What parts the cells of a row with bars, tabs or wide gaps, and of a row of an export.
CELL, EXPORTED = re.compile(r"\s*[|\t]\s*| {3,}"), re.compile(r"\s*[,|\t]\s*")

KINDS = tuple("ABCDE")


@dataclass(frozen=True, slots=True)
class Tested:
    """`name` are the words that tell the test apart, `looks_for` what it measures, "" where it is not said."""

    name: frozenset[str]
    looks_for: str
    positive: bool
    day: date
    quote: Span
    document: str
    source: str


def told_tests(reading: Reading) -> Iterator[Conflict]:
    """At most one conflict for each test and day."""
    found = [one for sentence in reading.sentences for one in results(sentence)]
    order = load("contradictions.yaml")["order"]
    shown: set[tuple[date, frozenset[str]]] = set()
    for one, other in combinations(sorted(found, key=lambda row: order.index(row.source)), 2):
        same = one.day == other.day and (one.name <= other.name or other.name <= one.name)
        alike = not one.looks_for or not other.looks_for or one.looks_for == other.looks_for
        key = one.day, min(one.name, other.name, key=len)
        if same and alike and one.positive != other.positive and one.document != other.document and key not in shown:
            shown.add(key)
            both = {(row.document, row.positive) for row in found if row.day == one.day and row.name & one.name}
            if (one.document, other.positive) in both or (other.document, one.positive) in both:
                continue
            value = "positive" if one.positive else "negative"
            stands = (
                f"{value}: the report of {one.day}"
                if one.source == "report"
                else f"not settled: two results of {one.day}"
            )
            yield Conflict(f"{' '.join(sorted(key[1]))} of {one.day}", other.quote, one.quote, stands)


def results(sentence: Sentence) -> Iterator[Tested]:
    """The tests of a sentence, or of a row of a table, with the day of the row or of the words."""
    entry = whole_entry(sentence)
    if entry is None or sentence.segment.signed is False:
        return
    days = [day for _start, _end, day in find_dates(entry.text) if day.exact]
    if len(set(days)) > 1 or not (days or entry.segment.when):
        return
    day = days[0] if days else entry.segment.when
    if day is None or not day.exact or pattern("test", "unless").search(entry.text):
        return
    for name, start, end, positive in named(entry.text, EXPORTED if entry.page.read == "structured" else CELL):
        words, looks_for = apart(name)
        if words and assertion(entry, start, start + len(name), person=False) != "planned":
            quote = near_quote(entry, start, end)
            source = source_of(entry.document, entry.segment.signed)
            yield Tested(words, looks_for, positive, day.last, quote, entry.document.id, source)


def named(text: str, cell: re.Pattern[str]) -> Iterator[tuple[str, int, int, bool]]:
    """(name of the test, start, end, whether positive): the cell before the result's, else the words before it."""
    cells = [0, *(match.end() for match in cell.finditer(text)), len(text) + 1]
    if len(cells) > 3 or "|" in text:
        for left, middle, right in zip(cells, cells[1:], cells[2:], strict=False):
            value = outcome(text[middle : right - 1])
            if value is not None:
                yield cell.sub("", text[left:middle]), left, right - 1, value
        return
    for match in pattern("test", "prose").finditer(text):
        value = outcome(match["result"])
        if value is not None:
            yield match["name"], match.start("name"), match.end("result"), value


def outcome(words: str) -> bool | None:
    """Whether the words open with a result: negative, else positive."""
    for value in (False, True):
        if pattern("test", "positive" if value else "negative").match(words.strip()):
            return value
    return None


def apart(name: str) -> tuple[frozenset[str], str]:
    """The words that tell a test from another, and what it looks for."""
    tokens = re.findall(r"[A-Za-z0-9][\w./-]*", name)  # a capital alone is the kind of a virus
    looks = next((key for key, cue in data()["test"]["looks_for"].items() if re.search(cue, name, re.IGNORECASE)), "")
    common = set(data()["test"]["common"])
    kept = frozenset(
        token.lower() for token in tokens if token in KINDS or (token.lower() not in common and not token.isdigit())
    )
    return (kept, looks) if len(kept) <= 4 else (frozenset(), "")
