"""Answers of several sentences to a question of yes or no: each sentence that says yes is a way of its own.

"Does another tumor count? One of the lung does. So does one of the liver. One of the skin counts only when it has spread."
"""

from __future__ import annotations

import re
from dataclasses import replace

from chartproof.policy.draft.criterion import Criterion, first_words
from chartproof.policy.draft.items import made
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sectioned import Section
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.single import single
from chartproof.policy.draft.words import pattern


def ways_of_answer(section: Section) -> Criterion | None:
    """The answer below a question of yes or no as one criterion; None where a sentence of it is no yes."""
    heading = section.heading
    if heading is None or section.kind not in ("", "necessity") or not pattern("replies", "asks").search(heading.text):
        return None
    plain = all(node.kind == "paragraph" and not node.children for node in section.nodes)
    said = [(node, one) for node in section.nodes for one in sentences(node.text)] if plain else []
    if len(said) < 2 or not all(pattern("replies", "says_yes").search(one) for _, one in said):
        return None
    name = heading.id or made(heading)
    ways = tuple(_way(f"{name}/{n}", node, one) for n, (node, one) in enumerate(said, 1))
    return Criterion(
        name, "necessity", heading.text, heading.page, first_words(heading.text), "any", made_id=not heading.id,
        children=ways,
    )  # fmt: skip


def _way(name: str, node: Node, said: str) -> Criterion:
    """One sentence without the words that only say yes."""
    told = pattern("replies", "only_yes").sub("", said)
    one = single(name, node, re.sub(r"\s+([.,])", r"\1", told).strip(), "necessity", is_made=True)
    return replace(one, text=said, find=first_words(said), made_id=True)
