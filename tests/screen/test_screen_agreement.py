"""A population's answers are those of the single case: decide, its fold and the slow oracle, on people no one wrote."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

import duckdb
import pytest

import agreement
import randomly
from chartproof.screen.run import Limits, screen
from randomly import AS_OF


@pytest.mark.parametrize("seed", range(4))
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
    for number, (name, person) in enumerate(everyone.items()):
        for policy in policies:
            for criterion, status in agreement.by_definition(person, policy, known_by).items():
                assert got[name, policy.id, criterion][0] == status, (name, policy.id, criterion)
            if number % 8 == 0:  # the review's own decision takes long, a subject at a time
                for criterion, answer in agreement.by_case(person, policy, known_by).items():
                    assert got[name, policy.id, criterion] == answer, (name, policy.id, criterion)
