"""Exceptions in a paragraph of their own below an item: "Exception. A study of 3 years is accepted when ...".

One is set in from the item that it changes, and changes that alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.criterion import Criterion, first_words, renamed
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.placing import TOUCH
from chartproof.policy.draft.single import single
from chartproof.policy.draft.words import pattern

_NAMED = re.compile(r"Exceptions?[.:]\s+(?=\S)")


def exception_below(opened: Sequence[Node], line: Line) -> Node | None:
    """The exception that begins in this line, as part of the innermost open item from which it is set in; None where none does."""
    named = _NAMED.match(line.text) if line.height else None
    item = next((one for one in reversed(opened) if one.kind == "item" and one.left < line.left - TOUCH), None)
    if named is None or item is None:
        return None
    item.children.append(Node("exception", line.text[named.end() :], line.page, [line], left=line.left, parent=item))
    return item.children[-1]


def without_exceptions(node: Node) -> tuple[Node, list[Node]]:
    """The item without the exceptions below it, and those."""
    below = [child for child in node.children if child.kind == "exception"]
    return replace(node, children=[child for child in node.children if child not in below]) if below else node, below


def with_exceptions_of(one: Criterion, below: Sequence[Node]) -> Criterion:
    """The criterion: what is accepted in place of what it asks is a way beside that, all else takes it back."""
    ways: list[Criterion] = []
    for node in below:
        if one.kind in ("necessity", "continuation") and pattern("guards", "accepted").search(node.text):
            ways.append(accepted_way(f"{one.id}/x{len(ways) + 1}", node, one.kind))
        else:
            one = replace(one, unless=f"{one.unless}; {node.text}" if one.unless else node.text.strip(" ."))
    if not ways:
        return one
    asked = renamed(replace(one, unless=""), one.id, f"{one.id}/0")
    return replace(one, join="any", leaf=None, when="", children=(replace(asked, when=""), *ways))


def accepted_way(name: str, node: Node, kind: str) -> Criterion:
    """ "A child aged 4 or 5 is accepted when a surgeon agrees": whom or what is accepted, and what is asked then."""
    told = pattern("guards", "accepts").match(node.text)
    if told is None:
        return single(name, node, node.text, kind, is_made=True)
    own = single(f"{name}/a", node, told["what"], kind, is_made=True)
    asked = single(f"{name}/b", node, told["way"].strip(" ."), kind, is_made=True)
    plain = asked.join == "all" and not (asked.when or asked.unless)
    children = (own, *(asked.children if plain else (asked,)))
    return Criterion(name, kind, node.text, node.page, first_words(node.text), "all", made_id=True, children=children)
