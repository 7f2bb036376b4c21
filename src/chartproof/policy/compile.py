"""A checked policy or label to rows: criteria, nodes, edges, leaves and answers. The SQL text never changes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from chartproof.errors import PolicyError
from chartproof.model.policy import Body, Constant, FactTest, Group, Policy, Rule
from chartproof.model.rows import Answer, Criterion, Edge, Leaf, Measure, Node, NodeKind, Rows, Term
from chartproof.model.truth import REASONS
from chartproof.policy.body import MEASURES, Concept
from chartproof.policy.load import concepts

#: What holds and fails mean where the policy does not say otherwise, and what can go wrong with a measure.
MEASURED = (
    ("holds", "met"),
    ("fails", "not_met"),
    ("unclear", "needs_judgement"),
    ("unusable", "unit_unusable"),
    ("imprecise", "date_imprecise"),
)
#: A strict comparison is the contrary of the other one: more than 5 is not at most 5.
CONTRARY = {"more_than": "at_most", "less_than": "at_least"}
SWAPPED = {"holds": "fails", "fails": "holds"}
WORD_TESTS = {
    "present": (("present", "met"), ("absent", "not_met")),
    "absent": (("present", "not_met"), ("absent", "met")),
    "documented": (("present", "met"), ("other", "met"), ("absent", "no_evidence")),
}


@dataclass(slots=True)
class _Table:
    """Rows under construction, for one policy."""

    concepts: Mapping[str, Concept]
    terms: Mapping[str, Term]
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    leaves: list[Leaf] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    label: Policy | None = None


def compile_policy(policy: Policy, terms: Mapping[str, float] | None = None, *, label: Policy | None = None) -> Rows:
    """Rows of a policy or label. `terms` replaces values of its named terms; `label` is what `label:` stands for.

    Raises PolicyError CP-POL-07 where a replaced term does not exist.
    """
    known = {term.name: term for term in policy.terms}
    for name, value in (terms or {}).items():
        if name not in known:
            raise PolicyError("CP-POL-07", f"the term '{name}' is not defined", where=policy.id)
        known[name] = replace(known[name], value=float(value))
    table = _Table(concepts(), known, label=label)
    criteria = tuple(_criterion(rule, table, policy.layer) for rule in policy.rules)
    return Rows(
        id=policy.id,
        title=policy.title,
        edition=policy.edition,
        layer=policy.layer,
        criteria=criteria,
        nodes=tuple(table.nodes),
        edges=tuple(table.edges),
        leaves=tuple(table.leaves),
        answers=tuple(table.answers),
        terms=tuple(known.values()),
    )


def _criterion(rule: Rule, table: _Table, layer: str) -> Criterion:
    base = f"{layer}:{rule.id}"
    body = _node(rule.body, base, table)
    return Criterion(
        id=rule.id,
        kind=rule.kind,
        says=rule.says,
        body=body,
        when=_node(rule.when, f"{base}?when", table) if rule.when else "",
        unless=_node(rule.unless, f"{base}?unless", table) if rule.unless else "",
        page=rule.page,
        section=rule.section,
        find=rule.find,
        basis=rule.basis,
        because=" ".join(part for part in (rule.because, rule.note) if part),
        remedy=rule.remedy,
        ask=rule.ask,
        source=rule.source,
        verified=rule.verified and all(row.verified for row in _label_rules(rule.body, table)),
    )


def _node(body: Body, name: str, table: _Table) -> str:
    """Adds the node and everything below it; the id is the path, so that two compilations are equal."""
    if isinstance(body, Group):
        kind: NodeKind = body.kind  # type: ignore[assignment]
        table.nodes.append(Node(name, kind, body.need))
        for position, child in enumerate(body.children, start=1):
            table.edges.append(Edge(name, _node(child, f"{name}.{position}", table), position))
        return name
    rows = _label_rules(body, table)
    if rows:
        return _node(Group("all", tuple(_literal(row.body, table.label) for row in rows), body.line), name, table)
    table.nodes.append(Node(name, "leaf"))
    if isinstance(body, Constant):
        truth = 1 if body.kind == "not_applicable" else 0
        reason = "untranslated" if body.kind == "label" else body.kind
        said = "no label was chosen for this drug" if body.kind == "label" else body.text
        table.leaves.append(Leaf(name, "", measure="constant", truth=truth, reason=reason, text=said))
    else:
        _leaf(body, name, table)
    return name


def _label_rules(body: Body, table: _Table) -> list[Rule]:
    """The rules of the label that a body asks for, at any depth; none where it asks for none or no label is known."""
    if isinstance(body, Group):
        return [rule for child in body.children for rule in _label_rules(child, table)]
    if not isinstance(body, Constant) or body.kind != "label" or table.label is None:
        return []
    wanted = body.text.split(", ")
    return [rule for rule in table.label.rules if rule.id in wanted]


def _literal(body: Body, label: Policy | None) -> Body:
    """A body of the label with its terms as numbers: the policy's own terms may have the same names."""
    if isinstance(body, Group):
        return replace(body, children=tuple(_literal(child, label) for child in body.children))
    if isinstance(body, Constant) or label is None:
        return body
    values = {term.name: term.value for term in label.terms}
    within = int(values[body.within] or 0) if isinstance(body.within, str) else body.within
    return replace(body, within=within, limit=values[body.limit] if isinstance(body.limit, str) else body.limit)


