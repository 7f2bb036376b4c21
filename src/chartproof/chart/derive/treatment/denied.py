"""Classes of drugs that were never taken, whatever was ordered or is claimed without a day."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from chartproof.chart.context import about_another, before, conditional
from chartproof.chart.find.drugs import classes_of, drug_named
from chartproof.chart.find.statements import fact_of, says_nothing
from chartproof.chart.find.transplant.denied import denied
from chartproof.chart.kinds import is_evidence
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Fact

#: Days of the longest month.
MONTH = 31


def exported(reading: Reading) -> frozenset[str]:
    """The documents whose medicines are a list that a system keeps: what stands on it was prescribed, and no more."""
    return frozenset(one.id for one in reading.documents if one.kind in ("ccda", "fhir_bundle"))


def to_the_month(fact: Fact) -> bool:
    """Whether its day is told to the month at least: "venetoclax in 2025" is no dated course."""
    return fact.when is not None and (fact.when.last - fact.when.first).days <= MONTH


def denied_exposures(facts: Sequence[Fact], lists: frozenset[str] = frozenset()) -> Iterator[Fact]:
    """An absent class_exposure for each class of a drug that was prescribed and never taken, unless a dated course of the
    class is known. A claim without a day ("has failed venetoclax") or on one of the `lists` stands beside it, and the two
    leave the class open until a clinician settles it.
    """
    claimed = [fact for fact in facts if fact.concept == "class_exposure" and fact.assertion == "present"]
    dated = {fact.value for fact in claimed if to_the_month(fact) and fact.document not in lists}
    claimed_classes = {fact.value for fact in claimed}
    known = set(load("concepts.yaml")["concepts"]["class_exposure"]["values"])
    for fact in facts:
        if fact.concept != "treatment_not_given" or fact.assertion != "absent":
            continue
        drugs = drug_named(str(fact.value))
        # a regimen, or an export's cancelled row, denies no class; two drugs of one class do
        alone = (
            bool(drugs) and len(classes_of(drugs)) == 1 and all(classes_of([one]) for one in drugs) and not fact.note
        )
        alone = alone or (len(drugs) == 1 and not fact.note)
        for name in classes_of(drugs):
            if name in claimed_classes - dated or (alone and name in known - dated):
                yield replace(fact, concept="class_exposure", value=name, note=f"{fact.value}: never taken")


def denied_classes(reading: Reading, facts: Sequence[Fact]) -> Iterator[Fact]:
    """An absent class_exposure for each class that a note denies by its own name, unless a dated course of it is known:
    "has not received any anti-CD38 antibody", "BCL-2 inhibitor: no exposure", "CD38-naive".
    """
    dated = {
        fact.value
        for fact in facts
        if fact.concept == "class_exposure" and fact.assertion == "present" and to_the_month(fact)
    }
    done: set[tuple[str, str]] = set()
    for sentence in reading.sentences:
        if not is_evidence(sentence.document) or sentence.segment.signed is False or says_nothing(sentence):
            continue
        for name, words in class_words():
            key = (name, sentence.document.id)
            for match in words.finditer(sentence.text) if name not in dated and key not in done else ():
                apart = conditional(sentence, match.start()) or about_another(
                    sentence, match.start(), before(sentence.text, match.start())
                )
                apart = apart or bool(claimed().search(sentence.text[: match.start()]))
                if not apart and denied(sentence, *match.span()):
                    done.add(key)
                    yield fact_of(sentence, *match.span(), concept="class_exposure", says="absent", value=name)
                    break


@cache
def claimed() -> Expression:
    """Whoever says so in the note's words is not its writer: "the plan writes that no ..."."""
    return Expression(load("treatment.yaml")["class_claimed"], re.IGNORECASE)


@cache
def class_words() -> tuple[tuple[str, Expression], ...]:
    """Each class of drugs with the words that name it."""
    rows = load("treatment.yaml")["class_names"]
    return tuple((name, Expression("|".join(f"(?:{word})" for word in words), re.I)) for name, words in rows.items())
