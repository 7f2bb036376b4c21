"""Events of several documents merged into courses: one course for each line of therapy.

Counting rules: induction, consolidation and maintenance are one line unless the disease progressed between them; a change
of dose or of one partner in the same weeks is not a new line; bridging, conditioning, steroids alone are none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from chartproof.chart.derive.treatment.course import (
    DAY,
    FAILED,
    Course,
    end_of,
    failed_before,
    first_day,
    line_of,
    precision,
    start_of,
)
from chartproof.chart.derive.treatment.event import CELLS, Event
from chartproof.chart.derive.treatment.outcomes import CONDITIONING
from chartproof.chart.find.drugs import core, role_of
from chartproof.model import DayRange

#: Fludarabine or cyclophosphamide told within so many days of its only day, with no end: no line.
LYMPHODEPLETION, ASKED_DAYS = frozenset({"fludarabine", "cyclophosphamide"}), 120
TRANSPLANT_ONLY = frozenset({"melphalan", "busulfan", "thiotepa", "treosulfan", "carmustine"})
#: From here on a reason is said of the treatment by its name.
FIRM = 2
RECORDS = ("fhir_bundle", "ccda", "mar_export", "medication_record", "treatment_summary")


def merge(events: Iterable[Event]) -> list[Course]:
    """Courses in order of their start; those without a start stand by the number that the chart gives them."""
    usable = [event for event in _products(list(events)) if makes_line(event)]
    seeds = [event for event in usable if event.start and event.role == ""]
    subsets = [event for event in seeds if any(core(event.drugs) < core(other.drugs) for other in seeds)]
    courses: list[Course] = []
    order = sorted(seeds, key=lambda event: (event in subsets, *precision(event.start), first_day(event.start)))
    for event in order:
        courses = _place(courses, event, may_open=True)
    for event in sorted((e for e in usable if e.start and e.role), key=lambda e: first_day(e.start)):
        courses = _place(courses, event, may_open=event.rank == 3)
    for event in (e for e in usable if not e.start):
        kept_up = _known_maintenance(event, courses)
        courses = _place(
            courses, replace(event, role="maintenance") if kept_up else event, may_open=opens(event) and not kept_up
        )
    treated = [course for course in courses if not _only_conditioning(course)]
    return _trimmed(in_order(_fuse(in_order(treated))))


def _known_maintenance(event: Event, courses: Sequence[Course]) -> bool:
    """Whether what is told without its start, and as no maintenance, is what another statement calls a course's maintenance."""
    drugs = core(event.drugs)
    kept_up = [one for course in courses for one in course.events if one.role == "maintenance"]
    return event.role == "" and any(core(one.drugs) == drugs for one in kept_up)


def _products(events: Sequence[Event]) -> list[Event]:
    """Cells of which only the day is told are the product that another statement names for the same weeks."""
    named = [event for event in events if event.start and {role_of(drug) for drug in event.drugs} == {"cell_therapy"}]
    out = []
    for event in events:
        near = [
            other for other in named
            if event.drugs == (CELLS,) and event.start and other.start
            and other.start.first - 62 * DAY <= event.start.last and event.start.first <= other.start.last + 62 * DAY
        ]  # fmt: skip
        out.append(replace(event, drugs=near[0].drugs) if near else event)
    return out


def _only_conditioning(course: Course) -> bool:
    """A few days of melphalan, of fludarabine with cyclophosphamide and the like prepare for cells; they are no line."""
    if not course.core <= CONDITIONING:
        return False
    start, end = start_of(course), end_of(course)
    if course.core <= TRANSPLANT_ONLY and end is None:
        return True
    if course.core <= LYMPHODEPLETION and end is None and start:
        # spoken of within weeks of its only day: what is about to prepare for the cells, or was asked about
        said = [event.said.last for event in course.events if event.said]
        return bool(said) and all((day - start.first).days <= ASKED_DAYS for day in said)
    return bool(start and end and (end.last - start.first).days <= 10)


def _trimmed(courses: list[Course]) -> list[Course]:
    """Without the ends of single drugs that went on into the next course (pomalidomide from DPd into KPd)."""
    out = []
    for number, course in enumerate(courses, 1):
        until = next((day.first for later in courses[number:] if (day := start_of(later))), None)
        events = [
            replace(event, end=None)
            if until and event.end and event.end.first > until + 31 * DAY and core(event.drugs) < course.core
            else event
            for event in course.events
        ]
        out.append(Course(tuple(events)))
    return out


def makes_line(event: Event) -> bool:
    """Whether the event may be of a line at all: given, systemic, no bridging and the like, not a payer's form."""
    kinds = {role_of(drug) for drug in core(event.drugs)}
    return (
        event.status == "given"
        and event.role in ("", "maintenance")
        and event.rank > 0
        and bool(core(event.drugs))
        and not kinds <= {"conditioning"}
    )


def opens(event: Event) -> bool:
    """An event without a start opens a course only where a clinician numbers it, dates its end or its response, or says of it
    by name that the disease grew under it or came back after it."""
    many = len(core(event.drugs)) > 2  # so many drugs are a course by themselves, whatever else is told
    several = many or (len(core(event.drugs)) > 1 and event.status == "given" and (event.counted or event.response))
    dated = (event.end and event.firm != 1) or (event.regimen and event.response and event.response_when)
    told = event.line or dated or several or (event.stop in FAILED and event.firm >= FIRM)
    return event.rank >= 2 and event.named and event.role == "" and bool(told)


def _place(courses: list[Course], event: Event, *, may_open: bool) -> list[Course]:
    """The courses with the event added to the one it fits best, or opening a new one."""
    scored = [(score, index) for index, course in enumerate(courses) if (score := fit(courses, course, event)) > 0]
    if scored:
        _score, index = max(scored, key=lambda row: (row[0], row[1]))
        return [Course((*course.events, event)) if place == index else course for place, course in enumerate(courses)]
    return [*courses, Course((event,))] if may_open else courses


