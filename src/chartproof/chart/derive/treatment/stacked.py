"""A table of plans without bars whose names wrap above their days: "BENDAMUSTINE +", "RITUXIMAB", "06/11/2018 11/05/2018 Complete"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.treatment.event import Event
from chartproof.chart.derive.treatment.outcomes import response_in, role_near, stop_reason
from chartproof.chart.find.drugs import Mention, by_drugs, core, mentions
from chartproof.chart.view import Segment, Sentence, span
from chartproof.model import Case, DayRange

#: Start on the page, end, words.
Line = tuple[int, int, str]
#: Over such a table: its first column and the two of its days.
HEADER = re.compile(
    r"\W*(?:treatment |therapy )?(?:plan|regimen|protocol|treatment|therapy)s?(?: name)?\s+(?:start|begin|from)\w*(?: date)?\s+(?:end|stop|to|through)\w*\b",
    re.IGNORECASE,
)
ROLE = re.compile(r"\W*(?:maintenance|induction|consolidation|salvage)\W*", re.IGNORECASE)
#: Lines of the name above its days, and of the remarks below them, at the most; the table's own length.
NAMES, REMARKS, REACH = 3, 3, 60


def stacked(segment: Segment, lines: Sequence[Line], case: Case) -> Iterator[Event]:
    """An event of each row whose line opens with its two days, with the names on the lines above it."""
    headers = [at for at, line in enumerate(lines) if HEADER.match(line[2])]
    for at, (_start, end, line) in enumerate(lines):
        days = _opening_days(line)
        if days is None or days[0].first > case.as_of or not any(0 < at - head <= REACH for head in headers):
            continue
        above = _names(lines[:at])
        name = " ".join(text for _s, _e, text in above)
        named = [one for one in mentions(name) if core(one.drugs)]
        if not named:
            continue
        drugs = tuple(dict.fromkeys(drug for one in named for drug in one.drugs))
        told = " ".join([line, *_remarks(lines[at + 1 :])])
        response, deep, _place = response_in(told)
        stop, _by_verb = stop_reason(f"stopped {told}")
        yield Event(
            drugs=drugs,
            regimen=named[0].regimen if len(named) == 1 else by_drugs().get(core(drugs), ""),
            status="given",
            role=role_near(name, Mention(named[-1].start, named[-1].end, drugs), 0, len(name)),
            span=span(segment.page, above[0][0], end),
            start=days[0],
            end=days[1],
            response=response,
            deep=deep,
            stop=stop,
            stop_when=days[1] if stop else None,
            said=segment.when,
            kind=segment.document.kind,
            document=segment.document.id,
        )


def is_rest_of_row(sentence: Sentence) -> bool:
    """Whether the sentence is a row's days, whose name stands on the lines above: it is not said of the treatment before."""
    above = sentence.page.text[sentence.segment.start : sentence.start]
    return _opening_days(sentence.text) is not None and any(HEADER.match(line) for line in above.splitlines())


def _opening_days(line: str) -> tuple[DayRange, DayRange] | None:
    """The first and the last day with which the line opens, side by side."""
    days = [one for one in find_dates(line) if one[2].exact][:2]
    if len(days) < 2 or line[: days[0][0]].strip() or line[days[0][1] : days[1][0]].strip(" -\u2013"):
        return None
    return (days[0][2], days[1][2]) if days[0][2].first <= days[1][2].first else None


def _names(above: Sequence[Line]) -> list[Line]:
    """The lines right above that hold nothing but a treatment's name, or part of it."""
    found: list[Line] = []
    for one in reversed(above[-NAMES:]):
        text = one[2]
        if find_dates(text, years=True) or not (ROLE.fullmatch(text) or any(core(m.drugs) for m in mentions(text))):
            break
        found.insert(0, one)
    return found


def _remarks(below: Sequence[Line]) -> Iterator[str]:
    """The wrapped rest of the row, up to the next row's name."""
    for _start, _end, text in below[:REMARKS]:
        if mentions(text) or _opening_days(text) or ROLE.fullmatch(text):
            return
        yield text
