"""A population's answers are those of the single case: decide, its fold and the slow oracle, on people no one wrote."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import duckdb
import pytest

import oracle
import randomly
from chartproof.decide.fold import fold_criterion, tree_of
from chartproof.decide.resolve import resolve
from chartproof.model.rows import LeafResult, Rows, status_of
from chartproof.screen.run import Limits, screen
from randomly import AS_OF, Person

Answer = tuple[str, str, int | None]


def by_case(person: Person, rows: Rows, known_by: object) -> dict[str, Answer]:
    """Status, reason and the first deciding fact of each criterion, as the review of one case finds them."""
    facts, coverage = person
    results = resolve(facts, rows.leaves, rows.answers, as_of=AS_OF, known_by=known_by, coverage=coverage).results  # type: ignore[arg-type]
    tree = tree_of(rows)
    found = {}
    for criterion in rows.criteria:
        folded = fold_criterion(criterion, tree, results)
        fact = next((results[leaf].fact for leaf in folded.carriers if results[leaf].fact), "")
        found[criterion.id] = (status_of(folded.truth, folded.reason), folded.reason, int(fact) if fact else None)
    return found


def by_definition(person: Person, rows: Rows, known_by: object) -> dict[str, str]:
    """The status of each criterion by the slow definition, which shares no code with either."""
    facts, coverage = person
    results: dict[str, LeafResult] = {}
    for leaf in rows.leaves:
        results[leaf.id] = oracle.resolve_leaf(
            leaf, rows.answers, facts, as_of=AS_OF, known_by=known_by, coverage=coverage  # type: ignore[arg-type]
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


@pytest.mark.parametrize("seed", range(6))
def test_population_equals_case_and_definition(seed: int, tmp_path: Path) -> None:
    random = Random(seed)
    everyone = randomly.people(random, 80)
    policies = [randomly.policy(random, name, 7) for name in ("one", "two")]
    known_by = AS_OF - timedelta(days=random.choice((0, 1, 10))) if seed % 2 else None
    randomly.write_table(everyone, tmp_path / "facts.csv")
    out = tmp_path / "out"
    intake = screen(
        tmp_path / "facts.csv", policies, randomly.VOCABULARY, out=out, as_of=AS_OF, known_by=known_by,
        limits=Limits(threads=1, batch=33), progress=lambda *_: None,
    )  # fmt: skip
    assert (intake.subjects, intake.rejected) == (80, 0)
    rows = duckdb.sql(
        f"select subject, policy, criterion, status, reason, fact from '{out}/criteria/*.parquet'"
    ).fetchall()
    got = {(row[0], row[1], row[2]): row[3:] for row in rows}
    assert len(got) == len(rows) == 80 * 14
    for name, person in everyone.items():
        for policy in policies:
            slow = by_definition(person, policy, known_by)
            for criterion, answer in by_case(person, policy, known_by).items():
                assert got[name, policy.id, criterion] == answer, (name, policy.id, criterion)
                assert slow[criterion] == answer[0], (name, policy.id, criterion)
