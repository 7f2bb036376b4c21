"""Papers that stand beside criteria: what proves each entry, and when it is asked.

Whom a criterion is for, and which of several ways it is, is said of its paper too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.cells import NOTHING
from chartproof.policy.draft.columns import Grid
from chartproof.policy.draft.criterion import Criterion, first_words, grouped
from chartproof.policy.draft.single import single


def proofs(grid: Grid, asked: int) -> list[Criterion]:
    """The papers of a register's column of proofs as one list, each under its entry's number and found by its words."""
    n = grid.at("documentation")
    told = [(row, grid.cell(row, n)) for row in grid.rows if grid.cell(row, 0) and not NOTHING.match(grid.cell(row, n))]
    if n <= asked or grid.roles[0] != "number" or not told:
        return []
    papers = []
    for row, cell in told:
        number, entry = grid.cell(row, 0).rstrip(".)"), grid.cell(row, asked)
        one = single(f"{number}/proof", row, cell, "documentation", is_made=True)
        papers.append(replace(one, text=f"{entry} {cell}", find=first_words(entry)))
    return [grouped("PROOF", grid.rows[0], grid.head[n], "documentation", join="all", children=tuple(papers))]


def relied_on(columns: Sequence[Criterion]) -> list[Criterion]:
    """A table's columns; the paper of one of several ways is asked when that way is relied on, and no other is.

    The paper of what is asked of some is asked of the same: "in a member with diabetes".
    """
    if not columns or columns[0].kind != "necessity":
        return list(columns)
    first, *others = columns
    beside = first.children
    either = first.join not in ("all", "none", "leaf")
    return [first, *(_papers(one, beside, either=either) if one.kind == "documentation" else one for one in others)]


def _papers(column: Criterion, beside: Sequence[Criterion], *, either: bool) -> Criterion:
    children = tuple(replace(one, when=one.when or _when(one, beside, either=either)) for one in column.children)
    return replace(column, children=children)


def _when(paper: Criterion, beside: Sequence[Criterion], *, either: bool) -> str:
    """When a paper is asked; it stands in the row of the criterion of which it repeats the words."""
    owner = next((one for one in beside if one.text and one.text in paper.text), None)
    if owner is None:
        return ""
    if either:
        return f"{owner.id if not owner.made_id else owner.find} is relied on"
    return owner.when
