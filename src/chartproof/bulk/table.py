"""A chart that was read as rows of the facts table, version 1: what a decision about this one patient sees, and no more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import duckdb

from chartproof.model import Chart, Coverage, Fact

#: The form of the table, as knowledge/schemas/facts-table.schema.json publishes it.
VERSION = 1
#: The columns of a row, in order.
COLUMNS = (
    "subject", "kind", "concept", "assertion", "value", "low", "high", "unit", "first_day", "last_day", "known_by", "signed",
    "rank", "tier", "source",
)  # fmt: skip
TYPES = {"low": "double", "high": "double", "first_day": "date", "last_day": "date", "known_by": "date", "signed": "boolean", "rank": "integer"}  # fmt: skip

Row = tuple[Any, ...]


def rows_of_chart(subject: str, chart: Chart) -> list[Row]:
    """The facts and the coverage statements. What stands on another person's page is that person's, as for one case."""
    structured = {file.name for file in chart.files if file.read == "structured"}
    strangers = {document.id for document in chart.documents if document.belongs is False}
    rows = [_of_fact(subject, fact, structured, strange=fact.document in strangers) for fact in chart.facts]
    return [*rows, *(row for one in chart.coverage for row in _of_coverage(subject, one, structured))]


def row(subject: str | None, kind: str, **values: Any) -> Row:
    """One row; a column that is not given is null."""
    given = {"subject": subject, "kind": kind, **values}
    return tuple(given.get(column) for column in COLUMNS)


def record(row: Row) -> dict[str, Any]:
    """A row by its columns, without those that are null and without the subject."""
    return {name: value for name, value in zip(COLUMNS[1:], row[1:], strict=True) if value is not None}


def write_rows(rows: Sequence[Row], out: Path, *, types: Mapping[str, str] = TYPES) -> None:
    """The rows as a Parquet file, whole or not at all; a column without a type is text."""
    kinds = {name: types.get(name, "varchar") for name in COLUMNS}
    with duckdb.connect() as connection:
        connection.execute(f"create table facts ({', '.join(f'{name} {kind}' for name, kind in kinds.items())})")
        if rows:  # by column: a row at a time takes a hundred times as long
            parts = ", ".join(f"unnest(cast(? as {kind}[]))" for kind in kinds.values())
            connection.execute(
                f"insert into facts select {parts}", [list(column) for column in zip(*rows, strict=True)]
            )
        half = out.with_suffix(".half")
        name = str(half).replace("'", "''")
        connection.execute(f"copy facts to '{name}' (format parquet)")
    half.replace(out)


def _of_fact(subject: str, fact: Fact, structured: set[str], *, strange: bool) -> Row:
    span = fact.evidence[0] if fact.evidence else None
    return row(
        subject, "fact", concept=fact.concept, assertion="family" if strange else fact.assertion, value=fact.value,
        low=fact.quantity.low if fact.quantity else None, high=fact.quantity.high if fact.quantity else None,
        unit=fact.quantity.unit if fact.quantity else None, first_day=fact.when.first if fact.when else None,
        last_day=fact.when.last if fact.when else None, known_by=fact.known.last if fact.known else None,
        signed=fact.signed, rank=fact.rank, tier=_tier(span.file if span else "", structured),
        source=f"{span.file}:{span.page}:{span.start}" if span else None,
    )  # fmt: skip


def _of_coverage(subject: str, one: Coverage, structured: set[str]) -> list[Row]:
    first, last = (one.when.first, one.when.last) if one.when else (None, None)
    source = one.evidence[0].file if one.evidence else ""
    told = {"first_day": first, "last_day": last, "source": source, "tier": _tier(source, structured)}
    return [row(subject, "coverage", concept=concept, **told) for concept in one.concepts]


def _tier(file: str, structured: set[str]) -> str:
    return "code" if file in structured else "note"
