"""What a form answers to "Active infection now?": by the column of its mark, by a ticked box, or by a word behind it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from chartproof.chart.find.statements import either, fact_of
from chartproof.chart.find.transplant.answers import answered
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Assertion, Fact


@cache
def _asked() -> Expression:
    return either([load("infections.yaml")["asked"]], {})


@cache
def _elsewhere() -> Expression:
    return either([load("infections.yaml")["not_under"]], {})


def find_in(sentence: Sentence) -> Iterator[Fact]:
    """The fact of active_infection, present or absent, that a question's answer gives."""
    asked = _asked().match(sentence.text)
    if not asked or _elsewhere().search(sentence.heading):
        return
    told = answered(sentence, asked.end("name"))
    if told:
        says: Assertion = "present" if told == "yes" else "absent"
        yield fact_of(sentence, 0, len(sentence.text), concept="active_infection", says=says)
