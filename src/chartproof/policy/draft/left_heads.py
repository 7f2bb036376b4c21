"""Names of columns that a page break parts from their table: they stand alone at one page's end, the rows on the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.tables import Row, Table, are_names

#: A drawn column begins so much before its text at the most, in points.
_INSET = 8.0


def with_left_heads(parts: Sequence[Line | Table]) -> Iterator[Line | Table]:
    """The parts; names at a page's end are the first row of the table that begins the next page, where they fit it."""
    at = 0
    while at < len(parts):
        line, table = parts[at], parts[at + 1] if at + 1 < len(parts) else None
        if isinstance(line, Line) and isinstance(table, Table) and _heads(line, table):
            names = Row(tuple(text for _, text in line.cells), (line,))
            yield Table((names, *table.rows), table.columns)
            at += 2
            continue
        yield line
        at += 1


def _heads(line: Line, table: Table) -> bool:
    first = table.rows[0]
    return (
        len(line.cells) == len(table.columns) > 1
        and first.lines[0].page == line.page + 1
        and are_names(line)
        and all(
            -_INSET < left - edge < _INSET for (left, _), edge in zip(line.cells, sorted(table.columns), strict=True)
        )
    )
