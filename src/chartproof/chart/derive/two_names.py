"""The same course under two names: two documents give the same days to different drugs, and a dispensing record decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from chartproof.chart.dates import find_dates
from chartproof.chart.find.drugs import mentions, role_of
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading
from chartproof.model import Conflict, DayRange, Span

#: Between a drug and its days, and between the days, stand a dash, "to", a dose, not another sentence.
GAP = 28


@dataclass(frozen=True, slots=True)
class Named:
    drugs: frozenset[str]
    start: DayRange
    end: DayRange
    quote: Span
    document: str
    file: str


def two_names(reading: Reading) -> Iterator[Conflict]:
    """One conflict at most for each course: same first and last day, no drug in common."""
    named = list(courses(reading))
    done: set[tuple[DayRange, DayRange]] = set()
    for number, one in enumerate(named):
        for other in named[number + 1 :]:
            days = (one.start, one.end)
            if days in done or other.document == one.document or days != (other.start, other.end):
                continue
            if not one.drugs & other.drugs:
                done.add(days)
                yield _settled(one, other, reading)


def courses(reading: Reading) -> Iterator[Named]:
    """Each drug that is followed by two exact days before the next drug is named."""
    for sentence in reading.sentences:
        found = [one for one in mentions(sentence.text) if any(not role_of(drug) for drug in one.drugs)]
        if not found:
            continue
        days = find_dates(sentence.text)
        for number, one in enumerate(found):
            stop = found[number + 1].start if number + 1 < len(found) else len(sentence.text)
            own = [day for day in days if one.end <= day[0] < stop]
            if len(own) < 2 or own[0][0] - one.end > GAP or own[1][0] - own[0][1] > GAP:
                continue
            first, last = own[0][2], own[1][2]
            if first.first < last.first and first.first == first.last and last.first == last.last:
                quote = near_quote(sentence, one.start, own[1][1])
                document = sentence.document
                yield Named(frozenset(one.drugs), first, last, quote, document.id, document.file)


def _settled(one: Named, other: Named, reading: Reading) -> Conflict:
    """The name that a dispensing or administration record carries on a day of the course stands; else nobody's does."""
    filled: set[str] = set()
    for file in reading.files:
        for entry in file.entries:
            given = entry.kind == "medication" and entry.when and entry.status not in ("cancelled", "entered-in-error")
            if given and entry.when and one.start.first <= entry.when.first <= one.end.last:
                filled |= {drug for mention in mentions(entry.label) for drug in mention.drugs}
    wrong, right = (one, other) if filled & other.drugs and not filled & one.drugs else (other, one)
    name = " + ".join(sorted(right.drugs))
    if filled & right.drugs and not filled & wrong.drugs:
        says = f"{name}: the dispensing record names it"
    else:
        wrong, right = one, other
        says = "not settled: two names for one course; ask the treating clinician"
    return Conflict(f"drug given from {one.start} to {one.end}", wrong.quote, right.quote, says)
