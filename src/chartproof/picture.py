"""A policy as a picture of its tree, on one page: criteria by kind, how they are joined, what each asks of the chart."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from chartproof.errors import InputError
from chartproof.model.policy import Body, Constant, Group, Policy, Rule
from chartproof.packet.look import prose, sentence
from chartproof.packet.typeset import draw
from chartproof.policy.english import constant_words, fact_words

TEMPLATE = "tree.typ"
FORMATS = ("pdf", "svg", "png")
#: Type sizes in points, the largest first that fits on one page; then the page grows.
SIZES = (9.0, 8.5, 8.0, 7.5, 7.0, 6.5, 6.0)
KINDS = {
    "precondition": "Before anything else", "necessity": "What makes it necessary", "exclusion": "What excludes it",
    "documentation": "What has to be in the file", "continuation": "To continue", "label": "The label",
}  # fmt: skip
JOINS = {"all": "all of", "any": "any of", "none": "none of", "first": "the first of these that the chart answers"}


def picture(policy: Policy, file: Path) -> bytes:
    """One page as PDF, SVG or PNG, by the file's ending. Raises InputError CP-CLI-10 for another ending."""
    form = file.suffix.lower().removeprefix(".")
    if form not in FORMATS:
        raise InputError("CP-CLI-10", "a picture is a .pdf, .svg or .png file", where=str(file))
    for size in SIZES:
        pages = draw(TEMPLATE, tree(policy, size=size), form=form)
        if len(pages) == 1:
            return pages[0]
    return draw(TEMPLATE, tree(policy, size=SIZES[-1], tall=True), form=form)[0]


def tree(policy: Policy, *, size: float, tall: bool = False) -> dict[str, Any]:
    """The tree for tree.typ; `tall` lets the page be as long as the tree."""
    kinds = dict.fromkeys(rule.kind for rule in policy.rules)
    return {
        "title": policy.title,
        "head": ", ".join(filter(None, (policy.id, f"edition of {prose(policy.edition)}" if policy.edition else ""))),
        "whose": "A draft: the document's words" if policy.id.startswith("draft/") else "Our words, not the payer's",
        "size": size,
        "tall": tall,
        "groups": [
            {"title": KINDS[kind], "rules": [_rule(rule, policy) for rule in policy.rules if rule.kind == kind]}
            for kind in kinds
        ],
    }


def _rule(rule: Rule, policy: Policy) -> dict[str, Any]:
    return {
        "id": rule.id,
        "says": sentence(rule.says),
        "confirm": not rule.verified,
        "basis": "" if rule.basis in ("", "policy") else rule.basis,
        "when": _node(rule.when, policy) if rule.when else None,
        "body": _node(rule.body, policy, rule.says),
        "unless": _node(rule.unless, policy) if rule.unless else None,
    }


def _node(body: Body, policy: Policy, says: str = "") -> dict[str, Any]:
    if isinstance(body, Group):
        join = f"at least {body.need} of" if body.kind == "at_least" else JOINS[body.kind]
        return {"join": join, "children": [_node(child, policy) for child in body.children]}
    if isinstance(body, Constant):
        return {"leaf": constant_words(body, says)}
    return {"leaf": fact_words(body, {term.name: term for term in policy.terms})}
