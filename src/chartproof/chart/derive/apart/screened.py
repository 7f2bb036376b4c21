"""A screening test that one paper calls overdue and another shows as done since: reminders count their own system's tests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from chartproof.chart.dates import find_dates
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact

OVERDUE = re.compile(r"\b(?:over-?due|past due|not up to date|due (?:now|since))\b", re.IGNORECASE)
#: A report of so many days before the paper that calls the test overdue answers it, where that paper names no day.
FRESH_DAYS = 730


def screened(facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """At most one conflict for each test."""
    for concept in load("compared.yaml")["screening_tests"]:
        told = [fact for fact in facts if fact.concept == concept and fact.assertion in ("present", "absent")]
        overdue = [fact for fact in told if OVERDUE.search(fact.evidence[0].quote)]
        done = [fact for fact in told if fact.assertion == "present" and fact.when and fact not in overdue]
        for late in overdue:
            since = [fact for fact in done if fact.when and last_known(late, asked) < fact.when.last <= asked]
            if since:
                best = max(since, key=lambda fact: fact.when.last if fact.when else date.min)
                name = concept.replace("_", " ")
                yield Conflict(name, late.evidence[0], best.evidence[0], f"done {best.when}: the result itself says so")
                break


def last_known(late: Fact, asked: date) -> date:
    """The newest day of a test that the paper itself has."""
    days = [day.last for _start, _end, day in find_dates(late.evidence[0].quote) if day.last <= asked]
    known = late.known.last if late.known else asked
    return min(days) if days else date.fromordinal(min(known, asked).toordinal() - FRESH_DAYS)
