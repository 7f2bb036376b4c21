"""What the classes of a register are for, by the sentences that speak of them: "no line of class X (excluded) is true"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from chartproof.policy.draft.sections import KINDS, section_of, sentence_of
from chartproof.policy.draft.tags import tag_kind
from chartproof.policy.draft.words import pattern

#: Where a sentence that speaks of several classes goes on to the next one.
_COUNTS = "no|not one|none|every|each|all|any|both|either|one|at least"
_PARTS = re.compile(rf";\s+|,?\s+(?:and|but)\s+(?=(?:{_COUNTS})\b)|,\s+(?=(?:{_COUNTS})\b)")


def class_of(word: str, said: Sequence[str]) -> tuple[str, str]:
    """What is said of the class and the kind of its entries; "" where no sentence speaks of it, or none tells its kind."""
    names = re.compile(
        rf"(?i:\b(?:class|type|kind|category|group|letter|code)(?:es|s)?) [“\"‘']?{re.escape(word)}\b|[“\"‘']{re.escape(word)}[”\"’']"
        rf"|\b{re.escape(word)} (?:entry|entries|lines?|rows?|rules?|items?)\b"
    )
    told = next((part for one in said for part in _PARTS.split(one) if names.search(part)), "")
    return told, (_kind(told) if told else "") or tag_kind(word)


def cases_of(said: Iterable[str]) -> dict[str, str]:
    """What each class's entries are asked for, where the sentences set several requests apart: "must be met for a trial"."""
    found = {one: match["what"] for one in said if (match := pattern("grids", "class_case").search(one)) is not None}
    return {one: f"{what} requested" for one, what in found.items()} if len({*found.values()}) > 1 else {}


def _kind(told: str) -> str:
    """The kind by the words that tell of a class, in the order in which they are certain."""
    _, _, rest = told.partition(":")
    if rest and section_of(rest) == "limits" and not pattern("grids", "class_asks").search(rest):
        return "limits"
    if pattern("grids", "class_idle").search(told):
        return "aside"
    if pattern("grids", "class_none").search(told) or pattern("grids", "bars").search(told):
        return "exclusion"
    role = sentence_of(told)
    if role in ("documentation", "continuation", "definitions"):
        return KINDS[role]
    if pattern("seams", "paper").search(told) or pattern("columns", "documentation").search(told):
        return "documentation"
    case = pattern("grids", "class_case").search(told)
    if pattern("columns", "continuation").search(told) or (case and section_of(case["what"]) == "continuation"):
        return "continuation"
    return "necessity" if pattern("grids", "class_asks").search(told) else ""
