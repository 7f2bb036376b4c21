"""The worked cases of a policy, decided: each by the same statements that decide a patient's chart."""

from __future__ import annotations

from collections.abc import Iterator

from chartproof.decide.fold import fold_criterion, tree_of
from chartproof.decide.resolve import Subject, resolve_all
from chartproof.model.policy import Policy
from chartproof.model.rows import status_of
from chartproof.policy.compile import compile_policy
from chartproof.policy.labels import load_label
from chartproof.policy.problem import Problem
from chartproof.policy.worked import WorkedCase, WorkedCases


def answers(policy: Policy, worked: WorkedCases) -> Iterator[tuple[WorkedCase, str, str]]:
    """Each case with the status and the reason that its criterion gives."""
    rows = compile_policy(policy, label=load_label(worked.label) if worked.label else None)
    tree, criteria = tree_of(rows), {criterion.id: criterion for criterion in rows.criteria}
    subjects = [
        Subject(str(n), one.facts, worked.as_of, coverage=one.coverage) for n, one in enumerate(worked.cases)
    ]  # fmt: skip
    resolved = resolve_all(subjects, rows.leaves, rows.answers)
    for n, one in enumerate(worked.cases):
        folded = fold_criterion(criteria[one.rule], tree, resolved[str(n)].results)
        yield one, status_of(folded.truth, folded.reason), folded.reason


def failed_cases(policy: Policy, worked: WorkedCases) -> tuple[Problem, ...]:
    """The cases whose criterion answers otherwise than they expect."""
    return tuple(
        Problem(
            one.line, f"{one.rule} is {status} ({reason}) in this case, which expects {one.expect}",
            "Mend the criterion, or the case where it is the case that is wrong.", file=worked.file,
        )
        for one, status, reason in answers(policy, worked)
        if status != one.expect
    )  # fmt: skip
