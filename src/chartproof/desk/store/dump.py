"""The tables as lines of JSON, the same from SQLite and from PostgreSQL: equal states are equal bytes.

A table is read as it lies, not as this version sees it, so that a backup of an older version can be put back, and a row
that somebody spoiled stays as it is.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import Connection, Date, MetaData, Table, insert, select

#: Rows that are put back at once.
BATCH = 500


def tables(connection: Connection) -> dict[str, Table]:
    """As they are in the database, those first to which others refer."""
    found = MetaData()
    found.reflect(connection)
    return {table.name: table for table in found.sorted_tables if table.name != "alembic_version"}


def lines(connection: Connection, table: Table) -> Iterator[bytes]:
    """A line with the names of the columns, then one a row, in the order of the key."""
    yield encoded([column.name for column in table.c])
    for row in connection.execute(select(table).order_by(*table.primary_key)):
        yield encoded(list(row))


def encoded(values: list[Any]) -> bytes:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=date.isoformat).encode() + b"\n"


def load(connection: Connection, table: Table, dumped: Iterable[bytes]) -> None:
    """Puts the lines of `lines()` back. Raises ValueError where they are not of this table."""
    rows = iter(dumped)
    columns = json.loads(next(rows))
    if sorted(columns) != sorted(table.c.keys()):
        raise ValueError("these lines are of another table")
    dates = [place for place, name in enumerate(columns) if isinstance(table.c[name].type, Date)]
    while batch := [decoded(line, dates) for line in islice(rows, BATCH)]:
        connection.execute(insert(table), [dict(zip(columns, values, strict=True)) for values in batch])


def decoded(line: bytes, dates: list[int]) -> list[Any]:
    values: list[Any] = json.loads(line)
    for place in dates:
        values[place] = values[place] and date.fromisoformat(values[place])
    return values


def state(connection: Connection) -> str:
    """sha256 over all rows of all tables: equal for two stores that say the same."""
    digest = hashlib.sha256()
    for name, table in sorted(tables(connection).items()):
        digest.update(name.encode() + b"\n")
        for line in lines(connection, table):
            digest.update(line)
    return digest.hexdigest()
