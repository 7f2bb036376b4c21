"""One subject's answers by the review's own decision and by the slow definition, to hold a population against."""

from __future__ import annotations

from datetime import date

import oracle
from chartproof.decide.fold import fold_criterion, tree_of
from chartproof.decide.resolve import resolve
from chartproof.model.rows import LeafResult, Rows, status_of
from randomly import AS_OF, Person

#: Status, reason, and the first fact that decides, by its row.
Answer = tuple[str, str, int | None]


def by_case(person: Person, rows: Rows, known_by: date | None) -> dict[str, Answer]:
    """Status, reason and the first deciding fact of each criterion, as the review of one case finds them."""
    facts, coverage = person
    results = resolve(facts, rows.leaves, rows.answers, as_of=AS_OF, known_by=known_by, coverage=coverage).results
    tree = tree_of(rows)
    found = {}
    for criterion in rows.criteria:
        folded = fold_criterion(criterion, tree, results)
        fact = next((results[leaf].fact for leaf in folded.carriers if results[leaf].fact), "")
        found[criterion.id] = (status_of(folded.truth, folded.reason), folded.reason, int(fact) if fact else None)
    return found


def by_definition(person: Person, rows: Rows, known_by: date | None) -> dict[str, str]:
    """The status of each criterion by the slow definition, which shares no code with either."""
    facts, coverage = person
    results: dict[str, LeafResult] = {}
    for leaf in rows.leaves:
        results[leaf.id] = oracle.resolve_leaf(
            leaf, rows.answers, facts, as_of=AS_OF, known_by=known_by, coverage=coverage
        )  # fmt: skip
    found = {}
    for one in rows.criteria:
        when = oracle.fold(rows, one.when, results)[0] if one.when else 1
        body = oracle.fold(rows, one.body, results)
        if one.unless and body[0] < 1:
            exception = oracle.fold(rows, one.unless, results)
            body = exception if exception[0] > body[0] else body
            body = (1, "exception_applies") if exception[0] > 0 else body
        truth, reason = body if when > 0 else (0, "") if when == 0 else (1, "not_applicable")
        found[one.id] = status_of(truth, reason)
    return found
