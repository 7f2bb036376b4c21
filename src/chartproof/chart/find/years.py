"""From which day the dates without a year of a page count back: its own day, the day of its print, or the year at its head.

A list of results is of more days than the one on which its first specimen was taken: its days count back from the last
that it tells with a year, often that of its print.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from chartproof.chart.dates import Found, find_dates
from chartproof.chart.view import Segment
from chartproof.chart.vocabulary import load

#: Lines in which a list of results says when it was printed, or of what year it is.
HEAD_LINES = 6
#: Pages of which it is kept what year they say.
REMEMBERED = 1 << 12
PRINTED = re.compile(
    r"\b(?:print(?:ed)?|run|generated|export(?:ed)?|report(?:ed)?)\b(?: (?:on|date|day))?\W{0,4}$", re.I
)
#: How long after its first day a list is kept.
KEPT = timedelta(days=200)
PRIOR = re.compile(r"\b(?:prior|previous|last)\W{0,3}$", re.IGNORECASE)


#: Before a day that is to come, or that is of something else than results.
TO_COME = re.compile(
    r"\b(?:next|due|expir\w*|exp|lot|valid|planned|scheduled|until|till|through|repeat\w*|return\w*|follow\W?up|appointment|appt|slot|held"
    r"|booked|target\w*|apheresis|collection planned|admi\w+ (?:on|for)|born|birth|dob)\b[^\n.;]{0,16}$",
    re.IGNORECASE,
)


#: Before or behind a year that belongs to a name: "CKD-EPI 2021", "WHO (2022)", "the 2021 equation", "kit 2024".
OF_A_NAME = re.compile(
    r"\b(?:CKD[- ]?EPI|EPI|MDRD|WHO|ICC|ELN|NCCN|IMWG|ASCO|USPSTF|AASLD|Lugano|version|edition|equations?|criteria|classification|guidelines?|formula|kit|lot|assay|rev(?:ision)?|form|copyright|since|until|fiscal|anno)\b[\s.,:;()\[©-]{0,4}(?:creatinine )?$",
    re.IGNORECASE,
)
NAMED_BEHIND = re.compile(
    r"[\s)\]]{0,3}(?:creatinine )?(?:equation|criteria|classification|edition|version|guidelines?|formula|kit|assay|revision|standard|update)\b",
    re.IGNORECASE,
)


def of_a_name(text: str, start: int, end: int) -> bool:
    """Whether the year at [start, end) belongs to a name, and dates no result."""
    return bool(OF_A_NAME.search(text[max(0, start - 40) : start]) or NAMED_BEHIND.match(text, end))


def counted_from(segment: Segment) -> date | None:
    """None where the page names no day and not just one year."""
    known = segment.when or segment.document.when
    told = last_told(segment.page.text) if listed(segment) else None
    if known is None:
        return said_at_the_head(segment.page.text) or told
    return told if told and known.last < told <= known.last + KEPT else known.last


def listed(segment: Segment) -> bool:
    """Whether its columns and remarks are of many days."""
    return segment.document.kind in load("documents.yaml")["results"]


@lru_cache(maxsize=REMEMBERED)
def last_told(text: str) -> date | None:
    """The last day that a list of results tells with its year and that is no day to come; not after its print."""
    days = [(days.last, text[max(0, start - 40) : start]) for start, _end, days in find_dates(text) if days.exact]
    printed = [day for day, before in days if PRINTED.search(before)]
    told = [day for day, before in days if not TO_COME.search(before) and not (printed and day > max(printed))]
    return max(told, default=None)


def days_of_head(text: str, segment: Segment) -> list[Found]:
    """The days of a line that heads columns. Without years they run one way; where they would not when they count back
    from the last day of the list, they count back from the paper's own day. So does what is called the prior one."""
    known = segment.when or segment.document.when
    days = find_dates(text, year_hint=counted_from(segment))
    if not known or not listed(segment):
        return days
    earlier = find_dates(text, year_hint=known.last)
    if not one_way(days) and one_way(earlier):
        return earlier
    return [old if PRIOR.search(text[: new[0]]) else new for new, old in zip(days, earlier, strict=True)]


def one_way(days: Sequence[Found]) -> bool:
    firsts = [day.first for _start, _end, day in days]
    return firsts in (sorted(firsts), sorted(firsts, reverse=True))


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
