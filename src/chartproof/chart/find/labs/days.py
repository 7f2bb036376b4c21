"""Tables that give a day to each row and a test to each column: "Date  AST  ALT  TBIL" above "08/19/2026  31  40  0.5".

The column of days may have no name of its own: "CHEMISTRY  NA  K  CREAT" above "SEP 08,26 07:52  139  4.4  1.01". Such a
head must know all its columns, and a row below it counts only where each value stands under a heading of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from chartproof.chart.dates import find_dates
from chartproof.chart.find.dating import hint_of
from chartproof.chart.find.labs.analytes import NUMBER, UNIT, names_in, number
from chartproof.chart.find.labs.grid import Line, bare_lines, cells
from chartproof.chart.find.labs.results import Result
from chartproof.chart.find.labs.tables import CELLS, other_fluid, proper
from chartproof.chart.view import Segment
from chartproof.model import DayRange

HEAD = re.compile(
    r"\W*(?:(?:collect(?:ion|ed)? |coll\.? |draw |drawn |lab |specimen )?(?:date|dt)(?:\s?(?:/|&|and)\s?(?:time|tm))?|day|collected|drawn)\b",
    re.IGNORECASE,
)
#: The hour behind a row's day, which is no cell.
HOUR = re.compile(
    r"\s*(?:@?\s*(?:[01]?\d|2[0-3]):[0-5]\d(?::[0-5]\d)?(?:\s?[ap]m)?|@\s*(?:[01]\d|2[0-3])[0-5]\d)(?=[\s|])",
    re.IGNORECASE,
)
#: Before the first test of a head whose column of days is not named: nothing, or the section.
SECTION = re.compile(r"\W*(?:[A-Z][A-Za-z]*(?:[ /&-]+[A-Za-z]+){0,2})?\W*")
#: How many tests such a head names at least.
KNOWN = 3
CELL = re.compile(r"[^\s|]+")
#: A cell with the flag that a laboratory prints behind it: "26 H".
FLAGGED = re.compile(
    r"(?:(?<![^\s|])(?:H{1,2}|L{1,2})[ ])?[^\s|]*\d[^\s|]*(?:[ ](?:H{1,2}|L{1,2}|A|C|\*{1,2})(?![^\s|]))?|[^\s|]+"
)
#: A line between the rows that is none of them: what is normal, or a remark on one of them.
BETWEEN = re.compile(r"\W*(?:ref\w*|normals?|range|limits?|units?|low|high|comments?|notes?|remarks?)\b", re.IGNORECASE)
VALUE = re.compile(rf"(?:[HL]{{1,2}} )?({NUMBER})(?:\s?[HL*]{{1,2}})?")

#: How far a value's middle may stand from its heading's, as a share of the way to the next heading.
REACH = 0.6

#: (id of a test or marker, start, end) of the names in a head's text.
Names = Callable[[str], Sequence[tuple[str, int, int]]]


@dataclass(frozen=True, slots=True)
class Heading:
    """One column of the head: `test` is "" where its name is none of ours; `unit` as printed behind the name, `bars` how
    many stand before it, `dated` whether the head names the column of days."""

    test: str
    left: float
    right: float
    unit: str = ""
    bars: int = 0
    dated: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """The head, without a day, or a row that opens with its own; `found` are its cells under a column that names a test: (heading, start, end)."""

    line: Line
    when: DayRange | None
    found: tuple[tuple[Heading, int, int], ...]

    @property
    def place(self) -> tuple[str, int, int]:
        places = self.line.places(0, len(self.line.text))
        return f"{self.line.page.file}#{self.line.page.number}", min(a for a, _ in places), max(b for _, b in places)


def results_by_day(segment: Segment) -> Iterator[tuple[Result | None, tuple[str, int, int]]]:
    """(result, place of its line) of each value of such a table; None for each line, so that nobody reads it as prose."""
    for row in rows_of_days(segment, tests_in, FLAGGED):
        line = row.line
        yield None, row.place
        for heading, start, end in row.found:
            value = VALUE.fullmatch(line.text[start:end])
            if value and not other_fluid(line.segment, line.text, line.text):
                low = number(value[1])
                yield (
                    Result(heading.test, low, low, heading.unit, row.when, line.span(0, end), line.segment.document, source="table",
                           rank=2 if line.segment.addendum else 1, signed=line.segment.signed is not False),
                    row.place,
                )  # fmt: skip


def tests_in(text: str) -> list[tuple[str, int, int]]:
    return [
        ("" if CELLS.fullmatch(text[one.start : one.end]) else one.test, one.start, one.end)
        for one in names_in(text)
        if proper(text, one)
    ]


def rows_of_days(segment: Segment, names: Names, cell: re.Pattern[str] | None = None) -> Iterator[Row]:
    """The dated rows below a head of tests, which begins with the date as a rule (`headings`).

    A value belongs to the column whose heading stands nearest on a page with places or with bars; elsewhere a row counts
    only where it has as many cells as the head. `cell` finds the cells of a row where wide gaps do not.
    """
    head: tuple[Heading, ...] = ()
    begun = False
    for line in bare_lines(segment):
        opened = headings(line, names)
        if opened:
            head, begun = opened, False
            yield Row(line, None, ())
            continue
        if head and (measured := units_below(line, head)):
            head = measured
            continue
        dates = find_dates(line.text, year_hint=hint_of(segment)) if head else []
        if not dates or line.text[: dates[0][0]].strip(" |"):
            worded = line.page.words and not re.search(r"\d", line.text)  # a cell's text may fill lines
            head = head if worded or BETWEEN.match(line.text) or (not begun and not told(line.text)) else ()
            continue
        begun = True
        hour = HOUR.match(line.text, dates[0][1])
        behind = hour.end() if hour else dates[0][1]
        parts = [(behind + start, behind + end) for start, end in cells(line.text[behind:])]
        if cell is not None:
            parts = [match.span() for match in cell.finditer(line.text, behind)]
        yield Row(line, dates[0][2], tuple(under(line, parts, head)))


def told(text: str) -> bool:
    """Whether a line has words: the ranges and units of a head may fill several lines."""
    return bool(re.search(r"[A-Za-z]{2,}", UNIT.sub(" ", text)))


def headings(line: Line, names: Names) -> tuple[Heading, ...]:
    """The columns of a head; () where the line is none, or more of its words are strange than known."""
    text = line.text
    if re.search(r"\d{3}", text) or len(text) > 200:
        return ()
    known = names(text)
    if len([one for one in known if one[0]]) < 2:
        return ()
    start = HEAD.match(text)
    begin = start.end() if start else section(text, known)
    if begin < 0:
        return ()
    units = [match.span() for match in UNIT.finditer(text, begin)]
    named = [one for one in known if one[1] >= begin and not any(a <= one[1] < b for a, b in units)]
    rest = list(text)
    for a, b in [(0, begin), *units, *((a, b) for _, a, b in named)]:
        rest[a:b] = " " * (b - a)
    strange = [match.span() for match in CELL.finditer("".join(rest)) if re.search(r"\w", match[0])]
    if len([one for one in named if one[0]]) < (2 if start else KNOWN) or len(strange) > (
        len(named) // 2 if start else 0
    ):
        return ()
    found = []
    for test, a, b in sorted([*named, *(("", a, b) for a, b in strange)], key=lambda one: one[1]):
        unit = next((text[c:d] for c, d in units if 0 <= c - b <= 2), "")
        found.append(Heading(test, *line.extent(a, b), unit, text[:a].count("|"), bool(start)))
    return tuple(found)


def section(text: str, known: Sequence[tuple[str, int, int]]) -> int:
    """Where the tests of a head begin that does not name its column of days; -1 where more than a section's title stands
    before them, or a word between them."""
    first = min(a for _, a, _ in known)
    return first if SECTION.fullmatch(text, 0, first) and not re.search(r"[:;=]", text) else -1


def units_below(line: Line, head: Sequence[Heading]) -> tuple[Heading, ...]:
    """The head with the units that a line of nothing but units sets below its names; () where the line is no such."""
    units = [match.span() for match in UNIT.finditer(line.text)]
    if not units or re.search(r"\w", UNIT.sub(" ", line.text)):
        return ()
    found = {nearest(line, start, end, head): line.text[start:end] for start, end in units}
    return tuple(replace(one, unit=one.unit or found.get(one, "")) for one in head)


def under(line: Line, parts: Sequence[tuple[int, int]], head: Sequence[Heading]) -> Iterator[tuple[Heading, int, int]]:
    """The cells with their headings, those of strange columns left out."""
    placed = line.page.words or "|" in line.text
    if len(parts) == len(head) and (head[0].dated or not placed):
        pairs = list(zip(head, parts, strict=True))
    elif placed:
        pairs = [(nearest(line, start, end, head), (start, end)) for start, end in parts]
    else:
        return
    taken = [heading for heading, _ in pairs]
    if not head[0].dated and len(set(taken) & set(head)) < len(parts):
        return
    for heading, (start, end) in pairs:
        if heading.test and taken.count(heading) == 1:
            yield heading, start, end


def nearest(line: Line, start: int, end: int, head: Sequence[Heading]) -> Heading:
    left, right = line.extent(start, end)
    if "|" in line.text:
        bars = line.text[:start].count("|")
        return next((one for one in head if one.bars == bars), Heading("", left, right))
    middle = (left + right) / 2
    best = min(head, key=lambda one: abs((one.left + one.right) / 2 - middle))
    middles = sorted((one.left + one.right) / 2 for one in head)
    pitch = min(b - a for a, b in pairwise(middles))
    return best if abs((best.left + best.right) / 2 - middle) <= REACH * pitch else Heading("", left, right)
