"""Classes of drugs that were never taken, whatever was ordered or is claimed without a day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chartproof.chart.find.drugs import classes_of, drug_named
from chartproof.chart.vocabulary import load
from chartproof.model import Fact


def denied_exposures(facts: Sequence[Fact]) -> Iterator[Fact]:
    """An absent class_exposure for each class of a drug that was prescribed and never taken, unless a dated course of the
    class is known. A claim without a day ("has failed venetoclax") stands beside it, and the two leave the class open
    until a clinician settles it.
    """
    claimed = [fact for fact in facts if fact.concept == "class_exposure" and fact.assertion == "present"]
    dated = {fact.value for fact in claimed if fact.when}
    claimed_classes = {fact.value for fact in claimed}
    known = set(load("concepts.yaml")["concepts"]["class_exposure"]["values"])
    for fact in facts:
        if fact.concept != "treatment_not_given" or fact.assertion != "absent":
            continue
        drugs = drug_named(str(fact.value))
        alone = len(drugs) == 1 and not fact.note  # a regimen, or an export's cancelled row, denies no class
        for name in classes_of(drugs):
            if name in claimed_classes - dated or (alone and name in known - dated):
                yield replace(fact, concept="class_exposure", value=name, note=f"{fact.value}: never taken")
