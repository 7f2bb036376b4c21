"""A chart and compiled policies as the tables that the SQL reads. The columns are described in SEMANTICS.md."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import duckdb

from chartproof.model.chart import Coverage, Document
from chartproof.model.fact import Fact
from chartproof.model.rows import Answer, Leaf

SUBJECT = "create table subject (subject varchar not null, as_of date not null, known_by date)"
FACT = """create table fact (subject varchar not null, fact varchar not null, concept varchar not null,
    assertion varchar not null, word varchar not null, low double, high double, unit varchar not null,
    first_day date, last_day date, known_day date, signed integer not null, anchored integer not null,
    rank integer not null)"""
COVERAGE = "create table coverage (subject varchar not null, concept varchar not null, first_day date, last_day date)"
LEAF = """create table leaf (leaf varchar not null, concept varchar not null, of_value varchar not null,
    window_days integer, pick varchar not null, measure varchar not null, operator varchar not null,
    limit_value double, unit varchar not null, covered integer not null, truth integer not null,
    reason varchar not null)"""
ANSWER = """create table answer (leaf varchar not null, outcome varchar not null, truth integer not null,
    reason varchar not null)"""


def create(connection: duckdb.DuckDBPyConnection) -> None:
    """Empty tables."""
    for statement in (SUBJECT, FACT, COVERAGE, LEAF, ANSWER):
        connection.execute(statement)


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Sequence[Any]]) -> None:
    """Rows by column, in one statement. `table` is one of the names above, never a user's text."""
    if not rows:
        return
    columns = [list(column) for column in zip(*rows, strict=True)]
    kinds = [kind for (kind,) in connection.execute(f"select column_type from (describe {table})").fetchall()]
    parts = ", ".join(f"unnest(cast(? as {kind}[]))" for kind in kinds)
    connection.execute(f"insert into {table} select {parts}", columns)


def fact_rows(subject: str, facts: Iterable[Fact], documents: Iterable[Document] = ()) -> list[tuple[Any, ...]]:
    """A fact on another person's page is that other person's, whatever the reader asserted."""
    strangers = {document.id for document in documents if document.belongs is False}
    return [_fact_row(subject, fact, stranger=fact.document in strangers) for fact in facts]


def _fact_row(subject: str, fact: Fact, *, stranger: bool) -> tuple[Any, ...]:
    first, last = (fact.when.first, fact.when.last) if fact.when else (None, None)
    known = fact.known.last if fact.known else None
    if first and last and known and fact.assertion in ("present", "absent", "historical"):
        last = max(first, min(last, known))  # what a record says was so cannot be later than the record
    return (
        subject,
        fact.id,
        fact.concept,
        "family" if stranger else fact.assertion,
        fact.value or "",
        fact.quantity.low if fact.quantity else None,
        fact.quantity.high if fact.quantity else None,
        fact.quantity.unit if fact.quantity else "",
        first,
        last,
        known,
        int(fact.signed),
        int(bool(fact.evidence)),
        fact.rank,
    )


def coverage_rows(subject: str, coverage: Iterable[Coverage]) -> list[tuple[Any, ...]]:
    """One row a concept."""
    return [
        (subject, concept, item.when.first if item.when else None, item.when.last if item.when else None)
        for item in coverage
        for concept in item.concepts
    ]


def leaf_rows(leaves: Iterable[Leaf]) -> list[tuple[Any, ...]]:
    return [
        (
            leaf.id,
            leaf.concept,
            leaf.of,
            leaf.window_days,
            leaf.pick,
            leaf.measure,
            leaf.operator,
            leaf.limit,
            leaf.unit,
            int(leaf.covered),
            leaf.truth,
            leaf.reason,
        )
        for leaf in leaves
    ]


def answer_rows(answers: Iterable[Answer]) -> list[tuple[Any, ...]]:
    return [(answer.leaf, answer.outcome, answer.truth, answer.reason) for answer in answers]


def subject_row(subject: str, as_of: date, known_by: date | None) -> tuple[Any, ...]:
    return (subject, as_of, known_by)
