"""Printed tables: lines of a page with the columns that the last header line put above them.

A value belongs to the column whose heading stands nearest to it: by the words' boxes where the page has geometry, by
cell where bars or tabs keep cells apart, by character otherwise. Nothing here knows what a test is.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from chartproof.chart.dates import find_dates
from chartproof.chart.find.years import counted_from, days_of_head, of_a_name
from chartproof.chart.layout import Cell, Row, rows
from chartproof.chart.upright import upright
from chartproof.chart.view import Segment, span
from chartproof.expressions import Expression
from chartproof.model import DayRange, Page, Span, Word

Kind = Literal["name", "result", "prior", "date", "when", "issued", "reference", "unit", "flag", "other"]

#: "issued" heads days that are not the specimen's: of the order, of the report.
HEADINGS: tuple[tuple[Kind, str], ...] = (
    ("issued", r"(?:dates?(?:/time)? )?(?:reported|received|rec'?d|released|resulted|verified|validated|ordered|requested|printed|final(?:i[sz]ed)?|completed|issued|signed)"
               r"(?: ?(?:on|at|by|dates?(?:[/ ]?time)?|time))?|(?:report(?:ing)?|order|receipt|release|verification) ?(?:dates?(?:[/ ]?time)?|time)"),
    ("when", r"(?:date )?last (?:done|completed|performed|date|exam|tested)|year(?: done)?|when(?: done)?|date of last|dates?(?:/time)? (?:collected|drawn|performed|obtained|of (?:collection|draw|service))|(?:(?:collect(?:ed|ion)?|coll\.?|drawn?|performed|done|test|result|exam|study|specimen|sample) ?)?(?:on|dates?(?:/time)?|date done)"
             r"|collected|drawn|performed"),
    ("prior", r"prior|previous|last|baseline|comparison"),
    ("result", r"results?|values?|today|current|this study|finding|measured|your (?:value|results?)|patient|result value|observed|actual"),
    ("reference", r"ref(?:erence)?\.?(?: ?(?:range|interval|value)s?)?|normals?(?: range)?(?: ?\([mf]\))?|expected|usual(?: range| values?)?|typical(?: range)?|range|limits?|cut-?off"
                  r"|lln|predicted|desired|interval"),
    ("unit", r"units?|uom"),
    ("flag", r"flags?|abn(?:ormal)?|h/l|interp(?:retation)?"),
    ("name", r"what (?:was|we) (?:measured|tested|checked)|tests?(?: name)?|components?|events?|parameters?|analytes?|labs?|measurements?|procedure|assay|study|item|system|marker|vitals?"
             r"|h(?:a)?ematology|chemistry|serology|virology|cbc|cmp|virus|vital sign|investigation|determination|criteri(?:on|a)|requirements?"),
    ("other", r"methods?|comments?|status|specimen|lab|site|code|loinc|note|action|time|by|cardiac"
              r"|toxicology|immunology|microbiology|other|enzymes|general|panel|electrolytes|liver|renal"),
)  # fmt: skip
#: (start, end, kind, day) of a heading in its line.
Heading = tuple[int, int, Kind, DayRange | None]
HEADING_WORD = re.compile(
    r"(?<![\w])(?:" + "|".join(f"(?P<{kind}>{words})" for kind, words in HEADINGS) + r")(?![\w])", re.IGNORECASE
)
#: A head without a day has a column of results: few lines need to be looked at for every heading.
RESULT_WORD = Expression(rf"(?<!\w)(?:{dict(HEADINGS)['result']})(?!\w)", re.IGNORECASE)
CLOCK = re.compile(
    r"\b(?:[ecmp][ds]t|utc|gmt)\b|\b\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]m)?\b|(?<![\d/.,-])(?:[01]\d|2[0-3])[0-5]\d(?:h(?:rs?)?)?(?![\d/.,-])",
    re.IGNORECASE,
)
#: What a head of columns never names, and what it names only without a day: "Collected 07/14/2026  Reported 07/17/2026".
NO_HEADER = re.compile(r"\b(?:d\.?o\.?b|born|admitted|discharged)\b", re.IGNORECASE)
NO_DATED_HEADER = re.compile(r"\b(?:received|reported|tested|released|printed|ordered|signed)\b", re.IGNORECASE)
#: The heading of the specimen's own day, where a table gives other days too.
OF_SPECIMEN = re.compile(r"collect|coll\b|draw|specimen|sample", re.IGNORECASE)
#: "Sodium..........138": dots that lead the eye from a name to its value.
LEADER = re.compile(r"(?<=\w)[ .]*\.{4,}(?= ?\S)")
PROSE = re.compile(r"(?:\b[a-z]{2,}\b[ ,]+){4,}")
#: What stands behind a value of four figures that is no year: its unit, its range or a flag.
MEASURED = re.compile(
    r"[\s|]+(?:[a-z%\u00b5]{1,6}/|[a-z]{1,3}[\s|]*$|[HL*]\b|[(<>]?\s?\d[\d.,]*\s?(?:-|\u2013|to)\s?\d)", re.IGNORECASE
)
GENERATION = 20
#: The two lines of a head that sets days over their years.
YEAR = re.compile(r"(?<![\w/.-])(?:19|20)\d\d(?![\w/.-])")
MONTH_DAY = re.compile(
    r"(?<![\w/.-])(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.? \d{1,2}|\d{1,2}[ -](?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*|\d{1,2}/\d{1,2})(?![\w/.-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Column:
    """`when` is the day of a dated column; None for a column headed "Result"."""

    kind: Kind
    left: float
    right: float
    when: DayRange | None = None

    def distance(self, left: float, right: float) -> float:
        """How far a value's extent is from the heading's, by whichever edge or middle is nearest."""
        return min(
            abs(self.left - left), abs(self.right - right), abs((self.left + self.right) / 2 - (left + right) / 2)
        )


@dataclass(frozen=True, slots=True)
class Line:
    """One visual line under `columns` (empty where no header stands above).

    `pieces` are (offset in `text`, offset in page.text, length): the words of a visual line may stand apart in the page.
    """

    segment: Segment
    text: str
    pieces: tuple[tuple[int, int, int], ...]
    columns: tuple[Column, ...] = ()

    @property
    def page(self) -> Page:
        return self.segment.page

    def dated(self) -> list[Column]:
        return [column for column in self.columns if column.kind in ("date", "prior") and column.when]

    def places(self, start: int, end: int) -> list[tuple[int, int]]:
        """Where the characters [start, end) of `text` stand in page.text, piece by piece."""
        found = []
        for offset, at, length in self.pieces:
            first, last = max(start, offset), min(end, offset + length)
            if first < last:
                found.append((at + first - offset, at + last - offset))
        return found

    def span(self, start: int, end: int, limit: int = 180) -> Span:
        """A contiguous quote that holds the characters [start, end): whole where they stand together, else the last piece."""
        places = self.places(start, end) or [(self.segment.start, self.segment.start)]
        first, last = min(a for a, _ in places), max(b for _, b in places)
        if last - first > limit or last - first > 2 * (end - start) + 20:
            first, last = places[-1]
        return span(self.page, first, last)

    def extent(self, start: int, end: int) -> tuple[float, float]:
        """Left and right of the characters [start, end): points, cells * 1000, or characters."""
        if not self.page.words and ("|" in self.text or "\t" in self.text):
            cell = 1000.0 * len(re.findall(r"[|\t]", self.text[:start].lstrip("| \t")))
            return cell, cell
        words = upright(self.page).words
        if words:
            inside = [
                word.box
                for a, b in self.places(start, end)
                for word in words[max(0, bisect_left(words, a, key=starts) - 1) : bisect_left(words, b, key=starts)]
                if word.end > a and word.start < b
            ]
            if inside:
                return min(box.left for box in inside), max(box.right for box in inside)
        return float(start), float(end)

    def column(self, start: int, end: int) -> Column | None:
        """The column under which the characters [start, end) stand."""
        if not self.columns:
            return None
        left, right = self.extent(start, end)
        best = min(self.columns, key=lambda column: column.distance(left, right))
        return best if best.distance(left, right) <= self.reach() else None

    def reach(self) -> float:
        """How far a value may stand from its heading: not as far as the next heading, which may be lost."""
        middles = sorted((column.left + column.right) / 2 for column in self.dated())
        pitch = min((b - a for a, b in pairwise(middles) if b > a), default=0.0)
        return 0.7 * pitch if pitch else 1e9

    def own_day(self) -> DayRange | None:
        """The day that the row's own cell gives under a heading such as "Collected" or "Date"; without one the year that
        stands alone in a cell or in brackets: a result told with its year is of no other."""
        found = find_dates(self.text, year_hint=counted_from(self.segment), years=True)
        if any(column.kind == "when" for column in self.columns):
            own = {days for start, end, days in found if (at := self.cell_column(start, end)) and at.kind == "when"}
            if own:
                return own.pop() if len(own) == 1 else None
        years = {days for start, end, days in found if end - start == len("2019") and self.alone(start, end)}
        return years.pop() if len(years) == 1 and not self.dated() else None

    def alone(self, start: int, end: int) -> bool:
        """Whether the characters [start, end) stand in brackets, or are a cell that is no measured value and no name's."""
        if of_a_name(self.text, start, end):
            return False
        if self.text[max(0, start - 1) : end + 1].startswith("(") and self.text[end : end + 1] == ")":
            return True
        parts = cells(self.text)
        measured = self.column(start, end) or MEASURED.match(self.text, end)
        return (start, end) in parts[1:] and not measured

    def cell_column(self, start: int, end: int) -> Column | None:
        """The column of the cell that holds the characters: by its place in the row where every column has one."""
        parts = cells(self.text)
        if self.page.words or len(parts) != len(self.columns):
            return self.column(start, end)
        at = next((index for index, (first, last) in enumerate(parts) if first <= start < last), -1)
        return sorted(self.columns, key=lambda column: column.left)[at] if at >= 0 else None


