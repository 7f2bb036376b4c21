"""The words by which a paper speaks of the plan's pharmacy and of the drug that is asked for."""

from __future__ import annotations

import re
from functools import cache, lru_cache

from chartproof.chart.context import conditional
from chartproof.chart.find.drugs import mentions
from chartproof.chart.find.statements import either
from chartproof.chart.view import Sentence
from chartproof.chart.vocabulary import load
from chartproof.expressions import Expression
from chartproof.model import Case

#: Texts of which it is kept which drugs they name: a document is asked for each of its parts.
REMEMBERED = 1 << 10


@cache
def words(name: str) -> Expression:
    part = load("judgements.yaml")["pharmacy"]
    patterns = part[name] if isinstance(part[name], list) else [part[name]]
    return either(patterns, {name: part[name] for name in ("granted", "denying")})


@lru_cache(maxsize=REMEMBERED)
def ids(text: str) -> frozenset[str]:
    """The cell products that a text names, under any of their names or by the code that bills them."""
    drugs = load("drugs.yaml")["drugs"]
    found = {drug for mention in mentions(text) for drug in mention.drugs}
    billed = {
        drug for code, drug in load("judgements.yaml")["pharmacy"]["codes"].items() if re.search(rf"\b{code}\b", text)
    }
    return frozenset(billed | {drug for drug in found if drugs[drug].get("role") == "cell_therapy"})


def names_drug(text: str, case: Case) -> bool:
    """Whether the paper is about the drug that is asked for; where none is, about any engineered cells."""
    if not case.drug:
        return bool(ids(text)) or bool(re.search(r"\bcar-?t\b", text, re.IGNORECASE))
    literal = re.search(rf"\b{re.escape(case.drug)}\b", text, re.IGNORECASE)
    return bool(literal or ids(case.drug) & ids(text))


def of_the_drug(sentence: Sentence) -> bool:
    """Whether the sentence, or the title over it, speaks of the pharmacy's part or names the cells."""
    near = f"{sentence.heading} {sentence.label} {sentence.text}"
    return bool(words("about").search(near) or ids(sentence.text))


def of_another_drug(text: str, case: Case) -> bool:
    """Whether the sentence decides on another drug, or on the stay, the procedure or the visit."""
    named = {drug for mention in mentions(text) for drug in mention.drugs}
    if named and case.drug and not named & (ids(case.drug) or named):
        return True
    if named and not ids(text):
        return True
    return bool(words("not_the_drug").search(text)) and not ids(text)


def may_be(sentence: Sentence, start: int) -> bool:
    """Whether the plan says only what may come of an appeal ("if we reverse our denial", "a reviewer may overturn")."""
    left = sentence.text[:start]
    return conditional(sentence, start) or bool(
        re.search(r"\b(?:may|might|can|could|would|whether|unless)\b[^.;]{0,40}$", left, re.I)
    )
