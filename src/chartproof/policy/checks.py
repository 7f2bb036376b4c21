"""Checks on a policy that loads and may still be wrong. Each message names file and line. (A list that grows.)"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from chartproof.model.policy import Body, Constant, FactTest, Group, Policy, Rule
from chartproof.policy.load import concepts


def check_policy(policy: Policy) -> tuple[str, ...]:
    """Messages 'file:line: what', in file order; empty where nothing was found."""
    file = Path(policy.file).name
    found = [*_terms(policy), *_sources(policy)]
    for rule in policy.rules:
        found += _rule(rule, policy.layer)
    return tuple(f"{file}:{line}: {message}" for line, message in sorted(found))


def _rule(rule: Rule, layer: str) -> Iterator[tuple[int, str]]:
    for body in (rule.when, rule.body, rule.unless):
        if body is not None:
            yield from _body(body, rule)
    if layer == "policy" and not (rule.find and rule.section):
        yield rule.line, f"{rule.id} does not say where the policy has it (at, find)"
    if not isinstance(rule.body, Constant) and not (rule.remedy and rule.ask):
        yield rule.line, f"{rule.id} does not say what would settle it and who is asked (remedy, ask)"
    if not _can_be_met(rule.body):
        yield rule.line, f"{rule.id} can never be met"


def _body(body: Body, rule: Rule) -> Iterator[tuple[int, str]]:
    if isinstance(body, Group):
        seen: list[Body] = []
        for child in body.children:
            same = [other for other in seen if _plain(other) == _plain(child)]
            if same:
                yield child.line, f"{rule.id} asks the same thing twice in one group: the second is never reached"
            seen.append(child)
            yield from _body(child, rule)
        if body.kind == "first":
            yield from _unreachable(body, rule)
    elif isinstance(body, FactTest):
        yield from _test(body, rule)


def _unreachable(group: Group, rule: Rule) -> Iterator[tuple[int, str]]:
    """After a constant that is an answer, `first` never goes on."""
    for position, child in enumerate(group.children[:-1]):
        if isinstance(child, Constant):
            yield group.children[position + 1].line, f"{rule.id} never reaches this: the entry before it always answers"


def _test(test: FactTest, rule: Rule) -> Iterator[tuple[int, str]]:
    concept = concepts()[test.concept]
    given = {word for word, _ in test.answers}
    if concept.type == "state" and test.test == "answers" and "other" not in given:
        for value in concept.values:
            if value not in given:
                yield test.line, f"{rule.id} does not say what '{value}' of {test.concept} means"
    if test.covered and test.test not in ("absent", "present", "older_than") and "absent" not in given:
        yield test.line, f"{rule.id} lets silence count as absence of {test.concept} and gives absence no meaning"


def _can_be_met(body: Body) -> bool:
    if isinstance(body, Constant):
        return True  # untranslated is unknown on purpose, and said so
    if isinstance(body, Group):
        return True
    return body.test != "answers" or any(answer in ("met", "not_applicable") for _, answer in body.answers)


def _terms(policy: Policy) -> Iterator[tuple[int, str]]:
    used = {name for rule in policy.rules for body in (rule.when, rule.body, rule.unless) for name in _names(body)}
    for term in policy.terms:
        if term.name not in used and policy.layer == "policy":
            yield 1, f"the term '{term.name}' is never used"
        if term.basis != "policy" and not term.because:
            yield 1, f"the term '{term.name}' is ours and does not say why (because)"


def _names(body: Body | None) -> Iterator[str]:
    if isinstance(body, Group):
        for child in body.children:
            yield from _names(child)
    elif isinstance(body, FactTest):
        yield from (value for value in (body.within, body.limit) if isinstance(value, str))


def _sources(policy: Policy) -> Iterator[tuple[int, str]]:
    if not policy.sources:
        yield 1, "no source is given (sources)"
    for rule in policy.rules:
        if policy.layer == "label" and not rule.source:
            yield rule.line, f"{rule.id} has no source"


def _plain(body: Body) -> object:
    """The body without its lines, to compare two."""
    if isinstance(body, Group):
        return (body.kind, body.need, tuple(_plain(child) for child in body.children))
    if isinstance(body, Constant):
        return (body.kind, body.text)
    return (body.concept, body.of, body.test, body.pick, body.within, body.limit, body.answers, body.covered)
