"""Results in printed tables: dated columns, one-date tables, two tests side by side, slash rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from chartproof.chart.dates import find_dates
from chartproof.chart.find.ago import counts_back
from chartproof.chart.find.dating import headed_above, ordered_above, specimen_day
from chartproof.chart.find.labs.analytes import NUMBER, UNIT, Named, names_in, number
from chartproof.chart.find.labs.grid import CLOCK, Line, lines
from chartproof.chart.find.labs.results import Result, no_result
from chartproof.chart.find.others import MISFILED
from chartproof.chart.find.years import counted_from
from chartproof.chart.view import Segment
from chartproof.expressions import Expression
from chartproof.model import DayRange, Span

#: What may stand before the name in a row: bullets, or the fields of an interface line ("OBX|1|NM|").
BULLET = re.compile(r"\s*(?:OBX\|\d*\|[A-Z]{2}\||(?:[-*\u2022|]\s*)*)")
RANGE = re.compile(
    rf"(?:{NUMBER})\s?(?:-|\u2013|\u2212|to)\s?(?:{NUMBER})|(?:to|up to|below|under|less than|above|over)\s(?:{NUMBER})(?:\s?/\s?(?:{NUMBER}))?",
    re.IGNORECASE,
)
LIMIT = re.compile(rf"[<>\u2264\u2265]=?\s?(?:{NUMBER})")
PLAIN = re.compile(rf"(?<![\w.])(?:{NUMBER})(?![\w.]*[A-Za-z]\w)(?!/)")
SLASHED = re.compile(rf"(?<![\w.])(?:{NUMBER})(?:\s?/\s?(?:{NUMBER})){{1,7}}(?![\d/])")
DASH = re.compile(r"(?<!\S)(?:-{1,3}|\u2013|\u2014|n/?a|nd)(?!\S)", re.IGNORECASE)
JOINT = re.compile(r"\s*/\s*$")
#: Cells that laboratories give in percent as well as counted.
CELLS = re.compile(r"neut(?:rophil)?s?|lymph(?:ocyte)?s?", re.IGNORECASE)


#: "Hb goal  >8": what is wanted, not what was found.
WANTED = re.compile(
    r"\W{0,3}(?:goals?|targets?|thresholds?|triggers?|cut-?offs?|minimum|min|needed|required)\b", re.IGNORECASE
)
#: "LDH 10/12: 488": a day between the name and the value, whatever days head the table above.
OWN_DAY = re.compile(
    rf"\s*\(?(?P<day>(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01]))(?:\)?\s*[:=]|\)?\s)\s*[<>]?(?:{NUMBER})(?![\w/])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """kind: value, limit, slashed, range, unit, dash, none (a reason for no result)."""

    kind: str
    start: int
    end: int
    text: str


def table_results(segment: Segment) -> Iterator[tuple[Result | None, tuple[str, int, int]]]:
    """(result, (file#page, start, end) of its line) of every row of the segment that names a test before a value.

    A row whose result cell is empty comes with None, so that nobody reads its reference range as a sentence.
    """
    for line in lines(segment):
        groups = name_groups(line.text)
        if not groups or MISFILED.search(line.text):
            continue
        told = told_day(line, groups)
        if told:
            line = replace(line, columns=())
        elif not is_table_row(line, groups):
            continue
        places = line.places(0, len(line.text))
        covered = (f"{line.page.file}#{line.page.number}", min(a for a, _ in places), max(b for _, b in places))
        yield None, covered
        for index, group in enumerate(groups):
            stop = groups[index + 1][0].start if index + 1 < len(groups) else len(line.text)
            if WANTED.match(line.text, group[-1].end):
                continue
            for result in portion(line, group, stop, covered[1], told):
                yield result, covered


def name_groups(text: str) -> list[list[Named]]:
    """Test names of a row; names joined by a slash ("AST / ALT") are one group. Units are no names."""
    names = names_in(text)
    units = [match.span() for match in UNIT.finditer(text)] if names else []
    groups: list[list[Named]] = []
    for named in names:
        if any(a <= named.start < b for a, b in units) or not proper(text, named):
            continue
        if groups and re.fullmatch(r"\s?\((?:[^()\d]* )?", text[groups[-1][-1].end : named.start]):
            continue  # "M-spike (IgA lambda)": of what kind
        if groups and JOINT.fullmatch(text[groups[-1][-1].end : named.start]):
            groups[-1].append(named)
        else:
            groups.append([named])
    return groups


def proper(text: str, named: Named) -> bool:
    """Names of one or two letters must be written as symbols are, or stand right before a number: K, Na, "hb 10.4", not
    the CR of a remission."""
    word = text[named.start : named.end]
    if len(word) > 2 or (word.islower() and re.match(r"[ :=]{1,3}\d", text[named.end :])):
        return True
    return word[0].isupper() and not (word == "CR" and not re.match(r"\s*(?:mg|umol|[:|]|\d*\.\d)", text[named.end :]))


def is_table_row(line: Line, groups: list[list[Named]]) -> bool:
    """Whether the line is a row of a table: a name first, then numbers; not a sentence."""
    first = groups[0][0]
    lead = line.text[BULLET.match(line.text).end() : first.start]  # type: ignore[union-attr]
    own = line.own_day()
    if without_days(lead).strip(" |") if own else lead.strip(" |"):
        return False
    if own:
        return True
    if find_dates(line.text):
        return False
    if line.dated() or any(column.kind == "result" for column in line.columns):
        return True
    rest = line.text[first.end :]
    return (
        not counts_back(rest)
        and not re.search(r"[a-z]{2,}[,;.] |:\s*\d.*,|[.;] [A-Z]", rest)
        and len(re.findall(r"\b[a-z]{3,}\b", UNIT.sub(" ", rest))) <= 4
    )


def without_days(text: str) -> str:
    """The text without the days and hours in it."""
    for start, end, _day in find_dates(text):
        text = text[:start] + " " * (end - start) + text[end:]
    return CLOCK.sub(" ", text)


def told_day(line: Line, groups: list[list[Named]]) -> DayRange | None:
    """The day that a row without columns of its own tells between its only name and its value: "LDH 10/12: 488"."""
    own = OWN_DAY.match(line.text, groups[0][-1].end) if len(groups) == 1 and len(groups[0]) == 1 else None
    if own is None or line.text[BULLET.match(line.text).end() : groups[0][0].start].strip(" |"):  # type: ignore[union-attr]
        return None
    days = find_dates(f"{own['day']}:", year_hint=counted_from(line.segment))
    return days[0][2] if days else None


def tokens(text: str, start: int, stop: int) -> list[Token]:
    """Values, ranges, limits, units and dashes between two names, left to right, none overlapping."""
    found: list[Token] = []
    taken = bytearray(len(text))
    for kind, pattern in kinds():
        for match in pattern.finditer(text, start, stop):
            if not any(taken[match.start() : match.end()]):
                limit = kind == "slashed" and re.search(
                    r"\b(?:to|under|below|over|above)\s*$", text[start : match.start()]
                )
                found.append(Token("range" if limit else kind, match.start(), match.end(), match[0]))
                taken[match.start() : match.end()] = b"\x01" * (match.end() - match.start())
    return sorted(found, key=lambda token: token.start)


@cache
def kinds() -> tuple[tuple[str, re.Pattern[str] | Expression], ...]:
    return (
        ("none", no_result()), ("unit", UNIT), ("slashed", SLASHED), ("range", RANGE), ("limit", LIMIT), ("value", PLAIN),
        ("dash", DASH),
    )  # fmt: skip


def portion(line: Line, group: list[Named], stop: int, at: int, told: DayRange | None) -> Iterator[Result]:
    """The results that stand after one name (or names joined by a slash), up to the next name; `told` as told_day gives it."""
    found = tokens(line.text, group[-1].end, stop)
    unit = next((token.text for token in found if token.kind == "unit"), "")
    ceiling = next((high_of(token.text) for token in found if token.kind == "range"), None)
    base = told or line.own_day() or headed_above(line.segment, at) or specimen_day(line.segment, at)
    found = found[1:] if told else found
    for token, when in placed(line, found, len(group) > 1, base):
        numbers = [number(text) for text in re.findall(NUMBER, token.text)]
        for index, named in enumerate(group):
            low, high = bounds(token, numbers, index, len(group))
            if token.kind != "none" and low is None and high is None:
                continue
            if not plausible_name(line, named, unit, token):
                continue
            yield Result(
                named.test, low, high, unit if len(group) == 1 else "", when,
                row_quote(line, group[0].start, token.end, stop), line.segment.document,
                assertion="planned" if token.kind == "none" else "present",
                ceiling=ceiling, rank=2 if line.segment.addendum else 1,
                signed=line.segment.signed is not False, source="table",
                note=token.text if token.kind == "none" else "",
            )  # fmt: skip


def row_quote(line: Line, start: int, end: int, stop: int) -> Span:
    """The row up to the value; the whole row where its values stand under several days."""
    if len(line.dated()) < 2:
        return line.span(start, end)
    whole = line.span(start, stop)
    return whole if len(whole.quote.split()) <= 20 else line.span(start, end)


def plausible_name(line: Line, named: Named, unit: str, token: Token) -> bool:
    """ "Neutrophils 62" is a percentage unless a count's unit says otherwise; marrow and fluid cells are no blood count."""
    word = line.text[named.start : named.end].lower()
    if CELLS.fullmatch(word) and (unit.strip() == "%" or (not unit and not counted(line.text, token.end, token.text))):
        return False
    return not other_fluid(line.segment, line.text, line.text)


def counted(text: str, end: int, value: str) -> bool:
    """Whether a `value` of "Neut" that ends at `end` is a count: by its unit, or small beside the list's white cells."""
    unit = UNIT.match(text, end + (text[end : end + 1] == " "))
    if unit:
        return "%" not in unit[0]
    white = re.search(rf"\bw(?:bc|cc)\W{{0,3}}({NUMBER})", text, re.IGNORECASE)
    return bool(white and re.fullmatch(NUMBER, value) and "." in value and number(value) <= number(white[1]) <= 100)


def other_fluid(segment: Segment, text: str, whole: str) -> bool:
    """Whether `text` of the line `whole` is of spinal fluid, urine or marrow: by its words, or a pathology report's kind."""
    fluids = r"\b(?:csf|cerebrospinal|pleural|ascit\w+|synovial|peritoneal|urine|urinalysis|stool)\b"
    if re.search(fluids, text, re.IGNORECASE):
        return True
    blood = r"\bcbc\b|\bfbc\b|peripheral blood|blood count|10\^9/l"
    return segment.document.kind == "pathology" and not re.search(blood, whole, re.IGNORECASE)


def placed(
    line: Line, found: list[Token], slashed: bool, base: DayRange | None
) -> Iterator[tuple[Token, DayRange | None]]:
    """Which tokens are results, and of which day."""
    reason = next((token for token in found if token.kind == "none"), None)
    if reason and len(line.dated()) < 2 and not any(holds_result(line, token) for token in found):
        asked = line.own_day() or ordered_above(line.segment, min(a for a, _ in line.places(0, len(line.text))))
        yield reason, next((column.when for column in line.dated()), None) or asked or base
        return
    wanted = [token for token in found if token.kind in (("slashed",) if slashed else ("value", "limit", "none"))]
    if slashed and not wanted:
        wanted = [token for token in found if token.kind == "value"][:1]
    dated = line.dated()
    plain = [token for token in found if token.kind in ("value", "dash", "none", "slashed")]
    if len(dated) >= 2 and len(plain) == len(dated):
        for token, own in zip(plain, sorted(dated, key=lambda c: c.left), strict=True):
            if token.kind != "dash":
                yield token, own.when
        return
    results = [column for column in line.columns if column.kind == "result"]
    if dated or results:
        for token in wanted:
            column = line.column(token.start, token.end)
            if column and (column.kind in ("date", "result") or (column.kind == "prior" and column.when)):
                yield token, column.when or base
        return
    if wanted:
        first = next((token for token in wanted if token.kind != "limit"), wanted[0])
        several = not slashed and len(until_a_name(line, found, wanted)) > 1
        yield first, None if several else base  # which of several columns is today's cannot be told


def until_a_name(line: Line, found: list[Token], wanted: list[Token]) -> list[Token]:
    """The values before a word in capitals that is no unit: a test's name that is not known ("CREATININE 0.64  CYSTATIN 0.9")."""
    values = [token for token in wanted if token.kind == "value"]
    text = line.text
    for token in found:
        if token.kind == "unit":
            text = text[: token.start] + " " * (token.end - token.start) + text[token.end :]
    for index, token in enumerate(values[1:], 1):
        if re.search(r"(?<!\w)(?!H{1,2}\b|L{1,2}\b)[A-Z][A-Z0-9]+(?!\w)", text[values[index - 1].end : token.start]):
            return values[:index]
    return values


def holds_result(line: Line, token: Token) -> bool:
    """Whether the token is a number that may be a result: not in the cell of the row's day or of its reference range."""
    if token.kind not in ("value", "slashed"):
        return False
    column = line.column(token.start, token.end)
    return column is None or column.kind in ("result", "date", "prior")


def bounds(token: Token, numbers: list[float], index: int, count: int) -> tuple[float | None, float | None]:
    if token.kind == "none" or not numbers:
        return None, None
    if count > 1:
        return (numbers[index], numbers[index]) if index < len(numbers) else (None, None)
    if token.kind == "limit":
        return (None, numbers[0]) if token.text[0] in "<\u2264" else (numbers[0], None)
    return numbers[0], numbers[0]


def high_of(text: str) -> float | None:
    numbers = re.findall(NUMBER, text)
    return number(numbers[-1]) if numbers else None
