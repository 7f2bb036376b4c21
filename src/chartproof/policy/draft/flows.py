"""Tables that are walked row by row: IF a test is true THEN the next row, ELSE a refusal. Each row is one test."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.cases import REFUSES
from chartproof.policy.draft.columns import Grid
from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.entries import entries
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.words import pattern


def is_flow(grid: Grid) -> bool:
    """True where a column says of most rows to which row, or to which decision, one goes on."""
    at = _outcomes(grid)
    if not at or _tested(grid) < 0:
        return False
    said = [grid.cell(row, at[0]) for row in grid.rows]
    if len(at) == 1 and any(REFUSES.match(cell) for cell in said):
        return False  # a table of decisions: what follows from a test that is not true is not told
    steps = [cell for n in at for row in grid.rows if pattern("grids", "next").match(cell := grid.cell(row, n))]
    branches = any(pattern("grids", "if_head").match(name) for name in grid.head) and len(at) > 1
    leads = [row for row in grid.rows if any(grid.cell(row, n) for n in at)] if branches else grid.rows
    return len(steps) * 2 > len(leads) and (all(said) or branches)


def flow(grid: Grid, kind: str, lead: str) -> list[Criterion]:
    """The rows' tests; one that leads to a refusal when it is true, and on when it is not, states what is refused."""
    tested = _tested(grid)
    roles = tuple(
        "necessity" if n == tested else role if role == "number" else "aside" for n, role in enumerate(grid.roles)
    )
    bars = [row for row in grid.rows if _bars(grid, row)]
    asks = [row for row in grid.rows if row not in bars]
    found: list[Criterion] = []
    for rows, own in ((asks, kind or "necessity"), (bars, "exclusion")):
        if rows:
            found += entries(replace(grid, rows=tuple(rows), roles=roles), own, lead)
    return found


def _outcomes(grid: Grid) -> Sequence[int]:
    """The columns of what follows, the one that follows from a true test first."""
    return [n for n, name in enumerate(grid.head) if pattern("grids", "outcome_head").match(name)]


def _tested(grid: Grid) -> int:
    """The column of the tests: the one named IF, else the one before what follows from it."""
    named = next((n for n, name in enumerate(grid.head) if pattern("grids", "if_head").match(name)), -1)
    before = _outcomes(grid)[0] - 1 if _outcomes(grid) else -1
    return named if named >= 0 else before if before >= 0 and grid.roles[before] != "number" else -1


def _bars(grid: Grid, row: Node) -> bool:
    """True for a row that stops where its test is true and goes on where it is not."""
    first, *others = [grid.cell(row, n) for n in _outcomes(grid)]
    goes_on = any(pattern("grids", "next").match(cell) for cell in others)
    return goes_on and pattern("grids", "next").match(first) is None
