"""The policy file itself: a population's screen, on DuckDB or on Spark, and the review's own decision, a case at a time."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import duckdb

from chartproof.cli_screen import compiled
from chartproof.decide.fold import fold_criterion, tree_of
from chartproof.decide.resolve import resolve
from chartproof.model.day import DayRange
from chartproof.model.fact import Fact, Quantity, Span
from chartproof.policy.load import concepts
from chartproof.screen.engine import Opener, duck_engine
from chartproof.screen.run import Limits, screen
from chartproof.screen.schema import Vocabulary
from chartproof.screen.spark import spark_engine
from screen_ways.asked import AS_OF, POLICIES

#: Subjects of `by_one`.
FEW = 200


def by_screen(facts: Path, out: Path, threads: int, memory: str) -> None:
    screened(facts, out / "screen", Limits(memory, threads), duck_engine)


def by_spark(facts: Path, out: Path, threads: int, memory: str) -> None:
    on_spark = partial(spark_engine, master=f"local[{threads}]", memory=memory or "2GB")
    screened(facts, out / "spark", Limits(memory, threads, 1_000_000), on_spark)
    from pyspark import SparkContext

    java = SparkContext._gateway.proc
    java.stdin.close()  # it ends with its input, and only then are its seconds told
    java.wait()


def screened(facts: Path, out: Path, limits: Limits, engine: Opener) -> None:
    vocabulary = [Vocabulary(one.id, one.type, one.values) for one in concepts().values()]
    screen(
        facts,
        [compiled(policy) for policy in POLICIES],
        vocabulary,
        out=out,
        as_of=AS_OF,
        limits=limits,
        progress=lambda *_: None,
        engine=engine,
    )


def by_one(facts: Path, out: Path, threads: int, memory: str) -> None:
    """The review's decision, a subject at a time; reading the table is not counted against it."""
    policies = [(rows, tree_of(rows)) for rows in map(compiled, POLICIES)]
    told = duckdb.connect(":memory:").execute(
        f"""select subject, concept, assertion, value, low, high, unit, first_day, coalesce(last_day, first_day)
        from '{facts}/*.parquet' where kind = 'fact' and subject < 'S{FEW:09}' order by subject"""
    )
    people: dict[str, list[Fact]] = {}
    for number, (subject, concept, assertion, value, low, high, unit, first, last) in enumerate(told.fetchall()):
        amount = Quantity(low, high, unit or "") if low is not None else None
        when = DayRange(first, last) if first else None
        people.setdefault(subject, []).append(
            Fact(str(number), concept, assertion, (Span("f", 1, 0, 1, "x"),), value, amount, when)
        )
    for chart in people.values():
        for rows, tree in policies:
            results = resolve(chart, rows.leaves, rows.answers, as_of=AS_OF).results
            for criterion in rows.criteria:
                fold_criterion(criterion, tree, results)
