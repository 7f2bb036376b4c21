"""A telling: one statement on a subject of contradictions.yaml, and who makes it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from chartproof.chart.find.said import loosen
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import DayRange, Document, Span

#: In the note of a fact that was written down from hearsay: it decides nothing, and still contradicts.
SECOND_HAND = "second hand"


@dataclass(frozen=True, slots=True)
class Telling:
    """One statement: `value` of the subject, and `about` what (a drug, a meeting's day; "" where there is but one).

    `when` is the day of which it speaks, `said` the day on which it was written; `source` is one of the sources of
    contradictions.yaml; `measured` where a number is told with it (pack-years).
    """

    value: str
    quote: Span
    when: DayRange | None
    said: DayRange | None
    source: str
    document: str
    about: str = ""
    measured: bool = False


def subjects() -> dict[str, dict[str, Any]]:
    """Subject -> its rule, as contradictions.yaml has them."""
    return dict(load("contradictions.yaml")["subjects"])


@cache
def pattern(words: str) -> Expression:
    """The expression of a rule's words, in capitals or small letters."""
    return Expression(loosen(words), re.IGNORECASE)


def source_of(document: Document, signed: bool | None) -> str:
    """Who speaks: a report, a clinician, somebody else, a list, one of our own papers or the plan."""
    for source, kinds in load("contradictions.yaml")["sources"].items():
        if document.kind in kinds:
            return "paper" if signed is False and source != "plan" else str(source)
    return "paper" if signed is False else "other"
