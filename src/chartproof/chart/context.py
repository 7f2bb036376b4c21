"""Assertion of a mention from the words around it: present, absent, historical, planned, family.

The cue lists are data (knowledge/vocabulary/context.yaml). A cue reaches to the
nearest terminator or the end of the sentence.
"""

from __future__ import annotations

import re
from functools import cache

from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.model import Assertion

NOT_A_NEGATION = re.compile(
    r"\b(?:not only|no (?:change|doubt|barrier|contraindication|objection|restriction)|not (?:just|merely))\b", re.I
)  # fmt: skip


@cache
def cues(name: str) -> re.Pattern[str]:
    """One pattern for a cue list; word boundaries where the cue starts or ends in a letter."""
    parts = []
    for cue in load("context.yaml")[name]:
        left = r"\b" if re.match(r"\w|\(\?:\w", cue) else ""
        right = r"\b" if re.search(r"[\w)]$", cue) else ""
        parts.append(f"{left}(?:{cue}){right}")
    return re.compile("|".join(parts), re.IGNORECASE)


def before(text: str, start: int) -> str:
    """The words that can reach the mention from the left, cut at the last terminator."""
    left = text[:start]
    last = 0
    for match in cues("terminators").finditer(left):
        last = match.end()
    return left[last:]


def after(text: str, end: int) -> str:
    right = text[end:]
    match = cues("terminators").search(right)
    return right[: match.start()] if match else right


def assertion(sentence: Sentence, start: int, end: int, *, person: bool = True, reach: int = 90) -> Assertion:
    """How the sentence asserts its characters [start, end).

    `person` False leaves out the family test, for judgements that name relatives in passing ("he and his wife agree").
    `reach` limits how many characters away a cue may stand.
    """
    text = sentence.text
    left, right = before(text, start)[-reach:], after(text, end)[:reach]
    if person and about_another(sentence, start, left):
        return "family"
    left = NOT_A_NEGATION.sub(lambda m: " " * len(m[0]), left)
    if cues("negation_before").search(left) or cues("negation_after").search(right[:60]):
        return "absent"
    if (
        conditional(sentence, start)
        or cues("hypothetical_before").search(left)
        or cues("hypothetical_after").search(right[:50])
    ):
        return "planned"
    if cues("planned_before").search(left[-45:]) or cues("planned_after").search(right[:60]):
        return "planned"
    if cues("historical_before").search(left[-60:]) or cues("historical_after").search(right[:40]):
        return "historical"
    return "present"


def about_another(sentence: Sentence, start: int, left: str) -> bool:
    """Whether the mention is of a relative, donor or caregiver: by heading, by lead-in, or by the clause's subject."""
    headings = load("context.yaml")["family_headings"]
    for title in (sentence.heading.lower().strip(" :"), sentence.label.lower().strip(" :")):
        if title in headings or title.startswith("family"):
            return True
    mentions = list(cues("family").finditer(left))
    if not mentions:
        return False
    # "Father: emphysema", "her mother has ..." but not "his wife says that he ..."
    return not re.search(r"\b(?:he|she|patient|pt|him|mr|mrs|ms)\b", left[mentions[-1].end() :], re.IGNORECASE)


def of_another(sentence: Sentence, start: int) -> bool:
    """Whether the mention is plainly another person's: opened with "Donor:", or right behind "father's".

    Narrower than `about_another`, for statements that name relatives in passing.
    """
    opened = re.match(r"\W*(?:(?:the|his|her|patient's|pt's) )?([\w-]+?)(?:['’]s? |: | - )", sentence.text[:40])
    owner = re.search(r"([\w-]+)['’]s? (?:[\w-]+ )?$", sentence.text[:start][-40:])
    persons = [match[1].lower() for match in (opened, owner) if match]
    # What burdens the family or the caregiver is said of the patient's own case.
    return any(cues("family").fullmatch(one) for one in persons if one not in ("family", "caregiver", "parents"))


def conditional(sentence: Sentence, start: int) -> bool:
    """Whether an "if", "should ..." or "were to" opens the clause in which the mention stands."""
    clause = re.split(r"[.;]\s", sentence.text[:start])[-1]
    return bool(
        re.search(
            r"(?:^|[\s(,*])(?:if|unless|in case|(?<!\bI )(?<!\bwe )should (?!be )\w+|were \w+ to|in the event)\b",
            clause,
            re.IGNORECASE,
        )
    )
