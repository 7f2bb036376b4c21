"""A policy as plain text: what each criterion asks, in words, with the terms and where they come from."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

from chartproof.model.policy import Body, Constant, FactTest, Group, Policy, Rule
from chartproof.model.rows import Term
from chartproof.policy.load import concepts

WIDTH = 100
JOINS = {"all": "all of:", "any": "any of:", "none": "none of:", "first": "the first of these that the chart answers:"}


def english(policy: Policy) -> tuple[str, ...]:
    """Lines of at most 100 characters: title, criteria in order, terms."""
    terms = {term.name: term for term in policy.terms}
    lines = [f"{policy.id}, edition {policy.edition}" if policy.edition else policy.id, policy.title]
    for rule in policy.rules:
        lines += ["", *_rule(rule, terms)]
    if policy.terms:
        lines += ["", "Terms"]
        for term in policy.terms:
            value = "not defined" if term.value is None else f"{term.value:g} {term.unit}".strip()
            lines += _wrap(f"{term.name}: {value} ({term.basis}). {term.because}".rstrip(), "  ")
    return tuple(lines)


def _rule(rule: Rule, terms: Mapping[str, Term]) -> list[str]:
    place = f" [p. {rule.page}, {rule.section}]" if rule.page else ""
    lines = _wrap(f"{rule.id} ({rule.kind}) {rule.says}{place}", "")
    if rule.when:
        lines += ["  asked only when", *body_lines(rule.when, terms, 2)]
    lines += ["  the chart must show", *body_lines(rule.body, terms, 2)]
    if rule.unless:
        lines += ["  unless", *body_lines(rule.unless, terms, 2)]
    for name, text in (("because", rule.because), ("note", rule.note), ("source", rule.source)):
        if text:
            lines += _wrap(f"{name}: {text}", "  ")
    if not rule.verified:
        lines.append("  not confirmed against its primary source")
    return lines


def body_lines(body: Body, terms: Mapping[str, Term], depth: int = 0) -> list[str]:
    """A body as an indented list."""
    indent = "  " * depth
    if isinstance(body, Group):
        head = f"at least {body.need} of:" if body.kind == "at_least" else JOINS[body.kind]
        below = [line for child in body.children for line in body_lines(child, terms, depth + 1)]
        return [f"{indent}- {head}", *below]
    if isinstance(body, Constant):
        if body.kind == "label":
            return _wrap(f"- what the drug's own label asks: {body.text.replace('_', ' ')}", indent)
        return _wrap(f"- {body.kind.replace('_', ' ')}: {body.text}", indent)
    return _wrap(f"- {fact_words(body, terms)}", indent)


def fact_words(test: FactTest, terms: Mapping[str, Term]) -> str:
    """'12-lead ECG, any, documented, within 60 days'."""
    concept = concepts()[test.concept]
    parts = [test.name or concept.name + (f" ({test.of.replace('_', ' ')})" if test.of else "")]
    parts.append({"latest": "the latest", "any": "any", "ever": "ever"}[test.pick])
    if test.test != "answers":
        word = test.test.replace("_", " ")
        unit = "days" if test.test == "older_than" else concept.unit
        parts.append(f"{word} {_value(test.limit, terms)} {unit}".rstrip() if test.limit is not None else word)
    if test.within is not None:
        parts.append(f"within {_value(test.within, terms)} days")
    if test.answers:
        parts.append("; ".join(f"{word} is {answer}".replace("_", " ") for word, answer in test.answers))
    if test.covered:
        parts.append("silence counts as absence in a record that is complete")
    return ", ".join(parts)


def _value(value: str | float | None, terms: Mapping[str, Term]) -> str:
    if isinstance(value, str):
        term = terms[value]
        return value if term.value is None else f"{term.value:g}"
    return f"{value:g}" if value is not None else ""


def _wrap(text: str, indent: str) -> list[str]:
    wrapped: Iterable[str] = textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent + "    ", break_long_words=False
    )
    return list(wrapped)
