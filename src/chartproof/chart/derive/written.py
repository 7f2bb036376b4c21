"""The words of a state as the quote writes them, beside the policy's own word: for a reader, never for a decision."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache

from chartproof.chart.derive.standing import pattern
from chartproof.chart.find.said import loosen
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Fact

#: Studies whose reports give a reading in words.
STUDIES = ("ecg", "chest_xray", "colonoscopy")
#: Concept -> its table in written.yaml.
CONCEPTS = {
    **{name: name for name in ("diagnosis", "pharmacy_approval", "clinical_mention", "relapsed_or_refractory")},
    "pathology_diagnosis": "diagnosis",
    **dict.fromkeys(("cd19", "cd20", "cd22", "crlf2"), "marker"),
    **{name: name for name in STUDIES},
}
#: What stands between two stains of a list, each with its own result; a strength behind a comma is the same stain's.
NEXT_STAIN = re.compile(r"[,;](?!\s*(?:dim|bright|weak|partial|strong)\b(?!\s+\w*\d))|\.\s|\band\b")


def as_written(fact: Fact) -> Fact:
    """The fact with `extra["words"]` where its quotes name the state in other words; the first that does gives them."""
    if fact.concept not in CONCEPTS or not fact.evidence or "words" in fact.extra:
        return fact
    if fact.concept in STUDIES and fact.assertion not in ("present", "historical"):
        return fact  # a study to come has no reading
    for quote in told(fact):
        for cue, words in load("written.yaml")[CONCEPTS[fact.concept]].get(fact.value, []):
            if pattern(cue).search(quote):
                return replace(fact, extra={**fact.extra, "words": words})
    return fact


def told(fact: Fact) -> list[str]:
    """Where the words may stand: a study's in any of its quotes, a state's in the first, a stain's in its own part."""
    first = fact.evidence[0].quote
    if CONCEPTS[fact.concept] == "marker":
        return [part for part in NEXT_STAIN.split(first) if stain(fact.concept).search(part)]
    return [span.quote for span in fact.evidence] if fact.concept in STUDIES else [first]


@cache
def stain(concept: str) -> Expression:
    names = load("markers.yaml")["markers"][concept]["names"]
    return Expression(rf"(?<!\w)(?:{loosen('|'.join(names))})(?!\w)", re.IGNORECASE)
