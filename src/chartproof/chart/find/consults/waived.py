"""Sentences that say that no specialist is asked: who is not needed for what, in the words of the treating team."""

from __future__ import annotations

import re
from functools import cache

from chartproof.chart.find.consults.words import cue, specialties
from chartproof.chart.find.deferral import chosen
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression

#: Under a condition nothing is waived.
CONDITION = re.compile(r"\b(?:if|when|whether|unless|should (?:he|she|they|the))\b", re.IGNORECASE)
#: "No consult yet", "none needed until the echo": the question is open.
OPEN = re.compile(r"\W{0,2}(?:yet|until|now|today|pending|so far)\b", re.IGNORECASE)


def waivers(text: str) -> list[tuple[int, int]]:
    """The places whose words say that no opinion is needed, of anyone or of the specialties that they name.

    "No cardiac or ID consult indicated", "cards not needed - no hx", "nephrology was not consulted because ...".
    """
    told = chosen(text)
    if CONDITION.search(told) or told.rstrip().endswith("?"):
        return []
    said = (match for match in patterns().finditer(told) if not OPEN.match(told, match.end()))
    found = [(match.start(), match.end() + len(reasons(match, told))) for match in said]
    for _name, pattern in specialties():
        for named in pattern.finditer(told):
            needless = cue("unneeded").match(told, named.end())
            if needless:
                found.append((named.start(), needless.end()))
    return found


def reasons(match: re.Match[str], text: str) -> str:
    """What goes on behind "Consults: none required": the organs that it names are why, and nobody is asked."""
    none = re.search(r"\bnone(?: \w+)?$", match[0], re.IGNORECASE)
    found = re.match(r"(?: \w+)?\W{0,2}\([^()]*\)", text[match.end() :]) if none else None
    return found[0] if found else ""


@cache
def part(name: str) -> str:
    return "(?:" + "|".join(load("specialties.yaml")["waived"][name]) + ")"


@cache
def organs() -> str:
    """Any name of a specialty, whole or bare, or its adjective."""
    rules = load("specialties.yaml")["specialties"].values()
    names = [
        *(word for rule in rules for word in rule.get("bare", ())),
        *(word for rule in rules for word in rule["words"]),
        *(rule["adjective"] for rule in rules if "adjective" in rule),
    ]
    return "(?:" + "|".join(f"(?:{name})" for name in names) + ")"


@cache
def patterns() -> Expression:
    """The ways to waive, in one expression.

    "Specialist clearance: not applicable", "no cardiac, renal or ID consult indicated", "consults: none", "comfortable
    without sending her to cardiology or anyone else".
    """
    whom = rf"(?:(?:{part('scope')}|{organs()}|and|or|nor)\W+)"
    rows = (
        rf"\b{part('scope')}\W+(?:{part('scope')}\W+)*{part('noun')}(?: (?:is|are|was|were))?\W{{1,3}}{part('needless')}(?![\w-])",
        rf"\b{part('denied')}\W+{whom}*{part('noun')}\W+(?:(?:is|are|was|were|has been|have been)\W+)?{part('wanted')}\b",
        rf"\b{part('denied')}\W+(?:{part('scope')}\W+)+{part('noun')}\s*(?:$|[.;,])",
        r"\bconsult(?:ation)?s?(?: (?:requested|needed|required|asked for))?[^\w.;]{0,60}(?:\[\s*[xX]\s*\]\s*)?none\b",
        rf"\bnone (?:is |are |was )?{part('wanted')}\b[^.;]{{0,30}}\b(?:nor|or) (?:from|by|of) {part('anyone')}\b",
        rf"\b{part('comfortable')}\b\W+(?:(?:an?|the)\W+)?(?:{part('scope')}(?:['\u2019]s)?\W+)+{part('noun')}\b",
        rf"\b(?:{part('scope')}\W+)?{part('noun')}\W+(?:(?:from|by|of) {part('anyone')}\W+)?{part('wanted')}\b[^.;:]{{0,40}}[:|]\W*(?:\[ ?[xX] ?\]\W*)?(?:none|no|nil|0)\b(?!\W*[/|])",
        rf"\b{part('comfortable')}\b\W+(?:\w+\W+){{0,2}}?{part('sending')}\b[^.;]{{0,40}}\b(?:{part('anyone')})\b",
    )
    return Expression("|".join(rows), re.IGNORECASE)
