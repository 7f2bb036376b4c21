"""A laboratory value on its way to a fact, and what tables, prose and entries share."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache

from chartproof.chart.find.labs.analytes import concept_of, quantity
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, DayRange, Document, Fact, Span


@dataclass(frozen=True, slots=True)
class Result:
    """One value of one test. `low`/`high` and `unit` as printed; `ceiling` the printed upper reference limit; `time` of
    day, as "14:15"."""

    test: str
    low: float | None
    high: float | None
    unit: str
    when: DayRange | None
    evidence: Span
    document: Document
    assertion: Assertion = "present"
    ceiling: float | None = None
    rank: int = 1
    signed: bool = True
    note: str = ""
    source: str = "prose"
    time: str = ""

    @property
    def empty(self) -> bool:
        return self.low is None and self.high is None


@cache
def no_result() -> Expression:
    return Expression(r"\b(?:" + "|".join(load("labs.yaml")["no_result"]) + r")\b", re.IGNORECASE)


def as_fact(result: Result) -> Fact | None:
    """The fact of a result, converted to the concept's unit; None for a test without a concept or an impossible value."""
    concept = concept_of(result.test)
    if not concept:
        return None
    if result.empty:
        return Fact("", concept, "planned", (result.evidence,), when=result.when, signed=result.signed,
                    document=result.document.id, note=result.note or "no result")  # fmt: skip
    measured = quantity(result.test, result.low, result.high, result.unit, result.ceiling)
    if measured is None:
        return None
    return Fact(
        "",
        concept,
        result.assertion,
        (result.evidence,),
        quantity=measured,
        when=result.when,
        signed=result.signed,
        rank=result.rank,
        document=result.document.id,
        note=result.note,
        extra={"time": result.time} if result.time else {},
    )


def last_of_day(results: list[Result]) -> list[Result]:
    """Of the timed results of one test, file and day all but the last draw become excerpts (rank 0): it supersedes them."""
    last: dict[tuple[object, ...], str] = {}
    for one in results:
        if one.time and not one.empty:
            key = (one.test, one.evidence.file, one.when)
            last[key] = max(last.get(key, ""), one.time)
    return [
        replace(one, rank=0) if one.time and one.time < last.get((one.test, one.evidence.file, one.when), "") else one
        for one in results
    ]


def joined(facts: list[Fact]) -> list[Fact]:
    """Facts of one file that say the same (concept, value, day, assertion) become one with every quote, the first leads."""
    order: dict[tuple[object, ...], Fact] = {}
    for fact in facts:
        key = (
            fact.concept,
            fact.assertion,
            fact.value,
            fact.quantity,
            fact.when,
            fact.signed,
            fact.extra.get("method"),
            fact.evidence[0].file if fact.evidence else "",
        )
        held = order.get(key)
        if held is None:
            order[key] = fact
        else:
            if fact.extra.get("time", "") > held.extra.get("time", ""):  # the later draw leads
                held, fact = fact, held
            spans = tuple(s for s in fact.evidence if s not in held.evidence)
            order[key] = replace(held, evidence=held.evidence + spans, rank=max(held.rank, fact.rank))
    return list(order.values())
