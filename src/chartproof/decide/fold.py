"""The three-valued fold: leaf answers up the tree, with a trace of one line a step and the leaves that carry it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chartproof.model.rows import Criterion, LeafResult, Node, Rows

#: Reasons that mean "nothing was said"; `first` goes on to the next child only after one of these.
SILENT = frozenset({"no_evidence", "stale", "unsigned"})
#: The reason that is shown for an unknown node, the most telling first.
TELLING = (
    "untranslated", "term_undefined", "conflicting", "needs_judgement", "unit_unusable", "date_imprecise", "unanchored",
    "unsigned", "stale", "no_evidence",
)  # fmt: skip
WORDS = {1: "yes", 0: "unknown", -1: "no"}


@dataclass(frozen=True, slots=True)
class Folded:
    """A node's answer. `carriers` are the leaf ids that the answer rests on, in the order of the tree; `applies`, of a
    criterion, those by which it is asked of this patient."""

    truth: int
    reason: str
    carriers: tuple[str, ...]
    trace: tuple[str, ...]
    silent: bool = False
    applies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tree:
    """Nodes and children by id, for one compiled policy."""

    nodes: Mapping[str, Node]
    children: Mapping[str, tuple[str, ...]]


def tree_of(rows: Rows) -> Tree:
    """The tree of a compiled policy."""
    children: dict[str, list[str]] = {}
    for edge in sorted(rows.edges, key=lambda edge: (edge.parent, edge.position)):
        children.setdefault(edge.parent, []).append(edge.child)
    return Tree({node.id: node for node in rows.nodes}, {key: tuple(value) for key, value in children.items()})


def fold_criterion(criterion: Criterion, tree: Tree, results: Mapping[str, LeafResult]) -> Folded:
    """The criterion's answer: `when` first (not applicable where it is no, unknown where it is unknown), then the
    body, then `unless` (an exception that holds satisfies the criterion)."""
    before: tuple[str, ...] = ()
    applies: tuple[str, ...] = ()
    if criterion.when:
        when = fold_node(criterion.when, tree, results)
        before = (*when.trace, f"applies: {WORDS[when.truth]}")
        if when.truth < 0:
            return Folded(1, "not_applicable", when.carriers, before)
        if when.truth == 0:
            return Folded(0, when.reason, when.carriers, before, when.silent)
        applies = when.carriers
    body = fold_node(criterion.body, tree, results)
    answer = Folded(body.truth, body.reason, body.carriers, (*before, *body.trace), body.silent, applies)
    if criterion.unless and body.truth < 1:
        exception = fold_node(criterion.unless, tree, results)
        trace = (*answer.trace, *exception.trace, f"exception: {WORDS[exception.truth]}")
        if exception.truth > 0:
            return Folded(1, "exception_applies", exception.carriers, trace, applies=applies)
        truth = max(body.truth, exception.truth)
        carriers = body.carriers if truth == body.truth else exception.carriers
        reason = body.reason if truth == body.truth else exception.reason
        return Folded(truth, reason, carriers, trace, applies=applies)
    return answer


def fold_node(node_id: str, tree: Tree, results: Mapping[str, LeafResult]) -> Folded:
    """The answer of one node: all = min, any = max, none = minus max, at_least = two counts, first = see SILENT."""
    node = tree.nodes[node_id]
    if node.kind == "leaf":
        result = results[node_id]
        line = f"{node_id}: {WORDS[result.truth]} ({result.reason})"
        silent = result.truth == 0 and result.reason in SILENT
        return Folded(result.truth, result.reason, (node_id,), (line,), silent)
    below = [fold_node(child, tree, results) for child in tree.children[node_id]]
    combined = COMBINE[node.kind](below, node.need)
    steps = tuple(line for child in below for line in child.trace)
    line = f"{node_id}: {node.kind} -> {WORDS[combined.truth]} ({combined.reason})"
    return Folded(combined.truth, combined.reason, combined.carriers, (*steps, line), combined.silent)


def _joined(children: list[Folded], truth: int) -> Folded:
    """The children that carry a truth, as one answer."""
    carrying = [child for child in children if child.truth == truth]
    carriers = tuple(dict.fromkeys(leaf for child in carrying for leaf in child.carriers))
    reasons = [child.reason for child in carrying]
    if truth == 0:
        reason = min(reasons, key=TELLING.index)
    else:
        reason = next((reason for reason in reasons if reason != "not_applicable"), reasons[0])
    return Folded(truth, reason, carriers, (), truth == 0 and all(child.silent for child in carrying))


def _all(children: list[Folded], need: int) -> Folded:
    return _joined(children, min(child.truth for child in children))


def _any(children: list[Folded], need: int) -> Folded:
    return _joined(children, max(child.truth for child in children))


def _none(children: list[Folded], need: int) -> Folded:
    found = _any(children, need)
    return Folded(-found.truth, found.reason, found.carriers, (), found.silent)


def _at_least(children: list[Folded], need: int) -> Folded:
    sure = sum(child.truth > 0 for child in children)
    possible = sum(child.truth >= 0 for child in children)
    return _joined(children, 1 if sure >= need else 0 if possible >= need else -1)


def _first(children: list[Folded], need: int) -> Folded:
    for child in children:
        if not child.silent:
            return child
    return _joined(children, 0)


COMBINE: Mapping[str, Callable[[list[Folded], int], Folded]] = {
    "all": _all,
    "any": _any,
    "none": _none,
    "at_least": _at_least,
    "first": _first,
}
