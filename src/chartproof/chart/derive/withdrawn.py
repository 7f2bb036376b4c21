"""Results that a page takes back: the study was another patient's, the tube mislabeled, the report void, nothing was done.

Words on the report itself void all of it, or what they name; in a note they reach their own clause and the sentence
before; on another page they reach the study that they name, of the days that they name or of no day in particular.
Such a result decides nothing: its day is taken away, and the row shows both places. What was made once more stands.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from chartproof.chart.dates import find_dates
from chartproof.chart.derive.claimed.papers import of_logs
from chartproof.chart.derive.standing import last_day, pattern
from chartproof.chart.find.labs.analytes import concept_of, names_in
from chartproof.chart.find.labs.tables import proper
from chartproof.chart.find.studies import studies
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Case, Document, Fact, Span

#: Days before the words within which a result is theirs though they name no day.
NEAR_DAYS = 45
#: More values than that are the row of a panel.
FEW = 3
DENIED = re.compile(r"\b(?:no|not|never)\b", re.IGNORECASE)
CLAUSE = re.compile(
    r"[;:]\s|,? \b(?:but|while|whereas|however)\b|, (?:so|and) (?=her|his|our|the|she|he)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A sentence that takes back a result: of these concepts, and of the days that it names. `reach` is where its own
    document is taken back: all of a report, [start, end) of a note's page. `number` is the one that it names ("the figure
    of 45%"): what was written in its place stands."""

    sentence: Sentence
    concepts: frozenset[str]
    days: frozenset[date]
    reach: tuple[int, int]
    elsewhere: bool
    number: float | None = None

    @property
    def document(self) -> Document:
        return self.sentence.document


def withdrawn(reading: Reading, facts: Iterable[Fact], case: Case) -> tuple[Fact, ...]:
    """The facts, each that a page takes back without its day and with the place that does as its doubt."""
    rows, found = list(facts), list(withdrawals(reading, case.as_of))
    papers = {document.id: document for document in reading.documents}
    return tuple(_or_without(fact, papers.get(fact.document), found) for fact in rows) if found else tuple(rows)


def withdrawals(reading: Reading, asked: date) -> Iterator[Withdrawal]:
    before: Sentence | None = None
    for sentence in (*reading.sentences, *of_logs(reading)):
        if not _any("in_general").search(sentence.text):
            near = before if before is not None and before.segment is sentence.segment else None
            yield from _of_sentence(reading, sentence, near, asked)
        before = sentence


def _of_sentence(reading: Reading, sentence: Sentence, before: Sentence | None, asked: date) -> Iterator[Withdrawal]:
    text, written = sentence.text, sentence.segment.when
    days = [(start, day.last) for start, _, day in find_dates(text, year_hint=written.last if written else asked) if day.exact]  # fmt: skip
    void = _any("voided").search(text)
    if void:
        start, end = _clause(text, void)
        named = _named(text[start:end])
        if named or not _any("other_things").search(text[start:end]):
            reach = _reach(reading, sentence, start, end, before)
            said = frozenset(day for at, day in days if start <= at < end)
            pointed = bool(said) or bool(_any("correction").search(text) or _any("own").search(text[start:end]))
            figure = _any("figure").search(text[start:end])
            number = float(figure["number"]) if figure else None
            yield Withdrawal(sentence, named or _concepts(_studies()), said, reach, bool(named) and pointed, number)
    for study in _studies() if DENIED.search(text) else ():
        names = {match[0].lower() for match in pattern(study["named"]).finditer(text)}
        never = _never(study["named"]).search(text) if len(names) == 1 else None  # "no MUGA, since the echo sufficed"
        start, end = _clause(text, never) if never else (0, 0)
        said = frozenset(day for at, day in days if start <= at < end)
        other_day = bool(said - {written.last}) if written else False
        if never and (other_day or _any("correction").search(text)):
            yield Withdrawal(sentence, _concepts([study]), said, (sentence.start, sentence.start), True)


def _clause(text: str, match: re.Match[str]) -> tuple[int, int]:
    """The clause around the words where it names a study itself, else the sentence."""
    bounds = [0, *(one.start() for one in CLAUSE.finditer(text)), len(text)]
    start = max(bound for bound in bounds if bound <= match.start())
    end = min(bound for bound in bounds if bound >= match.end())
    return (start, end) if _named(text[start:end]) else (0, len(text))