def starts(word: Word) -> int:
    return word.start


@lru_cache(maxsize=1 << 13)
def lines(segment: Segment) -> tuple[Line, ...]:
    """The segment's lines in order, each with the columns in force there; header lines come without columns.
    Every finder of measurements asks: kept."""
    return tuple(under_columns(segment))


def under_columns(segment: Segment) -> Iterator[Line]:
    columns: tuple[Column, ...] = ()
    above: Line | None = None
    for line in bare_lines(segment):
        found = (stacked(above, line) if above else ()) or header(line)
        found = () if fills(found, columns) else found
        above = line
        if found:
            columns = found
        elif columns and is_prose(line.text):
            columns = ()
        yield line if found or not columns else replace(line, columns=columns)


def fills(found: tuple[Column, ...], columns: tuple[Column, ...]) -> bool:
    """Whether the days of a line that reads like a head stand in the cells of the columns of days above it."""
    days = [column for column in found if column.when]
    return bool(days and any(column.kind == "when" for column in columns)) and all(
        min(columns, key=lambda one: one.distance(day.left, day.right)).kind in ("when", "issued") for day in days
    )


def is_prose(text: str) -> bool:
    """Whether a line is told in words: within one cell, where there are several ("not scored" under each day is a row)."""
    parts = cells(text)
    return bool(PROSE.search(text)) and (len(parts) < 3 or any(PROSE.search(text[a:b] + " ") for a, b in parts))


