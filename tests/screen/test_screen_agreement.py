"""A population's answers are those of the single case: decide, its fold and the slow oracle, on people no one wrote."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from random import Random

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
    got = agreement.by_screen(out)
    assert len(got) == 80 * 14
    for policy in policies:
        reviewed = agreement.by_cases(everyone, policy, known_by)
        for number, (name, person) in enumerate(everyone.items()):
            for criterion, told in agreement.by_definition(person, policy, known_by).items():
                assert got[name, policy.id, criterion][:2] == told, (name, policy.id, criterion)
            for criterion, answer in reviewed[name].items():
                assert got[name, policy.id, criterion] == answer, (name, policy.id, criterion)
            if number % 40 == 0:  # a subject by himself takes as long as all of them at once
                assert agreement.by_case(person, policy, known_by) == reviewed[name], (name, policy.id)
