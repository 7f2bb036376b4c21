"""A chart and compiled policies in, findings out: status, the quotes that carry it, what speaks against it, what is asked.

Never raises for what a chart says; raises EvidenceError where a met answer has no quote (that is a defect).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from chartproof.decide.describe import gap, joined, nearest, parts, sentence, why_not
from chartproof.decide.fold import Folded, Tree, fold_criterion, fold_node, tree_of
from chartproof.decide.resolve import Resolved, resolve
from chartproof.errors import EvidenceError
from chartproof.model.case import Case
from chartproof.model.chart import Chart
from chartproof.model.fact import Fact, Span
from chartproof.model.finding import Finding
from chartproof.model.rows import Considered, Criterion, Leaf, LeafResult, Rows, Term, status_of

MORE_QUOTES = 4
MOST_AGAINST = 6
#: What is shown against an answer, most important first; the last group only where the answer is not a yes.
ALWAYS_SHOWN = ("contradicts", "disagrees", "differs", "superseded", "unsigned", "unanchored", "planned", "family")
SHOWN_IN_DOUBT = ("undated", "straddles", "stale", "historical", "future", "not_yet_known", "earlier")
BASIS_ORDER = ("convention", "interpretation", "label", "policy")


@dataclass(frozen=True, slots=True)
class _View:
    """Everything that one policy's findings are built from."""

    rows: Rows
    tree: Tree
    leaves: Mapping[str, Leaf]
    terms: Mapping[str, Term]
    facts: Mapping[str, Fact]
    resolved: Resolved
    chart: Chart
    as_of: date


def review(
    case: Case, chart: Chart, policy: Rows, label: Rows | None = None, *, known_by: date | None = None
) -> tuple[tuple[Finding, ...], tuple[Finding, ...]]:
    """Findings of the policy and of the label, in their own order.

    `known_by` leaves out what was recorded after that day. Raises EvidenceError CP-DEC-02, ChartproofError CP-DEC-01.
    """
    plans = (policy,) if label is None else (policy, label)
    resolved = resolve(
        chart.facts,
        [leaf for rows in plans for leaf in rows.leaves],
        [answer for rows in plans for answer in rows.answers],
        as_of=case.as_of,
        known_by=known_by,
        coverage=chart.coverage,
        documents=chart.documents,
    )
    facts = {fact.id: fact for fact in chart.facts}
    found = []
    for rows in plans:
        view = _View(
            rows=rows,
            tree=tree_of(rows),
            leaves={leaf.id: leaf for leaf in rows.leaves},
            terms={term.name: term for term in rows.terms},
            facts=facts,
            resolved=resolved,
            chart=chart,
            as_of=case.as_of,
        )
        found.append(tuple(_finding(criterion, view) for criterion in rows.criteria))
    return found[0], (found[1] if len(found) > 1 else ())


def _finding(criterion: Criterion, view: _View) -> Finding:
    folded = fold_criterion(criterion, view.tree, view.resolved.results)
    status = status_of(folded.truth, folded.reason)
    evidence = _evidence(folded, view)
    if status == "met" and not evidence:
        raise EvidenceError("CP-DEC-02", "a criterion would be met without a quote", where=criterion.id)
    against, notes = _against(criterion, folded, view)
    if not criterion.verified:
        notes = (*notes, "Requirement not confirmed against its primary source: confirm it before use.")
    basis, because = _basis(criterion, view)
    open_row = status in ("missing", "not_met")
    return Finding(
        id=criterion.id,
        layer=view.rows.layer,
        kind=criterion.kind,
        says=criterion.says,
        status=status,
        reason=folded.reason,
        shows=_shows(folded, view),
        evidence=evidence,
        against=against,
        facts=tuple(_deciding(folded.carriers, view)),
        applies=tuple(_deciding(folded.applies, view)),
        doubted=_doubted(criterion, view) if open_row else (),
        sought=_sought(criterion, view) if status == "missing" else (),
        remedy=criterion.remedy if open_row else "",
        ask=criterion.ask if open_row else "",
        valid_until=_until(criterion.body, view) if status == "met" else None,
        basis=basis,
        because=because,
        notes=notes,
        trace=(*folded.trace, f"{criterion.id}: {status} ({folded.reason})"),
    )


