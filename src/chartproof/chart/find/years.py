"""From which day the dates without a year of a page count back: its own day, the day of its print, or the year at its head."""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

from chartproof.chart.dates import find_dates
from chartproof.chart.view import Segment

#: Lines in which a list of results says when it was printed, or of what year it is.
HEAD_LINES = 6
#: Pages of which it is kept what year they say.
REMEMBERED = 1 << 12
PRINTED = re.compile(
    r"\b(?:print(?:ed)?|run|generated|export(?:ed)?|report(?:ed)?)\b(?: (?:on|date|day))?\W{0,4}$", re.I
)


def counted_from(segment: Segment) -> date | None:
    """None where the page names no day and not just one year."""
    known = segment.when or segment.document.when
    return known.last if known else said_at_the_head(segment.page.text)


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
