"""Tables in which each row is an indication and each column one thing that is asked of it: its cells are asked together."""

from __future__ import annotations

from dataclasses import replace

from chartproof.policy.draft.cells import NOTHING
from chartproof.policy.draft.columns import Grid, are_consecutive
from chartproof.policy.draft.criterion import Criterion, first_words, grouped
from chartproof.policy.draft.entries import asked
from chartproof.policy.draft.labels import label_of
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.words import pattern

#: A matrix asks in so many columns at least.
_LEAST = 3


def is_matrix(grid: Grid) -> bool:
    """True where the first column names a case in each row, and the others are numbered or tell nothing by their names."""
    columns = _columns(grid)
    if len(columns) < _LEAST or len(grid.rows) < 2:
        return False
    named = pattern("grids", "ways").search(grid.head[0]) is not None
    labelled = all(_label(row) for row in grid.rows)
    plain = sum(1 for n in columns if grid.roles[n] in ("", "necessity"))
    return (named or labelled) and (_are_numbered(grid) or (named and plain == len(columns)))


def matrix(grid: Grid, kind: str, text: str) -> list[Criterion]:
    """Each row as a way that asks all its cells; one way is enough."""
    ways = tuple(_way(grid, row, kind) for row in grid.rows)
    words = text or grid.head[0]
    return [grouped("WAYS", grid.rows[0], words, kind, join="any", children=ways)]


def _way(grid: Grid, row: Node, kind: str) -> Criterion:
    label = _label(row)
    name = label or row.cells[0]
    cells = [(_number(grid, n), grid.cell(row, n)) for n in _columns(grid)]
    tests = tuple(asked(f"{name}/{number}", row, cell, kind) for number, cell in cells if not NOTHING.match(cell))
    way = grouped(name, row, row.cells[0], kind, join="all", children=tests)
    return replace(way, find=first_words(row.cells[0]), made_id=not label)


def _columns(grid: Grid) -> list[int]:
    return [n for n, name in enumerate(grid.head) if n and name and grid.roles[n] not in ("mark", "answer", "aside")]


def _are_numbered(grid: Grid) -> bool:
    return are_consecutive([label.text if (label := label_of(grid.head[n])) else "" for n in _columns(grid)])


def _number(grid: Grid, n: int) -> str:
    label = label_of(grid.head[n]) if _are_numbered(grid) else None
    return label.text if label is not None else str(n)


def _label(row: Node) -> str:
    """The label that the row's first cell begins with: "Row A" of "Row A. Lymphoma, relapsed"."""
    label = label_of(row.cells[0])
    return label.text if label is not None and label.kind != "bullet" else ""
