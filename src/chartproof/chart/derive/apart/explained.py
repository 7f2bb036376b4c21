"""A positive result that a clinician says is none of an infection: passive antibody, a false positive, a contaminant."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

from chartproof.chart.derive.standing import CLINICIANS, last_day
from chartproof.chart.derive.told.telling import pattern, subjects
from chartproof.chart.find.said import near_quote
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, Fact


def explained(reading: Reading, facts: Sequence[Fact], asked: date) -> Iterator[Conflict]:
    """At most one conflict for each test: the result beside the words that explain it."""
    words = load("compared.yaml")["explained"]
    for rule in subjects().values():
        concepts = [one for one, values in rule.get("facts", {}).items() if "positive" in values and "test" in rule]
        found = [
            fact for fact in facts
            if fact.concept in concepts and fact.value == "positive" and fact.assertion == "present"
            and fact.when and fact.when.last <= asked
        ]  # fmt: skip
        for sentence in reading.of_kind(*CLINICIANS) if found else ():
            why, named = pattern(words["by"]).search(sentence.text), pattern(rule["test"]).search(sentence.text)
            others = [fact for fact in found if fact.document != sentence.document.id]
            if why and named and others and not pattern(words["unless"]).search(sentence.text):
                quote = near_quote(sentence, min(why.start(), named.start()), max(why.end(), named.end()))
                right = "the clinician's reading of it; the result alone says otherwise"
                yield Conflict(rule["name"], max(others, key=last_day).evidence[0], quote, right)
                break
