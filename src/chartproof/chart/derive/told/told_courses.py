"""One course of treatment told in two papers: its first day, its number of cycles, what it did."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from chartproof.chart.context import assertion
from chartproof.chart.dates import find_dates
from chartproof.chart.derive.told.tellings import whole_entry
from chartproof.chart.derive.told.told_twice import pattern
from chartproof.chart.derive.treatment.outcomes import response_in
from chartproof.chart.find.drugs import Mention, core, mentions
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence, span
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, DayRange, Span, TherapyLine

KINDS = ("clinic_note", "consult_note", "provider_letter", "committee", "treatment_summary", "discharge_summary")
#: Days by which two first days of one course may differ, and beyond which they are of two courses.
SAME, OTHER = 20, 200
#: Characters behind a regimen's name that may tell of it.
REACH = 110
#: Characters before it that may say that the course is not over.
NEAR = 30
BETWEEN = re.compile(
    r"\s*(?:-|\u2013|to|through|thru|until|\u2192|->|,? ?(?:and )?(?:last|final) (?:dose|cycle|infusion)(?: on| was)?:?)\s*",
    re.IGNORECASE,
)
#: A cell of a row of an export: the first cycle.
FIRST_CYCLE = re.compile(r"(?:^|[,|])\s*(?:C(?:ycle)?\s?)?0?1(?:\s?D0?1)?\s*(?=[,|]|$)", re.IGNORECASE)


#: A row of a flow sheet: perhaps the regimen, the cycle, its day, and what was noted of it.
CYCLE = re.compile(
    r"(?P<name>[^\d\n][^\n|,]{1,30}?[ |,]+)?(?:C(?:ycle)? ?)?(?P<cycle>\d{1,2})[ |,]+\d{1,2}/\d{1,2}/\d{2,4}(?P<rest>[^\n]*)"
)
NOT_GIVEN = re.compile(
    r"\b(?:no|not given|held|cancell?ed|omitted|skipped|refused|planned|scheduled|pending)\b", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Course:
    """What one sentence tells of a whole course."""

    regimen: str
    start: DayRange | None
    end: DayRange | None
    cycles: int
    response: str
    quote: Span
    when: DayRange
    document: str


def told_courses(reading: Reading, lines: Sequence[TherapyLine]) -> Iterator[Conflict]:
    """At most one conflict for each regimen and each thing told of it; a course still going on may change."""
    ended = {line.regimen: line.end.last for line in lines if line.end}
    by_regimen: dict[str, list[Course]] = {}
    for sentence in reading.of_kind(*KINDS):
        for course in courses(sentence):
            by_regimen.setdefault(course.regimen, []).append(course)
    sheets = {one.regimen: one for one in flow_sheets(reading)}
    begun = {one.regimen: one for one in recorded(reading)}
    for regimen, told in sorted(by_regimen.items()):
        over = ended.get(regimen)
        told = [one for one in told if over is None or one.when.last >= over]
        told.sort(key=lambda one: one.when.last, reverse=True)
        first = list(edges(regimen, told, "first", lambda one: one.start))
        yield from first or edges(regimen, told, "last", lambda one: one.end)
        yield from unlike_the_record(begun.get(regimen), told)
        yield from unlike_the_sheet(sheets[regimen], told) if regimen in sheets else counts(regimen, told)


def courses(sentence: Sentence) -> Iterator[Course]:
    text = sentence.text
    when = sentence.segment.when
    if when is None or sentence.segment.signed is False:
        return
    named = [one for one in mentions(text) if core(one.drugs)]
    for index, match in enumerate(named):
        stop = named[index + 1].start if index + 1 < len(named) else len(text)
        tail = re.split(r"[.;]\s", text[match.end : min(stop, match.end + REACH)])[0]
        left = re.split(r"[.;:]\s", text[: match.start])[-1][-NEAR:]
        if pattern("not_whole").search(f"{left}{text[match.start : match.end]}{tail}"):
            continue
        if assertion(sentence, match.start, match.end) not in ("present", "historical"):
            continue
        days = find_dates(tail)
        ranged = len(days) >= 2 and BETWEEN.fullmatch(tail[days[0][1] : days[1][0]])
        rest = tail[days[1][1] :] if ranged else tail if not days else ""
        number = cycles_of(text[: match.start], tail)
        if not ranged and not number:
            continue
        yield Course(
            name_of(match), days[0][2] if ranged else None, days[1][2] if ranged else None, number, response_in(rest)[0],
            near_quote(sentence, match.start, match.end + len(tail)), when, sentence.document.id,
        )  # fmt: skip


def flow_sheets(reading: Reading) -> Iterator[Course]:
    """Each regimen of a sheet with a row for each cycle, and the number of its cycles that were given."""
    for segment in reading.segments:
        if segment.document.belongs is False or segment.when is None:
            continue
        regimen = ""
        rows: list[Span] = []
        start = segment.start
        for line in segment.page.text[segment.start : segment.end].splitlines(keepends=True):
            row = CYCLE.match(line)
            named = [one for one in mentions(row["name"] or "") if core(one.drugs)] if row else []
            if row is None or named or int(row["cycle"]) == 1:
                yield from sheet_of(regimen, rows, segment.when, segment.document.id)
                regimen, rows = name_of(named[0]) if named else "", []
            if row and regimen and not NOT_GIVEN.search(row["rest"]):
                rows.append(span(segment.page, start, start + len(line)))
            start += len(line)
        yield from sheet_of(regimen, rows, segment.when, segment.document.id)


def sheet_of(regimen: str, rows: Sequence[Span], when: DayRange, document: str) -> Iterator[Course]:
    if regimen and len(rows) > 1:
        yield Course(regimen, None, None, len(rows), "", rows[-1], when, document)


def unlike_the_sheet(sheet: Course, told: Sequence[Course]) -> Iterator[Conflict]:
    """A number of cycles told since the sheet was filled in, other than those that it shows as given."""
    for one in told:
        if (
            one.cycles
            and one.cycles != sheet.cycles
            and one.document != sheet.document
            and one.when.last >= sheet.when.first
        ):
            right = f"{sheet.cycles}: the record of what was given says so, cycle by cycle"
            yield Conflict(f"cycles of {one.regimen}", one.quote, sheet.quote, right)
            return


def name_of(mention: Mention) -> str:
    return mention.regimen or " + ".join(sorted(core(mention.drugs)))


def cycles_of(left: str, tail: str) -> int:
    """The number of cycles told beside the name; 0 where none is."""
    match = pattern("cycles").search(tail) or pattern("cycles_before").search(left)
    word = next((part for part in match.groups() if part), "") if match else ""
    return int(word) if word.isdigit() else int(load("treatment.yaml")["ordinals"].get(word.lower(), 0)) if word else 0


def edges(
    regimen: str, told: Sequence[Course], name: str, edge: Callable[[Course], DayRange | None]
) -> Iterator[Conflict]:
    """Two first days of one course, or two last ones."""
    known = [one for one in told if edge(one)]
    for one in known[:1]:
        for other in known[1:]:
            gap = between(edge(one), edge(other))
            if other.document != one.document and SAME < gap <= OTHER and between(one.start, other.start) <= OTHER:
                right = f"not settled: the {name} day {edge(one)} or {edge(other)}; the infusion record knows"
                yield Conflict(f"{name} day of {regimen}", other.quote, one.quote, right)
                return


def recorded(reading: Reading) -> Iterator[Course]:
    """The first cycle of each regimen that an export dates, one cycle a row."""
    for sentence in reading.sentences:
        entry = whole_entry(sentence) if sentence.page.read == "structured" else None
        days = [day for _start, _end, day in find_dates(entry.text) if day.exact] if entry else []
        for match in mentions(entry.text) if entry and len(days) == 1 else ():
            if entry and core(match.drugs) and FIRST_CYCLE.search(entry.text):
                quote = near_quote(entry, 0, match.end)
                yield Course(name_of(match), days[0], None, 0, "", quote, days[0], entry.document.id)


def unlike_the_record(begun: Course | None, told: Sequence[Course]) -> Iterator[Conflict]:
    for other in told if begun else ():
        if begun and other.start and SAME < between(begun.start, other.start) <= OTHER:
            right = f"{begun.start}: the record of what was given says so; the other paper is wrong"
            yield Conflict(f"first day of {other.regimen}", other.quote, begun.quote, right)
            return


def between(one: DayRange | None, other: DayRange | None) -> int:
    """Days from the end of the earlier range to the beginning of the later one; 0 where they overlap."""
    if one is None or other is None:
        return 0
    return max(0, (other.first - one.last).days, (one.first - other.last).days)


def counts(regimen: str, told: Sequence[Course]) -> Iterator[Conflict]:
    known = [one for one in told if one.cycles]
    for one in known[:1]:
        for other in known[1:]:
            apart = between(one.start, other.start) > OTHER
            if other.document != one.document and other.cycles != one.cycles and not apart:
                right = f"not settled: {one.cycles} cycles or {other.cycles}; the infusion record knows"
                yield Conflict(f"cycles of {regimen}", other.quote, one.quote, right)
                return
