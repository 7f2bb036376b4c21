"""A label of the history with "none" behind it in one paper, and with something in another of those months."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from chartproof.chart.context import cues
from chartproof.chart.derive.claimed.papers import of_logs, of_papers
from chartproof.chart.derive.standing import pattern
from chartproof.chart.derive.told.telling import source_of
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Span


@dataclass(frozen=True, slots=True)
class Labelled:
    none: bool
    quote: Span
    day: date
    document: str
    rank: int


def labelled(reading: Reading, asked: date) -> Iterator[Conflict]:
    """At most one conflict for each label: the strongest paper and the strongest of those that say otherwise."""
    words = load("compared.yaml")["labelled"]
    told: dict[str, list[Labelled]] = {}
    for name, one in answers(reading, asked):
        told.setdefault(name, []).append(one)
    for name, known in sorted(told.items()):
        best = max(known, key=lambda one: (one.rank, one.day))
        knows = {one.document for one in known if one.none == best.none}
        others = [
            one for one in known
            if one.none != best.none and one.document not in knows and abs((one.day - best.day).days) <= words["days"]
        ]  # fmt: skip
        if others:
            other = max(others, key=lambda one: (one.rank, one.day))
            right = f"not settled: told differently on {other.day} and {best.day}; ask the treating clinician"
            yield Conflict(name, other.quote, best.quote, right)


def answers(reading: Reading, asked: date) -> Iterator[tuple[str, Labelled]]:
    """Each label with its answer, where the answer is one: not "see below", nor of a relative."""
    words, order = load("compared.yaml")["labelled"], load("contradictions.yaml")["order"]
    for sentence in chain(reading.sentences, of_papers(reading), of_logs(reading)):
        when = sentence.segment.when
        if when is None or when.first > asked or cues("family").search(sentence.text):
            continue
        for name, label in words["labels"].items():
            match = pattern(rf"(?:^|[.;|] ?)(?:{label}) ?: ?(?P<answer>[^.;|]{{2,60}})").search(sentence.text)
            if match and not pattern(words["unless"]).search(match["answer"]):
                none = pattern(words["none"]).match(match["answer"].strip()) is not None
                quote = near_quote(sentence, *match.span())
                rank = len(order) - order.index(source_of(sentence.document, sentence.segment.signed))
                yield name, Labelled(none, quote, when.last, sentence.document.id, rank)
