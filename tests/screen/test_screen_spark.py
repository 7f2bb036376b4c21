"""Spark runs the same statements: all of them are of the subset that means the same there, and the answers are equal."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from random import Random
from typing import Any

import duckdb
import pytest

import randomly
from chartproof.cli import main
from chartproof.cli_screen import compiled
from chartproof.errors import ChartproofError
from chartproof.model.rows import Rows
from chartproof.screen import batch
from chartproof.screen.engine import Opener, duck_engine
from chartproof.screen.plan import plan_of
from chartproof.screen.run import Limits, screen
from chartproof.screen.spark import carried_over, spark_engine
from chartproof.screen.statements import Statements
from randomly import AS_OF

sqlglot = pytest.importorskip("sqlglot", reason="sqlglot is not installed: pip install 'chartproof[spark]'")


class Recorded:
    """An engine that runs nothing and keeps what it is asked."""

    deep = 1

    def __init__(self) -> None:
        self.asked: list[str] = []

    def table(self, name: str, query: str) -> None:
        self.asked.append(query)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        self.asked.append(query)
        return [(0,)]

    def take(self, names: Sequence[str]) -> None:
        pass

    def made(self, name: str) -> str:
        return name


def policies() -> list[Rows]:
    packaged = [compiled(name) for name in ("excellus/7.02.11", "brexu_mcl")]
    return [*packaged, *(randomly.policy(Random(seed), f"random-{seed}", 6) for seed in range(5))]


def test_every_statement_is_carried_over_and_reads_as_spark() -> None:
    plan, engine = plan_of(policies()), Recorded()
    batch.decide_batch(engine, Statements(plan, AS_OF))
    batch.fold_batch(engine, plan)
    assert len(engine.asked) > 10
    carried = [carried_over(query) for query in engine.asked]
    for query in carried:
        assert sqlglot.parse_one(query, read="spark")
    told = " ".join(carried).lower()
    assert "datediff(day, " in told and " date '" not in told


@pytest.mark.parametrize(
    ("query", "part"),
    [
        ("select ['a', 'b'][n] from t", "Bracket"),
        ("select unnest(words) from t", "Explode"),
        ("select day - other from t", "Sub"),
        ("select arg_max(value, day) from t", "ArgMax"),
        ("select regexp_matches(word, 'x') from t", "Regexp"),
    ],
)
def test_what_does_not_mean_the_same_there_is_refused(query: str, part: str) -> None:
    with pytest.raises(ChartproofError) as refused:
        carried_over(query)
    assert refused.value.code == "CP-SCR-11" and part in refused.value.what


def test_without_spark_one_line_says_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark", None)
    monkeypatch.setitem(sys.modules, "pyspark.sql", None)
    randomly.write_table({}, tmp_path / "facts.csv")
    asked = ["--policy", "brexu_mcl", "--as-of", AS_OF.isoformat(), "--engine", "spark", "--out", str(tmp_path / "out")]
    assert main(["screen", str(tmp_path / "facts.csv"), *asked]) == 2
    last = capsys.readouterr().err.strip().splitlines()[-1]
    assert last.startswith("CP-SCR-10") and "chartproof[spark]" in last


@pytest.fixture
def spark() -> None:
    """Without Spark or Java a test is skipped and says so; in CI it fails."""
    if find_spec("pyspark") is None or shutil.which("java") is None:
        why = "Spark is not here, and its engine NOT tested: make spark (it needs Java 17 or newer)"
        (pytest.fail if os.environ.get("CI") else pytest.skip)(why)


@pytest.mark.usefixtures("spark")
def test_spark_writes_what_duckdb_writes(tmp_path: Path) -> None:
    """All in one batch: each statement takes its time there, whatever it reads."""
    random = Random(11)
    randomly.write_table(randomly.people(random, 1500), tmp_path / "facts.csv")
    asked = [randomly.policy(random, name, 4) for name in ("one", "two")]
    engines: dict[str, Opener] = {"duckdb": duck_engine, "spark": partial(spark_engine, master="local[2]")}
    for name, engine in engines.items():
        screen(
            tmp_path / "facts.csv", asked, randomly.VOCABULARY, out=tmp_path / name, as_of=AS_OF,
            known_by=AS_OF - timedelta(days=5), limits=Limits(threads=1, batch=10_000), progress=lambda *_: None, engine=engine,
        )  # fmt: skip
    told: list[Any] = []
    for name in engines:
        parts = (f"{tmp_path}/{name}/{part}/*.parquet" for part in ("criteria", "subjects"))
        read = [duckdb.sql(f"select * from '{part}'") for part in parts]
        told.append([(one.columns, one.types, one.fetchall()) for one in read])
    assert told[0] == told[1] and len(told[0][0][2]) == 1500 * 8
