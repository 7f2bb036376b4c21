"""What a leukemia protocol gives one after the other is one line: block, immunotherapy and continuation in one remission.

Two courses are its blocks where one document tells the later right behind the earlier ("block 1, MRD negative, then two
cycles of blinatumomab") with no word between them that the leukemia was still there or came back. Words are data
(knowledge/vocabulary/treatment.yaml, `blocks`).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from chartproof.chart.derive.standing import pattern
from chartproof.chart.derive.treatment.course import Course, end_of, failed_before, line_of, response_of, start_of
from chartproof.chart.derive.treatment.event import Event
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.model import Case

#: Days from the earlier course's first or last dose to the later one's first, and characters from one name to the other.
DAYS, REACH = 200, 260


def in_one_remission(courses: Sequence[Course], reading: Reading, case: Case) -> list[Course]:
    """The courses, those that are blocks of one protocol as one; of other diseases than leukemia as they are."""
    if not pattern(rules()["diseases"]).search(case.indication):
        return list(courses)
    texts = {(page.file, page.number): page.text for file in reading.files for page in file.pages}
    joined: list[Course] = []
    for course in courses:
        if joined and _goes_on(joined[-1], course, texts):
            joined[-1] = Course((*joined[-1].events, *course.events))
        else:
            joined.append(course)
    return joined


@cache
def rules() -> dict[str, Any]:
    return dict(load("treatment.yaml")["blocks"])


def _goes_on(one: Course, other: Course, texts: dict[tuple[str, int], str]) -> bool:
    start, first, last = start_of(other), start_of(one), end_of(one)
    if not start or not first or failed_before(one, start.first) or line_of(one) != line_of(other):
        return False
    response = response_of(one, start.first)
    near = min(abs((start.first - day.last).days) for day in (first, last) if day) <= DAYS
    failed = response is not None and response.response in ("SD", "PD")
    return near and not failed and any(_linked(a, b, texts) for a in one.events for b in other.events)


def _linked(one: Event, other: Event, texts: dict[tuple[str, int], str]) -> bool:
    """Whether the later is told right behind the earlier, as what followed it by plan."""
    page = (one.span.file, one.span.page)
    if page != (other.span.file, other.span.page) or one.document != other.document or not (one.named and other.named):
        return False
    if not 0 < other.place - one.place <= REACH:
        return False
    between = texts.get(page, "")[one.place : other.place]
    return bool(pattern(rules()["link"]).search(between)) and not pattern(rules()["failed"]).search(between)
