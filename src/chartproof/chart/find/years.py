"""From which day the dates without a year of a page count back: its own day, the day of its print, or the year at its head.

A list that was kept over weeks bears the day of its first column; its later rows count back from its last, or its print.
"""

from __future__ import annotations

import re
from datetime import date, timedelta
from functools import lru_cache

from chartproof.chart.dates import find_dates
from chartproof.chart.view import Segment
from chartproof.chart.vocabulary import load

#: Lines in which a list of results says when it was printed, or of what year it is.
HEAD_LINES = 6
#: Pages of which it is kept what year they say.
REMEMBERED = 1 << 12
PRINTED = re.compile(
    r"\b(?:print(?:ed)?|run|generated|export(?:ed)?|report(?:ed)?)\b(?: (?:on|date|day))?\W{0,4}$", re.I
)
#: Lines at the foot in which it was printed, and how long after its first day such a list is kept.
FOOT_LINES = 4
KEPT = timedelta(days=200)


def counted_from(segment: Segment) -> date | None:
    """None where the page names no day and not just one year."""
    known = segment.when or segment.document.when
    listed = segment.document.kind in load("documents.yaml")["results"]
    if not known:
        said = said_at_the_head(segment.page.text)
        return said or (max(days_of_a_list(segment.page.text), default=None) if listed else None)
    if not listed:
        return known.last
    later = (day for day in days_of_a_list(segment.page.text) if known.last < day <= known.last + KEPT)
    return max(later, default=known.last)


@lru_cache(maxsize=REMEMBERED)
def days_of_a_list(text: str) -> tuple[date, ...]:
    """The days over the columns of a list, and those at its head or foot on which it was printed."""
    lines = [line for line in text.split("\n") if line.strip()]
    found = []
    for index, line in enumerate(lines):
        days = [(start, day.last) for start, _end, day in find_dates(line) if day.exact]
        edge = index < HEAD_LINES or index >= len(lines) - FOOT_LINES
        heads = len(days) >= 2 and len(re.findall(r"[A-Za-z]{2,}", line)) <= len(days)
        found += [day for start, day in days if heads or (edge and PRINTED.search(line[:start]))]
    return tuple(found)


@lru_cache(maxsize=REMEMBERED)
def said_at_the_head(text: str) -> date | None:
    """Of "LAB SUMMARY 2025  PRINTED 9/21/25" 21 September 2025; of "All dates 2025" the year's last day."""
    head = "\n".join([line for line in text.split("\n") if line.strip()][:HEAD_LINES])
    printed = [days.last for start, _end, days in find_dates(head) if days.exact and PRINTED.search(head[:start])]
    if printed:
        return max(printed)
    years = {
        days.last for _start, _end, days in find_dates(head, years=True) if days == type(days).year(days.last.year)
    }
    return years.pop() if len(years) == 1 else None
