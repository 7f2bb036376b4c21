"""Of whom a clause speaks, and the patient's sex as the chart's own words give it."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from chartproof.chart.context import about_another, before, cues
from chartproof.chart.find.entries import entries
from chartproof.chart.view import READINGS, Reading, Sentence
from chartproof.expressions import Expression
from chartproof.model import Case, DayRange, Fact

SEXED = Expression(
    r"\b(?=[\dsg])(?:\d{1,3}[- ]?(?:year|yr)s?[- ]old (?:[\w\-]+,? ){0,3}?(?P<noun>man|male|gentleman|woman|female|lady)\b"
    r"|\d{1,3} ?(?:yo|y/o|y\.o\.|yr)\.? (?:old )?(?P<short>man|male|woman|female|m|f)\b"
    r"|(?:sex|gender|sex at birth)\s*[:=|]?\s*(?P<label>male|female|m|f)\b"
    r"|\d{2}(?: ?(?:years?|yrs?|y|yo|y/o),? ?| |, |)(?P<bare>(?-i:M|F))\b(?![.\w]| (?:catheter|sheath|cells)))",
    re.IGNORECASE,
)
WORDS = {"male": ("man", "male", "gentleman", "m"), "female": ("woman", "female", "lady", "f")}
#: How many pronouns of one kind, and how many times the other kind's, settle it.
PLAIN = 4
SPEAK_OF_OTHERS = ("psychosocial", "donor_evaluation", "caregiver_form", "coordinator_log")
TITLED = re.compile(r"\b(?P<title>Mr|Mrs|Ms|Miss)\.? [A-Z]")
PRONOUN = re.compile(r"\b(?:(?P<female>she|her|hers|herself)|(?P<male>he|his|him|himself))\b", re.IGNORECASE)
RELATIVE = re.compile(
    r"^\s*(?:\(\s*|[-–:]\s*|in (?:his|her|the|a) |of (?:his|her|the) )(?:patient'?s )?(?:father|mother|brother|sister|son|daughter|husband"
    r"|wife|spouse|partner|uncle|aunt|grand\w+|cousin|mat\.|pat\.|maternal|paternal)\b",
    re.IGNORECASE,
)


@lru_cache(maxsize=READINGS)
def sex_of(reading: Reading, case: Case) -> str:
    """male, female or "": what the case says, else what most of the chart's headers and openings say."""
    given = case.patient.sex.strip().lower()[:1]
    if given in ("m", "f"):
        return "male" if given == "m" else "female"
    coded = {placed.entry.extra.get("gender", "").strip().lower()[:1] for placed in entries(reading, "patient")} & {
        "m",
        "f",
    }
    if len(coded) == 1:
        return "male" if coded == {"m"} else "female"
    votes: Counter[str] = Counter()
    for sentence in reading.sentences:
        for match in SEXED.finditer(sentence.text):
            word = next(group for group in match.groups() if group).lower()
            if not about_another(sentence, match.start(), before(sentence.text, match.start())):
                votes["male" if word in WORDS["male"] else "female"] += 2
        votes.update("male" if m["title"] == "Mr" else "female" for m in TITLED.finditer(sentence.text))
    ranked = (votes or spoken_of(reading)).most_common(2)
    if not ranked or (len(ranked) == 2 and ranked[0][1] < 2 * ranked[1][1]):
        return ""
    return ranked[0][0]


def spoken_of(reading: Reading) -> Counter[str]:
    """Votes of a chart that never states the sex: how its clinicians speak of the patient. A few words are too few."""
    votes: Counter[str] = Counter()
    for sentence in reading.sentences:
        if sentence.document.belongs is False or sentence.document.kind in SPEAK_OF_OTHERS:
            continue
        for match in PRONOUN.finditer(sentence.text):
            if not about_another(sentence, match.start(), before(sentence.text, match.start())):
                votes[str(match.lastgroup)] += 1
    ranked = votes.most_common(2)
    clear = ranked and ranked[0][1] >= PLAIN and (len(ranked) == 1 or ranked[0][1] >= PLAIN * ranked[1][1])
    return Counter(dict(ranked[:1])) if clear else Counter()


def sex_fact(reading: Reading, case: Case, sex: str) -> Fact | None:
    """The patient's sex with the words that record it, the plainest label first; None where no words do."""
    found: list[tuple[int, Sentence, re.Match[str]]] = []
    for sentence in reading.sentences:
        for match in SEXED.finditer(sentence.text):
            word = next(group for group in match.groups() if group).lower()
            own = not about_another(sentence, match.start(), before(sentence.text, match.start()))
            if own and sex and word in WORDS[sex] and sentence.document.belongs is not False:
                found.append((0 if match["label"] else 2 if match["bare"] else 1, sentence, match))
    if not found:
        return None
    _rank, sentence, match = min(found, key=lambda row: row[0])
    return Fact(
        id="", concept="sex", assertion="present", evidence=(sentence.span(match.start(), match.end()),), value=sex,
        when=DayRange.day(case.as_of), known=sentence.segment.when, document=sentence.document.id,
    )  # fmt: skip


def of_another(sentence: Sentence, start: int, end: int, *, previous: Sentence | None = None, sex: str = "") -> bool:
    """Whether the mention is of a relative, a caregiver or another person.

    `previous` is the sentence before: "Her wife is first caregiver. She has emphysema herself." `sex` the patient's.
    """
    text = sentence.text
    left = before(text, start)
    if about_another(sentence, start, left[-90:]) or RELATIVE.match(text[end : end + 30]):
        return True
    subject = list(PRONOUN.finditer(left))
    if subject and sex and subject[-1].lastgroup != sex and re.match(r"(?:she|he)$", subject[-1][0], re.IGNORECASE):
        return True
    opens = re.match(r"\W*(?:she|he|who)\b", text[:start], re.IGNORECASE)
    if opens and previous is not None and previous.segment == sentence.segment and not sex_told(sentence, sex):
        return bool(cues("family").search(previous.text) or re.search(r"\bcaregiver\b", previous.text, re.IGNORECASE))
    return False


def sex_told(sentence: Sentence, sex: str) -> bool:
    """Whether the pronoun that opens the sentence is the patient's own and the note is not about those around him."""
    opening = PRONOUN.match(sentence.text.lstrip())
    return bool(opening and sex and opening.lastgroup == sex and sentence.document.kind != "psychosocial")
