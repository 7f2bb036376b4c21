"""The work list and counts.csv. A work list is in the order of the document that is asked for, then of the subject's
key: an order to work in, no order of patients."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from chartproof.decide import tables
from chartproof.model.rows import Rows
from chartproof.screen.cells import define, harmless
from chartproof.screen.counts import Counts, Reader, Table

#: Columns of text that come from the registry or the policy.
_TOLD = (
    "subject",
    "site",
    "product",
    "policy",
    "edition",
    "one_fact_that_would_settle",
    "document",
    "ask",
    "missing_rows",
)


def write_worklist(reader: Reader, policies: Sequence[Rows], names: Mapping[str, str], out: Path) -> tuple[Path, ...]:
    """worklist.csv and .parquet: who has rows missing and none that is not met, those first whom one document settles."""
    connection = reader.connection
    connection.execute(
        "create or replace temp table remedy (policy varchar, edition varchar, criterion varchar, document varchar, ask varchar, place integer)"
    )
    tables.insert(
        connection, "remedy",
        [(rows.id, rows.edition, one.id, one.remedy, one.ask, place) for rows in policies for place, one in enumerate(rows.criteria)],
    )  # fmt: skip
    connection.execute("create or replace temp table named (concept varchar, words varchar)")
    tables.insert(connection, "named", list(names.items()))
    query = """
        select s.subject, s.site, s.product, s.policy, s.edition, s.overall as standing,
            coalesce(n.words, s.would_settle) as one_fact_that_would_settle,
            first(r.document order by r.place) as document, first(r.ask order by r.place) as ask,
            string_agg(c.criterion || ' (' || c.reason || ')', '; ' order by r.place) as missing_rows,
            s.missing, s.rejected_rows
        from subjects s inner join criteria c on c.subject = s.subject and c.policy = s.policy
            and c.edition = s.edition and c.status = 'missing'
        inner join remedy r on r.policy = c.policy and r.edition = c.edition and r.criterion = c.criterion
        left join named n on n.concept = s.would_settle
        where s.overall in ('one_away', 'more_missing')
        group by all"""
    written = []
    connection.execute(
        f"""create or replace temp table worklist as select * from ({query}) order by policy, edition,
        case when standing = 'one_away' then 0 else 1 end, one_fact_that_would_settle, missing, subject"""
    )
    define(connection)
    told = ", ".join(f"harmless({column}) as {column}" for column in _TOLD)
    for ending, what, how in (
        ("parquet", "worklist", "format parquet, compression zstd"),
        ("csv", f"(select * replace ({told}) from worklist)", "format csv, header"),
    ):
        path = out / f"worklist.{ending}"
        name = str(path).replace("'", "''")
        connection.execute(f"copy {what} to '{name}' ({how})")
        written.append(path)
    return tuple(written)


def counts_csv(counts: Iterable[Counts], changes: Table | None) -> str:
    """Every count that the page shows: policy, edition, table, row, column, subjects ('hidden' for a small count and what would tell it)."""
    text = io.StringIO()
    out = csv.writer(text, lineterminator="\n")
    out.writerow(("policy", "edition", "table", "row", "column", "subjects"))
    for one in counts:
        for table in (one.overall, one.criteria, one.alone, one.ages, one.settle, one.sites, one.products):
            _rows(out, ((one.policy, one.edition, *line) for line in _lines(table)))
        _rows(out, ((one.policy, one.edition, "funnel", name, "left", told(cell)) for name, cell in one.funnel))
    _rows(out, (("", "", *line) for line in (_lines(changes) if changes else ())))
    return text.getvalue()


def _rows(out: Any, rows: Iterable[Sequence[str]]) -> None:
    out.writerows([harmless(cell) for cell in row] for row in rows)


def _lines(table: Table) -> Iterable[tuple[str, str, str, str]]:
    for name, cells in table.rows:
        for column, cell in zip(table.columns, cells, strict=True):
            yield table.name, name, column, told(cell)


def told(cell: int | None) -> str:
    return "hidden" if cell is None else str(cell)
