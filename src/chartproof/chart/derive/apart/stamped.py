"""The day that an index sheet gives of the report behind it, beside the report's own: the sheet has the day of the scan."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.standing import pattern
from chartproof.chart.view import Reading, Segment, span
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, DayRange, Span


def stamped(reading: Reading) -> Iterator[Conflict]:
    """One conflict for each sheet that makes the report behind it newer by weeks."""
    words = load("compared.yaml")["stamped"]
    for sheet, report in pairwise(reading.segments):
        behind = sheet.page.file == report.page.file and sheet.page.number + 1 == report.page.number
        if not behind or report.document.belongs is False or not pattern(words["sheet"]).search(sheet.page.text):
            continue
        keyed, own = labelled(sheet, words["label"]), labelled(report, words["own"])
        if keyed and own and (keyed[0].first - own[0].last).days > words["days"]:
            name = f"day of the {report.document.kind.replace('_', ' ')}"
            right = f"{own[0]}: the report itself says so; the sheet gives the day on which it was scanned"
            yield Conflict(name, keyed[1], own[1], right)


def labelled(segment: Segment, label: str) -> tuple[DayRange, Span] | None:
    """The exact day right behind the first such label, with its quote."""
    text = segment.page.text
    for match in pattern(label).finditer(text, segment.start, segment.end):
        line = text[match.end() :].split("\n")[0]
        for start, end, day in find_dates(line)[:1]:
            if day.exact and start <= 4:
                return day, span(segment.page, match.start(), match.end() + end)
    return None
