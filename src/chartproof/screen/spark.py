"""Spark as the engine of a screen: the same reviewed statements, carried over by SQLGlot, on a cluster or in this process.

Only a subset of SQL is carried over, which means the same in both (tests/screen/test_screen_spark.py holds the answers
against each other); a statement with anything else is refused and not tried. pyspark and sqlglot are the extra `spark`.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from chartproof.errors import ChartproofError, InputError

#: The parts of a statement that mean the same in both, by SQLGlot's names. An index into a list, for one, does not:
#: DuckDB counts from 1 and Spark from 0.
SUBSET = frozenset(
    [
        "Add",
        "Alias",
        "And",
        "Between",
        "CTE",
        "Case",
        "Cast",
        "Coalesce",
        "Column",
        "Count",
        "DataType",
        "DateDiff",
        "Distinct",
        "EQ",
        "From",
        "GT",
        "GTE",
        "Greatest",
        "Group",
        "Identifier",
        "If",
        "In",
        "Is",
        "Join",
        "LT",
        "LTE",
        "Least",
        "Literal",
        "Max",
        "Min",
        "Mod",
        "Mul",
        "NEQ",
        "Neg",
        "Not",
        "Null",
        "NullSafeEQ",
        "Or",
        "Order",
        "Ordered",
        "Paren",
        "Select",
        "Star",
        "Subquery",
        "Table",
        "TableAlias",
        "Union",
        "Var",
        "Where",
        "With",
    ]
)


def carried_over(query: str) -> str:
    """A statement in Spark's SQL. Raises ChartproofError CP-SCR-11 where it has a part that is not of the subset."""
    import sqlglot

    tree = sqlglot.parse_one(query, read="duckdb")
    strange = sorted({type(node).__name__ for node in tree.walk()} - SUBSET)
    if strange:
        raise ChartproofError("CP-SCR-11", f"a statement cannot be carried over to Spark ({', '.join(strange)})")
    return tree.sql(dialect="spark")


class SparkEngine:
    """Statements in a Spark session; `work` is a folder that the driver and every executor see.

    Each table is written there. A plan that went on from one table into the next would be rewritten as a whole, and the
    columns of a policy's tree are too many for that.
    """

    deep = 1

    def __init__(self, session: Any, connection: duckdb.DuckDBPyConnection, work: Path) -> None:
        self.session, self.connection, self.work = session, connection, work
        self.places: dict[str, Path] = {}

    def take(self, names: Sequence[str]) -> None:
        for name in names:
            place = self.work / f"{name}.parquet"
            self.connection.execute(f"copy {name} to '{_quoted(place)}' (format parquet)")
            self._view(name, place)

    def table(self, name: str, query: str) -> None:
        """Written whole, then in the place of the one before, which is taken away."""
        before = self.places.get(name)
        place = self.work / f"{name}-{0 if before is None or before.name.endswith('-1') else 1}"
        self._store(query, place)
        self._view(name, place)
        self.places[name] = place
        if before:
            shutil.rmtree(before)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self._ran(lambda: self.session.sql(carried_over(query)).collect())]

    def made(self, name: str) -> str:
        return f"read_parquet('{_quoted(self.places[name])}/*.parquet')"

    def _store(self, query: str, place: Path) -> None:
        target = place.absolute().as_uri()
        self._ran(lambda: self.session.sql(carried_over(query)).write.mode("overwrite").parquet(target))

    def _view(self, name: str, place: Path) -> None:
        self._ran(lambda: self.session.read.parquet(place.absolute().as_uri()).createOrReplaceTempView(name))

    def _ran(self, step: Callable[[], Any]) -> Any:
        """What Spark says of a failure may hold values of rows: only its kind is told."""
        try:
            return step()
        except ChartproofError:
            raise
        except Exception as error:
            # Spark raises what its Java side throws, under no class of its own.
            raise ChartproofError(
                "CP-SCR-12", f"Spark could not run a statement ({type(error).__name__})",
                then="Run it again with more --memory, or with --engine duckdb; what is done is kept.",
            ) from None  # fmt: skip


def _quoted(place: Path) -> str:
    return str(place).replace("'", "''")


@contextmanager
def spark_engine(
    connection: duckdb.DuckDBPyConnection, work: Path, *, master: str, memory: str = ""
) -> Iterator[SparkEngine]:
    """A session of its own on `master`, ended with the run. Raises InputError CP-SCR-10 where Spark cannot be started."""
    place = work / "spark"
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    session = _session(master, memory)
    try:
        yield SparkEngine(session, connection, place)
    finally:
        session.stop()
        shutil.rmtree(place, ignore_errors=True)


def _session(master: str, memory: str) -> Any:
    try:
        import sqlglot  # noqa: F401
        from pyspark.sql import SparkSession
    except ImportError:
        raise InputError(
            "CP-SCR-10", "Spark is not installed", where="--engine spark",
            then="Install the extra: pip install 'chartproof[spark]'. It needs Java 17 or newer.",
        ) from None  # fmt: skip
    builder = SparkSession.builder.master(master).appName("chartproof screen")
    settings = {
        "spark.sql.session.timeZone": "UTC",
        "spark.ui.showConsoleProgress": "false",
        "spark.sql.ansi.enabled": "true",
        # a statement sums by subject once a concept, and each sum takes a page of memory for itself
        "spark.buffer.pageSize": "1m",
        **({"spark.ui.enabled": "false", "spark.sql.shuffle.partitions": "16"} if master.startswith("local") else {}),
        **({"spark.driver.memory": _java(memory)} if memory else {}),
    }
    for name, value in settings.items():
        builder = builder.config(name, value)
    try:
        session = builder.getOrCreate()
    except Exception as error:
        # As above: Java, the gateway and the master each fail in their own kind.
        raise InputError(
            "CP-SCR-10", f"Spark could not be started ({type(error).__name__})", where=f"--master {master}",
            then="It needs Java 17 or newer, and a master that answers.",
        ) from None  # fmt: skip
    session.sparkContext.setLogLevel("OFF")
    return session


def _java(memory: str) -> str:
    """1500MB or 2GB as Java takes it: 1500m, 2g."""
    return memory.lower().replace(" ", "").removesuffix("b")
