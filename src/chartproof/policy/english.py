"""A policy as plain text: what each criterion asks, in words, with the terms and where they come from."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Mapping

from chartproof.model.policy import Body, Constant, FactTest, Group, Policy, Rule
from chartproof.model.rows import Term
from chartproof.policy.body import MEASURES
from chartproof.policy.load import concepts
from chartproof.policy.printed import printed

WIDTH = 100
JOINS = {"all": "all of:", "any": "any of:", "none": "none of:", "first": "the first of these that the chart answers:"}

ANSWERS = {
    "met": "met", "not_met": "not met", "not_applicable": "not applicable", "needs_judgement": "a person decides",
}  # fmt: skip
WORDS = {
    "other": "anything else",
    "fails": "it is not",
    "holds": "it is",
    "absent": "stated absent",
    "present": "stated",
}


def english(policy: Policy) -> tuple[str, ...]:
    """Lines of at most 100 characters: title, whom it governs, criteria in order, codes, terms, history."""
    terms = {term.name: term for term in policy.terms}
    lines = [f"{policy.id}, edition {policy.edition}" if policy.edition else policy.id, policy.title]
    lines += _first_words(policy)
    for rule in policy.rules:
        lines += ["", *_rule(rule, terms)]
    lines += printed(policy)
    if policy.terms:
        lines += ["", "Terms"]
        for term in policy.terms:
            value = "not defined" if term.value is None else f"{term.value:g} {term.unit}".strip()
            lines += _wrap(f"{term.name}: {value} ({term.basis}). {term.because}".rstrip(), "  ")
    for source in policy.sources:
        lines += ["", *_wrap(f"Source: {source}", "")]
    return tuple(lines)


def _first_words(policy: Policy) -> list[str]:
    """What the signs below mean, said once."""
    if not policy.rules:
        return []
    return _wrap(
        "A row is met, not met, missing (the chart does not say) or not applicable. A window counts back from the day of "
        "the request. Words in brackets name a term: its value and whose it is stand at the end.", "",
    )  # fmt: skip


def _rule(rule: Rule, terms: Mapping[str, Term]) -> list[str]:
    place = f" [p. {rule.page}, {rule.section}]" if rule.page else ""
    lines = _wrap(f"{rule.id} ({rule.kind}) {rule.says}{place}", "")
    if rule.when:
        lines += ["  asked only when", *body_lines(rule.when, terms, 2)]
    lines += ["  the chart must show", *body_lines(rule.body, terms, 2, says=rule.says)]
    if rule.unless:
        lines += ["  unless", *body_lines(rule.unless, terms, 2)]
    for name, text in (("because", rule.because), ("note", rule.note), ("source", rule.source)):
        if text:
            lines += _wrap(f"{name}: {text}", "  ")
    if not rule.verified:
        lines.append("  confirm: not read in its primary source")
    return lines


def body_lines(body: Body, terms: Mapping[str, Term], depth: int = 0, *, says: str = "") -> list[str]:
    """A body as an indented list, of a row that `says` so."""
    indent = "  " * depth
    if isinstance(body, Group):
        head = f"at least {body.need} of:" if body.kind == "at_least" else JOINS[body.kind]
        below = [line for child in body.children for line in body_lines(child, terms, depth + 1)]
        return [f"{indent}- {head}", *below]
    if isinstance(body, Constant):
        return _wrap(f"- {constant_words(body, says)}", indent)
    return _wrap(f"- {fact_words(body, terms)}", indent)


def constant_words(body: Constant, says: str = "") -> str:
    """What no fact decides, in words; what the row itself `says` is not said a second time."""
    lead = {
        "untranslated": "left to judgement", "not_applicable": "not asked", "label": "what the drug's own label asks",
    }[body.kind]  # fmt: skip
    text = body.text.replace("_", " ") if body.kind == "label" else body.text
    return lead if text.casefold() == says.casefold() else f"{lead}: {text}"


def fact_words(test: FactTest, terms: Mapping[str, Term]) -> str:
    """'12-lead ECG: documented, within 60 days (ecg_days)'."""
    concept = concepts()[test.concept]
    name = test.name or concept.name + (f" ({test.of.replace('_', ' ')})" if test.of else "")
    said = _asked(test, concept.unit, terms)
    parts = [f"{name}: {said}" if said else name]
    if test.pick != "latest":
        parts.append({"any": "one is enough", "ever": "at any time"}[test.pick])
    if test.within is not None:
        parts.append(f"within {_value(test.within, terms, 'days')}")
    if test.answers:
        parts.append(_answers(test))
    if test.covered:
        parts.append("silence counts as absence in a record that is complete")
    return ", ".join(parts)


def _answers(test: FactTest) -> str:
    """'met if approved; not met if denied; a person decides if conditional'."""
    by: dict[str, list[str]] = {}
    for word, answer in test.answers:
        by.setdefault(ANSWERS.get(answer, "missing"), []).append(WORDS.get(word, word.replace("_", " ")))
    return "; ".join(f"{answer} if {' or '.join(words)}" for answer, words in by.items())


def _asked(test: FactTest, unit: str, terms: Mapping[str, Term]) -> str:
    """What is asked of a fact: 'the chart says so', 'at least 40 % (lvef_not_contradicting)'."""
    if test.test in MEASURES:
        return f"{test.test.replace('_', ' ')} {_value(test.limit, terms, unit)}"
    if test.test == "older_than":
        return f"none in the last {_value(test.limit, terms, 'days')}"
    return {
        "present": "the chart says so",
        "absent": "the chart says that there is none",
        "documented": "documented",
    }.get(test.test, "")


def _value(value: str | float | None, terms: Mapping[str, Term], unit: str) -> str:
    """'60 days (ecg_days)', '18 years', 'a number that nobody defines (recent)'."""
    if not isinstance(value, str):
        return f"{value:g} {unit}".strip() if value is not None else ""
    known = terms[value].value
    return f"{known:g} {unit} ({value})" if known is not None else f"a number that nobody defines ({value})"


def _wrap(text: str, indent: str) -> list[str]:
    wrapped: Iterable[str] = textwrap.wrap(
        text, WIDTH, initial_indent=indent, subsequent_indent=indent + "    ", break_long_words=False
    )
    return list(wrapped)
