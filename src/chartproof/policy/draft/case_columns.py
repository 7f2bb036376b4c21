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
#: A number, what is asked, and then at least two cases.
_NUMBERED = 3


def names_case(name: str) -> bool:
    """True for the name of a product, an age or a line of business: what a condition can be."""
    if not name or len(name.split()) > _NAME:
        return False
    known = drugs_in(name) or pattern("nouns", "drugs").search(name) or pattern("grids", "business").search(name)
    return bool(known) or pattern("guards", "of_age").search(name) is not None


def case_columns(grid: Grid, kind: str) -> list[Criterion]:
    """The rows' criteria, each cell under its column's name; none where the columns name no cases.

    What a member has is a case where the rows are numbered requirements: without a number each illness is a way.
    """
    columns = [n for n, name in enumerate(grid.head) if n and names_case(name) and grid.roles[n] != "answer"]
    numbered = grid.roles[0] == "number" and len(grid.head) > _NUMBERED
    subject = 1 if numbered and 1 not in columns else 0
    if not columns and subject:
        columns = _illnesses(grid)
    beside = (n for n, role in enumerate(grid.roles) if n > subject and role not in ("aside", "answer"))
    if len(columns) < 2 or any(n not in columns for n in beside):
        return []
    found = (_row(grid, row, (at, subject), columns, kind) for at, row in enumerate(grid.rows, 1))
    return [one for one in found if one is not None]


def _illnesses(grid: Grid) -> list[int]:
    """The columns behind a number and what is asked, where most of them are named for what a member may have."""
    columns = [n for n in range(2, len(grid.head)) if grid.head[n] and grid.roles[n] in ("", "necessity", "limits")]
    ill = sum(1 for n in columns if pattern("grids", "illness").search(grid.head[n]))
    return columns if pattern("grids", "asked").search(grid.head[1]) and ill * 2 >= len(columns) else []


def _row(grid: Grid, row: Node, place: tuple[int, int], columns: Sequence[int], kind: str) -> Criterion | None:
    """What a row asks: of each case its own cell, or of all the same. `place` is the row's, and the column of its subject."""
    at, subject = place
    cells = {n: grid.cell(row, n) for n in columns if not NOTHING.match(grid.cell(row, n))}
    name = f"{row.cells[0] or f'r{at}'}"
    pairs = {n: replace(row, cells=(row.cells[subject], cell)) for n, cell in cells.items()}
    tests = {n: one for n in cells if (one := cell_test(f"{name}/{grid.head[n]}", pairs[n], 1, kind)) is not None}
    if not tests:
        return None
    if len(set(cells.values())) == 1 and len(cells) == len(columns):
        whole = next(iter(tests.values()))
    elif subject and pattern("grids", "disease").search(row.cells[subject]):  # each case's cell is the disease itself
        whole = grouped(name, row, row.cells[subject], kind, join="any", children=tuple(tests.values()))
    else:
        told = tuple(replace(one, when=one.when or grid.head[n]) for n, one in tests.items())
        alone = len(told) == 1
        whole = told[0] if alone else grouped(name, row, row.cells[subject], kind, join="all", children=told)
    return replace(whole, id=name, made_id=not subject)
