"""A medicine that one paper says is taken and another that it is not, in the same weeks: the list and the clinician."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chartproof.chart.context import assertion
from chartproof.chart.dates import find_dates
from chartproof.chart.derive.told.tellings import whole_entry
from chartproof.chart.derive.told.told_twice import data, pattern
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, DayRange, Span

#: Characters before a name and behind it that tell whether it is taken.
BEFORE, BEHIND = 40, 60
#: "On a blood thinner; no extraction was needed": behind it another thing is told.
CLAUSE = re.compile(r"[.;]\s")


@dataclass(frozen=True, slots=True)
class Use:
    taken: bool
    quote: Span
    when: DayRange
    document: str
    listed: bool


def told_medicines(reading: Reading) -> Iterator[Conflict]:
    """At most one conflict for each class of medicines, and each medicine of none: the newest clinician's word stands before a list's."""
    told: dict[str, list[Use]] = {}
    for sentence in reading.sentences:
        entry = whole_entry(sentence)
        if entry and sentence.segment.signed is not False:
            for name, use in uses(entry):
                told.setdefault(name, []).append(use)
    for name, known in sorted(told.items()):
        pairs = [(no, yes) for no in known if not no.taken for yes in known if yes.taken and at_odds(no, yes, known)]
        if pairs:
            no, yes = max(pairs, key=lambda pair: (pair[0].when.last, pair[1].when.last))
            other, stands = (yes, no) if yes.listed or no.when.last >= yes.when.last else (no, yes)
            right = f"not settled: taken by the paper of {yes.when}, not taken by that of {no.when}; ask the patient"
            yield Conflict(name, other.quote, stands.quote, right)


def at_odds(no: Use, yes: Use, known: list[Use]) -> bool:
    """Whether no change can lie between the two: a paper that tells both knows of one."""
    both = {use.document for use in known if use.taken} & {use.document for use in known if not use.taken}
    gap = (yes.when.first - no.when.last).days
    room = data()["medicine"]["days"] if yes.listed or gap >= 0 else data()["medicine"]["stopped_within"]
    return no.document != yes.document and not both & {no.document, yes.document} and abs(gap) <= room


def uses(sentence: Sentence) -> Iterator[tuple[str, Use]]:
    text = sentence.text
    if pattern("medicine", "unless").search(text):
        return
    kind, words = sentence.document.kind, load("contradictions.yaml")["sources"]
    listed = sentence.page.read == "structured" or kind in (*words["list"], *words["record"])
    for name, found in named(text):
        for match in found:
            left = CLAUSE.split(text[max(0, match.start() - BEFORE) : match.start()])[-1]
            right = CLAUSE.split(text[match.end() :][:BEHIND])[0]
            taken = answer(left, right, listed=listed)
            if taken and pattern("medicine", "past").match(right):
                continue  # "on prednisone until May"; "not taking it since May" is told of today
            how = assertion(sentence, *match.span())
            when = last_of(text if sentence.page.read == "structured" else right) or sentence.segment.when
            if taken is None or when is None or how in ("family", "planned") or (taken and how != "present"):
                continue
            yield name, Use(taken, near_quote(sentence, *match.span()), when, sentence.document.id, listed)
            break


def named(text: str) -> Iterator[tuple[str, list[re.Match[str]]]]:
    """(class, or the name of a medicine of none, where it stands) for each that the text names."""
    taken: set[int] = set()
    for name in data()["medicine"]["classes"]:
        found = list(pattern("medicine", "classes", name).finditer(text))
        taken |= {match.start() for match in found}
        yield name, found
    others: dict[str, list[re.Match[str]]] = {}
    for match in pattern("medicine", "stems").finditer(text):
        if match.start() not in taken:
            others.setdefault(match[0].lower(), []).append(match)
    yield from others.items()


def answer(left: str, right: str, *, listed: bool) -> bool | None:
    """Whether it is taken, by the words right before the name or behind it; None where they do not say."""
    if pattern("medicine", "not_taking", "before").search(left) and pattern("medicine", "to_come").match(right):
        return None
    for value, name in ((False, "not_taking"), (True, "taking")):
        if pattern("medicine", name, "before").search(left) or pattern("medicine", name, "behind").search(right):
            return value
    return True if listed and pattern("medicine", "active").search(right) else None


def last_of(text: str) -> DayRange | None:
    """The newest day told of an entry."""
    return max((day for _start, _end, day in find_dates(text)), key=lambda day: day.last, default=None)
