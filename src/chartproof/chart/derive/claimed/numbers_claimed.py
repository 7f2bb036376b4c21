"""Numbers that our papers and the plan's letter tell, each beside the chart's own number of the same thing.

What is told is read by the finders that read the chart (paper_facts), so that every number and every way of writing it
counts; how far two numbers may lie apart, and how old one may be that bears the claim out, is data
(knowledge/vocabulary/claims.yaml, `numbers`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from chartproof.chart.derive.claimed.papers import CORRECT
from chartproof.chart.derive.standing import CLINICIANS, amount, last_day, standing, takes_side, within
from chartproof.chart.view import Reading
from chartproof.chart.vocabulary import load
from chartproof.model import Conflict, DayRange, Fact

#: "Last ECOG: 0" claims it as well.
SAID = ("present", "historical")
SCALES = ("ecog", "karnofsky", "pps")
#: The window in which a score counts (a convention of the project).
SCORE_DAYS = 30
#: A number of the chart that is older than this is no answer to a claim of today.
OLD_DAYS = 200
#: A clinician's number this close to the newest one is quoted before a nurse's table; a claim of such a day is of that day.
NEAR_DAYS, SAME_DAYS = 14, 3


def numbers_claimed(
    reading: Reading, claimed: Sequence[Fact], facts: Sequence[Fact], asked: date
) -> Iterator[Conflict]:
    """One conflict at most for each concept and each paper."""
    kinds = {document.id: document.kind for document in reading.documents}
    days = {document.id: document.when for document in reading.documents}
    plan = load("contradictions.yaml")["sources"]["plan"]
    seen: set[tuple[str, str]] = set()
    for claim in claimed:
        rule, key = rule_of(claim.concept), (claim.concept, claim.evidence[0].file)
        if rule is None or key in seen or claim.assertion not in SAID or single(claim) is None:
            continue
        of_plan = kinds.get(claim.document) in plan
        dated = claim.when not in (None, days[claim.document], DayRange.day(asked))
        beside = against(claim, rule, facts, asked, kinds, dated=dated)
        if beside:
            seen.add(key)
            beside = current(beside, facts, asked) if of_plan else beside
            paper = "plan's letter" if of_plan else paper_name(kinds.get(claim.document, ""))
            right = f"{amount(beside)} ({beside.when})" + ("" if of_plan else f"; {CORRECT}")
            yield Conflict(f"{rule['name']}: the {paper}", claim.evidence[0], beside.evidence[0], right)


def rule_of(concept: str) -> dict[str, Any] | None:
    """How numbers of the concept are compared; None where they are not."""
    words = load("claims.yaml")["numbers"]
    if concept in words["never"]:
        return None
    return {"name": concept.replace("_", " "), **words["default"], **words["of"].get(concept, {})}


def paper_name(kind: str) -> str:
    return {"draft_letter": "draft letter", "prior_auth_form": "request form"}.get(kind, "unsigned draft")


def single(fact: Fact) -> float | None:
    low, high = (fact.quantity.low, fact.quantity.high) if fact.quantity else (None, None)
    return low if low is not None and low == high else None


def against(
    claim: Fact, rule: dict[str, Any], facts: Sequence[Fact], asked: date, kinds: dict[str, str], *, dated: bool
) -> Fact | None:
    """The chart's number that the claim is not: of the day that it gives, else of the newest days."""
    known = [
        fact
        for concept in rule.get("concepts", [claim.concept])
        for fact in standing(facts, concept, asked)
        if fact.quantity and fact.rank and (concept not in SCALES or takes_side(fact, "retold"))
    ]
    if dated and claim.when and claim.when.exact:
        known = [one for one in known if abs((last_day(one) - last_day(claim)).days) <= SAME_DAYS]
    newest = max(map(last_day, known), default=date.min)
    if not dated and (newest == date.min or (asked - newest).days > OLD_DAYS or told_undated(claim, rule, facts)):
        return None
    usable = [one for one in known if (newest - last_day(one)).days <= rule["days"]]
    value = single(claim) or 0.0
    if not usable or any(agrees(one, value, rule) for one in usable):
        return None
    near = [one for one in usable if (newest - last_day(one)).days <= NEAR_DAYS]
    best = max(
        near, key=lambda one: (kinds.get(one.document) in CLINICIANS, bool(one.extra.get("method")), last_day(one))
    )
    reports = load("contradictions.yaml")["sources"]["report"]
    own = [one for one in near if kinds.get(one.document) in reports and amount(one) == amount(best)]
    return max(own, key=last_day, default=best)


def told_undated(claim: Fact, rule: dict[str, Any], facts: Sequence[Fact]) -> bool:
    """Whether the chart gives the very number without its day."""
    told = [
        fact for fact in facts if fact.concept == claim.concept and fact.when is None and fact.quantity and fact.signed
    ]
    return any(fact.assertion == "present" and agrees(fact, single(claim) or 0.0, rule) for fact in told)


def agrees(fact: Fact, value: float, rule: dict[str, Any]) -> bool:
    low = fact.quantity.low if fact.quantity and fact.quantity.low is not None else value
    high = fact.quantity.high if fact.quantity and fact.quantity.high is not None else value
    room = rule["apart"] if "apart" in rule else rule["share"] * max(abs(value), abs(high))
    return low - room <= value <= high + room


def current(newest: Fact, facts: Sequence[Fact], asked: date) -> Fact:
    """The number itself, or of a score that is too old to count, the newest one on any scale that is not."""
    if newest.concept not in SCALES or within(newest, asked, SCORE_DAYS):
        return newest
    known = [one for scale in SCALES for one in standing(facts, scale, asked) if one.quantity and one.rank]
    return max((one for one in known if within(one, asked, SCORE_DAYS)), key=last_day, default=newest)
