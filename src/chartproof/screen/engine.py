"""What runs the statements of a screen. All of them are written once, in the SQL of DuckDB; another engine carries them over.

The facts are read and checked in DuckDB, and so is every file written; between the two an engine decides.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, Protocol

import duckdb


class Engine(Protocol):
    #: How many layers of columns, each computed from the ones before, one statement may have.
    deep: int

    def take(self, names: Sequence[str]) -> None:
        """Tables of the working database that the statements read from here on."""

    def table(self, name: str, query: str) -> None:
        """A table of a query, in the place of an earlier one of the name, which the query may read."""

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """The rows of a query; for few of them."""

    def made(self, name: str) -> str:
        """A table that was made, as SQL in DuckDB."""


class DuckEngine:
    """DuckDB in this process."""

    deep = 1000

    def __init__(self, connection: duckdb.DuckDBPyConnection) -> None:
        self.connection = connection

    def take(self, names: Sequence[str]) -> None:
        """They are there."""

    def table(self, name: str, query: str) -> None:
        self.connection.execute(f"create or replace temp table {name} as {query}")

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(query).fetchall()

    def made(self, name: str) -> str:
        return name


#: Opens an engine over the working database; the folder is for what it keeps meanwhile.
Opener = Callable[[duckdb.DuckDBPyConnection, Path], AbstractContextManager[Engine]]


@contextmanager
def duck_engine(connection: duckdb.DuckDBPyConnection, work: Path) -> Iterator[DuckEngine]:
    yield DuckEngine(connection)


def write_parquet(connection: duckdb.DuckDBPyConnection, query: str, path: Path, *, order: str) -> None:
    """A query's rows as one file, whole or not at all; the columns of `order` put them in order and are left out."""
    half = path.with_name(path.name + ".half")
    name = str(half).replace("'", "''")
    connection.execute(
        f"copy (select * exclude ({order}) from ({query}) order by {order}) to '{name}' (format parquet, compression zstd)"
    )
    half.replace(path)
