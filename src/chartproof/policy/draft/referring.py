"""Sentences that speak of the entries below them by what is printed: "if B1 and B2 are shown", "one box of sheet B"."""

from __future__ import annotations

import re
from collections.abc import Sequence

from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.words import pattern


def refers(lead: str, items: Sequence[Node], heading: Node | None) -> bool:
    """True where the sentence names the part, or most of its entries or the first and the last, by their labels."""
    labels = _labels(items)
    if len(labels) < len(items) or not labels or pattern("grids", "answers").search(lead):
        return False  # "questions 3 to 4 are answered NO" says which answer each wants
    part = heading.label.text if heading is not None and heading.label is not None else ""
    if " " in part and _places([part.lower()], lead.lower()):
        return True
    named = _places(labels, lead)
    return len(labels) > 1 and ({labels[0], labels[-1]} <= set(named) or len(named) * 2 > len(labels))


def referred_join(lead: str, items: Sequence[Node]) -> str:
    """ "any" where "or" stands between the labels that the sentence names, "" where it says nothing of them."""
    places = sorted(_places(_labels(items), lead).values())
    between = lead[places[0] : places[-1]] if len(places) > 1 else ""
    return "any" if re.search(r"\bor\b", between) else "all" if re.search(r"\band\b", between) else ""


def told_join(lead: str, items: Sequence[Node]) -> str:
    """ "any" where a lead names two findings with "or" and its entries say what each is: "failure or intolerance, where ..."."""
    named = re.search(r"(?P<names>[^.;:]+\sor\s[^.;:]+?),?\s+(?:where|in which)$", lead.strip().lower())
    begun = [" ".join(item.text.lower().split()[:2]) for item in items]
    return "any" if named is not None and len(items) > 1 and all(words in named["names"] for words in begun) else ""


def _labels(items: Sequence[Node]) -> list[str]:
    return [item.label.text for item in items if item.label is not None and item.label.kind != "bullet"]


def _places(labels: Sequence[str], text: str) -> dict[str, int]:
    """Where each label stands in the text that it stands in; one letter is none at a sentence's beginning."""
    found = {label: re.search(rf"(?<![\w.-])(?<!^){re.escape(label)}(?![\w-])(?!\.\d)", text) for label in labels}
    return {label: match.start() for label, match in found.items() if match is not None}
