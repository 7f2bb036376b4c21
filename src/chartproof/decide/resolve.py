"""Runs the two constant statements: which facts a leaf looks at, and what each leaf answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files

import duckdb

from chartproof.decide import tables
from chartproof.errors import ChartproofError
from chartproof.model.chart import Coverage, Document
from chartproof.model.fact import Fact
from chartproof.model.rows import Answer, Considered, Leaf, LeafResult
from chartproof.model.truth import REASONS

SUBJECT = "patient"


@dataclass(frozen=True, slots=True)
class Subject:
    """One patient, as the statements see him; `facts` are unique by id within the patient."""

    id: str
    facts: Sequence[Fact]
    as_of: date
    known_by: date | None = None
    coverage: tuple[Coverage, ...] = ()
    documents: tuple[Document, ...] = ()


@dataclass(frozen=True, slots=True)
class Resolved:
    """`results` by leaf id; `considered` by leaf id, the deciding facts first, each group latest first."""

    results: dict[str, LeafResult]
    considered: dict[str, tuple[Considered, ...]]


def statement(name: str) -> str:
    """The reviewed SQL text: consider or resolve."""
    return files("chartproof.decide").joinpath(f"{name}.sql").read_text(encoding="utf-8")


def resolve(
    facts: Sequence[Fact],
    leaves: Iterable[Leaf],
    answers: Iterable[Answer],
    *,
    as_of: date,
    known_by: date | None = None,
    coverage: Iterable[Coverage] = (),
    documents: Iterable[Document] = (),
) -> Resolved:
    """Every leaf's answer for one patient. Raises ChartproofError CP-DEC-01 where the plan gives no truth value."""
    one = Subject(SUBJECT, facts, as_of, known_by, tuple(coverage), tuple(documents))
    return resolve_all([one], leaves, answers)[SUBJECT]


def resolve_all(
    subjects: Sequence[Subject], leaves: Iterable[Leaf], answers: Iterable[Answer]
) -> Mapping[str, Resolved]:
    """The same for many subjects in one run, by their ids."""
    with duckdb.connect(":memory:") as connection:
        connection.execute("set threads = 1")
        tables.create(connection)
        tables.insert(connection, "subject", [tables.subject_row(one.id, one.as_of, one.known_by) for one in subjects])
        facts = [row for one in subjects for row in tables.fact_rows(one.id, one.facts, one.documents)]
        tables.insert(connection, "fact", facts)
        covered = [row for one in subjects for row in tables.coverage_rows(one.id, one.coverage)]
        tables.insert(connection, "coverage", covered)
        tables.insert(connection, "leaf", tables.leaf_rows(leaves))
        tables.insert(connection, "answer", tables.answer_rows(answers))
        connection.execute(f"create table considered as {statement('consider')}")
        results = connection.execute(statement("resolve")).fetchall()
        looked_at = connection.execute(
            """select subject, leaf, fact, role, truth, reason from considered
            order by leaf, case role when 'decides' then 0 else 1 end, last_day desc nulls last, rank desc, fact"""
        ).fetchall()
    considered: dict[str, dict[str, list[Considered]]] = {one.id: {} for one in subjects}
    for subject, leaf, fact, role, truth, reason in looked_at:
        seen = considered[subject].setdefault(leaf, [])
        seen.append(Considered(leaf, fact, role, truth, reason, len(seen)))
    found: dict[str, dict[str, LeafResult]] = {one.id: {} for one in subjects}
    for row in results:
        found[row[0]][row[1]] = _checked(LeafResult(row[1], row[2], row[3], row[4]))
    return {
        one.id: Resolved(found[one.id], {leaf: tuple(rows) for leaf, rows in considered[one.id].items()})
        for one in subjects
    }


def _checked(result: LeafResult) -> LeafResult:
    """Null is a defect, never unknown; so is a reason outside of the closed list."""
    if result.truth not in (-1, 0, 1) or result.reason not in REASONS:
        raise ChartproofError("CP-DEC-01", "the decision plan gave no truth value", where=result.leaf)
    if (result.truth == 0) != (result.reason in REASONS[:10]):
        raise ChartproofError("CP-DEC-01", "a reason does not go with its truth", where=result.leaf)
    return result
