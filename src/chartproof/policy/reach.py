"""Which public statuses a criterion can have at all, from its tree: what its worked cases must show."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce

from chartproof.model.policy import Body, Constant, FactTest, Rule
from chartproof.policy.body import MEASURES
from chartproof.policy.load import concepts

#: A truth with whether its reason is `not_applicable`.
Outcome = tuple[int, bool]


def reachable(rule: Rule) -> tuple[str, ...]:
    """Statuses in the order met, not_met, missing, not_applicable. Children of a group are taken as independent."""
    found = set(_outcomes(rule.body))
    if rule.when:
        when = {truth for truth, _ in _outcomes(rule.when)}
        found = found if 1 in when else set()
        found |= {(1, True)} if -1 in when else set()
        found |= {(0, False)} if 0 in when else set()
    if rule.unless:
        exception = {truth for truth, _ in _outcomes(rule.unless)}
        found |= {(1, False)} if 1 in exception else set()
        found |= {(0, False)} if 0 in exception else set()
    names = (("met", (1, False)), ("not_met", (-1, False)), ("missing", (0, False)), ("not_applicable", (1, True)))
    return tuple(name for name, outcome in names if outcome in found)


def _outcomes(body: Body) -> frozenset[Outcome]:
    if isinstance(body, Constant):
        if body.kind == "label":
            return frozenset({(1, False), (0, False), (-1, False)})
        return frozenset({(1, True)} if body.kind == "not_applicable" else {(0, False)})
    if isinstance(body, FactTest):
        return _leaf(body)
    below = [_outcomes(child) for child in body.children]
    if body.kind == "first":  # a child that answers ends the list, one that is silent hands on
        return frozenset(outcome for child in below for outcome in child)
    if body.kind == "at_least":
        return _counted(below, body.need)
    pick = min if body.kind == "all" else max
    found = reduce(lambda one, other: frozenset(_joined(a, b, pick) for a in one for b in other), below)
    return frozenset((-truth, False) for truth, _ in found) if body.kind == "none" else found


def _joined(one: Outcome, other: Outcome, pick: Callable[[int, int], int]) -> Outcome:
    """Two children as one: the truth that decides, idle where every child that carries it is."""
    truth = pick(one[0], other[0])
    return truth, all(idle for of, idle in (one, other) if of == truth)


def _counted(below: list[frozenset[Outcome]], need: int) -> frozenset[Outcome]:
    counts = {(0, 0)}  # how many are yes, how many are not no
    for child in below:
        counts = {(sure + (truth > 0), open_ + (truth >= 0)) for sure, open_ in counts for truth, _ in child}
    return frozenset((1 if sure >= need else 0 if open_ >= need else -1, False) for sure, open_ in counts)


def _leaf(test: FactTest) -> frozenset[Outcome]:
    found: set[Outcome] = {(0, False)}  # a chart may always be silent
    given = dict(test.answers)
    if test.test in ("present", "absent", "older_than", *MEASURES):
        given = _default(test.test) | given
    elif test.test == "documented":
        given = {"present": "met"} | given
    values = concepts()[test.concept].values
    if test.test == "answers" and "other" in given and set(values) <= set(given):
        given.pop("other")
    for answer in given.values():
        if answer in ("met", "not_met", "not_applicable"):
            found.add((-1 if answer == "not_met" else 1, answer == "not_applicable"))
    return frozenset(found)


def _default(test: str) -> dict[str, str]:
    if test in ("present", "absent"):
        other = "absent" if test == "present" else "present"
        return {test: "met", other: "not_met"}
    return {"holds": "met", "fails": "not_met"}
