"""A laboratory value for which organ function would be refused, and that has come back since: shown as a change.

A reader who meets the note of the bad day first takes it for the patient's state; nothing contradicts anything.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from chartproof.chart.derive.standing import last_day, standing, within
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact


def recovered(facts: Sequence[Fact], kinds: Mapping[str, str], asked: date) -> Iterator[Conflict]:
    """One conflict at most for each value of `recovered` in compared.yaml; `kinds` are those of the documents."""
    words = load("compared.yaml")["recovered"]
    reports = load("contradictions.yaml")["sources"]["report"]
    for concept, limit in words["of"].items():
        told = [fact for fact in standing(facts, concept, asked) if fact.when and fact.when.exact and _number(fact)]
        newest = max(told, key=lambda fact: (last_day(fact), kinds.get(fact.document) in reports), default=None)
        if newest is None or _number(newest) > limit["back"]:
            continue
        raised = [
            fact for fact in told
            if _number(fact) > limit["over"] and last_day(fact) < last_day(newest) and within(fact, asked, words["days"])
            and fact.evidence[0].file != newest.evidence[0].file
        ]  # fmt: skip
        # A table's row that goes on to the better values tells it all itself.
        rows = {_place(fact) for fact in told if _number(fact) <= limit["back"]}
        raised = [fact for fact in raised if _place(fact) not in rows]
        bad = max(raised, key=lambda fact: (last_day(fact), _number(fact)), default=None)
        if bad:
            right = f"{_number(newest):g} on {newest.when}: come back from {_number(bad):g} of {bad.when}"
            yield Conflict(concept.replace("_", " "), bad.evidence[0], newest.evidence[0], right)


def _place(fact: Fact) -> tuple[str, int, int]:
    quote = fact.evidence[0]
    return quote.file, quote.page, quote.start


def _number(fact: Fact) -> float:
    """The measured number where it is a single one, else 0."""
    low, high = (fact.quantity.low, fact.quantity.high) if fact.quantity else (None, None)
    return low if low is not None and low == high else 0.0
