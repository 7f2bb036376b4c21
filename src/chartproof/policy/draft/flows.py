"""Tables that are walked row by row: IF a test is true THEN the next row, ELSE a refusal. Each row is one test.

One column may say both: "go on; otherwise stop". It may also set a case and what is asked in it ("go on only when ..."),
or a case in which other rows are not asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.cases import REFUSES
from chartproof.policy.draft.columns import Grid
from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.entries import asked, entries
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.words import pattern


def is_flow(grid: Grid) -> bool:
    """True where a column says of most rows to which row, or to which decision, one goes on."""
    at = _outcomes(grid)
    if not at or _tested(grid) < 0:
        return False
    conditions = [
        n for n, name in enumerate(grid.head) if n < at[0] and pattern("grids", "conditions_head").match(name)
    ]
    if len(conditions) > 1:
        return False  # IF, AND, UNLESS and THEN: each row is a rule
    said = [grid.cell(row, at[0]) for row in grid.rows]
    if any(_has_two_sides(cell) for cell in said):
        return True
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
    apart = [row for row in grid.rows if _sets_case(grid, row)]
    bars = [row for row in grid.rows if _bars(grid, row)]
    asks = [row for row in grid.rows if row not in bars and row not in apart]
    found: list[Criterion] = []
    own = kind if kind not in ("", "exclusion") else "necessity"  # what stops when it is not true is asked
    for rows, role in ((asks, own), (bars, "exclusion")):
        if rows:
            listed = entries(replace(grid, rows=tuple(rows), roles=roles), role, lead)
            found += _one_refusal(listed) if role == "exclusion" else listed
    cases = [one for row in apart if (one := _in_case(grid, row, tested, own))]
    return [_waived(grid, one, apart, tested) for one in _with_cases(found, cases)]


def _one_refusal(found: list[Criterion]) -> list[Criterion]:
    """The refusals; one row that asks whether any of its own list is there is that list, and needs none above it."""
    only = found[0].children[0] if len(found) == 1 and len(found[0].children) == 1 else None
    return [replace(only, join="none")] if only is not None and only.join == "any" else found


def _sets_case(grid: Grid, row: Node) -> bool:
    """True for a row whose test only says when something is asked, or when other rows are not."""
    cell = grid.cell(row, _outcomes(grid)[0])
    return any(pattern("grids", name).match(cell) for name in ("on_if", "passes_over"))


def _in_case(grid: Grid, row: Node, tested: int, kind: str) -> Criterion | None:
    """What is asked in the row's case, None where the row only takes others back."""
    cell = grid.cell(row, _outcomes(grid)[0])
    led = pattern("grids", "on_if").match(cell)
    if led is None:
        return None
    number = grid.cell(row, grid.at("number")).rstrip(".)")
    one = asked(number or grid.cell(row, tested), row, cell[led.end() :], kind)
    return replace(one, when=grid.cell(row, tested), made_id=not number)


def _with_cases(found: Sequence[Criterion], cases: Sequence[Criterion]) -> list[Criterion]:
    """The rows' criteria with those that hold in a case alone, in the list of the rows where they stand in one."""
    group = next((one for one in found if one.join == "all" and one.kind != "exclusion" and one.children), None)
    lists = group is not None and all(not child.made_id for child in group.children)
    if group is None or not lists:
        return [*found, *cases]
    whole = replace(group, children=(*group.children, *cases))
    return [whole if one is group else one for one in found]


def _waived(grid: Grid, one: Criterion, rows: Sequence[Node], tested: int) -> Criterion:
    """The criterion with the case in which a row says that it is not asked."""
    for row in rows:
        over = pattern("grids", "passes_over").match(grid.cell(row, _outcomes(grid)[0]))
        if over is not None and one.id in re.split(r"[,\s]+", over["ids"]):
            one = replace(one, unless=one.unless or grid.cell(row, tested))
    return replace(one, children=tuple(_waived(grid, child, rows, tested) for child in one.children))


def _has_two_sides(cell: str) -> bool:
    """True for "go on; otherwise stop": what follows from a test that is true, and the refusal of one that is not."""
    first, mark, other = pattern("grids", "other_side").sub("\0", cell, count=1).partition("\0")
    return bool(mark) and pattern("grids", "next").match(first) is not None and REFUSES.match(other) is not None


def _outcomes(grid: Grid) -> Sequence[int]:
    """The columns of what follows, the one that follows from a true test first."""
    named = (n for n, name in enumerate(grid.head) if pattern("grids", "outcome_head").match(name))
    return [n for n in named if grid.roles[n] != "number"]  # "No." over the entries' own numbers


def _tested(grid: Grid) -> int:
    """The column of the tests: the one named IF, else the one before what follows from it."""
    named = next((n for n, name in enumerate(grid.head) if pattern("grids", "if_head").match(name)), -1)
    before = _outcomes(grid)[0] - 1 if _outcomes(grid) else -1
    return named if named >= 0 else before if before >= 0 and grid.roles[before] != "number" else -1


def _bars(grid: Grid, row: Node) -> bool:
    """True for a row that stops where its test is true, and goes on where it is not if that is told."""
    first, *others = [grid.cell(row, n) for n in _outcomes(grid)]
    if not others:
        return REFUSES.match(first) is not None
    goes_on = any(pattern("grids", "next").match(cell) for cell in others)
    return goes_on and pattern("grids", "next").match(first) is None