def _deciding(carriers: Iterable[str], view: _View) -> list[Fact]:
    """The deciding fact of each carrying leaf, each once."""
    ids = dict.fromkeys(view.resolved.results[leaf].fact for leaf in carriers)
    return [view.facts[fact] for fact in ids if fact]


def _doubted(criterion: Criterion, view: _View) -> tuple[Fact, ...]:
    """The facts below the criterion whose number or day two readings of a scan give differently, each once."""
    ids = dict.fromkeys(
        row.fact for leaf in leaves_of(criterion, view.tree) for row in view.resolved.considered.get(leaf, ())
    )
    return tuple(view.facts[fact] for fact in ids if view.facts[fact].doubt and view.facts[fact].assertion == "present")


def _evidence(folded: Folded, view: _View) -> tuple[Span, ...]:
    """The deciding quotes, then those that say that a record is complete, then up to four others that agree."""
    chosen: list[Span] = [fact.evidence[0] for fact in _deciding(folded.carriers, view) if fact.evidence]
    more: list[Span] = []
    for leaf_id in folded.carriers:
        result = view.resolved.results[leaf_id]
        if result.reason == "absent_and_covered":
            chosen += _coverage_spans(view.leaves[leaf_id], view)
        if not result.fact:
            continue
        agreeing = [
            row.fact
            for row in view.resolved.considered.get(leaf_id, ())
            if row.role in ("decides", "earlier", "superseded") and row.truth == result.truth
        ]
        more += [span for fact in dict.fromkeys((result.fact, *agreeing)) for span in view.facts[fact].evidence]
    first = _distinct(chosen)
    pages = {(span.file, span.page) for span in first}
    others: list[Span] = []
    for span in _distinct(more):
        if (span.file, span.page) not in pages and len(others) < MORE_QUOTES:
            pages.add((span.file, span.page))
            others.append(span)
    return (*first, *others)


def _distinct(spans: Sequence[Span]) -> tuple[Span, ...]:
    kept: dict[tuple[str, int, int, int], Span] = {}
    for span in spans:
        kept.setdefault((span.file, span.page, span.start, span.end), span)
    return tuple(kept.values())


def _coverage_spans(leaf: Leaf, view: _View) -> list[Span]:
    """Quotes of the statements that make a record complete for the leaf's concept."""
    found: list[Span] = []
    for item in view.chart.coverage:
        in_time = item.when is None or item.when.first <= view.as_of
        if leaf.concept in item.concepts and in_time:
            found += item.evidence[:1]
    return found


def _against(criterion: Criterion, folded: Folded, view: _View) -> tuple[tuple[Span, ...], tuple[str, ...]]:
    """Facts that were passed over, with a note each: what speaks against a yes, and everything where there is doubt."""
    shown = ALWAYS_SHOWN if folded.truth > 0 else (*ALWAYS_SHOWN, *SHOWN_IN_DOUBT)
    deciding = {fact.id for fact in _deciding(folded.carriers, view)}
    found: list[tuple[int, str, Leaf, str]] = []
    for leaf_id in leaves_of(criterion, view.tree):
        leaf, result = view.leaves[leaf_id], view.resolved.results[leaf_id]
        for row in view.resolved.considered.get(leaf_id, ()):
            role = _role(row.role, row.truth, result, view.facts[row.fact], view.facts.get(result.fact), leaf)
            if role in shown and row.fact not in deciding:
                found.append((shown.index(role), row.fact, leaf, role))
    spans: list[Span] = []
    notes: list[str] = []
    seen: set[str] = set()
    for _, fact_id, leaf, role in sorted(found, key=lambda entry: entry[0]):
        fact = view.facts[fact_id]
        note = why_not(fact, leaf, role, view.as_of)
        if fact_id in seen or note in notes or len(notes) >= MOST_AGAINST:
            continue
        seen.add(fact_id)
        notes.append(note)
        spans += fact.evidence[:1]
    return _distinct(spans), tuple(notes)


def _role(role: str, truth: int, result: LeafResult, fact: Fact, deciding: Fact | None, leaf: Leaf) -> str:
    """Facts of the first rank that do not say what the answer says are shown as disagreeing."""
    if role == "superseded" and deciding and (fact.value, fact.quantity) == (deciding.value, deciding.quantity):
        return ""
    if role == "decides" and leaf.pick != "any" and deciding and fact.id != deciding.id:
        if truth != result.truth or result.reason == "conflicting":
            return "disagrees"
        same = (fact.value, fact.quantity, fact.assertion) == (deciding.value, deciding.quantity, deciding.assertion)
        return "" if same or fact.when != deciding.when else "differs"
    return "" if role == "decides" else role


