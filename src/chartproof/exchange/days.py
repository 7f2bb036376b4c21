"""The days of a request: those of the service against those of the coverage and today."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from chartproof.exchange.elements import codes, mapping, objects, text
from chartproof.exchange.modifiers import cancelled
from chartproof.exchange.refusals import Resource
from chartproof.exchange.submitted import Submitted
from chartproof.exchange.words import doubted

#: The first and the last day, as FHIR writes them: whole or in part, "" where open.
Days = tuple[str, str]


def of_days(request: Submitted, today: date) -> Iterator[str]:
    service = list(dict.fromkeys(days_of_service(request)))
    if any(first and last and last < first[: len(last)] for first, last in service):
        yield "a day of service ends before it begins"
    if any(one and one < today.isoformat()[: len(one)] for days in service for one in days):
        yield "a day of service has passed"
    farthest = (today + timedelta(days=int(doubted()["farthest_days"]))).isoformat()
    if any(one > farthest[: len(one)] for days in service for one in days):
        yield "a day of service is farther away than the documents can speak for"
    yield from _of_coverage(request, service, today)
    for held in request.supporting:
        if held.kind == "DocumentReference" and _after(held.resource, today):
            yield "a document has a day that is still to come"


def days_of_service(request: Submitted) -> Iterator[Days]:
    """Of each item that is asked for, of the Claim as a whole, and of the stay or event that it tells of."""
    claim = request.claim.resource
    for item in request.asked:
        yield from _either(item.get("servicedDate"), item.get("servicedPeriod"))
    yield from _either(None, claim.get("billablePeriod"))
    for one in objects(claim.get("supportingInfo")):
        if any(code in doubted()["days"] for _, code in codes(one.get("category"))) and not cancelled(one):
            yield from _either(one.get("timingDate"), one.get("timingPeriod"))


def _either(day: object, period: object) -> Iterator[Days]:
    if text(day):
        yield text(day)[:10], text(day)[:10]
    held = mapping(period)
    if held:
        yield text(held.get("start"))[:10], text(held.get("end"))[:10]


def _of_coverage(request: Submitted, service: list[Days], today: date) -> Iterator[str]:
    period = mapping(request.coverage.resource.get("period")) if request.coverage else {}
    start, end = text(period.get("start"))[:10], text(period.get("end"))[:10]
    now = today.isoformat()
    if start and start > now[: len(start)]:
        yield "the coverage has not begun"
    if end and end < now[: len(end)]:
        yield "the coverage has ended"
    if end and any(one and _beyond(one, end) for days in service for one in days):
        yield "the coverage ends before the service"


def _beyond(day: str, end: str) -> bool:
    """Whether a day lies after an end; what is known in part only counts as far as it is known."""
    known = min(len(day), len(end))
    return day[:known] > end[:known]


def out_of_time(written: str, today: date) -> bool:
    """Whether something was written longer ago than an approval looks ahead, or after today; a day's grace, for time zones."""
    oldest = (today - timedelta(days=int(doubted()["farthest_days"]))).isoformat()
    newest = (today + timedelta(days=1)).isoformat()
    day = written[:10]
    return bool(day) and (day < oldest[: len(day)] or day > newest[: len(day)])


def _after(document: Resource, today: date) -> bool:
    """Whether what is attached was made after today; a day's grace, for the time zones. The reference's own day is only that
    of the sending."""
    made = [text(mapping(one.get("attachment")).get("creation")) for one in objects(document.get("content"))]
    return any(one[:10] > (today + timedelta(days=1)).isoformat()[: len(one)] for one in made)
