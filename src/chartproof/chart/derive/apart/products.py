"""Engineered cells that a meeting's draft or another paper of that day names, beside those that its signed record recommends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import chain

from chartproof.chart.derive.claimed.papers import is_paper, of_papers
from chartproof.chart.derive.standing import pattern
from chartproof.chart.find.drugs import mentions, role_of
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Span


@dataclass(frozen=True, slots=True)
class Recommended:
    products: frozenset[str]
    quote: Span
    day: date
    document: str
    signed: bool


def products(reading: Reading, asked: date) -> Iterator[Conflict]:
    """One conflict at most: the newest signed record of a meeting, and the newest other paper of its days."""
    told = [
        one
        for sentence in chain(reading.of_kind("committee"), of_papers(reading))
        for one in recommended(sentence, asked)
    ]
    stands = max((one for one in told if one.signed), key=lambda one: one.day, default=None)
    if stands is None:
        return
    knows = {one.document for one in told if one.products & stands.products}
    days = load("compared.yaml")["recommended"]["days"]
    others = [one for one in told if one.document not in knows and abs((one.day - stands.day).days) <= days]
    strong = pattern(load("compared.yaml")["recommended"]["strong"])
    other = max(others, key=lambda one: (bool(strong.search(one.quote.quote)), one.day), default=None)
    if other:
        right = (
            f"{' + '.join(sorted(stands.products))}: the signed record of {stands.day} says so; correct the other paper"
        )
        yield Conflict("product recommended", other.quote, stands.quote, right)


def recommended(sentence: Sentence, asked: date) -> Iterator[Recommended]:
    """The cells that a sentence recommends, where it names some and compares no others."""
    words, when = load("compared.yaml")["recommended"], sentence.segment.when
    cue = pattern(words["says"]).search(sentence.text)
    if cue is None or when is None or when.first > asked or pattern(words["unless"]).search(sentence.text):
        return
    named = [one for one in mentions(sentence.text) if any(role_of(drug) == "cell_therapy" for drug in one.drugs)]
    cells = frozenset(drug for one in named for drug in one.drugs if role_of(drug) == "cell_therapy")
    if len(cells) == 1:
        start, end = min(cue.start(), named[0].start), max(cue.end(), named[-1].end)
        signed = sentence.segment.signed is not False and not is_paper(sentence.segment)
        yield Recommended(cells, near_quote(sentence, start, end), when.last, sentence.document.id, signed)