def leaves_of(criterion: Criterion, tree: Tree) -> tuple[str, ...]:
    """Every leaf id below a criterion, in the order of the tree."""
    found: list[str] = []
    queue = [node for node in (criterion.unless, criterion.body, criterion.when) if node]
    while queue:
        node = queue.pop()
        if tree.nodes[node].kind == "leaf":
            found.append(node)
        queue += reversed(tree.children.get(node, ()))
    return tuple(dict.fromkeys(found))


def _sought(criterion: Criterion, view: _View) -> tuple[str, ...]:
    """The names of what was looked for and not found: the leaves of the open parts that are not a yes."""
    open_leaves: list[str] = []
    queue = [criterion.body]
    while queue:
        node = queue.pop()
        if fold_node(node, view.tree, view.resolved.results).truth > 0:
            continue
        if view.tree.nodes[node].kind == "leaf":
            open_leaves.append(node)
        queue += reversed(view.tree.children.get(node, ()))
    labels = (view.leaves[leaf].label for leaf in open_leaves if view.leaves[leaf].measure != "constant")
    return tuple(dict.fromkeys(label for label in labels if label))


def _shows(folded: Folded, view: _View) -> str:
    """What the chart shows, one part a carrying leaf."""
    said: list[tuple[str, str]] = []
    for leaf_id in folded.carriers:
        leaf, result = view.leaves[leaf_id], view.resolved.results[leaf_id]
        rows = view.resolved.considered.get(leaf_id, ())
        if result.reason == "conflicting":
            facts = [row.fact for row in rows if row.role in ("decides", "contradicts")]
            both = dict.fromkeys(sentence(view.facts[fact], leaf, view.as_of) for fact in facts)
            said.append((f"statements conflict: {' / '.join(both)}", ""))
        elif result.fact:
            said.append(parts(view.facts[result.fact], leaf, view.as_of))
        else:
            near = _nearest(rows, leaf, view)
            said.append((leaf.label, near) if near else gap(leaf, result.reason))
    return joined(said)


def _nearest(rows: Sequence[Considered], leaf: Leaf, view: _View) -> str:
    """Where nothing counts: the nearest thing that the chart has instead, so that a reader sees what is meant.

    An order for a day to come says more than an old result; a draft says more than either.
    """
    found: list[str] = []
    for roles in (("unsigned", "undated"), ("planned",), ("stale", "historical")):
        row = next((row for row in rows if row.role in roles), None)
        if row is not None:
            found.append(nearest(view.facts[row.fact], leaf, row.role, view.as_of))
    return ": " + "; ".join(found) if found else ""


def _until(node_id: str, view: _View) -> date | None:
    """The last day on which a yes still holds: all of a group must hold (the first to end), any one may (the last)."""
    node = view.tree.nodes[node_id]
    if node.kind == "leaf":
        leaf, result = view.leaves[node_id], view.resolved.results[node_id]
        fact = view.facts.get(result.fact)
        if result.truth < 1 or leaf.window_days is None or fact is None or fact.when is None:
            return None
        return fact.when.first + timedelta(days=leaf.window_days)
    answers = {child: fold_node(child, view.tree, view.resolved.results) for child in view.tree.children[node_id]}
    children = [child for child, answer in answers.items() if answer.truth > 0]
    if node.kind == "first":
        children = [child for child, answer in answers.items() if not answer.silent][:1]
    days = [_until(child, view) for child in children]
    dated = [day for day in days if day is not None]
    if node.kind in ("any", "first"):
        return max(dated) if dated and len(dated) == len(days) else None
    return min(dated, default=None)


def _basis(criterion: Criterion, view: _View) -> tuple[str, str]:
    """The weakest basis that the criterion rests on, and why, in our words."""
    names = dict.fromkeys(name for leaf in leaves_of(criterion, view.tree) for name in view.leaves[leaf].terms)
    terms = [view.terms[name] for name in names]
    bases = {criterion.basis or view.rows.layer, *(term.basis for term in terms)}
    reasons = [criterion.because, *(term.because for term in terms)]
    return next(basis for basis in BASIS_ORDER if basis in bases), "; ".join(reason for reason in reasons if reason)
