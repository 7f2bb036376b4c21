"""What one paper tells of the patient and another denies: clots, graft-versus-host disease, transformation, seizures."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from chartproof.chart.context import assertion
from chartproof.chart.derive.standing import pattern
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Span

#: Reports settle what notes suspect.
REPORTS = ("pathology", "discharge_summary")


def contradicted(reading: Reading, asked: date) -> Iterator[Conflict]:
    """One conflict at most for each of the conditions of contradicted.yaml: the newer statement stands beside the other."""
    for rule in load("contradicted.yaml")["conditions"].values():
        told = list(said(reading, rule["says"], asked, doubted=rule.get("doubted", False), unsigned=True))
        denied = list(said(reading, rule["denies"], asked, denial=True)) if told else []
        pairs = [(yes, no) for yes in told for no in denied if yes[1].file != no[1].file]
        if pairs:
            kinds = {document.file: document.kind for document in reading.documents}
            yes, no = max(
                pairs, key=lambda pair: (kinds.get(pair[1][1].file) in REPORTS, pair[1][0], -pair[0][0].toordinal())
            )
            older, newer = sorted((yes, no), key=lambda one: one[0])
            right = f"the statement of {newer[0]} is the newer one; the other does not stand"
            yield Conflict(rule["name"], older[1], newer[1], right)


def said(
    reading: Reading, words: str, asked: date, *, doubted: bool = False, denial: bool = False, unsigned: bool = False
) -> Iterator[tuple[date, Span]]:
    """(day, quote) of each signed statement up to the day asked that is of the patient himself and no possibility."""
    for sentence in reading.sentences:
        when = sentence.segment.when
        match = pattern(words).search(sentence.text)
        if not match or when is None or when.last > asked or supposed(sentence):
            continue
        if sentence.segment.signed is False and not unsigned:
            continue
        how = assertion(sentence, match.start(), match.end())
        if how == "family" or (not denial and how not in (("present", "planned") if doubted else ("present",))):
            continue
        yield when.last, near_quote(sentence, match.start(), match.end())


def supposed(sentence: Sentence) -> bool:
    """Whether it is a title's, a rule's or a question's sentence: nobody says there that it is so."""
    return bool(pattern(load("contradicted.yaml")["supposed"]).search(f"{sentence.label} {sentence.text}"))