def fit(courses: Sequence[Course], course: Course, event: Event) -> float:
    """How well the event fits the course: 0 not at all."""
    drugs = core(event.drugs)
    start, end = start_of(course), end_of(course)
    at = event.start or event.end or event.stop_when or event.response_when
    if event.role == "maintenance":
        return _fit_maintenance(courses, course, event, at)
    together = _staggered(course, event)
    if not (drugs == course.core or drugs < course.core or course.core < drugs or together):
        return 0
    likeness = 3.0 if drugs == course.core else 2.0 if drugs < course.core else 1.0
    if event.start is None or start is None:
        return _fit_loose(courses, course, event, at, likeness)
    first, low = event.start, start.first - 75 * DAY
    if failed_before(course, first.first):
        return 0
    if drugs == course.core:
        reach = (end.last + 200 * DAY) if end else start.last + 400 * DAY
        return likeness if low <= first.last and first.first <= reach and not _between(courses, course, first) else 0
    if drugs < course.core:
        reach = (end.last + 200 * DAY) if end else start.last + 550 * DAY
        return (
            likeness
            if start.first - 45 * DAY <= first.last and first.first <= reach and not _between(courses, course, first)
            else 0
        )
    near = abs((first.first - start.first).days) <= 60 or start.first <= first.first <= start.last
    return likeness if near or together else 0


def _fit_loose(
    courses: Sequence[Course], course: Course, event: Event, at: DayRange | None, likeness: float
) -> float:  # fmt: skip
    """For an event without a start (or a course without one): by the number, else by the latest course begun before it."""
    start = start_of(course)
    if event.line and line_of(course) and event.line != line_of(course):
        return 0
    if core(event.drugs) > course.core and not event.line:
        return 0
    if at is None:
        # a summary is kept up long after the day at its head
        said = None if event.kind in RECORDS else event.said
        before = start is None or said is None or start.first <= said.last
        return likeness if before else 0
    if start is not None and at.last < start.first:
        return 0
    rivals = [
        other for other in courses
        if other is not course and core(event.drugs) <= other.core and (day := start_of(other)) and start
        and start.first < day.first <= at.last
    ]  # fmt: skip
    return 0 if rivals else likeness


def _fit_maintenance(
    courses: Sequence[Course], course: Course, event: Event, at: DayRange | None
) -> float:  # fmt: skip
    start = start_of(course)
    if start is not None and at is not None and at.last < start.first:
        return 0
    shared = bool(core(event.drugs) & course.core)
    if start is None or at is None:
        return 2.0 if shared else 0
    latest = max((day.first for other in courses if (day := start_of(other)) and day.first <= at.first), default=None)
    if latest is not None and start.first < latest:
        return 0
    if event.start and failed_before(course, event.start.first):
        return 0
    return 2.0 if shared else 0.5


def _staggered(course: Course, event: Event) -> bool:
    """Drugs that one record lists with starts in the same three weeks, or into a running regimen of three or more."""
    if not event.start or event.kind not in RECORDS or event.rank < 3:
        return False
    for other in course.events:
        if other.document == event.document and other.start and abs((other.start.first - event.start.first).days) <= 21:
            return True
    start, end = start_of(course), end_of(course)
    same = any(other.document == event.document for other in course.events)
    return bool(same and len(course.core) >= 3 and start and end and start.first <= event.start.first <= end.last)


def _between(courses: Sequence[Course], course: Course, first: DayRange) -> bool:
    """Whether another course began after this one and before the event."""
    start = start_of(course)
    return any(
        other is not course and not other.core <= course.core and not _only_conditioning(other) and (day := start_of(other)) is not None and start is not None
        and start.last < day.first < first.first
        for other in courses
    )  # fmt: skip


def _fuse(courses: list[Course]) -> list[Course]:
    """Join neighbours that turn out to be the same course once both are complete."""
    out: list[Course] = []
    for course in courses:
        previous = out[-1] if out else None
        if previous and (course.core <= previous.core or previous.core <= course.core):
            start, end, before = start_of(course), end_of(previous), start_of(previous)
            same_days = bool(start and before and abs((start.first - before.first).days) <= 60)
            running = bool(start and end and start.first <= end.last and course.core <= previous.core)
            unknown = (start is None or before is None) and line_of(course) == line_of(previous)
            if (same_days or running or unknown) and not (start and failed_before(previous, start.first)):
                out[-1] = Course((*previous.events, *course.events))
                continue
        out.append(course)
    return out


def in_order(courses: Sequence[Course]) -> list[Course]:
    """By start; a course without one stands by its number, else by its end, else last."""

    def key(course: Course) -> tuple[date, int]:
        start, end, number = start_of(course), end_of(course), line_of(course)
        if start:
            return start.first, number or 0
        if end:
            return end.first, number or 0
        seen = [event.response_when.first for event in course.events if event.response_when]
        if seen:
            return min(seen), number or 0
        after = [day for other in courses if (day := start_of(other)) and _told_before(course, other)]
        if after:
            return min(day.first for day in after) - DAY, number or 0
        later = [day for other in courses if number and (line_of(other) or 0) > number and (day := start_of(other))]
        if later:
            return min(day.first for day in later) - DAY, number or 0
        return date.max, number or 0

    return sorted(courses, key=key)


def _told_before(course: Course, other: Course) -> bool:
    """Whether the same page tells of this course first."""
    told = {(e.document, e.span.page): e.place for e in reversed(course.events) if e.named}
    return any(
        e.start and e.start == start_of(other) and told.get((e.document, e.span.page), e.place) < e.place
        for e in other.events
    )
