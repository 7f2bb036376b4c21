"""Refractory, or in second or later relapse: what some labels ask of leukemia, where a clinician or a report says so."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from chartproof.chart.context import assertion
from chartproof.chart.find.said import fact_of, loosen, near_quote
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Fact

CONCEPT = "refractory_or_later_relapse"
_RULE = re.compile(r"\blabel|\bindicat|\bcriteri|\bif\b|\btrial\b|\bstudy\b|\bpatients\b|\bpolicy\b", re.IGNORECASE)


def find_in(sentence: Sentence) -> Iterator[Fact]:
    """The fact of refractory_or_later_relapse that the sentence states; a rule, a trial or a relative's states none."""
    match = _words().search(sentence.text)
    if not match or _RULE.search(sentence.text):
        return
    said = assertion(sentence, match.start(), match.end())
    if said in ("present", "historical"):
        quote = near_quote(sentence, match.start(), match.end())
        yield fact_of(sentence, CONCEPT, "present", quote, when=sentence.segment.when)


@cache
def _words() -> Expression:
    return Expression(loosen("|".join(load("diseases.yaml")["later_relapse"])), re.IGNORECASE)
