"""Linters of what a policy file states: its schema, its terms and windows, its codes, its places in the source."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import yaml
from jsonschema import Draft202012Validator

from chartproof.codes.book import ends, status
from chartproof.model.policy import Body, FactTest, Group, Policy, Rule
from chartproof.policy.load import knowledge, read_text
from chartproof.policy.marked import parse
from chartproof.policy.problem import Problem

_MORE = 3


def schema(policy: Policy) -> Iterator[Problem]:
    """What the schema of policy files does not allow; the loader has already refused what it cannot read."""
    root = parse(read_text(Path(policy.file)), policy.file).node
    checked = Draft202012Validator(orjson.loads(knowledge("schemas", f"{policy.layer}.schema.json").read_bytes()))
    for error in checked.iter_errors(_plain(root)):
        where = ".".join(str(part) for part in error.absolute_path) or "the file"
        what = f"'{where}' does not fit the schema: {error.message[:120]}"
        yield Problem(_line(root, error.absolute_path), what, "See knowledge/schemas, or an editor with the schema.")


def terms(policy: Policy) -> Iterator[Problem]:
    """A term that nothing uses, one that is ours without a reason, one that is undefined and does not say so."""
    used = {name for rule in policy.rules for test in _tests(rule) for name in (test.within, test.limit)}
    for term in policy.terms:
        line = policy.lines.get(f"terms.{term.name}", 1)
        if term.name not in used and policy.layer == "policy":
            yield Problem(line, f"the term '{term.name}' is never used", "Delete it, or name it in a criterion.")
        if term.value is None and not term.because:
            yield Problem(
                line, f"the term '{term.name}' has no value", "Give one, or say in 'because' that none exists."
            )
        elif term.basis != "policy" and not term.because:
            what = f"the term '{term.name}' is ours and does not say why (because)"
            yield Problem(line, what, "Say in 'because' what the policy leaves open.")


def windows(policy: Policy) -> Iterator[Problem]:
    """A number of days in a test of a criterion that does not say whose number it is."""
    for rule in policy.rules:
        for test in _tests(rule):
            days = test.within if isinstance(test.within, int) else None
            days = int(test.limit) if test.test == "older_than" and isinstance(test.limit, (int, float)) else days
            if days is not None and not rule.basis:
                what = f"{rule.id} has a window of {days} days without a basis"
                yield Problem(
                    test.line, what, "Name it as a term with its basis, or give the criterion 'basis: policy'."
                )


def of_summary(policy: Policy) -> bool:
    """Whether it was written from a summary: then there is no page to name, and no edition that worked cases would prove."""
    return bool(policy.facts_of.get("from_summary"))


def sources(policy: Policy) -> Iterator[Problem]:
    """A file without a source, a criterion without its place, or without what would settle it."""
    if not policy.sources:
        yield Problem(1, "no source is given (sources)", "Name the document, its edition and where it was read.")
    for rule in policy.rules:
        if policy.layer == "label" and not rule.source:
            yield Problem(rule.line, f"{rule.id} has no source", "Name the part of the label.")
        if policy.layer == "policy" and not of_summary(policy) and not (rule.find and rule.section):
            what = f"{rule.id} does not say where the policy has it (at, find)"
            yield Problem(rule.line, what, "Give page, section and at most eight words of the sentence.")
        if isinstance(rule.body, (FactTest, Group)) and not (rule.remedy and rule.ask):
            what = f"{rule.id} does not say what would settle it and who is asked (remedy, ask)"
            yield Problem(rule.line, what, "Name the document that would settle it, and who has it.")


def codes(policy: Policy) -> Iterator[Problem]:
    """A code that could not be billed on the edition's day, unless the file says that the payer prints it so."""
    listed = policy.facts_of.get("codes")
    if not isinstance(listed, Mapping):
        return
    try:
        day = date.fromisoformat(policy.edition)
    except ValueError:
        yield Problem(policy.lines.get("edition", 1), "the edition is no date", "Write the effective date, in quotes.")
        return
    known = set(_as_printed(listed))
    for printed in dict.fromkeys(_codes(listed)):
        for code in dict.fromkeys(ends(printed)):
            found = status(code, day) if code and not re.search(r"[-xX]$", code) and code not in known else None
            if found is None or found.kind in ("valid", "unknown") or (found.kind == "header" and "." not in code):
                continue
            said = {"header": "is a header", "deleted": "had ended", "not_yet": "was not yet valid"}[found.kind]
            instead = ", ".join((*found.now, *found.children)[:_MORE])
            mend = f"Use {instead}. " if instead else ""
            confirm = "" if found.verified else " (confirm)"
            yield Problem(
                _line_of(policy, printed), f"{code} {said} on {policy.edition}{confirm}",
                f"{mend}Where the payer prints it so, list it under codes.as_printed.",
            )  # fmt: skip


