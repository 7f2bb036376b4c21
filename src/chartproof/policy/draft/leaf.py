"""One test of a criterion: concept, operator, value, unit and window, from its words. None where they leave it open."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from chartproof.policy.draft.amounts import amount_of
from chartproof.policy.draft.specialists import specialty_of
from chartproof.policy.draft.windows import window_of
from chartproof.policy.draft.words import drafting, filled, measured, patterns


@dataclass(frozen=True, slots=True)
class Test:
    """One test. `value` is a number, True, a word or a list; `within_days` None where no window is printed."""

    concept: str
    op: str
    value: Any
    unit: str | None = None
    within_days: int | None = None
    window_text: str = ""


def read_test(text: str) -> Test | None:
    """The test that the words make, None where they leave it to judgement."""
    window, words, rest = window_of(text.lstrip(" •☐▪◦*-–—"))
    rest = measured("granted_for").sub("", measured("of_scale").sub("", measured("power").sub("", rest)))
    concept = concept_of(text)
    first = re.split(r"(?<=[a-z]{3}\.)\s+(?=[A-Z])", text, maxsplit=1)[0]  # what follows explains it
    absent = _is_absence(window_of(first)[2] if first != text and len(first.split()) > 2 else rest)
    if _satisfied().match(text.strip()):
        return Test(concept, "eq", "satisfied", None, window, words)
    rest = measured("explains").sub("", measured("defines").sub("", rest) if absent else rest)
    amount = amount_of(rest, absent=absent)
    if amount is not None:
        op, value, unit = amount
        return Test(concept, op, value, unit, window, words)
    state = _state(rest)
    if state and (not absent or state == "undetectable"):
        return Test(concept, "eq", state, None, window, words)
    if (who := specialty_of(rest)) is not None and not absent:
        return Test(concept, *who, None, window, words)
    if undefined_words(text):
        return None
    return Test(concept, "absent" if absent else "present", True, None, window, words)


@cache
def _satisfied() -> re.Pattern[str]:
    """Another entry's test, asked again: "line 10 is still satisfied"."""
    told = drafting()["tests"]
    return filled(told["satisfied"].replace("LABELS", told["labels"]))


def _state(text: str) -> str:
    """The state of a finding that the words name, "" for none."""
    found = [
        (match.start(), name)
        for name in drafting()["tests"]["states"]
        if (match := measured("states", name).search(text))
    ]
    return min(found)[1] if found else ""


def _is_absence(text: str) -> bool:
    """True where the words ask that something is not so; a "not" that is itself the finding, or an aside, is none."""
    plain = measured("failing").sub(" ", text)
    for match in measured("aside").finditer(plain):
        if not measured("window", "of_person").fullmatch(match["who"]):
            plain = plain.replace(match.group(), match["who"])
    return bool(measured("absent").search(plain))


def undefined_words(text: str) -> tuple[str, ...]:
    """The words of a test that leave it to judgement; none where a clinician's own statement is what is asked."""
    if any(one.search(text) for one in patterns("attested")):
        return ()
    return tuple(word for word in drafting()["undefined"] if re.search(rf"(?i)\b{re.escape(word)}\b", text))


def concept_of(text: str) -> str:
    """A name for what is tested, of its first telling words; the reviewer maps it to the vocabulary."""
    words = re.findall(r"[A-Za-z][A-Za-z0-9]+", re.sub(r"\([^)]*\)", " ", text))
    passed = {*drafting()["small"], *drafting()["silent"]}
    telling = [word.lower() for word in words if word.lower() not in passed]
    return "_".join(telling[:4]) or "criterion"
