"""Sentences that say that the patient has no comorbid condition: who denies what, besides what.

A noun of illness is denied, and something shows that all illness is meant: an adjective ("no other medical problem"),
what is left out ("no illness other than the lymphoma"), or a row of organs ("denies cardiac, renal or hepatic disease").
"""

from __future__ import annotations

import re
from functools import cache

from chartproof.chart.context import conditional
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression

CLAUSE = re.compile(r"[.;](?:\s|$)|\n")
#: Organs that have to be named before a denial of their illnesses is one of all.
ORGANS = 4


@cache
def part(name: str) -> str:
    """One alternation for a list of `none_of` in conditions.yaml."""
    return "(?:" + "|".join(load("conditions.yaml")["none_of"][name]) + ")"


@cache
def patterns() -> dict[str, Expression]:
    """The ways to deny all comorbid illness."""
    words = rf"(?:(?:{part('kinds')}|{part('broad')}|{part('extra')}|and|or)\W+)*"
    denied = rf"\b{part('denied')}\W+{words}"
    alone = rf"\b{part('sole')}\W+{words}{part('nouns')}\b"
    rows = {
        "all": rf"{denied}(?<![\w-]){part('broad')}\W+{words}{part('nouns')}\b",
        "others": rf"{denied}(?<![\w-]){part('extra')}\W+{words}{part('ills')}\b",
        "comorbid": rf"{denied}{part('comorbid')}\b",
        "besides": rf"{denied}{part('nouns')}\b\W+(?:\w+\W+){{0,2}}{part('besides')}\b[^.;]{{0,30}}\b{part('cancer')}\b",
        "listed": rf"{denied}{part('nouns')}\b[^.;]{{0,20}}\b{part('on_list')}\b",
        "besides_first": rf"\b{part('besides')}\b[^.;]{{0,40}}\b{part('cancer')}\b[^.;]{{0,40}}(?:{denied}{part('nouns')}|\b{part('well')})\b",
        "only": rf"{alone}[^.;]{{0,16}}\b{part('cancer')}\b",
        "only_last": rf"\b{part('cancer')}\b[^.;]{{0,20}}{alone}|\b{part('cancer')}[- ]related {part('nouns')} only\b",
        "label": rf"\b{part('labels')}(?:\s*\([^()]*\))?\s*(?:is |was |[:=|-]\s*)?{part('nothing')}(?![\w-])",
        "index": rf"\b{part('index')}\b[^.;\n\d(]{{0,40}}?\b(?:0|zero)\b(?!\s*(?:[-–/.]|to\b)\s*\d|\s*\|)",
        "healthy": rf"\botherwise (?:previously )?{part('well')}\W+(?:and \w+ )?(?:\d\d\b|man|woman|male|female|person|adult|gentleman|lady|individual)",
    }  # fmt: skip
    return {name: Expression(row, re.IGNORECASE) for name, row in rows.items()}


def none_said(sentence: Sentence) -> re.Match[str] | None:
    """The words that say that there are no comorbid conditions, None where they do not, or only under a condition."""
    text = sentence.text
    found = [match for pattern in patterns().values() for match in pattern.finditer(text)]
    organs = organs_denied(text)
    for match in sorted([*found, *([organs] if organs else [])], key=lambda one: one.start()):
        behind = text[match.end() :]
        if re.match(part("but"), behind, re.IGNORECASE) or re.search(part("unless"), text, re.IGNORECASE):
            continue
        if not conditional(sentence, match.start()) and not text.rstrip().endswith("?"):
            return match
    return zeros(sentence)


def organs_denied(text: str) -> re.Match[str] | None:
    """ "Denies cardiac, renal, hepatic or pulmonary illness": so many organs that all illness is meant."""
    row = rf"\b{part('denied')}\W+(?:(?:{part('kinds')}|{part('organs')}|and|or)\W+){{{ORGANS},}}{part('nouns')}\b"
    match = re.search(row, text, re.IGNORECASE)
    named = re.findall(rf"\b{part('organs')}\b", match[0], re.IGNORECASE) if match else []
    return match if len(named) >= ORGANS else None


def zeros(sentence: Sentence) -> re.Match[str] | None:
    """The total of a comorbidity index's own sheet: "Total 0" on a page that the index titles."""
    total = re.search(r"\btotal(?: score)?\W{1,3}(?:0|zero)\b(?!\s*[-–/.]\s*\d)", sentence.text, re.IGNORECASE)
    top = sentence.page.text[max(0, sentence.start - 700) : sentence.start]
    return total if total and re.search(rf"\b{part('index')}\b", top, re.IGNORECASE) else None
