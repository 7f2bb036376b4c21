"""Date arithmetic as the clauses count: days, business days, months, hours. No clock is read here.

The day of the event is day 0. A period of hours runs through nights, weekends and clock changes.
"""

from __future__ import annotations

import calendar
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Any, Literal
from zoneinfo import ZoneInfo

HolidaySet = Literal["federal", "new_york"]
MonthEnd = Literal["last_day", "next_day"]

#: A zone for a state where it has one for nearly all of its people; an offset decides elsewhere.
_ZONES: Mapping[str, str] = {
    "America/New_York": "CT DC DE FL GA IN MA MD ME MI NC NH NJ NY OH PA RI SC VA VT WV",
    "America/Chicago": "AL AR IA IL KS KY LA MN MO MS ND NE OK SD TN TX WI",
    "America/Denver": "CO ID MT NM UT WY",
    "America/Los_Angeles": "CA NV OR WA",
    "America/Phoenix": "AZ",
    "America/Anchorage": "AK",
    "Pacific/Honolulu": "HI",
}
_BY_OFFSET = ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles", "America/Anchorage",
              "Pacific/Honolulu")  # fmt: skip


#: New York's public holidays that are not federal (General Construction Law 24), as the holidays package names them.
_NEW_YORK_OWN = ("Lincoln's Birthday", "Election Day")


def _holidays(*years: int, observed: bool, state: str | None = None) -> Any:
    """The days with their names. The package is loaded where a period is counted: most reviews count none."""
    import holidays

    return holidays.country_holidays("US", subdiv=state, years=years, observed=observed)


@cache
def _federal(year: int) -> frozenset[date]:
    """The days that federal law names."""
    return frozenset(_holidays(year, observed=False))


@cache
def _new_york(year: int) -> frozenset[date]:
    """The days that General Construction Law 24 names; one that falls on a Sunday is kept on the Monday as well."""
    kept = _holidays(year, observed=False, state="NY")
    named = {day for day in kept if any(name in kept.get_list(day) for name in _NEW_YORK_OWN)} | _federal(year)
    return frozenset(named | {day + timedelta(days=1) for day in named if day.weekday() == 6})


@cache
def _kept_by_offices(year: int) -> frozenset[date]:
    """The federal holidays and the Fridays and Mondays on which they are kept; New Year's Day may fall into December."""
    kept = _holidays(year, year + 1, observed=True)
    return frozenset(day for day in kept if day.year == year)


def is_legal_holiday(day: date, *, which: HolidaySet = "federal") -> bool:
    """A holiday that moves a last day: the day which the law names, not the Friday or Monday on which offices keep it."""
    return day in (_new_york(day.year) if which == "new_york" else _federal(day.year))


def is_working_day(day: date, *, which: HolidaySet = "federal") -> bool:
    """Not a Saturday, a Sunday or a holiday of the set; the days on which offices keep a holiday are no working days."""
    if day.weekday() >= 5 or day in _kept_by_offices(day.year):
        return False
    return which == "federal" or day not in _new_york(day.year)


def add_days(day: date, days: int) -> date:
    """Calendar days; the event is day 0."""
    return day + timedelta(days=days)


def add_business_days(day: date, days: int, *, which: HolidaySet = "federal") -> date:
    """The n-th working day after the event."""
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day, which=which)
    return day


def add_months(day: date, months: int, *, month_end: MonthEnd = "last_day") -> date:
    """The same day number `months` later; where there is none, the month's last day or the first of the next."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    last = calendar.monthrange(year, month + 1)[1]
    if day.day <= last:
        return date(year, month + 1, day.day)
    end = date(year, month + 1, last)
    return end if month_end == "last_day" else end + timedelta(days=1)


def month_is_short(day: date, months: int) -> bool:
    """Whether the month `months` later has no such day number."""
    return add_months(day, months, month_end="last_day").day != day.day


def roll_forward(day: date, *, which: HolidaySet = "federal") -> date:
    """The day itself, or the next that is no Saturday, Sunday or legal holiday.

    A day on which offices only keep a holiday does not move it: no clause says that it does.
    """
    while day.weekday() >= 5 or is_legal_holiday(day, which=which):
        day += timedelta(days=1)
    return day


def year_end(day: date, years: int) -> date:
    """31 December of the n-th year after the event's."""
    return date(day.year + years, 12, 31)


def working_day_on_or_before(day: date, *, which: HolidaySet = "federal") -> date:
    """The day to act by when nothing says that a weekend or holiday is forgiven."""
    while not is_working_day(day, which=which):
        day -= timedelta(days=1)
    return day


def zone_of(moment: datetime, state: str = "") -> ZoneInfo | None:
    """The zone whose clock shows the result: the state's if its offset fits, else the zone that had this offset."""
    named = next((zone for zone, states in _ZONES.items() if state.upper() in states.split()), None)
    for name in (named, *_BY_OFFSET) if named else _BY_OFFSET:
        zone = ZoneInfo(name)
        if moment.tzinfo is None:
            return zone if named else None
        if moment.astimezone(zone).utcoffset() == moment.utcoffset():
            return zone
    return None


def add_hours(start: date | datetime, hours: int, *, state: str = "") -> tuple[date | datetime, date | datetime]:
    """(due, safe): elapsed hours on the local clock; safe is the same time on the wall where a clock change moved it.

    A day without an hour gives a day: the same unknown hour, `hours` later.
    """
    if not isinstance(start, datetime):
        day = start + timedelta(days=-(-hours // 24))
        return day, day
    zone = zone_of(start, state)
    if start.tzinfo is None and zone is None:
        return start + timedelta(hours=hours), start + timedelta(hours=hours)
    local = start.replace(tzinfo=zone) if start.tzinfo is None else start.astimezone(zone or start.tzinfo)
    due = (local.astimezone(ZoneInfo("UTC")) + timedelta(hours=hours)).astimezone(local.tzinfo)
    wall = (local.replace(tzinfo=None) + timedelta(hours=hours)).replace(tzinfo=local.tzinfo)
    return due, min(due, wall)


def as_date(moment: date | datetime) -> date:
    """The calendar day of a day or moment."""
    return moment.date() if isinstance(moment, datetime) else moment


def comparable(moment: date | datetime) -> datetime:
    """A key that orders days (their end) and moments together; zones are read as their own wall clock."""
    if isinstance(moment, datetime):
        return moment.replace(tzinfo=None)
    return datetime.combine(moment, time.max)
