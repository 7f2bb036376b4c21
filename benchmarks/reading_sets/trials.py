"""TrialGPT criterion annotations, by rules only: no bar, and mostly "not enough information".

data: trialgpt/criterion_annotations_training.json (NCBI, public domain): patient notes, trial criteria, and an expert's
label of each pair.

The note goes through chart.reader.read_chart. A criterion is answered only where the vocabulary can settle all of it:
an age and nothing else, pregnancy for a man, or one named condition and nothing else that the note says to be present
or absent. Everything else is "not enough information": silence is no answer here, while the experts take a condition
that a note does not mention for absent ("not excluded"), so that the share of exact labels is low by design. What
matters is how seldom an answer is wrong, above all a criterion said to be met.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from chartproof.chart.find.comorbid.conditions import conditions_in
from chartproof.chart.find.mentions import rules
from chartproof.chart.reader import read_chart
from chartproof.model import Fact
from reading_sets.notes import CASE, file_of
from reading_sets.table import Peer, Row

UNKNOWN = "not enough information"
YEARS = re.compile(r"(\d{1,2})[- ]?(?:year|yr|y)s?[- /]?(?:old|o\b)", re.IGNORECASE)
RANGE = re.compile(r"(\d{1,2})\s*(?:-|–|to|and)\s*(\d{2,3})", re.IGNORECASE)
LEAST = re.compile(r"(?:≥|>=|>|\bat least|\bover|\bolder than|\babove|\bminimum)[a-z ]{0,12}(\d{1,2})|(\d{1,2})\D{0,18}\b(?:or|and) (?:older|over|above)", re.IGNORECASE)  # fmt: skip
MOST = re.compile(r"(?:≤|<=|<|\bunder|\byounger than|\bbelow|\bless than|\bup to)[a-z ]{0,12}(\d{1,3})", re.IGNORECASE)
PREGNANCY = re.compile(r"\b(?:pregnan\w+|lactat\w+|breast-?feed\w*|childbearing|nursing (?:women|mothers))\b", re.IGNORECASE)  # fmt: skip
#: Words that leave a criterion about one condition what it is.
LIGHT = re.compile(r"\b(?:patients?|subjects?|participants?|with|who|have|has|having|a|an|the|any|known|history|of|diagnos\w+|documented|current|or|active|presence|prior|previous)\b|\W+", re.IGNORECASE)  # fmt: skip


def measure(data: Path, peer: Peer | None) -> list[Row]:
    pairs = json.loads((data / "trialgpt" / "criterion_annotations_training.json").read_text(encoding="utf-8"))
    said = [(answer(pair), pair["expert_eligibility"]) for pair in pairs]
    given = [(ours, label) for ours, label in said if ours != UNKNOWN]
    met = [(ours, label) for ours, label in given if ours in ("included", "not excluded")]
    return [
        Row("label exact", share(said), note=f"{len(pairs)} pairs of a note and a criterion"),
        Row("label exact, of the criteria that rules answer", share(given), note=f"{len(given)} answered"),
        Row("said met (included, not excluded) wrongly", sum(ours != label for ours, label in met), form="{:.0f}", note=f"of {len(met)} said met"),
    ]  # fmt: skip


def share(said: list[tuple[str, str]]) -> float:
    return sum(ours == label for ours, label in said) / max(1, len(said))


@cache
def facts_of(note: str) -> tuple[Fact, ...]:
    text = re.sub(r"(?m)^\d+\. ", "", note)  # the set numbers its sentences
    return read_chart([file_of(text)], CASE).facts


def answer(pair: dict[str, Any]) -> str:
    criterion, facts = pair["criterion_text"] or "", facts_of(pair["note"])
    inclusion = pair["criterion_type"] == "inclusion"
    man = any(fact.concept == "sex" and fact.value == "male" for fact in facts)
    if man and PREGNANCY.search(criterion):
        return "not applicable"
    holds = of_age(criterion, pair["note"])
    if holds is None:
        holds = of_condition(criterion, facts)
    if holds is None:
        return UNKNOWN
    if inclusion:
        return "included" if holds else "not included"
    return "excluded" if holds else "not excluded"


def of_age(criterion: str, note: str) -> bool | None:
    """Whether the patient's age is in the criterion's bounds; None where the criterion is of more than an age."""
    age = YEARS.search(note)
    bare = re.sub(r"\b(?:age[ds]?|years?|yrs?|old|between|male|female|men|women|adults?|gender|both|sexes)\b|[\W\d]+", " ", criterion, flags=re.IGNORECASE)  # fmt: skip
    if not age or not re.search(r"\bage|\byears", criterion, re.IGNORECASE) or len(LIGHT.sub("", bare)) > 16:
        return None
    if bool(re.search(r"\b(?:female|women)", criterion, re.I)) != bool(re.search(r"\b(?:male|men)\b", criterion, re.I)):
        return None  # of one sex
    if both := RANGE.search(criterion):
        return int(both[1]) <= int(age[1]) <= int(both[2])
    least, most = LEAST.search(criterion), MOST.search(criterion)
    if not least and not most:
        return None
    return not (least and int(age[1]) < int(least[1] or least[2])) and not (most and int(age[1]) > int(most[1]))


def of_condition(criterion: str, facts: tuple[Fact, ...]) -> bool | None:
    """Whether the one condition that is all of the criterion is present, by what the note says of it; None: not said."""
    places = [*conditions_in(criterion), *((m.start(), m.end(), thing) for (thing, _rule, _detail), words in rules().to_try(criterion) for m in words.finditer(criterion))]  # fmt: skip
    names = {name for *_place, name in places}
    rest = "".join(" " if any(a <= at < b for a, b, _ in places) else letter for at, letter in enumerate(criterion))
    if not names or LIGHT.sub("", rest) or len({(a, b) for a, b, _ in places}) > 1:
        return None
    said = {fact.assertion for fact in facts if fact.value in names and fact.concept in ("comorbid_condition", "clinical_mention")}  # fmt: skip
    if said & {"present", "historical"}:
        return True
    return False if said == {"absent"} else None
