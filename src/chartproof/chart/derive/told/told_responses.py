"""What each treatment achieved, by every paper that tells it: two papers that differ are shown side by side.

The treatment is named by its regimen, by all of its drugs or by the number of its line; the words on its result stand
behind it, before it ("a complete remission to R-CHOP") or in the sentence that follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from chartproof.chart.context import assertion
from chartproof.chart.derive.told.tellings import whole_entry
from chartproof.chart.derive.told.told_twice import data, pattern
from chartproof.chart.derive.treatment.outcomes import response_in
from chartproof.chart.find.drugs import core, mentions
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, DayRange, Span, TherapyLine

#: Characters between a treatment and the words on its result.
REACH = 160


@dataclass(frozen=True, slots=True)
class Treatment:
    """Where a treatment is named, by its drugs, by the number of its line, and as which regimen."""

    start: int
    end: int
    drugs: frozenset[str]
    ordinal: frozenset[str]
    regimen: str

    @property
    def names(self) -> frozenset[str]:
        return self.ordinal | ({" + ".join(sorted(self.drugs))} if self.drugs else set())

    @property
    def shown(self) -> str:
        return self.regimen or min(self.names, default="")


@dataclass(frozen=True, slots=True)
class Result:
    """`of` are the names of the treatment: its regimen, its drugs, "line 2"."""

    of: frozenset[str]
    response: str
    quote: Span
    when: DayRange
    document: str
    report: bool
    shown: str


def told_responses(reading: Reading, lines: Sequence[TherapyLine]) -> Iterator[Conflict]:
    """At most one conflict for each treatment: the newest clinician's word, or the report's, and who says otherwise."""
    told = list(results(reading, lines))
    ended = {name: line.end.last for line in lines if line.end for name in names_of_line(line)}
    shown: set[frozenset[str]] = set()
    for name in sorted({name for one in told for name in one.of}):
        of = [one for one in told if name in one.of and (name not in ended or one.when.last >= ended[name])]
        of.sort(key=lambda one: (one.report, one.when.last), reverse=True)
        said = {(one.document, one.response) for one in of}
        for other in of[1:]:
            both = (of[0].document, other.response) in said or (other.document, of[0].response) in said
            pair = frozenset((of[0].document, other.document))
            if other.response != of[0].response and pair not in shown and len(pair) == 2 and not both:
                shown.add(pair)
                yield Conflict(f"response to {of[0].shown}", other.quote, of[0].quote, settled(of[0], other))
                break


def settled(stands: Result, other: Result) -> str:
    if stands.report and not other.report:
        return f"{stands.response}: the report of {stands.when} says so; the other statement does not stand"
    return f"not settled: {stands.response} or {other.response}; the report of the scan or the marrow knows"


def results(reading: Reading, lines: Sequence[TherapyLine]) -> Iterator[Result]:
    """What sentences of clinicians, and reports of the end of a treatment, tell of its result."""
    kinds, reports = data()["kinds"], load("contradictions.yaml")["sources"]["report"]
    before: Sentence | None = None
    for sentence in reading.sentences:
        kind, segment = sentence.document.kind, sentence.segment
        entry = whole_entry(sentence)
        known = entry and segment.when and segment.signed is not False and (kind in kinds or kind in reports)
        if entry and known and not (kind in reports and not pattern("response", "ending").search(entry.text)):
            follows = before if before and before.segment is segment else None
            yield from of_sentence(entry, follows, lines, report=kind in reports)
        before = sentence


def of_sentence(
    sentence: Sentence, before: Sentence | None, lines: Sequence[TherapyLine], *, report: bool
) -> Iterator[Result]:
    """Of each treatment that the sentence names, else of the only one of the sentence before it."""
    text, when, known = sentence.text, sentence.segment.when, list(treatments(sentence.text))
    carried = list(treatments(before.text)) if before and not known else []
    if len(carried) == 1:
        known = [replace(carried[0], start=0, end=0)]
    if before and len(known) == 1 and not known[0].drugs:
        # "After R2 a node was left. The best response to second-line treatment was therefore partial": one treatment
        above = [one for one in treatments(before.text) if one.drugs]
        known = [replace(known[0], drugs=above[0].drugs, regimen=above[0].regimen)] if len(above) == 1 else known
    edges = [0, *(one.end for one in known)]
    for one, left, right in zip(known, edges, [*(other.start for other in known[1:]), len(text)], strict=False):
        found = told_before(text[left : one.start], one.start) or told_behind(
            text[one.end : right], one.end, right < len(text)
        )
        if not found or not when or assertion(sentence, one.start, one.end) not in ("present", "historical"):
            continue
        response, place = found
        start, end = min(one.start, place[0]), max(one.end, place[1])
        if not pattern("response", "interim").search(text[start:end]):
            names = frozenset({*one.names, *by_line(one.names, lines)})
            yield Result(
                names, response, near_quote(sentence, start, end), when, sentence.document.id, report, one.shown
            )


def told_before(left: str, end: int) -> tuple[str, tuple[int, int]] | None:
    """ "A complete remission to R-CHOP"."""
    response = response_of(left[-REACH:]) if pattern("response", "to").search(left) else ""
    return (response, (end - min(len(left), REACH), end)) if response else None


def told_behind(right: str, start: int, more: bool) -> tuple[str, tuple[int, int]] | None:
    """The words behind the treatment, unless they lead to the next one."""
    response = "" if more and pattern("response", "to").search(right) else response_of(right[:REACH])
    return (response, (start, start + min(len(right), REACH))) if response else None


def response_of(words: str) -> str:
    """The best response; progression only where it is the result of the whole treatment."""
    best = response_in(words)[0].replace("CRi", "CR")  # short counts make no other answer of it
    if best in ("", "PD"):
        ended = pattern("response", "progression").search(words) and pattern("response", "ending").search(words)
        return "PD" if ended or pattern("response", "none").search(words) else ""
    return best


def treatments(text: str) -> Iterator[Treatment]:
    """A regimen, drugs listed one behind the other, the number of a line, or some of these as one ("second line was ...")."""
    found = [Treatment(one.start, one.end, core(one.drugs), frozenset(), one.regimen or "") for one in mentions(text)]
    found = [one for one in found if one.drugs]
    for match in pattern("response", "line").finditer(text):
        found.append(Treatment(*match.span(), frozenset(), frozenset([f"line {number_of(match)}"]), ""))
    joined: list[Treatment] = []
    for one in sorted(found, key=lambda one: one.start):
        if joined and pattern("response", "joins").fullmatch(text[joined[-1].end : one.start]):
            last = joined.pop()
            regimen = one.regimen if not last.drugs else last.regimen if not one.drugs else ""
            one = Treatment(last.start, one.end, last.drugs | one.drugs, last.ordinal | one.ordinal, regimen)
        joined.append(one)
    yield from joined


def number_of(match: re.Match[str]) -> int:
    word = next(part for part in match.groups() if part).lower()
    return int(load("contradictions.yaml")["ordinals"].get(word) or re.sub(r"\D", "", word) or 0)


def by_line(names: frozenset[str], lines: Sequence[TherapyLine]) -> Iterator[str]:
    """A line's other name: its drugs for "line 1", and the reverse; not where two lines were of the same drugs."""
    given = [core(line.drugs) for line in lines]
    for line in (one for one in lines if given.count(core(one.drugs)) == 1):
        own = names_of_line(line)
        if own & names:
            yield from own


def names_of_line(line: TherapyLine) -> frozenset[str]:
    return frozenset({" + ".join(sorted(core(line.drugs))), f"line {line.line}"})
