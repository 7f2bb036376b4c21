"""A clinician's statement on organ function: adequate (now, and for the four weeks after apheresis), or not yet."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from chartproof.chart.context import about_another, before
from chartproof.chart.find.deferral import BOX, CLAUSE, OPEN_BOX, put_off, unfilled
from chartproof.chart.find.statements import (
    CHECKED,
    about_treatment,
    clip,
    depends,
    document_texts,
    either,
    fact_of,
    says_nothing,
)
from chartproof.chart.view import Reading, Segment, Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Case, Fact

WHERE = ("clinic_note", "consult_note", "attestation", "provider_letter", "committee")
#: How far, in sentences, the words on the coming four weeks may stand from the statement itself.
REACH = 4
#: Sentences before "each of them is equal to" that may name the organs.
BACK = 2
NEGATED = re.compile(r"(?:\b(?:not|never|cannot|no longer|hardly)|n['’]t)\s+(?:\w+\s+)?$", re.IGNORECASE)
#: Notes in which "Organ function adequate for apheresis" is said, not asked as in a form.
DICTATED = ("clinic_note", "consult_note")
#: No form is worded so.
SPOKEN = r"\b(?:ok|okay|fine|(?:good|strong|well) enough|up to|equal to|all (?:good|up|adequate|fit|ready))\b(?!\W*\?)"


@cache
def words(name: str) -> re.Pattern[str]:
    part = load("judgements.yaml")["organ_function"]
    return either(part[name], {key: value for key, value in part.items() if isinstance(value, str)})


@cache
def words_of_target() -> re.Pattern[str]:
    return either([r"\b{target}"], load("judgements.yaml")["organ_function"])


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


def not_ticked(text: str) -> bool:
    """A form's "[ ] Yes [ ] No" that no one answered, or answered with no."""
    boxes = bool(OPEN_BOX.search(text))
    return boxes and (not re.search(BOX, text) or bool(re.search(rf"{BOX}\s*no\b", text, re.IGNORECASE)))


def statements(said: list[Sentence]) -> Iterator[Fact]:
    for index, sentence in enumerate(said):
        text = sentence.text
        if says_nothing(sentence) or words("quoting").search(text) or not_ticked(text):
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
    match, named = form_of(said, index)
    if not match:
        return
    if about_another(sentence, match.start(), before(sentence.text, match.start())[-90:]):
        return
    if words("open").search(CLAUSE.split(sentence.text[: match.start()] + lead_of(match))[-1]):
        return
    if put_off(sentence.text, match.start(), match.end()) or NEGATED.search(sentence.text[: match.start()]):
        return
    if of_an_earlier_year(sentence) or of_another_aim(sentence):
        return
    if not stated(sentence, match) or not whole_patient(named):
        return
    around = said[max(0, index - REACH) : index + REACH + 1]
    steady = [(other, found) for other in around if (found := words("steady").search(other.text))]
    steady = [
        (one, found)
        for one, found in steady
        if not depends(one.text) and not unfilled(one.text) and not words("unsure").search(one.text)
    ]
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


def form_of(said: list[Sentence], index: int) -> tuple[re.Match[str] | None, str]:
    """The words of adequacy, and the text that names the organs: "each of them" is of those that were named before."""
    sentence = said[index]
    clear = words("clear").search(sentence.text)
    if clear:
        return clear, sentence.text
    match = words("forms").search(sentence.text)
    if match and not refused(match):
        return match, sentence.text
    match = words("pronoun_forms").search(sentence.text)
    if not match or refused(match):
        return None, ""
    before_it = [
        one.text
        for one in said[max(0, index - BACK) : index]
        if (one.label, one.heading) == (sentence.label, sentence.heading)
    ]
    return match, " ".join([sentence.label, *before_it, sentence.text])


def lead_of(match: re.Match[str]) -> str:
    """The words of the match but its last: "they may be adequate" is open, "adequate for what may come" is not."""
    return re.split(words_of_target(), match[0], maxsplit=1)[0]


def refused(match: re.Match[str]) -> bool:
    return bool(re.search(r"\b(?:not|no|never|cannot|neither|nor|hardly|barely)\b|n['’]t\b", match[0], re.IGNORECASE))


def of_another_aim(sentence: Sentence) -> bool:
    """ "Adequate for anesthesia" is no word on cells: another procedure is named, and this treatment is not."""
    return bool(words("other_aim").search(sentence.text)) and not words_of_target().search(sentence.text)


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
    "heart": r"\b(?:cardiac|hearts?|l?v?ef|echo\w*|tte|cardiovascular)\b",
    "lung": r"\b(?:pulmonary|lungs?|respiratory|pfts?|dlco|spo2|sats?)\b",
    "kidney": r"\b(?:renal|kidneys?|cr|crcl|creatinine|egfr)\b",
    "liver": r"\b(?:hepatic|liver|lfts?|bilirubin|bili|transaminases|ast|alt)\b",
    "marrow": r"\b(?:marrow|hematopoietic|hematologic)\b",
    "brain": r"\b(?:neurologic\w*|brain)\b",
}


def stated(sentence: Sentence, match: re.Match[str]) -> bool:
    """A form's line counts only where it is ticked: "Organ function adequate for ..." alone is a question."""
    verb = (
        r"\b(?:is|are|remains?|has|have|judge[sd]?|find|found|consider(?:ed|s)?|deem(?:ed|s)?|believe|think|regard|certify|attest|appears?|works?|functions|function (?:well|adequately|properly|sufficiently)"
        r"|performs?|checks? out|pass(?:es)? muster|measures? up|meets?|permits?|see|sees|will|can|should)\b|['’](?:ll|re|s)\b|\b(?:they|each) (?:\w+ )?(?:tolerate|allow|support)s?\b"
    )
    if re.search(verb, sentence.text, re.IGNORECASE):
        return True
    if CHECKED.match(sentence.text):
        return True
    if sentence.document.kind in DICTATED and re.search(SPOKEN, sentence.text, re.IGNORECASE):
        return True
    if re.search(r"[:?]\s*yes\b(?!\s*[/|])", sentence.text, re.IGNORECASE):
        return True
    if "?" in sentence.text:
        return False
    if sentence.document.kind in DICTATED and re.match(r"(?:no|nothing|without)\b", match[0], re.IGNORECASE):
        return True
    if re.search(r"organ function(?: \w+)? ?[:\-–.]", match[0], re.IGNORECASE):
        return True
    return (
        sentence.document.kind in DICTATED
        and re.match(r"\W*(?:end[- ]?|major )?organ f", sentence.text, re.I) is not None
    )
