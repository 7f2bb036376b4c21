"""Days, months and hours as the clauses count them."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from chartproof.rights import clock

#: The first day asked of a year builds its holidays: how long that takes is not what these tests say.
untimed = settings(deadline=None)
DAYS = some.dates(min_value=date(2000, 1, 1), max_value=date(2060, 12, 31))


@untimed
@given(DAYS, some.integers(1, 40))
def test_business_days_count_only_working_days(start: date, count: int) -> None:
    end = clock.add_business_days(start, count)
    between = [start + timedelta(days=step) for step in range(1, (end - start).days + 1)]
    assert sum(clock.is_working_day(day) for day in between) == count
    assert clock.is_working_day(end)


@untimed
@given(DAYS, some.integers(1, 36))
def test_months_keep_the_day_or_stop_at_an_end(start: date, months: int) -> None:
    last, following = (clock.add_months(start, months, month_end=rule) for rule in ("last_day", "next_day"))
    if clock.month_is_short(start, months):
        assert following == last + timedelta(days=1) and following.day == 1
    else:
        assert last == following and last.day == start.day


@untimed
@given(DAYS)
def test_safe_day_is_never_later_and_roll_never_earlier(day: date) -> None:
    assert clock.working_day_on_or_before(day) <= day <= clock.roll_forward(day)


@pytest.mark.parametrize(
    ("start", "months", "rule", "end"),
    [((2027, 10, 31), 4, "last_day", (2028, 2, 29)), ((2026, 10, 31), 4, "last_day", (2027, 2, 28)),
     ((2026, 10, 31), 4, "next_day", (2027, 3, 1)), ((2026, 8, 31), 6, "last_day", (2027, 2, 28)),
     ((2028, 2, 29), 12, "last_day", (2029, 2, 28)), ((2026, 12, 31), 2, "next_day", (2027, 3, 1))],
)  # fmt: skip
def test_month_ends(start: tuple, months: int, rule: str, end: tuple) -> None:
    assert clock.add_months(date(*start), months, month_end=rule) == date(*end)  # type: ignore[arg-type]


def test_a_last_day_moves_off_the_day_that_the_law_names_alone() -> None:
    assert clock.roll_forward(date(2026, 7, 3)) == date(2026, 7, 3)  # offices keep Saturday 4 July on this Friday
    assert clock.roll_forward(date(2027, 7, 4)) == date(2027, 7, 5)  # offices keep Sunday 4 July on this Monday
    assert clock.roll_forward(date(2026, 12, 25)) == date(2026, 12, 28)
    assert clock.roll_forward(date(2027, 7, 4), which="new_york") == date(2027, 7, 6)  # New York's law names the Monday
    assert clock.working_day_on_or_before(date(2027, 7, 5)) == date(2027, 7, 2)


def test_new_york_has_holidays_of_its_own() -> None:
    for day in (date(2026, 2, 12), date(2026, 11, 3)):  # Lincoln's birthday, election day
        assert clock.is_working_day(day) and not clock.is_working_day(day, which="new_york")
    assert clock.is_working_day(date(2028, 2, 15), which="new_york")  # a day of commemoration is no public holiday
    assert not clock.is_legal_holiday(date(2026, 7, 3), which="new_york")


def test_years_end_on_their_last_day() -> None:
    assert clock.year_end(date(2026, 1, 1), 3) == clock.year_end(date(2026, 12, 31), 3) == date(2029, 12, 31)


def test_holidays_that_move_count_where_they_are_kept() -> None:
    assert not clock.is_working_day(date(2026, 7, 3))  # 4 July 2026 is a Saturday
    assert not clock.is_working_day(date(2027, 12, 31))  # New Year's Day 2028 is a Saturday
    assert not clock.is_working_day(date(2027, 7, 5))  # 4 July 2027 is a Sunday
    assert clock.is_working_day(date(2026, 4, 3))  # Good Friday is no federal holiday


@pytest.mark.parametrize(
    ("start", "hours", "due", "safe"),
    [("2026-03-06T10:00:00-05:00", 72, "2026-03-09T11:00:00-04:00", "2026-03-09T10:00:00-04:00"),
     ("2026-10-31T10:00:00-04:00", 24, "2026-11-01T09:00:00-05:00", "2026-11-01T09:00:00-05:00"),
     ("2026-03-13T15:00:00-05:00", 72, "2026-03-16T15:00:00-05:00", "2026-03-16T15:00:00-05:00"),
     ("2026-07-01T08:00:00-10:00", 48, "2026-07-03T08:00:00-10:00", "2026-07-03T08:00:00-10:00")],
)  # fmt: skip
def test_hours_run_through_clock_changes(start: str, hours: int, due: str, safe: str) -> None:
    got = clock.add_hours(datetime.fromisoformat(start), hours)
    assert [moment.isoformat() for moment in got] == [due, safe]


def test_a_state_without_daylight_saving_keeps_its_clock() -> None:
    moment = datetime.fromisoformat("2026-03-06T10:00:00-07:00")
    assert clock.add_hours(moment, 72, state="AZ")[0].isoformat() == "2026-03-09T10:00:00-07:00"  # type: ignore[union-attr]
    assert clock.zone_of(datetime(2026, 3, 6, 10), "AZ") == ZoneInfo("America/Phoenix")


def test_a_day_without_an_hour_gives_a_day() -> None:
    assert clock.add_hours(date(2026, 3, 16), 72) == (date(2026, 3, 19), date(2026, 3, 19))
