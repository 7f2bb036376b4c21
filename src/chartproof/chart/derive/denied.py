"""Classes of drugs that one paper claims without a day and another says were never taken."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from chartproof.chart.find.drugs import classes_of, drug_named
from chartproof.model import Fact


def denied_exposures(facts: Sequence[Fact]) -> Iterator[Fact]:
    """An absent class_exposure for each class that is known only from a claim without a day ("has failed venetoclax")
    while the record of a drug of that class says that it was prescribed and never taken. Shown beside the claim, the
    two leave the class open until a clinician settles it.
    """
    claimed = [fact for fact in facts if fact.concept == "class_exposure" and fact.assertion == "present"]
    dated = {fact.value for fact in claimed if fact.when}
    open_classes = {fact.value for fact in claimed} - dated
    for fact in facts:
        if fact.concept != "treatment_not_given" or fact.assertion != "absent":
            continue
        for name in classes_of(drug_named(str(fact.value))):
            if name in open_classes:
                yield replace(fact, concept="class_exposure", value=name, note=f"{fact.value}: never taken")
