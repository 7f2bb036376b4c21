"""Reports printed one after another under one count of pages: each ends with whoever signs it, the next has its own day.

"Page 2 of 3" goes on from "Page 1 of 3", yet the first page ends "L. Farr, MD" and the second opens "PET/CT 06/12/2026".
"""

from __future__ import annotations

import re
from functools import lru_cache

from chartproof.chart.dates import find_dates
from chartproof.chart.kinds import title_kind
from chartproof.chart.numbering import COUNTER, FOOT_LINES, LOOSE_COUNTER

#: "A. Petrosyan, MD, 07/30/2026 15:20", "N. Holmqvist, chair, 7 August 2026", "Electronically signed by ...".
SIGNED_LINE = re.compile(
    r"^\W*(?:(?:electronically |e-?)?(?:signed|verified|authenticated|reported|interpreted|read|dictated)\b.{0,20}\b(?:by|:)"
    r"|(?:dr\.? )?[A-Z][\w.'\-]*(?: [A-Z][\w.'\-]*){0,3},? \(?(?:MD|DO|PhD|MBBS|RN|NP|PA|PA-C|APRN|CNP|CRNP|PharmD|LMSW|LCSW|LICSW|LISW|PsyD|FACP|chair(?:man|woman|person)?|secretary|moderator)\b)",
    re.IGNORECASE,
)
#: Words, at most, of a line that is a signature and no sentence.
SIGNATURE_WORDS = 14
#: Lines at the head of a page in which a report says of what day it is.
HEAD = 3
#: "Thursday, 3 September 2026" by itself, "Meeting of Wednesday 9 December 2026 (short session)".
BESIDE_DAY = re.compile(
    r"\([^()]*\)|\b(?:meeting|session|visit|conference|date|held|seen|of|on)\b|\b(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\b",
    re.IGNORECASE,
)
#: A day before this year is a birth date.
RECENT = 2010


@lru_cache(maxsize=1 << 12)
def ends_signed(text: str) -> bool:
    """Whether the last line above the page's count is a signature."""
    lines = [line for line in text.split("\n") if line.strip()]
    own = [line for line in lines[-1 - FOOT_LINES :] if not COUNTER.search(line) and not LOOSE_COUNTER.search(line)]
    return bool(own) and len(own[-1].split()) <= SIGNATURE_WORDS and bool(SIGNED_LINE.match(own[-1]))


def reopens(text: str, before: str) -> bool:
    """Whether a page opens with a title or a day alone, and tells another day or kind than the report before it."""
    head, head_before = _head(text), _head(before)
    days, kind = _days(head), _kind(head)
    if not days or not (kind or _day_alone(head[0])):
        return False
    return bool(days - _days(head_before)) or kind != _kind(head_before)


def _head(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()][:HEAD]


def _days(head: list[str]) -> set[object]:
    found = (day for line in head for _start, _end, day in find_dates(line))
    return {day for day in found if day.exact and day.first.year >= RECENT}


def _kind(head: list[str]) -> str:
    """The kind that the first or second line names as a title: a report may have its house's name above it."""
    return next((kind for line in head[:2] if (kind := title_kind(line))), "")


def _day_alone(line: str) -> bool:
    dates = [(start, end) for start, end, day in find_dates(line) if day.exact]
    if len(dates) != 1:
        return False
    start, end = dates[0]
    return not re.sub(r"\W", "", BESIDE_DAY.sub("", line[:start] + line[end:]))
