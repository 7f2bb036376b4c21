"""Checks on a policy that loads and may still be wrong. A check is one function; each message says how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from chartproof.model.policy import Policy
from chartproof.policy import lint_cases, lint_data, lint_logic
from chartproof.policy.problem import Problem

#: Every linter, in the order in which they run.
LINTERS: tuple[Callable[[Policy], Iterator[Problem]], ...] = (
    lint_data.schema,
    lint_data.terms,
    lint_data.windows,
    lint_data.sources,
    lint_data.codes,
    lint_logic.never_met,
    lint_logic.contradictory_all,
    lint_logic.repeated,
    lint_logic.unreachable,
    lint_logic.swallowed,
    lint_logic.half_answered,
    lint_cases.missing_cases,
)


def check_policy(policy: Policy, *, source: Sequence[str] = ()) -> tuple[str, ...]:
    """Messages 'file:line: what. How to mend it.', in file order; empty where nothing was found.

    `source` are the pages of the payer's document, where the reader has it: every `find` must stand in it.
    """
    return told(policy, problems(policy, source=source))


def problems(policy: Policy, *, source: Sequence[str] = ()) -> tuple[Problem, ...]:
    """What the linters find, each once."""
    found = [problem for linter in LINTERS for problem in linter(policy)]
    if source:
        found += lint_data.not_in_source(policy, source)
    return tuple(dict.fromkeys(found))


def told(policy: Policy, found: Sequence[Problem]) -> tuple[str, ...]:
    """The messages of problems, in file order."""
    name = Path(policy.file).name
    return tuple(problem.words(name) for problem in sorted(found))
