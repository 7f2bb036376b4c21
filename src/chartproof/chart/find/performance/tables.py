"""Performance status in tables: a flowsheet's row, a column of a table, a list by days, coded observations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace

from chartproof.chart.dates import find_dates
from chartproof.chart.entry_owner import is_anothers
from chartproof.chart.find.labs.grid import Column, Line, bare_lines, cells, lines
from chartproof.chart.find.performance.values import SCALES, mentions, scale, unit_of
from chartproof.chart.find.statements import loosen
from chartproof.chart.view import Reading, Segment
from chartproof.model import DayRange, Fact, Quantity, SourceFile
from chartproof.model import Span as ModelSpan

LOINC = {"89247-1": "ecog", "89262-0": "ecog", "89243-0": "karnofsky", "89245-5": "karnofsky"}
CATEGORY = re.compile(r"\bgrade (\d)\b", re.IGNORECASE)
#: "PS(E) = ECOG performance status": a line that says what a head of a table means.
LEGEND = re.compile(
    r"(?:^|[;,] )\W{0,3}(?P<short>[A-Za-z][\w()./-]{0,9}) ?(?:=|: means|means|is short for) ?(?P<long>[^\n;]{3,60})",
    re.MULTILINE,
)
#: The head of a column of what is asked of a candidate.
ASKED = re.compile(
    r"\W*(?:(?:policy|protocol|program(?:me)?|plan|label|study|payer|our|minimum|eligibility|entry) )?"
    r"(?:requirements?|required|thresholds?|limits?|cut-?offs?|minimum|goals?|targets?|standards?|rules?|needed|must be)\W*",
    re.IGNORECASE,
)
#: Lines above a row in which the head of its column stands.
HEAD_LINES = 14
LISTED = re.compile(r"(?P<gap>[\s.:|=–—-]{1,24})(?:grade |is )?(?P<number>\d{1,3})%?(?![\d./%:-])")


def in_columns(segment: Segment) -> Iterator[Fact]:
    """A table whose head names the scale ("Time | Temp | KPS"): the numbers under that name, on the row's day or the page's."""
    head: tuple[str, tuple[Column, ...]] | None = None
    known = legend(segment)
    for line in bare_lines(segment):
        found = head_of(line, known)
        if found:
            head = found
            continue
        if head is None:
            continue
        if len(cells(line.text)) < 2:
            head = None
            continue
        name, columns = head
        under = replace(line, columns=columns)
        days = [day for _start, _end, day in find_dates(line.text) if day.exact]
        when = days[0] if len(days) == 1 else segment.when if not days else None
        for found_number in re.finditer(r"(?<![\d./:-])(\d{1,3})%?(?![\d./:-])", line.text):
            column = under.column(found_number.start(), found_number.end())
            low = int(found_number[1])
            if when and column and column.kind == "result" and scale(name)["low"] <= low <= scale(name)["high"]:
                yield charted_fact(line, name, found_number.start(), found_number.end(), low, when)


def by_days(segment: Segment) -> Iterator[Fact]:
    """ "PS trend (ECOG):" over lines of a day and a number each."""
    concept = ""
    for line in bare_lines(segment):
        named = {"ecog" if name == "plain" else name for name, _start, _end in mentions(line.text)}
        days = [found for found in find_dates(line.text) if found[2].exact]
        if named and not days:
            concept = named.pop() if len(named) == 1 and len(line.text) < 90 else ""
            continue
        if not concept or len(days) != 1 or named:
            concept = ""
            continue
        start, end, when = days[0]
        if re.search(r"\w", line.text[:start]):  # a list of days opens its lines with them: a signature does not
            concept = ""
            continue
        found = LISTED.match(line.text, end)
        if found and scale(concept)["low"] <= int(found["number"]) <= scale(concept)["high"]:
            yield charted_fact(line, concept, end, found.end(), int(found["number"]), when)


def legend(segment: Segment) -> dict[str, str]:
    """Short names of a column that the page itself explains, in small letters, with their scale: "PS(E) = ECOG status"."""
    found = LEGEND.finditer(segment.page.text[segment.start : segment.end])
    told = {match["short"].lower(): [name for name, _start, _end in mentions(match["long"])] for match in found}
    return {short: names[0] for short, names in told.items() if len(set(names)) == 1 and names[0] in SCALES}


def head_of(line: Line, known: Mapping[str, str]) -> tuple[str, tuple[Column, ...]] | None:
    """The scale that one cell of a table's head names, with the columns; that cell's column is the "result"."""
    parts = cells(line.text)
    if len(parts) < 3 or " = " in line.text or re.search(r"\d", re.sub(r"v2|SpO2|O2|10", "", line.text)):
        return None
    named = [
        (name, start, end)
        for start, end in parts
        for name in SCALES
        if known.get(line.text[start:end].lower()) == name
        or re.fullmatch(rf"\W*(?:{loosen(scale(name)['words'])})\W*(?:%|\(%\))?", line.text[start:end], re.IGNORECASE)
    ]
    if len(named) != 1:
        return None
    name, at, _end = named[0]
    columns = tuple(Column("result" if start == at else "other", *line.extent(start, end)) for start, end in parts)
    return name, columns


def charted(segment: Segment) -> Iterator[Fact]:
    """A flowsheet's row: one score under each dated column."""
    for line in lines(segment):
        if len(line.dated()) < 2:
            continue
        for name in SCALES:
            rule = scale(name)
            mention = re.match(r"\W*" + loosen(rule["words"]), line.text, re.IGNORECASE)
            if not mention:
                continue
            for figure in re.finditer(r"(?<![\d./-])(\d{1,3})%?(?![\d./-])", line.text[mention.end() :]):
                start, end = mention.end() + figure.start(), mention.end() + figure.end()
                column = line.column(start, end)
                if not column or not column.when or not rule["low"] <= int(figure[1]) <= rule["high"]:
                    continue
                yield charted_fact(line, name, start, end, int(figure[1]), column.when)


