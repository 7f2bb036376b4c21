"""Linters of the worked cases beside a policy: every answer that a criterion can give is shown by a case."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from chartproof.model.policy import Constant, Policy
from chartproof.policy.lint_data import of_summary
from chartproof.policy.problem import Problem
from chartproof.policy.reach import reachable
from chartproof.policy.worked import cases_file, read_cases

#: A criterion has at least so many cases.
LEAST = 3


def missing_cases(policy: Policy) -> Iterator[Problem]:
    """A criterion without a case for an answer that it can give, or with fewer than three cases."""
    if policy.layer != "policy":
        return
    worked = read_cases(policy)
    if worked is None and of_summary(policy):
        return
    name = cases_file(policy.file).name
    if worked is None:
        yield Problem(1, "no worked case is given", f"Write {name}: for each criterion one met, not met and missing.")
        return
    shown = Counter((case.rule, case.expect) for case in worked.cases)
    for rule in policy.rules:
        if isinstance(rule.body, Constant) and not rule.when:
            continue
        wanted = [one for one in reachable(rule) if one not in worked.cannot.get(rule.id, ())]
        lacking = [one for one in wanted if not shown[rule.id, one]]
        count = sum(number for (owner, _), number in shown.items() if owner == rule.id)
        if lacking:
            words = " and ".join(one.replace("_", " ") for one in lacking)
            yield Problem(rule.line, f"{rule.id} has no case that is {words}", f"Add it to {name}.")
        elif count < LEAST:
            yield Problem(
                rule.line, f"{rule.id} has {count} cases of {LEAST}", f"Add one to {name}, such as a stale one."
            )
