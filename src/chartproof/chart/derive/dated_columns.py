"""Scores in the rows of an export whose columns are days: "Karnofsky,90,80,70" under "Row,07/14/2026,07/28/2026,...".

Such a sheet is filled in by the system as well as by people, so that it proves nothing; a reviewer sees it all the same.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from chartproof.chart.dates import find_dates
from chartproof.chart.view import Reading, Segment, span
from chartproof.chart.vocabulary import load
from chartproof.model import DayRange, Fact, Quantity

#: Days at the head of a sheet that make its columns days.
COLUMNS = 3
NUMBER = re.compile(r"\s*(\d{1,3})\s*\*?\s*")


def dated_columns(reading: Reading) -> Iterator[Fact]:
    """The scores of such sheets among the office's papers."""
    kinds = load("contradictions.yaml")["sources"]["log"]
    for segment in reading.segments:
        if (
            segment.page.read == "structured"
            and segment.document.kind in kinds
            and segment.document.belongs is not False
        ):
            yield from of_sheet(segment)


def of_sheet(segment: Segment) -> Iterator[Fact]:
    names = {name: re.compile(words, re.IGNORECASE) for name, words in load("compared.yaml")["scored"].items()}
    days: dict[int, DayRange] = {}
    start = segment.start
    for line in segment.page.text[segment.start : segment.end].splitlines(keepends=True):
        cells = next(csv.reader([line]), [])
        if len(days) < COLUMNS:
            days = {
                at: found[0][2] for at, cell in enumerate(cells) if (found := find_dates(cell)) and found[0][2].exact
            }
        else:
            row = next((name for cell in cells[: min(days)] for name, cue in names.items() if cue.search(cell)), None)
            for at, day in days.items() if row else ():
                value = NUMBER.fullmatch(cells[at]) if at < len(cells) else None
                if row and value:
                    amount = float(value[1])
                    quote = span(segment.page, start, start + len(line))
                    yield Fact("", row, "present", (quote,), quantity=Quantity(amount, amount), when=day, known=day,
                               signed=False, document=segment.document.id)  # fmt: skip
        start += len(line)
