"""Rows of a matrix that make an exception from another row: "M4. Exception to row M3", with what excepts in each column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from chartproof.policy.draft.cells import NOTHING
from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.labels import label_of
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.words import pattern

#: A criterion of a row, the row's place, a column: the criterion with what excepts from it in that column.
Excepting = Callable[[Criterion, int, int], Criterion]


def with_excepting(rows: Sequence[Node]) -> tuple[list[tuple[int, Node]], Excepting]:
    """The rows that ask something with their places, and what joins to a row's criterion the exception of another row."""
    labels = [label.text if (label := label_of(row.cells[0])) is not None else "" for row in rows]
    excepts: dict[int, Node] = {}
    plain: list[tuple[int, Node]] = []
    for at, row in enumerate(rows, 1):
        said = pattern("grids", "row_excepts").search(row.cells[0])
        whose = labels.index(said["row"]) + 1 if said is not None and said["row"] in labels else 0
        if whose and whose != at:
            excepts[whose] = row
        else:
            plain.append((at, row))

    def excepting(one: Criterion, at: int, n: int) -> Criterion:
        cell = excepts[at].cells[n] if at in excepts and n < len(excepts[at].cells) else ""
        return one if NOTHING.match(cell) else replace(one, unless=f"{one.unless} or {cell}" if one.unless else cell)

    return plain, excepting
