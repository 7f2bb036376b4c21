"""Tables that give a day to each row and a test to each column: "Date  AST  ALT  TBIL" above "08/19/2026  31  40  0.5"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chartproof.chart.dates import find_dates
from chartproof.chart.find.analytes import NUMBER, Named, names_in, number
from chartproof.chart.find.dating import hint_of
from chartproof.chart.find.grid import Line, bare_lines
from chartproof.chart.find.lab_tables import CELLS, other_fluid, proper
from chartproof.chart.find.results import Result
from chartproof.chart.view import Segment
from chartproof.model import DayRange

HEAD = re.compile(r"\W*(?:(?:collection |draw |lab )?date|day|collected|drawn)\b", re.IGNORECASE)
CELL = re.compile(r"[^\s|]+")
VALUE = re.compile(rf"({NUMBER})(?:\s?[HL*]{{1,2}})?")


@dataclass(frozen=True, slots=True)
class Dated:
    """One row: its day and the characters at which its cells begin."""

    when: DayRange
    cells: tuple[tuple[int, int], ...]


def results_by_day(segment: Segment) -> Iterator[tuple[Result, tuple[str, int, int]]]:
    """(result, place of its line) of each row; a row with more or fewer cells than the head has tests is left alone."""
    tests: tuple[str, ...] = ()
    for line in bare_lines(segment):
        named = tests_of_head(line)
        if named:
            tests = named
            continue
        row = dated_row(line) if tests else None
        if row is None:
            tests = ()
            continue
        if len(row.cells) == len(tests):
            yield from results_of_row(line, row, tests)


def tests_of_head(line: Line) -> tuple[str, ...]:
    """The tests of a head that begins with the date and names at least two tests and nothing else, else ()."""
    head = HEAD.match(line.text)
    if head is None or re.search(r"\d{2}", line.text):
        return ()
    named: list[Named] = [one for one in names_in(line.text) if one.start >= head.end() and proper(line.text, one)]
    rest = list(line.text[head.end() :])
    for one in named:
        rest[one.start - head.end() : one.end - head.end()] = " " * (one.end - one.start)
        if CELLS.fullmatch(line.text[one.start : one.end]):
            return ()
    return tuple(one.test for one in named) if len(named) >= 2 and not re.search(r"\w", "".join(rest)) else ()


def dated_row(line: Line) -> Dated | None:
    dates = find_dates(line.text, year_hint=hint_of(line.segment))
    if not dates or line.text[: dates[0][0]].strip(" |"):
        return None
    cells = tuple(match.span() for match in CELL.finditer(line.text, dates[0][1]))
    return Dated(dates[0][2], cells)


def results_of_row(line: Line, row: Dated, tests: tuple[str, ...]) -> Iterator[tuple[Result, tuple[str, int, int]]]:
    places = line.places(0, len(line.text))
    covered = (f"{line.page.file}#{line.page.number}", min(a for a, _ in places), max(b for _, b in places))
    for (start, end), test in zip(row.cells, tests, strict=True):
        value = VALUE.fullmatch(line.text[start:end])
        if value and not other_fluid(line.segment, line.text, line.text):
            low = number(value[1])
            yield (
                Result(test, low, low, "", row.when, line.span(0, end), line.segment.document, source="table",
                       rank=2 if line.segment.addendum else 1, signed=line.segment.signed is not False),
                covered,
            )  # fmt: skip
