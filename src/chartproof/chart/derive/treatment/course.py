"""One course of treatment: events of the same drugs, and what they say together of its days, its drugs, its best response and its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from chartproof.chart.derive.treatment.event import Event
from chartproof.chart.derive.treatment.outcomes import RESULT_ORDER
from chartproof.chart.find.drugs import core
from chartproof.model import DayRange

DAY = timedelta(days=1)
FAILED = ("progression", "relapse", "refractory")


@dataclass(frozen=True, slots=True)
class Course:
    """`events` all speak of this course; the properties pick what stands (see the functions below)."""

    events: tuple[Event, ...]

    @property
    def core(self) -> frozenset[str]:
        """The drugs of the induction; of the maintenance only where nothing else is known."""
        main = [event for event in self.events if event.role == ""] or list(self.events)
        return frozenset().union(*(core(event.drugs) for event in main))

    @property
    def first_day(self) -> date | None:
        start = start_of(self)
        return start.first if start else None


def start_of(course: Course) -> DayRange | None:
    """The first dose: the most precise, best recorded and then the earliest start of the induction."""
    rows = [event for event in course.events if event.start and event.role == ""]
    rows = rows or [event for event in course.events if event.start]
    if not rows:
        return None
    exact = [event for event in rows if event.rank >= 2] or rows
    finest = min(precision(event.start)[0] for event in exact)
    fine = [event for event in exact if precision(event.start)[0] == finest]
    best = min((event.start for event in fine if event.start), key=lambda day: day.first)
    coarse = [event.start for event in exact if event.start and event.start.last < best.first - 45 * DAY]
    return min(coarse, key=lambda day: day.first) if coarse else best


def end_of(course: Course, until: date | None = None) -> DayRange | None:
    """The last dose or the stop, whichever is later; a month gives way to a day within it.

    `until` is the first day of the next course: an end behind it is believed only where none is told before it. The month
    of the start, told again, is no end.
    """
    rows = [event.end for event in course.events if event.end and event.rank >= 1]
    rows += [event.start for event in course.events if event.start and event.rank == 3 and event.end == event.start]
    start = start_of(course)
    rows = [day for day in rows if start is None or (day.last >= start.first and not _holds(day, start))]
    rows = [day for day in rows if until is None or day.first <= until] or rows
    if not rows:
        return None
    last = max(rows, key=lambda day: day.last)
    inside = [day for day in rows if last.first <= day.first and day.last <= last.last]
    return min(inside, key=lambda day: ((day.last - day.first).days, -day.last.toordinal()))


def _holds(month: DayRange, day: DayRange) -> bool:
    """Whether a day stands within a month or year and is told more exactly than that."""
    return day.exact and not month.exact and month.first <= day.first <= month.last


def line_of(course: Course) -> int | None:
    """The number that the chart gives it most often."""
    numbers = [event.line for event in course.events if event.line]
    return max(set(numbers), key=lambda number: (numbers.count(number), -number)) if numbers else None


def drugs_of(course: Course) -> tuple[str, ...]:
    """Every drug of the course, the fullest statement of the induction first."""
    main = [event for event in course.events if event.role == ""] or list(course.events)
    fullest = max(main, key=lambda event: (len(core(event.drugs)), event.rank))
    rest = [drug for event in course.events for drug in event.drugs]
    return tuple(dict.fromkeys((*fullest.drugs, *rest)))


def failed_before(course: Course, day: date) -> bool:
    """Whether the disease is said to have come back on or after this course before `day`."""
    return any(
        event.stop in FAILED and event.stop_when is not None and event.stop_when.last < day for event in course.events
    )


def response_of(course: Course, until: date | None) -> Event | None:
    """The statement of the best response: one that sets another right, else a stated best, else the best of all within the
    course's time."""
    start = start_of(course)
    rows = [
        event for event in course.events
        if event.response and not _outside(event.response_when, start, until)
    ]  # fmt: skip
    stated = [event for event in rows if event.stated_best]
    pool = [event for event in rows if event.corrects] or stated or rows
    if not pool:
        return None
    best = min(RESULT_ORDER.index(event.response) for event in pool)
    same = [event for event in pool if RESULT_ORDER.index(event.response) == best]
    return max(same, key=lambda event: (event.deep, event.rank, event.response_when is not None, event.named))


def _outside(when: DayRange | None, start: DayRange | None, until: date | None) -> bool:
    if when is None:
        return False
    return bool((start and when.last < start.first) or (until and when.first > until))


def stop_of(course: Course, until: date | None) -> Event | None:
    """The statement that says best why the course ended: a stop verb and the treating clinician weigh most."""
    start = start_of(course)
    rows = [event for event in course.events if event.stop and not _outside(event.stop_when, start, until)]
    rows = [event for event in rows if event.stop_when or not _outside(event.said, start, None)]
    if not rows:
        return None
    best = max(rows, key=lambda event: (event.firm, event.rank, event.stop in FAILED, event.stop_when is not None))
    done = [event for event in rows if event.stop == "completed" and event.rank >= 1]
    end = end_of(course)
    if best.stop in FAILED and best.firm < 3 and done and end:
        failures = [event.stop_when for event in rows if event.stop in FAILED and event.stop_when]
        if not failures or min(day.first for day in failures) > end.last + 7 * DAY:
            return max(done, key=lambda event: (event.firm, event.rank))
    return best


def failure_after(course: Course, until: date | None) -> DayRange | None:
    """The first day on which the disease is said to have come back on or after this course."""
    start = start_of(course)
    days = [
        event.stop_when for event in course.events
        if event.stop in FAILED and event.stop_when and not _outside(event.stop_when, start, until)
    ]  # fmt: skip
    return min(days, key=lambda day: day.first) if days else None


def precision(day: DayRange | None) -> tuple[int]:
    """0 for a day, 1 for a month, 2 for longer."""
    if day is None:
        return (3,)
    return (0 if day.exact else 1 if (day.last - day.first).days <= 31 else 2,)


def first_day(day: DayRange | None) -> date:
    """The day itself; far off where there is none."""
    return day.first if day else date.max
