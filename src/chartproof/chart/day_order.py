"""Papers that write the day before the month. Which of their dates can be read two ways is flagged, never guessed.

Dates are read in US order. Where a paper shows the other order ("23/05/2026", or the patient's birth date turned
round), a date such as 04/05/2026 of it becomes the range of days between both readings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from chartproof.chart.view import Reading, Segment
from chartproof.model import DayRange, Document, Fact, TherapyLine

NUMERIC = re.compile(r"(?<![\w/.\-])(\d{1,2})([/.\-])(\d{1,2})\2((?:19|20)\d\d)(?![\d/\-]|\.\d)")
Doubts = Mapping[date, DayRange]
NOTE = "days stand before months here ({}): a date that can be read both ways is taken as either"


def day_first(text: str, born: date | None = None) -> str:
    """The date that shows that a text writes days first; "" where none does or more dates show the US order."""
    dates = [(int(m[1]), int(m[3]), int(m[4]), m[0]) for m in NUMERIC.finditer(text)]
    ours = [said for one, two, _year, said in dates if 12 < one <= 31 and two <= 12]
    if born and born.day <= 12 and born.day != born.month:
        ours += [said for one, two, year, said in dates if (one, two, year) == (born.day, born.month, born.year)]
    theirs = [said for one, two, _year, said in dates if one <= 12 < two <= 31]
    return ours[0] if len(ours) > len(theirs) else ""


def doubts_of(text: str) -> Doubts:
    """The US reading of each date that can be read two ways, with the range between both."""
    found: dict[date, DayRange] = {}
    for match in NUMERIC.finditer(text):
        one, two, year = int(match[1]), int(match[3]), int(match[4])
        if 1 <= one <= 12 and 1 <= two <= 12 and one != two:
            ends = sorted((date(year, one, two), date(year, two, one)))
            found[date(year, one, two)] = DayRange(*ends)
    return found


def either(days: DayRange | None, doubts: Doubts) -> DayRange | None:
    return doubts.get(days.first, days) if days and days.exact else days


def flagged(document: Document, segments: Sequence[Segment], born: date | None) -> tuple[Document, list[Segment]]:
    """The document and its segments with both readings of their days, and the note, where it writes days first."""
    text = "\n".join(one.page.text[one.start : one.end] for one in segments)
    shown = day_first(text, born)
    if not shown:
        return document, list(segments)
    doubts = doubts_of(text)
    note = "; ".join(filter(None, (document.note, NOTE.format(shown))))
    document = replace(document, when=either(document.when, doubts), note=note)
    return document, [replace(one, document=document, when=either(one.when, doubts)) for one in segments]


def doubted(reading: Reading) -> Mapping[tuple[str, int], Doubts]:
    """The doubtful dates of each page, by file and number, of the documents that are flagged."""
    mark = NOTE.partition("{")[0]
    return {
        (one.page.file, one.page.number): doubts_of(one.page.text)
        for one in reading.segments
        if mark in one.document.note
    }


def facts_of_either(facts: Iterable[Fact], pages: Mapping[tuple[str, int], Doubts]) -> list[Fact]:
    return [replace(fact, when=_either_of(fact.when, fact, pages)) for fact in facts] if pages else list(facts)


def lines_of_either(lines: Iterable[TherapyLine], pages: Mapping[tuple[str, int], Doubts]) -> list[TherapyLine]:
    if not pages:
        return list(lines)
    return [
        replace(line, start=_either_of(line.start, line, pages), end=_either_of(line.end, line, pages))
        for line in lines
    ]  # fmt: skip


def _either_of(
    days: DayRange | None, told: Fact | TherapyLine, pages: Mapping[tuple[str, int], Doubts]
) -> DayRange | None:
    for span in told.evidence:
        days = either(days, pages.get((span.file, span.page), {}))
    return days
