"""A test's values of several days on one line: "LDH  09/09/2026 198   08/12/2026 205"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from chartproof.chart.dates import find_dates
from chartproof.chart.find.dating import hint_of
from chartproof.chart.find.labs.analytes import NUMBER, UNIT, names_in, number
from chartproof.chart.find.labs.grid import Line, bare_lines
from chartproof.chart.find.labs.results import Result
from chartproof.chart.find.labs.tables import BULLET, other_fluid, proper
from chartproof.chart.view import Segment

#: Between the name and the first day: a method in brackets, leaders.
LEAD = re.compile(r"[)\s]*(?:\([^()]{0,30}\))?[\s:.|=-]*")
#: Between a day and the next: one value with its unit and flag, nothing else.
VALUE = re.compile(rf"[\s:|=]*({NUMBER})\s?(?:{UNIT.pattern})?(?:\s?[HL*]{{1,2}})?[\s,;|]*", re.IGNORECASE)
#: One day and one value may be a sentence; two of each are a series.
DAYS = 2


def results_in_series(segment: Segment) -> Iterator[tuple[Result | None, tuple[str, int, int]]]:
    """(result, place of its line) of each day of such a line; None for the line, so that nobody reads it as prose."""
    for line in bare_lines(segment):
        found = list(series(line))
        if not found:
            continue
        places = line.places(0, len(line.text))
        covered = (f"{line.page.file}#{line.page.number}", min(a for a, _ in places), max(b for _, b in places))
        yield None, covered
        yield from ((result, covered) for result in found)


def series(line: Line) -> Iterator[Result]:
    begin = BULLET.match(line.text).end()  # type: ignore[union-attr]
    named = next((one for one in names_in(line.text) if one.start == begin and proper(line.text, one)), None)
    days = find_dates(line.text, year_hint=hint_of(line.segment)) if named else []
    if named is None or len(days) < DAYS or other_fluid(line.segment, line.text, line.text):
        return
    lead = LEAD.match(line.text, named.end)
    stops = [*(day[0] for day in days[1:]), len(line.text)]
    values = [VALUE.fullmatch(line.text, day[1], stop) for day, stop in zip(days, stops, strict=True)]
    if lead is None or lead.end() != days[0][0] or not all(values):
        return
    for (_, _, when), value in zip(days, values, strict=True):
        if value is not None:
            low = number(value[1])
            yield Result(
                named.test, low, low, "", when, line.span(named.start, value.end(1)), line.segment.document,
                rank=2 if line.segment.addendum else 1, signed=line.segment.signed is not False, source="table",
            )  # fmt: skip
