"""What a form answers to "Active infection now?": by the column of its mark, by a ticked box, or by a word behind it."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from chartproof.chart.find.deferral import options
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


@cache
def _option(says: Assertion) -> Expression:
    return either([load("infections.yaml")["ticked"][says]], {})


def find_in(sentence: Sentence) -> Iterator[Fact]:
    """The fact of active_infection, present or absent, that a question's answer gives."""
    asked = _asked().match(sentence.text)
    if not asked or _elsewhere().search(sentence.heading):
        return
    says = _ticked(sentence.text) if options(sentence.text) else _told(answered(sentence, asked.end("name")))
    if says:
        yield fact_of(sentence, 0, len(sentence.text), concept="active_infection", says=says)


def _told(answer: str) -> Assertion | None:
    return "present" if answer == "yes" else "absent" if answer == "no" else None


def _ticked(text: str) -> Assertion | None:
    """What the words of the ticked option say: "[X] on treatment [ ] none" is no denial. None where none or two are ticked."""
    chosen = [text[start:end] for (start, end), tick in options(text) if tick]
    if len(chosen) != 1:
        return None
    if _option("absent").search(chosen[0]):
        return "absent"
    return "present" if _option("present").search(chosen[0]) else None
