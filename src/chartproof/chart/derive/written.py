"""The words of a state as the quote writes them, beside the policy's own word: for a reader, never for a decision."""

from __future__ import annotations

from dataclasses import replace

from chartproof.chart.derive.standing import pattern
from chartproof.chart.vocabulary import load
from chartproof.model import Fact

#: Concept -> its table in written.yaml.
CONCEPTS = {
    **{name: name for name in ("diagnosis", "pharmacy_approval", "clinical_mention", "relapsed_or_refractory")},
    "pathology_diagnosis": "diagnosis",
    **dict.fromkeys(("cd19", "cd20", "cd22", "crlf2"), "marker"),
}


def as_written(fact: Fact) -> Fact:
    """The fact with `extra["words"]` where its quote names the state in other words."""
    if fact.concept not in CONCEPTS or not fact.evidence or "words" in fact.extra:
        return fact
    for cue, words in load("written.yaml")[CONCEPTS[fact.concept]].get(fact.value, []):
        if pattern(cue).search(fact.evidence[0].quote):
            return replace(fact, extra={**fact.extra, "words": words})
    return fact