def _named(text: str) -> frozenset[str]:
    """The concepts of the studies that the words name; of a few single values where they name no panel."""
    studies = _concepts(study for study in _studies() if pattern(study["named"]).search(text))
    single = frozenset(filter(None, (concept_of(one.test) for one in names_in(text) if proper(text, one))))
    return studies or (single if len(single) <= FEW else frozenset())


def _reach(reading: Reading, sentence: Sentence, start: int, end: int, before: Sentence | None) -> tuple[int, int]:
    """Of a report all that is not told again behind the words; of a note the clause, and the sentence before that it is
    about. What a report says of an earlier one leaves its own values alone."""
    here = sentence.start + start, sentence.start + end
    if sentence.document.kind not in load("corrections.yaml")["reports"]:
        alone = before is None or _named(sentence.text[:start]) or _any("other_time").search(sentence.text)
        return (here[0] if before is None or alone else before.start), here[1]
    if _any("earlier").search(sentence.text) or sentence.row or sentence.page.read == "structured":
        return here  # a row's remark is of the row
    first, last = _report(reading, sentence)
    again = _any("again").search(sentence.page.text, sentence.end)
    made = bool(again and re.search(r"\d", sentence.page.text[again.end() : last]))
    return first, sentence.end if made else last


def _report(reading: Reading, sentence: Sentence) -> tuple[int, int]:
    """Where the study that the sentence follows stands on its page, with its addenda; else the document's part of it."""
    own = [one for one in reading.segments if one.document.id == sentence.document.id and one.page == sentence.page]
    start, end = min(one.start for one in own), max(one.end for one in own)
    heads = sorted(one.start for one in studies(reading) if one.segment.page == sentence.page)
    return (
        max((head for head in heads if start <= head <= sentence.start), default=start),
        min((head for head in heads if sentence.start < head < end), default=end),
    )


def _or_without(fact: Fact, paper: Document | None, found: Sequence[Withdrawal]) -> Fact:
    if fact.assertion not in ("present", "absent") or fact.when is None or not fact.evidence:
        return fact
    left, by = list(fact.evidence), None
    for one in found:
        if fact.concept not in one.concepts or (one.days and max(one.days) < last_day(fact)):
            continue  # it speaks of an earlier one
        if one.number is not None:
            left, by = (left, by) if _is_another(fact, one) else ([], one)
            continue
        taken = [span for span in left if _within(span, one)]
        if not taken and one.elsewhere and paper is not None and _told_before(fact, paper, one):
            taken = left
        if taken:
            left, by = [span for span in left if span not in taken], one
        if not left:
            break
    if by is None:
        return fact
    if left:
        return replace(fact, evidence=tuple(left))
    said = by.sentence
    doubt = f"{fact.when} / taken back ({said.document.file} p. {said.page.number})"
    return replace(fact, when=None, doubt=doubt, extra={**fact.extra, "still_open": str(said.segment.when or "")})


def _is_another(fact: Fact, one: Withdrawal) -> bool:
    """Whether the fact is not the number that is taken back, of the same paper or of the day that the words name."""
    value = fact.quantity.low if fact.quantity else None
    of_day = bool(one.days) and last_day(fact) in one.days
    return value != one.number or not (fact.document == one.document.id or of_day)


def _within(span: Span, one: Withdrawal) -> bool:
    page, (start, end) = one.sentence.page, one.reach
    return (span.file, span.page) == (page.file, page.number) and start <= span.start < end


def _told_before(fact: Fact, paper: Document, one: Withdrawal) -> bool:
    """Whether the fact is of a study of the days that the words name, or of the weeks before them where they name none."""
    written = one.sentence.segment.when
    if paper.id == one.document.id or written is None or last_day(fact) > written.last:
        return False
    if one.days - {written.last}:
        paper_day = paper.when.last if paper.when and paper.when.exact else None
        return last_day(fact) in one.days or paper_day in one.days - {written.last}
    return (written.last - last_day(fact)).days <= NEAR_DAYS


def _studies() -> list[dict[str, Any]]:
    return [*load("withdrawn.yaml")["studies"], *load("still_open.yaml")["studies"]]


def _concepts(studies: Iterable[dict[str, Any]]) -> frozenset[str]:
    return frozenset(concept for study in studies for concept in study["concepts"])


@cache
def _any(name: str) -> Expression:
    words: Any = load("withdrawn.yaml")[name]
    return pattern("|".join(f"(?:{one})" for one in ([words] if isinstance(words, str) else words)))


@cache
def _never(named: str) -> Expression:
    return pattern("|".join(one.replace("NAMED", f"(?:{named})") for one in load("withdrawn.yaml")["never"]))
