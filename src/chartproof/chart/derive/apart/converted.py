"""A virus test whose result turned within the time for which it counts: who reads only the newer one takes it for all.

A core antibody that was non-reactive in June and is reactive in October is a new infection, or came with immunoglobulin;
a report that gives both says neither. Only a clinician's word settles it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from chartproof.chart.derive.standing import last_day, standing
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact

VALUES = ("positive", "negative")


def converted(facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """One conflict at most for each test of `converted` in compared.yaml: the newest result and the newest other one."""
    rule, subjects = load("compared.yaml")["converted"], load("contradictions.yaml")["subjects"].values()
    names = {concept: str(one["name"]) for one in subjects for concept in one.get("facts", {})}
    for concept in rule["of"]:
        told = [
            fact for fact in standing(facts, concept, asked) if fact.value in VALUES and fact.when and fact.when.exact
        ]
        newest = max(told, key=last_day, default=None)
        if newest is None:
            continue
        days = (last_day(newest) - last_day(fact) for fact in told)
        before = [
            fact for fact, apart in zip(told, days, strict=True)
            if fact.value != newest.value and 0 < apart.days <= rule["days"]
        ]  # fmt: skip
        if before:
            other = max(before, key=last_day)
            right = f"{other.value} on {other.when}, {newest.value} on {newest.when}: ask for a clinician's word on the change"
            yield Conflict(names[concept], other.evidence[0], newest.evidence[0], right)
