"""Names of viral markers and words for their results, from knowledge/vocabulary/serology.yaml. Pure look-ups."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from chartproof.chart.find.labs.results import no_result
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression, Expressions
from chartproof.model import Code

#: Lines and sentences whose markers are kept: several readers ask.
REMEMBERED = 1 << 12
HEPATITIS_B = re.compile(
    r"\b(?:hep(?:atitis)? ?b|hbv|hbs|hb[sc]ag|anti-?hb|hep(?:atitis)? (?:serolog|panel|screen|marker|stud|test))",
    re.IGNORECASE,
)
#: "Hepatitis B vaccine", "carrier of hepatitis B", "hepatitis C treatment" are no test of the patient's.
NO_TEST_AFTER = re.compile(
    r"[\s-]*(?:vaccin\w*|immuni[sz]\w*|series|booster|carrier|treatment|therapy|prophylaxis|reactivation|virus carrier|infection"
    r"|disease|exposure|immune globulin|-safe|safe|retinitis|colitis|viremia|consult|clinic)\b",
    re.IGNORECASE,
)
OF_A_TEST = re.compile(r"ig[gm]|a[bg]\b|anti|dna|rna|pcr", re.IGNORECASE)
NO_TEST_BEFORE = re.compile(
    r"\b(?:carrier of|resolved|past|chronic|active|acute|treated|occult|history of|risk of|vaccinat\w+ (?:for|against)|exposure to)\s+(?:viral )?$",
    re.IGNORECASE,
)


EMPTY_BOX = re.compile(r"(?:\[ *\]|\( +\)|[☐□○]|_{2,})\s*$")
SHORT_NEGATIVE, SHORT_POSITIVE = re.compile(r"\bNR\b"), re.compile(r"(?<=\s)R(?=\s*(?:[,;.|]|$))")


@dataclass(frozen=True, slots=True)
class Mark:
    """A token of a serology statement: kind is marker, state or none; `value` the marker's id, the state, or why none."""

    kind: str
    value: str
    start: int
    end: int


@cache
def markers() -> dict[str, dict[str, Any]]:
    return dict(load("serology.yaml")["markers"])


@cache
def marker_patterns() -> Expressions[tuple[str, bool]]:
    """Each name by its marker, and whether it is one only where hepatitis B is spoken of."""
    rows = []
    for marker, rule in markers().items():
        for bare, key in ((False, "names"), (True, "bare")):
            for name in rule.get(key) or ():
                rows.append(((marker, bare), Expression(rf"(?<![\w])(?:{name})(?![\w])", re.IGNORECASE)))
    return Expressions(rows)


@cache
def state_pattern() -> Expression:
    states, signs = load("serology.yaml")["states"], load("serology.yaml")["glued"]
    order = ("negative", "indeterminate", "positive")
    words = {state: rf"(?<!\w)(?:{'|'.join(states[state])})(?!\w)" for state in order}
    for state, sign in signs.items():
        words[state] += (
            rf"|(?<=[a-zA-Z]){sign}(?=[,;./)]|\s*$|\s\()(?!.{{0,60}}\w-[a-z]{{4,}})|(?<=[a-zA-Z] ){sign}(?=\s*[,;)]|\s*$)"
        )
    return Expression("|".join(rf"(?P<{state}>{words[state]})" for state in order), re.IGNORECASE)


@cache
def hearsay() -> Expression:
    return Expression(r"\b(?:" + "|".join(load("serology.yaml")["hearsay"]) + r")\b", re.IGNORECASE)


@cache
def in_general() -> re.Pattern[str]:
    """ "POSITIVE OR NEGATIVE RESULTS DO NOT REPLACE PCR", "a reactive screen is followed by RNA"."""
    return re.compile("|".join(load("serology.yaml")["in_general"]), re.IGNORECASE)


@lru_cache(maxsize=REMEMBERED)
def found_markers(text: str, context: str = "") -> tuple[Mark, ...]:
    """Markers named in `text`, the longest at each place; bare names only where hepatitis B is spoken of around them."""
    near_b = bool(HEPATITIS_B.search(text) or HEPATITIS_B.search(context))
    hits = [
        Mark("marker", marker, match.start(), match.end())
        for (marker, bare), pattern in marker_patterns().to_try(text)
        if near_b or not bare
        for match in pattern.finditer(text)
    ]
    if not hits or in_general().search(text):
        return ()
    hits.sort(key=lambda mark: (mark.start, -mark.end))
    kept: list[Mark] = []
    for mark in hits:
        if kept and mark.start < kept[-1].end:
            continue
        kept.append(mark)
    return tuple(mark for mark in kept if is_test(text, mark))


def is_test(text: str, mark: Mark) -> bool:
    """Whether a test is named, and not the virus alone: "exposure to CMV" is none, "exposure to CMV (IgG positive)" is."""
    if NO_TEST_AFTER.match(text[mark.end :]):
        return False
    return bool(OF_A_TEST.search(text[mark.start : mark.end])) or not NO_TEST_BEFORE.search(text[: mark.start])


def marks(text: str, context: str = "") -> list[Mark]:
    """Markers, states and reasons for no result of `text`, left to right."""
    found = [*found_markers(text, context)]
    found += [Mark("none", match[0], *match.span()) for match in no_result().finditer(text)]
    for match in state_pattern().finditer(text):
        if EMPTY_BOX.search(text[: match.start()]):
            continue  # a choice that no one made
        if not any(mark.start < match.end() and mark.end > match.start() for mark in found):
            found.append(Mark("state", match.lastgroup or "", *match.span()))
    if SHORT_NEGATIVE.search(text):  # "HIV NR, CMV IgG R": where the one is written short, so is the other
        found += [Mark("state", "positive", *match.span()) for match in SHORT_POSITIVE.finditer(text)]
    return sorted(found, key=lambda mark: mark.start)


def state_of(text: str) -> str:
    """positive, negative or indeterminate as the words of a result say, else ""."""
    match = state_pattern().search(text)
    return (match.lastgroup or "") if match else ""


@cache
def by_loinc() -> dict[str, str]:
    return {code: marker for marker, rule in markers().items() for code in rule.get("loinc") or ()}


def of_codes(codes: Iterable[Code], label: str) -> str:
    """The marker of a coded entry: by LOINC where there is one, else by its label."""
    table = by_loinc()
    for code in codes:
        if code.system == "loinc" and code.code in table:
            return table[code.code]
    found = found_markers(label, "hepatitis b" if re.search(r"\bh(?:ep\w*)? ?b", label, re.IGNORECASE) else "")
    return found[0].value if found and found[0].start == 0 else ""


def concept_of(marker: str) -> str:
    return str(markers()[marker].get("concept", "")) if marker in markers() else ""


def value_of(marker: str, state: str) -> str:
    """The concept's word for a state: nucleic acids are detected or not_detected."""
    if markers()[marker].get("kind") == "nucleic_acid":
        return {"positive": "detected", "negative": "not_detected"}.get(state, state)
    return state
