"""Whether lung function has to be measured: tests called for or not, and a clinician's grade of the danger to breathing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from chartproof.chart.context import assertion, conditional
from chartproof.chart.find.deferral import chosen, unanswered
from chartproof.chart.find.lungs.smoked import expressions
from chartproof.chart.find.lungs.words import fact, pattern, pattern_of
from chartproof.chart.view import Sentence
from chartproof.model import Assertion, Fact

NEED = "lung_function_need"
#: Characters that the noun of danger, the organ and the degree may lie apart, and over which a negation reaches.
NEAR, REACH = 60, 60
CLAUSE = re.compile(r"[.;:](?:\s|$)|,? (?:but|although|though|however|while|whereas)\b|\n")


def need_in(sentence: Sentence) -> Iterator[Fact]:
    """present where the tests are needed or the risk is high; absent where they are not or it is not."""
    text = chosen(sentence.text)
    if unanswered(text) or expressions("people").search(text):
        return
    graded = grade(text)
    if graded:
        start, end, high = graded
        judged = pattern_of("judging").sub(lambda match: " " * len(match[0]), text)
        says = assertion(replace(sentence, text=judged), start, end)
        if says != "family":
            stands = not conditional(sentence, start) and (not high or says != "planned")
            verdict: Assertion = "present" if high else "absent"
            yield fact(sentence, start, end, NEED, verdict if stands else "planned")
    for match in pattern_of("tests").finditer(text):
        says_need = needed(text, match)
        if says_need and not (says_need == "present" and conditional(sentence, match.start())):
            later = re.match(r".{0,40}\bif\b", text[match.end() :], re.IGNORECASE)
            yield fact(sentence, match.start(), match.end(), NEED, "planned" if later else says_need)


def grade(text: str) -> tuple[int, int, bool] | None:
    """(start, end, whether high) of the danger to breathing that a clause grades; None where none does.

    "Respiratory risk is low", "high pulmonary complication risk", "not someone in danger from a respiratory standpoint".
    """
    for danger in pattern_of("danger").finditer(text):
        left = max((match.end() for match in CLAUSE.finditer(text, 0, danger.start())), default=0)
        behind = CLAUSE.search(text, danger.end())
        right = behind.start() if behind else len(text)
        if behind and behind[0].startswith(":"):  # "Respiratory risk: low"
            following = CLAUSE.search(text, behind.end())
            right = following.start() if following else len(text)
        organ = nearest("breathing", text, (left, right), danger)
        if organ is None or not pattern_of("between").fullmatch(gap(text, organ, danger)):
            continue
        place = (max(left, min(organ.start(), danger.start()) - NEAR), right)
        low, high = nearest("low", text, place, danger), nearest("high", text, place, danger)
        degree = min((one for one in (low, high) if one), key=lambda one: apart(one, danger), default=None)
        first = min(one.start() for one in (organ, danger, degree) if one)
        turned = bool(pattern_of("turned").search(text, max(left, first - REACH), first))
        if degree is None and not (turned and pattern_of("outcome").search(text, left, right)):
            continue  # "at risk" is no grade
        last = max(one.end() for one in (organ, danger, degree) if one)
        return first, last, (degree is high and degree is not None) != turned if degree else False
    return None


def nearest(name: str, text: str, place: tuple[int, int], danger: re.Match[str]) -> re.Match[str] | None:
    """The expression's match in [place) that is nearest to the noun of danger, if near enough."""
    found = [one for one in pattern_of(name).finditer(text, *place) if apart(one, danger) <= NEAR]
    found = [one for one in found if "," not in gap(text, one, danger)]
    return min(found, key=lambda one: apart(one, danger), default=None)


def gap(text: str, one: re.Match[str], other: re.Match[str]) -> str:
    """The words between the two."""
    return text[min(one.end(), other.end()) : max(one.start(), other.start())]


def apart(one: re.Match[str], other: re.Match[str]) -> int:
    return max(one.start() - other.end(), other.start() - one.end(), 0)


def needed(text: str, match: re.Match[str]) -> Assertion | None:
    left, right = text[: match.start()][-90:], text[match.end() :][:80]
    if pattern("no_need_after").match(right) or pattern("no_need_before").search(left):
        return "absent"
    if pattern("need_after").match(right) or pattern("need_before").search(left):
        return "present"
    return None
