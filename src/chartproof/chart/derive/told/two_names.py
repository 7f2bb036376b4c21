"""The same course under two names: two documents give the same days to different drugs, and a record of giving decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.told.tellings import whole_entry
from chartproof.chart.find.drugs import core, mentions, role_of
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, DayRange, Span

#: Between a drug and its days, and between the days, stand a dash, "to", a dose, not another sentence; of an entry of an
#: export, and of a row of a table, the status or blanks too.
GAP, ROW_GAP = 28, 60
#: A day that is known no closer than this names no course.
CLOSEST = 31


@dataclass(frozen=True, slots=True)
class Named:
    drugs: frozenset[str]
    regimen: str
    start: DayRange
    end: DayRange
    quote: Span
    document: str
    kind: str


def two_names(pairs: Sequence[tuple[Named, Named]], reading: Reading) -> Iterator[Conflict]:
    """One conflict for each course that two documents name differently."""
    return (_settled(one, other, reading) for one, other in pairs)


def renamed(reading: Reading) -> Iterator[tuple[Named, Named]]:
    """Each course once: same first and last day in two documents, as far as both are known, and other drugs."""
    named = list(courses(reading))
    done: set[tuple[int, int, int, int]] = set()
    for number, one in enumerate(named):
        for other in named[number + 1 :]:
            place = (one.start.first.year, one.start.first.month, one.end.first.year, one.end.first.month)
            if place in done or other.document == one.document or not unlike(one, other):
                continue
            if meet(one.start, other.start) and meet(one.end, other.end):
                done.add(place)
                yield one, other


def meet(one: DayRange, other: DayRange) -> bool:
    return one.first <= other.last and other.first <= one.last


def unlike(one: Named, other: Named) -> bool:
    """Whether the drugs cannot be those of one course, told in full here and in part there."""
    if not one.drugs & other.drugs:
        return True
    if one.regimen and other.regimen and one.regimen != other.regimen:
        return one.drugs != other.drugs
    return bool(one.drugs - other.drugs and other.drugs - one.drugs)


def courses(reading: Reading) -> Iterator[Named]:
    """Each drug or regimen that is followed by its first and last day, or month, before the next drug is named."""
    for sentence in reading.sentences:
        entry = whole_entry(sentence)
        if entry is None:
            continue
        found = [one for one in mentions(entry.text) if any(not role_of(drug) for drug in one.drugs)]
        if not found:
            continue
        days = find_dates(entry.text)
        gap = ROW_GAP if entry.row or entry.page.read == "structured" else GAP
        for number, one in enumerate(found):
            stop = found[number + 1].start if number + 1 < len(found) else len(entry.text)
            own = [day for day in days if one.start <= day[0] < stop]
            if len(own) < 2 or own[0][0] - one.end > gap or own[1][0] - own[0][1] > GAP or not core(one.drugs):
                continue
            first, last = own[0][2], own[1][2]
            close = max((day.last - day.first).days for day in (first, last)) <= CLOSEST
            if first.first < last.first and close:
                quote = near_quote(entry, one.start, own[1][1])
                document = entry.document
                yield Named(core(one.drugs), one.regimen, first, last, quote, document.id, document.kind)


def _settled(one: Named, other: Named, reading: Reading) -> Conflict:
    """The name that a record of dispensing or giving carries on a day of the course stands, or that such a document
    tells; else nobody's does."""
    filled: set[str] = set()
    for file in reading.files:
        for entry in file.entries:
            given = entry.kind == "medication" and entry.when and entry.status not in ("cancelled", "entered-in-error")
            if given and entry.when and one.start.first <= entry.when.first <= one.end.last:
                filled |= {drug for mention in mentions(entry.label) for drug in mention.drugs}
    records = load("contradictions.yaml")["sources"]["record"]
    own = (one.drugs - other.drugs, other.drugs - one.drugs)
    wrong, right = (one, other) if filled & own[1] and not filled & own[0] else (other, one)
    if other.kind in records and one.kind not in records:
        wrong, right = one, other
    name = " + ".join(sorted(right.drugs))
    if right.kind in records and wrong.kind not in records:
        says = f"{name}: the record of what was given says so"
    elif filled & (right.drugs - wrong.drugs) and not filled & (wrong.drugs - right.drugs):
        says = f"{name}: the dispensing record names it"
    else:
        wrong, right = one, other
        says = "not settled: two names for one course; ask the treating clinician"
    return Conflict(f"drug given from {one.start} to {one.end}", wrong.quote, right.quote, says)
