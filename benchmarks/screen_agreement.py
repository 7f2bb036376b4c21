"""Whether a population's answers are those of the single case, on many random people and policies.

usage: python benchmarks/screen_agreement.py [--subjects 10000] [--policies 20] [--seed 1] [--group 500] [--alone 50] [--spark]

People and policies come from tests/randomly.py: ties, intervals, partial days, conflicts, conditions, exceptions and
windows. Every subject is held, in every status and reason, against the slow definition (tests/oracle.py); in status, reason
and deciding fact against the review's own decision; and with --spark against Spark on local[2], which must also tell of each
subject and policy the same. The review's decision is asked of a group at once, and of one subject in --alone by himself
(1: of each); each takes a twentieth of a second, and a policy half a minute on Spark, so that larger groups suit it. Prints
how many answers were compared, and every kind that differs, and ends with 1 where one does.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, timedelta
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import duckdb

from chartproof.model.rows import Rows
from chartproof.screen.engine import Opener, duck_engine
from chartproof.screen.run import Limits, screen
from chartproof.screen.spark import spark_engine

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
agreement: Any = importlib.import_module("agreement")
randomly: Any = importlib.import_module("randomly")

#: One policy of the random ones has as many criteria.
CRITERIA = 8
DIFFERS = "THAT DIFFER from"

#: Says of one kind of answers whether two are the same.
Tell = Callable[[str, object, object], None]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--subjects", type=int, default=10_000)
    options.add_argument("--policies", type=int, default=20)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--group", type=int, default=500, help="as many people are asked the same policies")
    options.add_argument("--alone", type=int, default=50, help="one subject in so many is decided by himself too")
    options.add_argument("--spark", action="store_true", help="Spark is asked the same (make spark)")
    asked = options.parse_args()
    random, told = Random(asked.seed), Counter[str]()
    groups = max(1, asked.subjects // asked.group)
    for _ in range(groups):
        people = randomly.people(random, min(asked.group, asked.subjects))
        policies = [
            randomly.policy(random, f"policy-{number}", CRITERIA) for number in range(max(1, asked.policies // groups))
        ]
        known_by = random.choice((None, randomly.AS_OF - timedelta(days=random.choice((0, 1, 10)))))
        told += Counter({"subjects": len(people), "policies": len(policies)})
        group(people, policies, known_by, asked, told)
    for name, count in sorted(told.items()):
        print(f"{count:10,} {name}")
    sys.exit(any(DIFFERS in name for name in told))


def group(
    people: Mapping[str, Any],
    policies: Sequence[Rows],
    known_by: date | None,
    asked: argparse.Namespace,
    told: Counter[str],
) -> None:
    """One set of people under policies of their own, each way."""

    def tell(kind: str, one: object, other: object) -> None:
        answers, way = kind.split(" / ")
        told[f"{answers} {'equal to' if one == other else DIFFERS} {way}"] += 1

    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        randomly.write_table(people, place / "facts.csv")
        got = screened(place, "duckdb", duck_engine, policies, known_by)
        if asked.spark:
            other = screened(place, "spark", partial(spark_engine, master="local[2]"), policies, known_by)
            for name in got.keys() | other.keys():
                tell("answers with reason and fact / Spark's", got.get(name), other.get(name))
            for one, standing in zip(standings(place / "duckdb"), standings(place / "spark"), strict=True):
                tell("standings of a subject under a policy / Spark's", one, standing)
    told.update(f"statuses {status}" for status, _reason, _fact in got.values())
    for rows in policies:
        compare(people, rows, known_by, {key: answer for key, answer in got.items() if key[1] == rows.id}, asked, tell)


def compare(
    people: Mapping[str, Any],
    rows: Rows,
    known_by: date | None,
    got: Mapping[tuple[str, str, str], Any],
    asked: argparse.Namespace,
    tell: Tell,
) -> None:
    """One policy's answers against the definition and the review's decision."""
    reviewed = agreement.by_cases(people, rows, known_by)
    for number, (name, person) in enumerate(people.items()):
        for criterion, answer in agreement.by_definition(person, rows, known_by).items():
            tell("statuses with reason / the definition", got[name, rows.id, criterion][:2], answer)
        for criterion, answer in reviewed[name].items():
            tell("answers with reason and fact / the review's decision", got[name, rows.id, criterion], answer)
        alone = agreement.by_case(person, rows, known_by) if number % asked.alone == 0 else {}
        for criterion, answer in alone.items():
            tell("answers with reason and fact / a case's alone", got[name, rows.id, criterion], answer)


def screened(place: Path, name: str, engine: Opener, policies: Sequence[Rows], known_by: date | None) -> Any:
    """The answers of the facts table there, all in one batch."""
    screen(
        place / "facts.csv", policies, randomly.VOCABULARY, out=place / name, as_of=randomly.AS_OF, known_by=known_by,
        limits=Limits(threads=1, batch=1_000_000), progress=lambda *_: None, engine=engine,
    )  # fmt: skip
    return agreement.by_screen(place / name)


def standings(out: Path) -> list[tuple[Any, ...]]:
    """How each subject stands under each policy, with what would settle it."""
    return duckdb.connect(":memory:").execute(f"select * from '{out}/subjects/*.parquet'").fetchall()


if __name__ == "__main__":
    main()