@lru_cache(maxsize=1 << 13)
def bare_lines(segment: Segment) -> tuple[Line, ...]:
    """Visual lines where the page has geometry, else its lines of text with their own spacing. Kept as `lines` are."""
    return tuple(_bare_lines(segment))


def _bare_lines(segment: Segment) -> Iterator[Line]:
    page = segment.page
    if page.words:
        for row in rows(page):
            if row.cells and segment.start <= row.cells[0].start < segment.end:
                yield joined(segment, row)
        return
    for match in re.finditer(r"[^\n]+", page.text[segment.start : segment.end]):
        if match[0].strip():
            start = segment.start + match.start()
            text = LEADER.sub(lambda dots: " " * len(dots[0]), match[0])
            yield Line(segment, text, ((0, start, len(text)),))


@lru_cache(maxsize=1 << 12)
def cells(text: str) -> tuple[tuple[int, int], ...]:
    """(start, end) of the cells that bars, tabs or wide gaps keep apart."""
    return tuple(m.span() for m in re.finditer(r"[^\s|](?:[^|\t]*?[^\s|])??(?=\s*(?:[|\t]|\s{2,}|$))", text))


def joined(segment: Segment, row: Row) -> Line:
    """A row's words as one text, cells two blanks apart; typewriter print has wide gaps between mere words."""
    text, pieces = "", []
    before: Cell | None = None
    for cell in row.cells:
        text += ("  " if apart(before, cell) else " ") if text else ""
        before = cell
        for index, (start, end) in enumerate(cell.parts or ((cell.start, cell.end),)):
            text += " " if index else ""
            pieces.append((len(text), start, end - start))
            text += segment.page.text[start:end].replace("\n", " ")
    return Line(segment, text, tuple(pieces))


def apart(before: Cell | None, cell: Cell) -> bool:
    if before is None or before.box is None or cell.box is None:
        return True
    return cell.box.left - before.box.right > 1.2 * (cell.box.bottom - cell.box.top)


