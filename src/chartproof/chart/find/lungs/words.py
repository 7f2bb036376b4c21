"""Words of lung disease and smoking (knowledge/vocabulary/respiratory.yaml), and the fact of one mention."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from chartproof.chart.find.statements import clip
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, DayRange, Fact

DISEASES = ("copd", "emphysema", "alpha_1_antitrypsin_deficiency", "hepatopulmonary_syndrome")


def fact(
    sentence: Sentence, start: int, end: int, concept: str, says: Assertion, note: str = "", when: DayRange | None = None
) -> Fact:  # fmt: skip
    segment = sentence.segment
    return Fact(
        id="", concept=concept, assertion=says, evidence=(clip(sentence, start, end),), when=when or segment.when,
        known=segment.when, signed=segment.signed is not False, rank=2 if segment.addendum else 1,
        document=segment.document.id, note=note,
    )  # fmt: skip


def rules() -> dict[str, Any]:
    return dict(load("respiratory.yaml"))


@cache
def disease(concept: str) -> Expression:
    if concept == "asthma":
        return Expression(r"\basthma\b", re.IGNORECASE)
    return Expression("|".join(f"(?:{word})" for word in rules()["diseases"][concept]["words"]), re.IGNORECASE)


@cache
def pattern(name: str) -> Expression:
    """One pattern for a list of respiratory.yaml."""
    return Expression("|".join(f"(?:{part})" for part in rules()[name]), re.IGNORECASE)


@cache
def pattern_of(name: str) -> Expression:
    """The pattern of a single expression of respiratory.yaml."""
    return Expression(rules()[name], re.IGNORECASE)
