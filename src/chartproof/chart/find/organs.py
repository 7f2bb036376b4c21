"""A clinician's statement on organ function: adequate (now, and for the four weeks after apheresis), or not yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from chartproof.chart.context import about_another, before
from chartproof.chart.find.deferral import put_off
from chartproof.chart.find.statements import (
    CHECKED,
    UNCHECKED,
    about_treatment,
    clip,
    copied_forward,
    depends,
    document_texts,
    either,
    fact_of,
)
from chartproof.chart.view import Reading, Segment, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Case, Fact

WHERE = ("clinic_note", "consult_note", "attestation", "provider_letter", "committee")
#: How far, in sentences, the words on the coming four weeks may stand from the statement itself.
REACH = 4
NEGATED = re.compile(r"(?:\b(?:not|never|cannot|no longer|hardly)|n['’]t)\s+(?:\w+\s+)?$", re.IGNORECASE)
#: Notes in which "Organ function adequate for apheresis" is said, not asked as in a form.
DICTATED = ("clinic_note", "consult_note")


@cache
def words(name: str) -> re.Pattern[str]:
    part = load("judgements.yaml")["organ_function"]
    return either(part[name], {key: value for key, value in part.items() if isinstance(value, str)})


def find(reading: Reading, case: Case) -> list[Fact]:
    about = about_treatment()
    texts = document_texts(reading)
    facts: list[Fact] = []
    grouped: dict[Segment, list[Sentence]] = {}
    for sentence in reading.sentences:
        if sentence.document.kind in WHERE and about.search(texts[sentence.document.id]):
            grouped.setdefault(sentence.segment, []).append(sentence)
    for said in grouped.values():
        facts += statements(said)
    return facts


def statements(said: list[Sentence]) -> Iterator[Fact]:
    for index, sentence in enumerate(said):
        text = sentence.text
        if UNCHECKED.match(text) or copied_forward(sentence) or words("quoting").search(text):
            continue
        for value in ("withheld", "inadequate"):
            match = words(value).search(text)
            if match:
                hypothetical = value == "inadequate" and depends(text)
                if not hypothetical:
                    yield fact_of(
                        sentence,
                        match.start(),
                        match.end(),
                        concept="organ_function_statement",
                        says="present",
                        value=value,
                    )
                break
        else:
            yield from affirmed(said, index)


def affirmed(said: list[Sentence], index: int) -> Iterator[Fact]:
    """An "adequate" counts with the words on the coming four weeks beside it; with an open condition it is conditional."""
    sentence = said[index]
    match = words("forms").search(sentence.text)
    if not match or re.search(r"\b(?:not|no|never|cannot|isn't|aren't)\b", match[0], re.IGNORECASE):
        return
    if about_another(sentence, match.start(), before(sentence.text, match.start())[-90:]):
        return
    if put_off(sentence.text, match.start(), match.end()) or NEGATED.search(sentence.text[: match.start()]):
        return
    if of_an_earlier_year(sentence):
        return
    if not stated(sentence, match) or not whole_patient(sentence.text):
        return
    around = said[max(0, index - REACH) : index + REACH + 1]
    steady = [(other, found) for other in around if (found := words("steady").search(other.text))]
    steady = [(one, found) for one, found in steady if not depends(one.text) and not words("unsure").search(one.text)]
    if depends(sentence.text):
        value, note = "conditional", "depends on something still open"
    elif not steady:
        value, note = "withheld", "does not speak of the four weeks after apheresis"
    else:
        value, note = "adequate", ""
    more = tuple(clip(other, found.start(), found.end()) for other, found in steady if other is not sentence)[:1]
    yield fact_of(
        sentence,
        match.start(),
        match.end(),
        concept="organ_function_statement",
        says="present",
        value=value,
        more=more,
        note=note,
    )


def of_an_earlier_year(sentence: Sentence) -> bool:
    """ "We found organ function adequate in 2024" was said of another treatment."""
    when = sentence.segment.when
    years = [int(year) for year in re.findall(r"\b(?:in|of|during) (20\d\d)", sentence.text)]
    return when is not None and any(year < when.first.year for year in years)


def whole_patient(text: str) -> bool:
    """A word on one organ (a cardiologist's) is no statement on organ function: three organs, or organs as such."""
    named = {name for name, pattern in ORGANS.items() if re.search(pattern, text, re.IGNORECASE)}
    return len(named) >= 3 or bool(re.search(r"\borgans?\b|\bend-?organ|\bphysiologic", text, re.IGNORECASE))


ORGANS = {
    "heart": r"\b(?:cardiac|hearts?)\b",
    "lung": r"\b(?:pulmonary|lungs?|respiratory)\b",
    "kidney": r"\b(?:renal|kidneys?)\b",
    "liver": r"\b(?:hepatic|liver)\b",
    "marrow": r"\b(?:marrow|hematopoietic|hematologic)\b",
    "brain": r"\b(?:neurologic\w*|brain)\b",
}


def stated(sentence: Sentence, match: re.Match[str]) -> bool:
    """A form's line counts only where it is ticked: "Organ function adequate for ..." alone is a question."""
    verb = (
        r"\b(?:is|are|remains?|has|have|judge[sd]?|find|found|consider(?:ed|s)?|deem(?:ed|s)?|believe|think|regard|certify|attest|appears?|works?|functions|function (?:well|adequately|properly|sufficiently)"
        r"|performs?|meets?|permits?|see|sees)\b"
    )
    if re.search(verb, sentence.text, re.IGNORECASE):
        return True
    if CHECKED.match(sentence.text):
        return True
    if "?" in sentence.text:
        return False
    if re.search(r"organ function(?: \w+)? ?[:\-–.]", match[0], re.IGNORECASE):
        return True
    return (
        sentence.document.kind in DICTATED and re.match(r"\W*(?:end-?|major )?organ f", sentence.text, re.I) is not None
    )