def valued(segment: Segment) -> Iterator[Fact]:
    """A row that opens with the scale and has its score under "Value", behind a range that is asked for: "ECOG 0-1 | 1 | Y"."""
    for line in lines(segment):
        if sum(column.kind == "result" for column in line.columns) != 1:
            continue
        for name in SCALES:
            asked = re.match(rf"\W*{loosen(scale(name)['words'])}\W{{1,4}}\d{{1,3}}%?(?: ?[-–/] ?\d{{1,3}}%?| or \w+)?(?=\s{{2,}}|\s*\|)", line.text, re.I)  # fmt: skip
            figure = asked and re.compile(r"[\s|]+(\d{1,3})%?(?=\s{2,}|\s*\||\s*$)").match(line.text, asked.end())
            when = line.own_day() or segment.when
            if not figure or not when:
                continue
            column = line.column(*figure.span(1))
            if column and column.kind == "result" and scale(name)["low"] <= int(figure[1]) <= scale(name)["high"]:
                yield charted_fact(line, name, figure.start(1), figure.end(1), int(figure[1]), when)


def is_asked(segment: Segment, at: int) -> bool:
    """Whether the cell at `at` of the page stands in a column of what is asked: "Requirement", "Threshold"."""
    above = bare_lines(segment)
    own = next((n for n, line in enumerate(above) if any(a <= at < b for a, b in line.places(0, len(line.text)))), None)
    parts = cells(above[own].text) if own is not None else ()
    if own is None or len(parts) < 2:
        return False
    line = above[own]
    index = next((n for n, part in enumerate(parts) if any(a <= at < b for a, b in line.places(*part))), -1)
    for head in above[max(0, own - HEAD_LINES) : own]:
        named = [bool(ASKED.fullmatch(head.text[start:end])) for start, end in cells(head.text)]
        if len(named) >= max(2, len(parts)) and 0 <= index < len(named) and named[index]:
            return True
    return False


def charted_fact(line: Line, name: str, start: int, end: int, low: int, when: DayRange) -> Fact:
    segment = line.segment
    return Fact(
        id="", concept=name, assertion="present", evidence=(line.span(0, end),), when=when, known=when,
        quantity=Quantity(low, low, unit_of(name)), signed=segment.signed is not False, document=segment.document.id,
    )  # fmt: skip


def coded(file: SourceFile, reading: Reading) -> Iterator[Fact]:
    """Scores that a FHIR or C-CDA file holds as coded observations."""
    if not file.entries or not file.pages:
        return
    document = next((d for d in reading.documents if d.file == file.name), None)
    page = file.pages[0]
    for entry in file.entries:
        if (
            entry.kind != "observation"
            or is_anothers(entry)
            or entry.status in ("cancelled", "entered-in-error", "registered", "negated")
        ):
            continue
        name = next((LOINC[code.code] for code in entry.codes if code.code in LOINC), None)
        name = name or next(
            (s for s in SCALES if re.search(loosen(scale(s)["words"]), entry.label, re.IGNORECASE)), None
        )
        score = value_of(entry.value)
        if not name or score is None or not (scale(name)["low"] <= score <= scale(name)["high"]):
            continue
        quote = page.text[entry.start : entry.end]
        yield Fact(
            id="", concept=name, assertion="present", when=entry.when, document=document.id if document else "",
            evidence=(ModelSpan(page.file, page.number, entry.start, entry.end, quote, page.boxes(entry.start, entry.end)),),
            quantity=Quantity(score, score, unit_of(name)),
        )  # fmt: skip


def value_of(value: float | str | None) -> float | None:
    if isinstance(value, (int, float)):
        return float(value)
    if isinstance(value, str):
        match = CATEGORY.search(value) or re.match(r"\s*(\d{1,3})\b", value)
        return float(match[1]) if match else None
    return None
