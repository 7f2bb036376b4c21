"""Subjects' answers by the review's own decision and by the slow definition, to hold a population against."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import duckdb

import oracle
from chartproof.decide.fold import Tree, fold_criterion, tree_of
from chartproof.decide.resolve import Subject, resolve, resolve_all
from chartproof.model.rows import LeafResult, Rows, status_of
from randomly import AS_OF, Person

#: Status, reason, and the first fact that decides, by its row.
Answer = tuple[str, str, int | None]


def by_screen(out: Path) -> dict[tuple[str, str, str], Answer]:
    """What a run wrote, by subject, policy and criterion."""
    rows = duckdb.connect(":memory:").execute(
        f"select subject, policy, criterion, status, reason, fact from '{out}/criteria/*.parquet'"
    )
    return {(row[0], row[1], row[2]): (row[3], row[4], row[5]) for row in rows.fetchall()}


def by_case(person: Person, rows: Rows, known_by: date | None) -> dict[str, Answer]:
    """Each criterion's answer as the review of one case finds it."""
    facts, coverage = person
    results = resolve(facts, rows.leaves, rows.answers, as_of=AS_OF, known_by=known_by, coverage=coverage).results
    return folded(rows, tree_of(rows), results)


def by_cases(people: Mapping[str, Person], rows: Rows, known_by: date | None) -> dict[str, dict[str, Answer]]:
    """The same for many people, whose facts go through the review's statements at once; each is folded by himself."""
    asked = [Subject(name, facts, AS_OF, known_by, tuple(coverage)) for name, (facts, coverage) in people.items()]
    tree = tree_of(rows)
    found = resolve_all(asked, rows.leaves, rows.answers)
    return {name: folded(rows, tree, one.results) for name, one in found.items()}


def folded(rows: Rows, tree: Tree, results: Mapping[str, LeafResult]) -> dict[str, Answer]:
    """The answers of the leaves up the tree, by criterion."""
    found = {}
    for criterion in rows.criteria:
        one = fold_criterion(criterion, tree, results)
        fact = next((results[leaf].fact for leaf in one.carriers if results[leaf].fact), "")
        found[criterion.id] = (status_of(one.truth, one.reason), one.reason, int(fact) if fact else None)
    return found


def by_definition(person: Person, rows: Rows, known_by: date | None) -> dict[str, tuple[str, str]]:
    """Status and reason of each criterion by the slow definition, which shares no code with any of the others."""
    facts, coverage = person
    results: dict[str, LeafResult] = {}
    for leaf in rows.leaves:
        results[leaf.id] = oracle.resolve_leaf(
            leaf, rows.answers, facts, as_of=AS_OF, known_by=known_by, coverage=coverage
        )  # fmt: skip
    found = {}
    for one in rows.criteria:
        when = oracle.fold(rows, one.when, results) if one.when else (1, "")
        body = oracle.fold(rows, one.body, results)
        if one.unless and body[0] < 1:
            exception = oracle.fold(rows, one.unless, results)
            body = exception if exception[0] > body[0] else body
            body = (1, "exception_applies") if exception[0] > 0 else body
        truth, reason = body if when[0] > 0 else when if when[0] == 0 else (1, "not_applicable")
        found[one.id] = (status_of(truth, reason), reason)
    return found
