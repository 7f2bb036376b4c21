"""Whether a population's answers are those of the single case, on many random people and policies.

usage: python benchmarks/screen_agreement.py [--subjects 10000] [--policies 20] [--seed 1]

People and policies come from tests/randomly.py: ties, intervals, partial days, conflicts, conditions, exceptions and
windows. Every subject is held against the slow definition (tests/oracle.py), and one in fifty against the review's own
decision with reason and deciding fact. Prints how many answers were compared, and every kind that differs.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from chartproof.screen.run import Limits, screen

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
agreement: Any = importlib.import_module("agreement")
randomly: Any = importlib.import_module("randomly")

#: As many people are asked the same policies.
GROUP = 500


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--subjects", type=int, default=10_000)
    options.add_argument("--policies", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    asked = options.parse_args()
    random, told = Random(asked.seed), Counter[str]()
    groups = max(1, asked.subjects // GROUP)
    each = max(1, asked.policies // groups)
    for _ in range(groups):
        group(random, min(GROUP, asked.subjects), each, told)
    for name, count in sorted(told.items()):
        print(f"{count:10,} {name}")


def group(random: Random, subjects: int, policies: int, told: Counter[str]) -> None:
    """One set of people under policies of their own."""
    people = randomly.people(random, subjects)
    asked = [randomly.policy(random, f"policy-{number}", 8) for number in range(policies)]
    with tempfile.TemporaryDirectory() as place:
        facts, out = Path(place) / "facts.csv", Path(place) / "out"
        randomly.write_table(people, facts)
        screen(
            facts, asked, randomly.VOCABULARY, out=out, as_of=randomly.AS_OF, limits=Limits(threads=1),
            progress=lambda *_: None,
        )  # fmt: skip
        rows = duckdb.connect(":memory:").execute(
            f"select subject, policy, criterion, status, reason, fact from '{out}/criteria/*.parquet'"
        )
        got = {(row[0], row[1], row[2]): row[3:] for row in rows.fetchall()}
    told["subjects"] += subjects
    told["policies"] += policies
    for number, (name, person) in enumerate(people.items()):
        for rows_of in asked:
            for criterion, status in agreement.by_definition(person, rows_of, None).items():
                same = got[name, rows_of.id, criterion][0] == status
                told["statuses " + ("equal to the definition" if same else "THAT DIFFER from the definition")] += 1
                told[f"statuses {status}"] += 1
            for criterion, answer in agreement.by_case(person, rows_of, None).items() if number % 50 == 0 else ():
                same = got[name, rows_of.id, criterion] == answer
                told[
                    "answers with reason and fact " + ("equal to the case" if same else "THAT DIFFER from the case")
                ] += 1


if __name__ == "__main__":
    main()
