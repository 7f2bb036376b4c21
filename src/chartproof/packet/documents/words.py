"""The words of the documents, the plan's family, and the law's sentences: all data, read once.

Sentences are of the closed list of forms (knowledge/vocabulary/forms), so that a check can tell ours from the chart's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from chartproof.model import Review, Right
from chartproof.packet.data import knowledge
from chartproof.packet.forms import form, forms
from chartproof.packet.tree import Run

_LAW = ("federal-private", "federal-programs", "medicaid-chip", "medicare", "new-york")

#: What is not known and is written in by hand.
BLANK = "____"


def words(section: str) -> Mapping[str, Any]:
    """One section of forms/documents.yaml, for titles, headings and the box at the top."""
    found: Mapping[str, Any] = knowledge("vocabulary/forms/documents.yaml")[section]
    return found


def say(name: str, **fields: str) -> Run:
    """The sentence of this name, filled, as a run that names it: 'expedited.refuse', 'file.items.1'."""
    return form(name, **fields)


def say_all(name: str, **fields: str) -> list[Run]:
    """The sentences of a list, in its order."""
    count = sum(one.startswith(f"{name}.") for one in forms())
    return [form(f"{name}.{n}", **fields) for n in range(1, count + 1)]


def patient_words() -> Mapping[str, Any]:
    """forms/patient.yaml: the plain words of the patient's page."""
    found: Mapping[str, Any] = knowledge("vocabulary/forms/patient.yaml")["patient"]
    return found


def helpers() -> Mapping[str, Any]:
    """documents_help.yaml: who helps without charge."""
    found: Mapping[str, Any] = knowledge("vocabulary/documents_help.yaml")["help"]
    return found


def plan_type(review: Review) -> str:
    """The plan type of the case, else of the notice; empty where neither says it."""
    return review.case.plan_type or (review.denial.plan_type if review.denial else "") or ""


def family_name(review: Review) -> str:
    """The family of the plan in its state; `unknown` where no plan type is known."""
    entry = knowledge("vocabulary/documents_plans.yaml")["plans"].get(plan_type(review), {"family": "unknown"})
    state = review.case.state or (review.denial.state if review.denial else "") or ""
    return str(entry.get("states", {}).get(state.upper(), entry["family"]))


def family(review: Review) -> Mapping[str, Any]:
    """What documents_plans.yaml says of the plan's family."""
    found: Mapping[str, Any] = knowledge("vocabulary/documents_plans.yaml")["families"][family_name(review)]
    return found


def venue(name: str, review: Review) -> Mapping[str, Any]:
    """A level of review as the plan's family meets it."""
    entry = dict(knowledge("vocabulary/documents_plans.yaml")["venues"][name])
    return {**entry, **entry.get("of", {}).get(family_name(review), {})}


def venue_names() -> tuple[str, ...]:
    """Every level of review that has a document."""
    return tuple(knowledge("vocabulary/documents_plans.yaml")["venues"])


def everyone() -> tuple[str, ...]:
    """Rules that reach every plan."""
    return tuple(knowledge("vocabulary/documents_plans.yaml")["everyone"])


@cache
def _rules() -> Mapping[str, Any]:
    return {rule["id"]: rule for name in _LAW for rule in knowledge(f"law/{name}.yaml")["rules"]}


@cache
def law(rule_id: str) -> Right:
    """The rule with this id; `verified` where its text and its paragraph were checked. KeyError for an id that no table has."""
    rule = _rules()[rule_id]
    sure = bool(rule["verified"]) and bool(rule.get("pinpoint_verified", True))
    return Right(rule_id, " ".join(rule["says"].split()), rule["citation"], sure)


def law_words(rule_id: str) -> Run:
    """What the rule says, with its citation; that it was not checked, where it was not."""
    rule = law(rule_id)
    doubt = "" if rule.verified else f" {words('common')['confirm']}"
    return Run(f"{rule.says.rstrip('.')} ({rule.citation}).{doubt}", source=f"rule:{rule_id}")


def lawful(review: Review) -> Review:
    """The review with the rules that its documents may name beside its own, for the check of a document."""
    plain = tuple(replace(due, citation=due.citation.removesuffix(" (confirm)")) for due in review.deadlines)
    return replace(review, rights=(*review.rights, *laws_of(review)), deadlines=plain)


def laws_of(review: Review) -> tuple[Right, ...]:
    """Every rule that a document of the plan's family may name."""
    plan, named = family(review), list(everyone())
    for part in ("expedited", "records", "consent", "network"):
        named += plan[part]
    for name in plan["venues"]:
        named += [rule for part in ("time", "rules", "expedited") for rule in venue(name, review)[part]]
    return tuple(law(rule) for rule in dict.fromkeys(named))
