"""Tables in which each row is an indication or a situation: what it asks, and what its other columns say of it alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.cells import begins_list, cell_test
from chartproof.policy.draft.criterion import Criterion, first_words, grouped
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.single import single
from chartproof.policy.draft.words import pattern


def situation_column(head: Sequence[str]) -> int:
    """The column that names each row's situation: the first, or the second behind a column of numbers; -1 where none does."""
    at = 1 if len(head) > 2 and pattern("grids", "number").search(head[0]) else 0
    return at if pattern("grids", "ways").search(head[at]) else -1


def rows_of_situations(
    head: Sequence[str], rows: Sequence[Node], columns: Sequence[int], roles: Sequence[str]
) -> tuple[list[Criterion], list[Criterion]]:
    """The ways, one for each row, and beside them the refusals, renewals and papers of one row alone."""
    at = situation_column(head)
    ways: list[Criterion] = []
    beside: list[Criterion] = []
    for row in rows:
        if len(row.cells) <= max(columns):
            continue
        situation = row.cells[at]
        name = row.cells[0]
        renews = bool(at) and pattern("grids", "continuing").search(situation) is not None
        for n in columns:
            kind = "continuation" if renews and roles[n] == "necessity" else roles[n]
            one = cell_test(f"{name}/{head[n]}", row, n, kind)
            if one is None:
                continue
            if roles[n] == "necessity":
                ways.append(_way(name, row, situation, one, kind, numbered=bool(at)))
            else:
                beside.append(beside_row(one, row, n, f"{head[0]} {name}" if at else name, listed=bool(at)))
    return ways, beside


def _way(name: str, row: Node, situation: str, one: Criterion, kind: str, *, numbered: bool) -> Criterion:
    """The situation itself, and all that its cell asks. It has its row's number where one is printed."""
    asked = one.children if one.join == "all" and not (one.when or one.unless) else (one,)
    used = single(f"{name}/use", row, situation, kind, is_made=True)
    text = f"{name} {situation}" if numbered else situation
    way = grouped(name if numbered else f"{name}/{one.id}", row, text, kind, join="all", children=(used, *asked))
    return replace(way, made_id=not numbered)


def beside_row(one: Criterion, row: Node, n: int, whose: str, *, listed: bool) -> Criterion:
    """One cell that holds for its row alone: of a list of refusals none may be true, of a list of papers each is sent.

    `listed` where the rows are numbered: their cells are lists, if only of one item.
    """
    cell, kind = row.cells[n], one.kind
    listed = listed and begins_list(cell)
    if listed and one.join == "leaf":
        only = replace(one, id=f"{one.id}/b1")
        one = replace(one, join="all", leaf=None, when="", unless="", children=(only,))
    join = "none" if kind == "exclusion" and (one.join == "any" or listed) else one.join
    return replace(one, text=cell, find=first_words(cell), join=join, when=one.when or whose)