def _leaf(test: FactTest, name: str, table: _Table) -> None:
    concept = table.concepts[test.concept]
    used = tuple(value for value in (test.within, test.limit) if isinstance(value, str))
    if any(table.terms[term].value is None for term in used):
        text = f"{concept.name}: nobody defines {', '.join(used)}"
        table.leaves.append(
            Leaf(name, "", measure="constant", reason="term_undefined", terms=used, text=text, label=concept.name)
        )
        return
    days = _value(test.within, table)
    table.leaves.append(
        Leaf(
            id=name,
            concept=concept.id,
            label=test.name or concept.name,
            of=test.of,
            window_days=None if days is None else int(days),
            pick=test.pick,
            measure=_measure(test, concept),
            operator=({"older_than": "at_least"} | CONTRARY).get(test.test, test.test)
            if test.limit is not None
            else "",
            limit=_limit(test, table),
            unit=concept.unit,
            covered=test.covered,
            terms=used,
        )
    )
    for outcome, answer in _outcomes(test, concept).items():
        truth = {"met": 1, "not_applicable": 1, "not_met": -1}.get(answer, 0)
        reason = answer if answer in REASONS else "stated_absent" if outcome == "absent" else "value"
        table.answers.append(Answer(name, outcome, truth, reason))


def _value(value: str | float | None, table: _Table) -> float | None:
    return table.terms[value].value if isinstance(value, str) else value


def _limit(test: FactTest, table: _Table) -> float | None:
    """'older than 180 days' is 'at least 181 days ago'."""
    limit = _value(test.limit, table)
    return limit + 1 if limit is not None and test.test == "older_than" else limit


def _measure(test: FactTest, concept: Concept) -> Measure:
    if test.test == "older_than":
        return "days_ago"
    if test.test in MEASURES:
        return "quantity"
    if concept.type == "number":
        return "recorded"
    return "state" if concept.type == "state" and not test.of else "event"


def _outcomes(test: FactTest, concept: Concept) -> dict[str, str]:
    """Outcome word -> answer, the policy's own answers last so that they win."""
    base = dict(WORD_TESTS.get(test.test, ()))
    if test.limit is not None or concept.type == "number":
        base = {**dict(MEASURED), **base}
    found = {**base, "absent": base.get("absent", "no_evidence"), **dict(test.answers)}
    if test.test in CONTRARY:
        return {SWAPPED.get(outcome, outcome): answer for outcome, answer in found.items()}
    return found
