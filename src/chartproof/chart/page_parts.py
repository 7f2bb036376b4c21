"""Parts of one page that are papers of their own: results counted one by one, parts of several persons, a terminal's
screens, a report below another one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from itertools import pairwise

from chartproof.chart.dates import find_dates
from chartproof.chart.kinds import title_kind
from chartproof.chart.printed import printed_identity

#: A line that does nothing but count.
COUNT = re.compile(
    r"^\W*(?:(?:result|report|exam|study|item|record) ?#? ?)?(\d{1,2}) (?:of|/) (\d{1,2})\W*$", re.IGNORECASE
)
#: Lines of a part, its head among them.
PART = 3
#: Whom a patient's own page names with a birth date beside the patient.
BESIDE_A_PATIENT = re.compile(
    r"\b(?:subscriber|insured|guarantor|policy|donor|caregiver|contact|spouse|husband|wife|partner|mother|father|parent|brother"
    r"|sister|sibling|son|daughter|child|relation\w*|proxy|guardian|representative)\b",
    re.IGNORECASE,
)
#: The count at the end of a screen's head, on a line that says more.
SCREEN = re.compile(r"(?>.*?\w{3}).*\b(?:pg|page)\W{0,3}0*(\d{1,3})(?: of \d+)?\s*$", re.IGNORECASE)
#: "RADIOLOGY REPORT" on a line of its own, and one of the next lines that gives the day of its examination.
REPORT_TITLE = re.compile(
    r"\s*(?:(?:DIAGNOSTIC |GENERAL )?(?:RADIOLOGY|IMAGING|NUCLEAR MEDICINE|ULTRASOUND)|LABORATORY|(?:SURGICAL |ANATOMIC )?PATHOLOGY|CYTOLOGY"
    r"|MICROBIOLOGY|CARDIOLOGY|ECHOCARDIOGRAPHY|ELECTROCARDIOGRAPHY|PULMONARY FUNCTION) (?:CONSULTATION )?REPORT\W*$"
)
REPORT_DAY = re.compile(
    r"\s*(?:ex(?:a)?m(?:ination)?|study|service|procedure|test|collected|collection|performed|date of (?:exam|study|service))(?: date)?(?:/time)?\W{0,3}"
    r"(?=\d|[A-Z][A-Za-z]{2,8}\.? ?\d)",
    re.IGNORECASE,
)
#: Lines below such a title in which its day stands.
REPORT_HEAD = 4
#: What says that a page goes on with the one before.
CONTINUED = re.compile(r"\bcont(?:inued|'d|d)\b|,\s*(?:page|p\.|sheet) ?[2-9]\b", re.IGNORECASE)
#: Lines at the top of a page among which its first screen is headed.
SCREEN_HEAD = 6
#: Records under review are younger; a person who is treated was born before. Characters from a name to the day behind it.
LONG_PAST, NEAR = 2010, 6


def counted_results(lines: Sequence[str]) -> list[int]:
    """Of a viewer's print of what a search found, the lines that count each result: "1 of 3", "2 of 3", "3 of 3"."""
    counted = [
        (number, int(found[1]), int(found[2])) for number, line in enumerate(lines) if (found := COUNT.match(line))
    ]
    inside = [(count, many) for _number, count, many in counted]
    whole = bool(counted) and inside == [(count, len(counted)) for count in range(1, len(counted) + 1)]
    return (
        [number for number, _count, _many in counted]
        if whole and len(counted) > 1 and counted[-1][0] + 1 < len(lines)
        else []
    )


def persons_of(lines: Sequence[str]) -> list[int]:
    """Of a page with parts of several persons' records, the lines that head each: a name with a birth date, no rows. Where
    the line above titles a test ("XR CHEST 10/01/26" over "ROE, ADA 12/04/57"), the part begins with that."""
    headed = [
        (number, birth, one.names[0])
        for number, line in enumerate(lines)
        if len(line) < 100 and (one := printed_identity(line)).names and not one.other_role
        for birth in (one.births or births_behind(line, one.names[0]))[:1]
        if not BESIDE_A_PATIENT.search(line)
    ]
    numbers = [number - 1 if number and title_kind(lines[number - 1]) else number for number, _birth, _name in headed]
    several = {birth for _number, birth, _name in headed}
    surnames = {re.split(r"[, ]", name.lower())[0] for _number, _birth, name in headed}
    parts = all(after - number >= PART for number, after in pairwise(numbers))
    return numbers if parts and (len(several) > 1 or len(surnames) > 1) else []


def births_behind(line: str, name: str) -> tuple[date, ...]:
    """A day long past right behind the name that opens a line is a birth date: "ROE, ADA L 12/04/57 C000301126"."""
    if not line.strip().startswith(name):
        return ()
    behind = line.split(name, 1)[1]
    found = [(start, day) for start, _end, day in find_dates(behind) if day.exact and day.first.year < LONG_PAST]
    return tuple(day.first for start, day in found[:1] if start <= NEAR)


def report_head(lines: Sequence[str]) -> str:
    """The lines below the first one, where that is a report's bare title and one of them gives the day of its examination;
    "" where it is none."""
    head = lines[1 : 1 + REPORT_HEAD] if lines and REPORT_TITLE.match(lines[0]) else ()
    dated = any(REPORT_DAY.match(line) and any(day.exact for _, _, day in find_dates(line)) for line in head)
    return "\n".join(head) if dated else ""


def screens_of(lines: Sequence[str]) -> list[int]:
    """Of a terminal's print, one screen under the other, the lines that head the second screen and those that follow it.

    Each is counted at its own head ("*LAB RESULTS*  DOE,JOHN  PG 002"), the first within the first lines of the print.
    """
    if not any(SCREEN.match(line) for line in lines[:SCREEN_HEAD]):
        return []
    counted = [(number, int(found[1])) for number, line in enumerate(lines) if (found := SCREEN.match(line))]
    if len(counted) < 3 or [count for _number, count in counted] != [*range(1, len(counted) + 1)]:
        return []
    return [number for number, _count in counted[1:] if not CONTINUED.search(lines[number])]