def header(line: Line) -> tuple[Column, ...]:
    """The columns that a header line names, or () where the line is none."""
    text = line.text
    if len(text) > 220 or PROSE.search(text) or NO_HEADER.search(text):
        return ()
    if ":" in text and ":" in CLOCK.sub("", text):
        return ()
    dates = days_of_head(text, line.segment)
    if (len(dates) < 2 and loose(line)) or not (dates or RESULT_WORD.search(text)):
        return ()
    if dates and NO_DATED_HEADER.search(text):
        return ()
    rest = list(text)
    spans: list[Heading] = []
    for start, end, days in dates:
        spans.append((start, end, "date", days))
        rest[start:end] = " " * (end - start)
    for match in HEADING_WORD.finditer("".join(rest)):
        spans.append((match.start(), match.end(), match.lastgroup or "other", None))  # type: ignore[arg-type]
        rest[match.start() : match.end()] = " " * (match.end() - match.start())
    left_over = re.findall(r"[A-Za-z]{2,}|\d+(?:\.\d+)?", CLOCK.sub(" ", re.sub(r"\([^)]*\)", " ", "".join(rest))))
    kinds = [kind for *_, kind, _ in spans]
    named = sum(kind in ("name", "result", "reference", "unit", "flag") for kind in kinds)
    enough = len(dates) >= 2 or (len(dates) == 1 and named >= 1) or (named >= 2 and "result" in kinds)
    if not enough or len(left_over) > (2 if len(dates) >= 2 or named >= 2 else 0):
        return ()
    spans = specimen_first(sorted(spans, key=lambda row: row[:2]), text)
    titled = not left_over and spans[0][2] == "name" and spans[-1][2] in ("reference", "unit", "flag")
    return (
        ()
        if (announces(spans, text) and not titled) or lifelong([days for *_, days in spans if days])
        else tuple(merged(spans, line))
    )


def specimen_first(spans: list[Heading], text: str) -> list[Heading]:
    """The headings with no other column of days where one is the specimen's own: "Collected", "Result date"."""
    own = [text[start:end] for start, end, kind, _ in spans if kind == "when" and OF_SPECIMEN.search(text[start:end])]
    if not own:
        return spans
    return [
        (start, end, "issued" if kind == "when" and not OF_SPECIMEN.search(text[start:end]) else kind, days)
        for start, end, kind, days in spans
    ]


def stacked(above: Line, line: Line) -> tuple[Column, ...]:
    """The columns of a head whose days stand over their years: "June 9   May 12" and below it "2026   2026   Normal"."""
    years = list(YEAR.finditer(line.text))
    if len(years) < 2:
        return ()
    days = list(MONTH_DAY.finditer(above.text))
    others = re.findall(r"[A-Za-z]{2,}|\d+", MONTH_DAY.sub(" ", above.text))
    if len(years) != len(days) or len(others) > len(years) or find_dates(line.text):
        return ()
    columns: list[Column] = []
    for day, year in zip(days, years, strict=True):
        found = find_dates(f"{day[0]}/{year[0]}" if "/" in day[0] else f"{day[0]} {year[0]}")
        if not found:
            return ()
        columns.append(Column("date", *above.extent(*day.span()), found[0][2]))
    for heading in HEADING_WORD.finditer(line.text):
        kind: Kind = heading.lastgroup or "other"  # type: ignore[assignment]
        columns.append(Column(kind, *line.extent(*heading.span())))
    return tuple(columns)


def announces(spans: list[Heading], text: str) -> bool:
    """Whether a day is told behind other things, "Doe, J. 2/11/1979 Drawn 9/15/2026": a label of days opens its row."""
    return any(
        before[2] == "when" and after[2] == "date" and not text[before[1] : after[0]].strip(" :") and index > 0
        for index, (before, after) in enumerate(pairwise(spans))
    )


def lifelong(days: list[DayRange]) -> bool:
    """Whether one of the days is likely a birth date: no table's columns are a generation apart."""
    known = [one.first.year for one in days if one.first]
    return bool(known) and max(known) - min(known) >= GENERATION


def loose(line: Line) -> bool:
    """Whether the words stand one blank apart on a page without places: no column can be told from them."""
    return not line.page.words and not re.search(r"[|\t]|\S {2,}\S", line.text)


def merged(spans: list[Heading], line: Line) -> Iterator[Column]:
    """Columns of the spans; "Prior 20 Feb 2024", "Today 03/17/26" and "Collected 03/17/26" are one column each, dated."""
    index = 0
    while index < len(spans):
        start, end, kind, days = spans[index]
        following = spans[index + 1] if index + 1 < len(spans) else None
        if (
            kind in ("prior", "result", "when") and following and following[2] == "date"
            and not line.text[end : following[0]].strip(" :(\n") and not today_beside(line, spans[index], following[3])
        ):  # fmt: skip
            end, days = following[1], following[3]
            kind = "prior" if kind == "prior" else "date"
            index += 1
        yield Column(kind, *line.extent(start, end), days)
        index += 1


def today_beside(line: Line, heading: Heading, following: DayRange | None) -> bool:
    """ "Today | 5/18/2026 | 2/1/2026": a heading of the page's own day, and beside it a column of another."""
    own = line.segment.when
    today = re.fullmatch(r"today|current", line.text[heading[0] : heading[1]], re.IGNORECASE)
    return bool(today and own and following and own.exact and own != following)
