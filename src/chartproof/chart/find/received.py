"""The day on which a denial arrived: by the stamp on the letter, or by the line of a log that tells of the mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache

from chartproof.chart.dates import find_dates
from chartproof.chart.view import Reading, Segment, span
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Case, DayRange, Fact

LETTERS = ("denial_letter",)
LOGS = ("coordinator_log", "telephone_note", "clinic_note", "nursing_note", "message_thread")
#: Lines of a log above the one that tells of the mail, in which the denial may be named.
ABOVE = 3
OPENS = 16
#: "If the denial letter has arrived": not told as done.
SUPPOSED = re.compile(r"\b(?:if|when|once|until|unless|whether)\b[^.;]*$", re.IGNORECASE)
#: Between the words and their own day: "in the mailbox Thurs 9/10".
BEHIND = re.compile(r"\W{1,3}(?:on )?(?:[A-Z][a-z]{2,8}\W{1,2})?")


@cache
def words(name: str) -> Expression:
    return Expression(load("received.yaml")[name], 0 if name == "stamp" else re.IGNORECASE)


def find(reading: Reading, case: Case) -> list[Fact]:
    """denial_received facts; a request for more papers, an approval or another letter is none."""
    facts: list[Fact] = []
    for segment in reading.segments:
        if segment.document.belongs is False:
            continue
        if segment.document.kind in LETTERS:
            facts += stamped(segment)
        elif segment.document.kind in LOGS:
            facts += logged(segment, case.as_of)
    return facts


def stamped(segment: Segment) -> Iterator[Fact]:
    text = segment.page.text
    for match in words("stamp").finditer(text, segment.start, segment.end):
        behind = text[match.end() : match.end() + 24]
        for start, end, days in find_dates(behind):
            if start == 0 and days.exact:
                yield told(segment, match.start(), match.end() + end, days)
                return


def logged(segment: Segment, as_of: date) -> Iterator[Fact]:
    """The day right behind the words, else the line's own, which opens it, else that of the note."""
    lines = [(m.start(), m[0]) for m in re.finditer(r"[^\n]+", segment.page.text[segment.start : segment.end])]
    for index, (at, line) in enumerate(lines):
        match = words("arrived").search(line)
        near = " ".join(one for _at, one in lines[max(0, index - ABOVE) : index + 1])
        if match and SUPPOSED.search(line[: match.start()]):
            continue
        if not match or not words("denies").search(near) or words("awaited").search(match[0]):
            continue
        hint = segment.when.last if segment.when else as_of
        dates = find_dates(line, year_hint=max(hint, as_of))
        behind = [days for start, _end, days in dates if BEHIND.fullmatch(line[match.end() : start])]
        opening = [days for start, _end, days in dates if start <= OPENS and start < match.start()]
        told_days = behind or opening
        when = told_days[0] if told_days else segment.when
        if when and when.exact:
            yield told(segment, segment.start + at + match.start(), segment.start + at + len(line), when)


def told(segment: Segment, start: int, end: int, when: DayRange) -> Fact:
    text = segment.page.text[start:end]
    parts = list(re.finditer(r"\S+", text))[:20]
    quote = span(segment.page, start, start + parts[-1].end())
    return Fact("", "denial_received", "present", (quote,), when=when, known=when, document=segment.document.id)
