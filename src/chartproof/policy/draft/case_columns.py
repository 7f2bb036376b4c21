"""Tables with a column for each product, age or line of business: a cell is asked of those whom its column names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.cells import NOTHING, cell_test
from chartproof.policy.draft.code_services import drugs_in
from chartproof.policy.draft.columns import Grid
from chartproof.policy.draft.criterion import Criterion, grouped
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.words import pattern

#: A case is named in so many words at the most.
_NAME = 6


def names_case(name: str) -> bool:
    """True for the name of a product, an age or a line of business: what a condition can be."""
    if not name or len(name.split()) > _NAME:
        return False
    known = drugs_in(name) or pattern("nouns", "drugs").search(name) or pattern("grids", "business").search(name)
    return bool(known) or pattern("guards", "of_age").search(name) is not None


def case_columns(grid: Grid, kind: str) -> list[Criterion]:
    """The rows' criteria, each cell under its column's name; none where the columns name no cases."""
    columns = [n for n, name in enumerate(grid.head) if n and names_case(name) and grid.roles[n] != "answer"]
    others = [n for n, role in enumerate(grid.roles) if n and n not in columns and role not in ("aside", "answer")]
    if len(columns) < 2 or others:
        return []
    found = (_row(grid, row, at, columns, kind) for at, row in enumerate(grid.rows, 1))
    return [one for one in found if one is not None]


def _row(grid: Grid, row: Node, at: int, columns: Sequence[int], kind: str) -> Criterion | None:
    """What a row asks: of each case its own cell, or of all the same."""
    cells = {n: grid.cell(row, n) for n in columns if not NOTHING.match(grid.cell(row, n))}
    name = f"{row.cells[0] or f'r{at}'}"
    tests = {n: one for n in cells if (one := cell_test(f"{name}/{grid.head[n]}", row, n, kind)) is not None}
    if not tests:
        return None
    if len(set(cells.values())) == 1 and len(cells) == len(columns):
        return replace(next(iter(tests.values())), id=name)
    told = tuple(replace(one, when=one.when or grid.head[n]) for n, one in tests.items())
    if len(told) == 1:
        return replace(told[0], id=name)
    return grouped(name, row, row.cells[0], kind, join="all", children=told)
