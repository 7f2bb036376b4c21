"""The slow, obvious definition of what a leaf and a tree answer. The SQL and the fold must agree with it on every chart.

Nothing is shared with src/chartproof/decide; only the types are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chartproof.model.chart import Coverage
from chartproof.model.fact import Fact
from chartproof.model.rows import Answer, Leaf, LeafResult, Rows

SILENT = {"no_evidence", "stale", "unsigned"}
TELLING = [
    "untranslated", "term_undefined", "conflicting", "needs_judgement", "unit_unusable", "date_imprecise", "unanchored",
    "unsigned", "stale", "no_evidence",
]  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """A fact at a leaf: where it stands, what it says and what that means."""

    fact: Fact
    first: date | None
    last: date | None
    place: str
    truth: int
    reason: str

    @property
    def present(self) -> bool:
        return self.fact.assertion != "absent"


def resolve_leaf(
    leaf: Leaf,
    answers: Sequence[Answer],
    facts: Sequence[Fact],
    *,
    as_of: date,
    known_by: date | None = None,
    coverage: Sequence[Coverage] = (),
) -> LeafResult:
    """The answer of one leaf for one patient."""
    if leaf.measure == "constant":
        return LeafResult(leaf.id, leaf.truth, leaf.reason)
    meaning = {answer.outcome: (answer.truth, answer.reason) for answer in answers if answer.leaf == leaf.id}
    seen = [
        look(fact, leaf, meaning, as_of, known_by)
        for fact in facts
        if fact.concept == leaf.concept and leaf.of in ("", fact.value)
    ]
    usable = [item for item in seen if item.place in ("inside", "straddles")]
    usable = [item for item in usable if not any(corrects(other, item) for other in usable)]
    denials: list[Seen] = []
    if leaf.pick == "ever" and any(item.present for item in usable):
        denials = [item for item in usable if not item.present]
        usable = [item for item in usable if item.present]
    if not usable:
        return silence(leaf, seen, meaning, as_of, coverage)
    if any(denies(denial, item) for denial in denials for item in usable):
        return LeafResult(leaf.id, 0, "conflicting", shown(maybe_last(usable), 0))
    if leaf.pick == "any":
        return best(leaf, usable)
    return agreed(leaf, maybe_last(usable))


def look(fact: Fact, leaf: Leaf, meaning: dict[str, tuple[int, str]], as_of: date, known_by: date | None) -> Seen:
    first = fact.when.first if fact.when else None
    last = fact.when.last if fact.when else None
    if fact.known and first and last and fact.assertion in ("present", "absent", "historical"):
        last = max(first, min(last, fact.known.last))
    outcome = outcome_of(fact, leaf, first, last, as_of)
    if outcome in meaning:
        truth, reason = meaning[outcome]
    elif leaf.measure == "state" and fact.assertion != "absent" and "other" in meaning:
        truth, reason = meaning["other"]
    else:
        truth, reason = 0, "needs_judgement"
    return Seen(fact, first, last, place_of(fact, leaf, first, last, as_of, known_by), truth, reason)


def place_of(fact: Fact, leaf: Leaf, first: date | None, last: date | None, as_of: date, known_by: date | None) -> str:
    if fact.assertion in ("family", "planned"):
        return fact.assertion
    if fact.assertion == "historical" and leaf.pick != "ever":
        return "historical"
    if known_by and fact.known and fact.known.last > known_by:
        return "not_yet_known"
    if first and first > as_of:
        return "future"
    start = as_of - timedelta(days=leaf.window_days) if leaf.window_days is not None else None
    if start and last and last < start:
        return "stale"
    if not fact.signed:
        return "unsigned"
    if not fact.evidence:
        return "unanchored"
    if start and first is None:
        return "undated"
    if start and first and last and (first < start or last > as_of):
        return "straddles"
    return "inside"


def outcome_of(fact: Fact, leaf: Leaf, first: date | None, last: date | None, as_of: date) -> str:
    if fact.assertion == "absent":
        return "absent"
    if leaf.measure == "event":
        return "present"
    if leaf.measure == "state":
        return fact.value or ""
    if leaf.measure == "days_ago":
        if first is None or last is None:
            return "imprecise"
        return compare((as_of - last).days, (as_of - first).days, leaf, "imprecise")
    quantity = fact.quantity
    if quantity is None or (quantity.low is None and quantity.high is None):
        return "unusable"
    if leaf.measure == "recorded":
        return "present"
    if quantity.unit and leaf.unit and quantity.unit != leaf.unit:
        return "unusable"
    infinity = float("inf")
    low = -infinity if quantity.low is None else quantity.low
    high = infinity if quantity.high is None else quantity.high
    return compare(low, high, leaf, "unclear")


def compare(low: float, high: float, leaf: Leaf, neither: str) -> str:
    """Every value of [low, high] satisfies the test, none does, or it cannot be said."""
    assert leaf.limit is not None
    if leaf.operator == "at_least":
        return "holds" if low >= leaf.limit else "fails" if high < leaf.limit else neither
    return "holds" if high <= leaf.limit else "fails" if low > leaf.limit else neither


def corrects(other: Seen, item: Seen) -> bool:
    return (other.first, other.last) == (item.first, item.last) and other.fact.rank > item.fact.rank


def denies(denial: Seen, item: Seen) -> bool:
    """A statement that it never happened, not certainly made before it did."""
    return denial.last is None or item.first is None or denial.last >= item.first


def maybe_last(items: list[Seen]) -> list[Seen]:
    """Those that no other is certainly later than; a known day goes before an unknown one."""
    starts = [item.first for item in items if item.first]
    if not starts:
        return items
    return [item for item in items if item.last and item.last >= max(starts)]


def best(leaf: Leaf, items: list[Seen]) -> LeafResult:
    top = max(item.truth for item in items)
    inside = [item.truth for item in items if item.place == "inside"]
    if not inside or max(inside) < top:
        return LeafResult(leaf.id, 0, "date_imprecise", shown(items, 0))
    return LeafResult(leaf.id, top, reason_of(items, top), shown(items, top))


def agreed(leaf: Leaf, items: list[Seen]) -> LeafResult:
    truths = {item.truth for item in items}
    if len(truths) > 1:
        return LeafResult(leaf.id, 0, "conflicting", shown(items, 0))
    if not any(item.place == "inside" for item in items):
        return LeafResult(leaf.id, 0, "date_imprecise", shown(items, 0))
    truth = truths.pop()
    return LeafResult(leaf.id, truth, reason_of(items, truth), shown(items, truth))


def reason_of(items: list[Seen], truth: int) -> str:
    if truth == 0:
        return min(item.reason for item in items if item.truth == 0)
    chosen = shown(items, truth)
    return next(item.reason for item in items if item.fact.id == chosen)


def shown(items: list[Seen], truth: int) -> str:
    def order(item: Seen) -> tuple[bool, bool, bool, int, int, str]:
        last = item.last.toordinal() if item.last else 0
        return (
            item.truth != truth, item.place != "inside", item.last is None, -last, -item.fact.rank, item.fact.id,
        )  # fmt: skip

    return min(items, key=order).fact.id


def silence(
    leaf: Leaf,
    seen: list[Seen],
    meaning: dict[str, tuple[int, str]],
    as_of: date,
    coverage: Sequence[Coverage],
) -> LeafResult:
    places = {item.place for item in seen}
    hints = any(item.place in ("unsigned", "unanchored", "undated", "historical") and item.present for item in seen)
    if leaf.covered and not hints and any(covers(item, leaf, as_of) for item in coverage):
        truth = meaning.get("absent", (0, ""))[0]
        return LeafResult(leaf.id, truth, "absent_and_covered" if truth else "no_evidence")
    if "unsigned" in places:
        return LeafResult(leaf.id, 0, "unsigned")
    if "unanchored" in places:
        return LeafResult(leaf.id, 0, "unanchored")
    if "undated" in places:
        return LeafResult(leaf.id, 0, "date_imprecise")
    if places & {"stale", "historical"}:
        return LeafResult(leaf.id, 0, "stale")
    return LeafResult(leaf.id, 0, "no_evidence")


def covers(item: Coverage, leaf: Leaf, as_of: date) -> bool:
    if leaf.concept not in item.concepts:
        return False
    if item.when is None:
        return leaf.window_days is None
    age = (as_of - item.when.first).days
    return age >= 0 and (leaf.window_days is None or age <= leaf.window_days)


def fold(rows: Rows, node_id: str, results: dict[str, LeafResult]) -> tuple[int, str]:
    """Truth and reason of a node, straight from the definition."""
    node = next(node for node in rows.nodes if node.id == node_id)
    if node.kind == "leaf":
        return results[node_id].truth, results[node_id].reason
    edges = sorted((edge for edge in rows.edges if edge.parent == node_id), key=lambda edge: edge.position)
    below = [fold(rows, edge.child, results) for edge in edges]
    truths = [truth for truth, _ in below]
    if node.kind == "first":
        for edge, answer in zip(edges, below, strict=True):
            if not silent(rows, edge.child, results):
                return answer
        return 0, telling(below)
    if node.kind == "all":
        truth = min(truths)
    elif node.kind == "at_least":
        truth = 1 if truths.count(1) >= node.need else -1 if len(truths) - truths.count(-1) < node.need else 0
    else:
        truth = max(truths)
    reason = telling(below) if truth == 0 else said(below, truth)
    return (-truth, reason) if node.kind == "none" else (truth, reason)


def silent(rows: Rows, node_id: str, results: dict[str, LeafResult]) -> bool:
    """Unknown, and for no other reason than that nothing was said."""
    truth, _ = fold(rows, node_id, results)
    if truth != 0:
        return False
    children = [edge.child for edge in rows.edges if edge.parent == node_id]
    if not children:
        return results[node_id].reason in SILENT
    return all(silent(rows, child, results) for child in children if fold(rows, child, results)[0] == 0)


def telling(below: list[tuple[int, str]]) -> str:
    return min((reason for truth, reason in below if truth == 0), key=TELLING.index)


def said(below: list[tuple[int, str]], truth: int) -> str:
    reasons = [reason for value, reason in below if value == truth]
    return next((reason for reason in reasons if reason != "not_applicable"), reasons[0])