def not_in_source(policy: Policy, pages: Sequence[str]) -> Iterator[Problem]:
    """A phrase that the document given does not have, or has on another page: then the edition differs."""
    flat = [_flat(page) for page in pages]
    whole = " ".join(flat)
    for rule in (rule for rule in policy.rules if rule.find):
        phrase = _flat(rule.find)
        if phrase not in whole:
            what = f"the phrase of {rule.id} is not in the document: '{rule.find}'"
            yield Problem(rule.line, what, "Take at most eight words from this edition, or check the edition.")
            continue
        on = [number for number, page in enumerate(flat, 1) if phrase in page]
        if rule.page and len(pages) > 1 and on and rule.page not in on:
            yield Problem(rule.line, f"the phrase of {rule.id} is on page {on[0]}, not {rule.page}", "Mend at.page.")


def _flat(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().lower()


def _codes(data: object) -> Iterator[str]:
    """Every printed code: values of `code`, and the entries of lists of codes."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key == "as_printed":
                continue
            if key == "code":
                yield str(value)
            else:
                yield from _codes(value)
    elif isinstance(data, list):
        for value in data:
            if isinstance(value, str):
                yield value
            else:
                yield from _codes(value)


def _as_printed(data: object) -> Iterator[str]:
    """The codes that the file says the payer prints although they cannot be billed."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            if key == "as_printed" and isinstance(value, list):
                yield from (str(code) for code in value)
            else:
                yield from _as_printed(value)


def _line_of(policy: Policy, printed: str) -> int:
    """The first line at or below `codes` that has the code."""
    start = policy.lines.get("codes", 1)
    for number, line in enumerate(read_text(Path(policy.file)).splitlines()[start - 1 :], start):
        if printed in line:
            return number
    return start


def _tests(rule: Rule) -> Iterator[FactTest]:
    for body in (rule.when, rule.body, rule.unless):
        yield from _below(body)


def _below(body: Body | None) -> Iterator[FactTest]:
    if isinstance(body, Group):
        for child in body.children:
            yield from _below(child)
    elif isinstance(body, FactTest):
        yield body


def _plain(node: yaml.Node) -> Any:
    """Plain data in which days stay texts, as an editor's schema sees them."""
    if isinstance(node, yaml.MappingNode):
        return {str(key.value): _plain(value) for key, value in node.value}
    if isinstance(node, yaml.SequenceNode):
        return [_plain(item) for item in node.value]
    tag = node.tag.rpartition(":")[2]
    if tag == "bool":
        return str(node.value).lower() in ("true", "yes", "on")
    if tag in ("int", "float"):
        return float(node.value) if tag == "float" or not str(node.value).isdigit() else int(node.value)
    return None if tag == "null" else str(node.value)


def _line(root: yaml.Node, path: Sequence[str | int]) -> int:
    node = root
    for part in path:
        if isinstance(node, yaml.MappingNode):
            node = next((value for key, value in node.value if str(key.value) == str(part)), node)
        elif isinstance(node, yaml.SequenceNode) and isinstance(part, int):
            node = node.value[part]
    return int(node.start_mark.line) + 1
