"""Days told by their distance from the day of writing: "two weeks ago", "last spring", "this February", "yesterday".

Never a day more exact than the words: "two weeks ago" is a range of days around the fourteenth before. A distance from
another day ("POD 3", "at the last visit", "a week earlier") gives no day at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from math import ceil, floor
from typing import Any

from chartproof.chart.dates import MONTHS
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression, Expressions
from chartproof.model import DayRange

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
#: The share of a distance by which it is rounded, and the days by which it is at the least.
ROUNDED, LEAST = 0.3, 1
YEAR_DAYS = 366
#: No chart counts back further than this.
LONGEST = timedelta(days=100 * YEAR_DAYS)

Found = tuple[int, int, DayRange]


@cache
def data() -> dict[str, Any]:
    return dict(load("relative.yaml"))


@cache
def patterns() -> dict[str, Expression]:
    rule = data()
    count = "|".join(sorted((str(word) for word in rule["numbers"]), key=len, reverse=True))
    unit = "|".join(rule["units"])
    month = "|".join(sorted(MONTHS, key=len, reverse=True))
    last, this = f"(?:{rule['last']})", f"(?:{rule['this']})"
    shapes = {
        "ago": rf"(?<!\w)(?P<open>(?:{rule['open']})\s?)?(?P<about>(?:{rule['about']})\s?)?\b(?P<count>\d{{1,3}}|{count})(?:\s?(?:-|–|to|or)\s?(?P<more>(?!more)(?:\d{{1,3}}|{count})))?(?P<plus>\s?(?:{rule['plus']}))?[\s-](?P<unit>{unit})\s+(?P<plus_behind>(?:{rule['plus_behind']})\s+)?(?:{rule['ago']})\b",
        "yesterday": r"\b(?:(?P<two>the day before yesterday)|yesterday|last night)\b",
        "unit": rf"\b(?P<which>{last}|earlier this)\s(?P<unit>week|month|year)\b",
        "month": rf"\b(?P<which>{last}|{this})\s(?P<month>{month})\b(?!\s*\d)",
        "season": rf"\b(?P<which>{last}|{this})\s(?P<season>{'|'.join(rule['seasons'])})\b",
        "weekday": rf"\b(?:{last}|on)\s(?P<day>{'|'.join(WEEKDAYS)})\b(?!\s*,?\s*(?:\d|{month}))",
    }
    return {name: Expression(shape.replace(" ", r"\s+"), re.IGNORECASE) for name, shape in shapes.items()}


@cache
def every() -> Expressions[str]:
    return Expressions(patterns().items())


@cache
def elsewhere() -> Expression:
    return Expression(
        rf"\b(?:{'|'.join(data()['elsewhere'])})\b".replace(" ?", r"\s*").replace(" ", r"\s+"), re.IGNORECASE
    )


def relative_dates(text: str, said: date | None) -> list[Found]:
    """(start, end, days) of the words that count back from `said`, the day of writing; none where it is unknown."""
    return sorted(found(text, said), key=lambda one: one[:2]) if said else []


def counts_back(text: str) -> bool:
    """Whether the text holds words that count back from some day of writing."""
    return any(True for _found in every().found(text))


def found(text: str, said: date) -> Iterator[Found]:
    for name, pattern in every().to_try(text):
        for match in pattern.finditer(text):
            days = READ[name](match, said)
            if days:
                yield match.start(), match.end(), days


def number_of(word: str) -> int:
    return int(word) if word.isdigit() else int(data()["numbers"][re.sub(r"\s+", " ", word.lower())])


def days_ago(match: re.Match[str], said: date) -> DayRange | None:
    each = next(days for name, days in data()["units"].items() if re.fullmatch(name, match["unit"], re.IGNORECASE))
    least, most = number_of(match["count"]), number_of(match["more"] or match["count"])
    slack = max(LEAST, each / 2 if each > 1 else 0, ROUNDED * most * each if match["about"] or most > 2 else 0)
    first, last = timedelta(days=ceil(most * each + slack)), timedelta(days=max(1, floor(least * each - slack)))
    if first < LONGEST and any(match[name] for name in ("open", "plus", "plus_behind")):
        return within(said - LONGEST, said - last, said)  # "over ten years ago" names the nearest day alone
    return within(said - first, said - last, said) if first < LONGEST else None


def yesterday(match: re.Match[str], said: date) -> DayRange | None:
    return DayRange.day(said - timedelta(days=2 if match["two"] else 1))


def of_unit(match: re.Match[str], said: date) -> DayRange | None:
    """The week, month or year before; "earlier this month" is of the running one."""
    running = match["which"].lower().startswith("earlier")
    unit = match["unit"].lower()
    if unit == "week":
        return within(said - timedelta(days=7 if running else 14), said - timedelta(days=0 if running else 1), said)
    if unit == "year":
        return within(date(said.year, 1, 1), said, said) if running else DayRange.year(said.year - 1)
    first = said.replace(day=1)
    before = first - timedelta(days=1)
    return within(first, said, said) if running else DayRange.month(before.year, before.month)


def of_month(match: re.Match[str], said: date) -> DayRange | None:
    """The newest such month up to the day of writing; "last" is never the running one."""
    number = MONTHS[match["month"].lower()]
    this = match["which"].lower() in ("this", "earlier this")
    if this and number > said.month:
        return None
    year = said.year if number < said.month or (this and number == said.month) else said.year - 1
    days = DayRange.month(year, number)
    return within(days.first, days.last, said)


def of_season(match: re.Match[str], said: date) -> DayRange | None:
    """The newest season that had begun; "last" is one that was over."""
    begins = data()["seasons"][match["season"].lower()]
    this = match["which"].lower() in ("this", "earlier this")
    for year in (said.year, said.year - 1, said.year - 2):
        first = date(year, begins, 1)
        after = (first + timedelta(days=95)).replace(day=1)
        if first <= said and (this or after <= said):
            return within(first, after - timedelta(days=1), said)
    return None


def of_weekday(match: re.Match[str], said: date) -> DayRange | None:
    """The last such weekday, or the one before: writers mean either by "last Monday"."""
    back = (said.weekday() - WEEKDAYS.index(match["day"].lower())) % 7 or 7
    newest = said - timedelta(days=back)
    return within(newest - timedelta(days=0 if match[0].lower().startswith("on") else 7), newest, said)


def within(first: date, last: date, said: date) -> DayRange | None:
    last = min(last, said)
    return DayRange(first, last) if first <= last else None


READ = {
    "ago": days_ago,
    "yesterday": yesterday,
    "unit": of_unit,
    "month": of_month,
    "season": of_season,
    "weekday": of_weekday,
}
