"""A treatment told by the lines of a form, one for each thing asked: "Regimen: BR", "Dates: 2019-2022", "Response: CR"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.treatment.event import Event
from chartproof.chart.derive.treatment.outcomes import role_near
from chartproof.chart.derive.treatment.records import VOID
from chartproof.chart.find.drugs import Mention, core, mentions
from chartproof.chart.view import Reading, Segment, span
from chartproof.model import Case, DayRange


def _label(words: str) -> re.Pattern[str]:
    return re.compile(rf"\W*(?:\d\W+)?(?:{words})\s*[:|]\s*(?P<told>.*)", re.IGNORECASE)


REGIMEN = _label(r"(?:regimens?|drugs?|agents?|treatments?|therap(?:y|ies)|protocol)(?: (?:name|given|used|received))?")
STARTED = _label(
    r"(?:treatment |therapy )?(?:dates?|given|(?:date )?start(?:ed)?|from|beg[au]n|initiated|first (?:dose|cycle|day))"
    r"(?: ?(?:dates?|of (?:therapy|treatment)|given))?(?: ?(?:-|\u2013|to|/|and|through) ?(?:dates?|stop(?:ped)?|end(?:ed)?|last \w+|to))?"
)
ENDED = _label(r"(?:date )?(?:stop(?:ped)?|end(?:ed)?|to|through|until|discontinued|last (?:dose|cycle|day))(?: date)?")
STATUS = _label(r"(?:treatment |therapy |line )?(?:status|given\?|comments?)")
#: Lines of such a form that belong to one treatment.
REACH = 6


def labelled(reading: Reading, case: Case) -> Iterator[Event]:
    """An event of every treatment of such forms that has its day on a line of its own."""
    for segment, _ in groupby(reading.sentences, key=lambda sentence: sentence.segment):
        if segment.document.kind not in ("prior_auth_form", "lab_report", "lab_export"):
            text = segment.page.text[segment.start : segment.end]
            lines = [(match.start(), match[0]) for match in re.finditer(r"[^\n]+", text) if match[0].strip()]
            for at, (_start, line) in enumerate(lines):
                found = REGIMEN.match(line)
                named = [one for one in mentions(line) if core(one.drugs)] if found else []
                if named and not find_dates(line, years=True):
                    beside = named[1].start if len(named) > 1 else len(line)
                    role = role_near(line, named[0], 0, beside)
                    yield from _told(segment, lines[at : at + REACH + 1], named[0], role, case)


def _days(told: str) -> list[DayRange]:
    """The days of a range, each end by itself where the whole is none: "2019-2022", "2023-05/2026"."""
    parts = [told] if find_dates(told) else re.split(r"\s*[-\u2013]\s*", told)
    return [day for part in parts for _a, _b, day in find_dates(part, years=True)]


def _told(segment: Segment, lines: Sequence[tuple[int, str]], named: Mention, role: str, case: Case) -> Iterator[Event]:
    (at, line), *below = lines
    days: list[DayRange] = []
    for _start, row in below:
        if REGIMEN.match(row) or ((status := STATUS.match(row)) and VOID.search(status["told"])):
            break
        told = STARTED.match(row) if not days else ENDED.match(row)
        if told:
            days += _days(told["told"])
    else:
        row = ""
    void = (status := STATUS.match(row)) and VOID.search(status["told"])
    if days and not void and days[0].first <= case.as_of:
        last = days[1] if len(days) > 1 and days[1].first >= days[0].first else None
        yield Event(
            drugs=named.drugs,
            regimen=named.regimen,
            status="given",
            role=role,
            span=span(segment.page, segment.start + at, segment.start + at + len(line)),
            start=days[0],
            end=last,
            said=segment.when,
            kind=segment.document.kind,
            document=segment.document.id,
        )
