"""Tables in which each row sets a case: what is asked in it, what it refuses, and what each row under a product's name asks."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.cells import NOTHING, cell_test
from chartproof.policy.draft.columns import Grid, is_yes
from chartproof.policy.draft.criterion import Criterion, first_words, grouped
from chartproof.policy.draft.entries import asked
from chartproof.policy.draft.guards import guarded
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.single import single
from chartproof.policy.draft.words import pattern


def cases(grid: Grid, kind: str, text: str) -> list[Criterion]:
    """The rows' criteria: of rows that name indications or situations one is enough; what holds for all stands beside."""
    ways: list[Criterion] = []
    beside: list[Criterion] = []
    for at, row in enumerate(grid.rows, 1):
        one, is_way = _case(grid, row, at, kind or "necessity")
        (ways if is_way else beside).append(one)
    if len(ways) < 2:
        return [*ways, *beside]
    words = text or " / ".join(one.text for one in ways)
    return [grouped("WAYS", grid.rows[0], words, ways[0].kind, join="any", children=tuple(ways)), *beside]


def _case(grid: Grid, row: Node, at: int, kind: str) -> tuple[Criterion, bool]:
    """One row's criterion, and whether it is a way among the others."""
    number = grid.cell(row, grid.at("number")).rstrip(".)")
    situation = grid.cell(row, grid.at("situation"))
    name = number or situation or f"r{at}"
    cells = [grid.cell(row, n) for n in grid.all_of("necessity", "then", "")]
    cells = [cell for cell in cells if not NOTHING.match(cell)]
    said = " ".join(cells)
    if kind == "exclusion" or _refuses(said):
        return replace(_refused(name, row, situation, said), made_id=not number), False
    if kind == "necessity" and pattern("grids", "continuing").search(situation):
        kind = "continuation"
    tests = [
        asked(f"{name}/{n}", row, _plain(cell), kind) for n, cell in enumerate(cells, 1) if not _asks_nothing(cell)
    ]
    if pattern("grids", "sets_case").match(situation):
        return replace(_when(name, row, situation, tests, kind), made_id=not number), False
    everyone = pattern("grids", "everyone").search(situation) is not None
    used = [] if everyone or kind == "continuation" else [single(f"{name}/0", row, situation, kind, is_made=True)]
    parts = [
        part
        for test in tests
        for part in (test.children if test.join == "all" and not (test.when or test.unless) else (test,))
    ]
    words = f"{number} {situation}".strip() if number else situation
    whole = grouped(name, row, words, kind, join="all", children=(*used, *parts))
    return replace(whole, made_id=not number), not everyone and kind == "necessity"


def _refused(name: str, row: Node, situation: str, said: str) -> Criterion:
    """A row that refuses: its case is what is refused, and what its answer lets pass is the exception."""
    plain = pattern("grids", "if").sub("", situation).strip(" ,")
    one = asked(f"{name}/0", row, plain, "exclusion")
    _, _, rest = said.partition(";")
    unless = one.unless or guarded(said).unless or rest.strip(" .")
    children = one.children if one.join == "any" else (replace(one, unless=unless),)
    return grouped(name, row, situation, "exclusion", join="none", children=children)


def _when(name: str, row: Node, situation: str, tests: Sequence[Criterion], kind: str) -> Criterion:
    """A row that asks something of some: its case is the condition."""
    when = pattern("grids", "if").sub("", situation).strip(" ,")
    one = tests[0] if len(tests) == 1 else grouped(name, row, row.text, kind, join="all", children=tuple(tests))
    return replace(one, id=name, when=when, text=one.text or row.text, find=one.find or first_words(row.text))


def _plain(cell: str) -> str:
    """The cell without the words that only grant: "it is approved only when"."""
    return pattern("grids", "then").sub("", cell).strip()


def _refuses(said: str) -> bool:
    return pattern("grids", "refused").search(said) is not None


def _asks_nothing(cell: str) -> bool:
    return pattern("grids", "nothing").match(cell) is not None


def ticked(grid: Grid, kind: str, text: str) -> list[Criterion]:
    """A matrix: under each product's or indication's name the rows that its column ticks, which are asked together."""
    asked_at = next(iter(grid.all_of("necessity", "")), 0)
    marks = grid.all_of("mark")
    if _are_diagnoses([grid.head[n] for n in marks], text):
        return _by_diagnosis(grid, marks, asked_at, kind or "necessity", text)
    ways = []
    for n in marks:
        name = grid.head[n]
        tests = [
            one
            for at, row in enumerate(grid.rows, 1)
            if (one := _tick(grid, row, at, n, asked_at, kind or "necessity"))
        ]
        if tests:
            ways.append(grouped(name, grid.rows[0], name, kind or "necessity", join="all", children=tuple(tests)))
    if len(ways) < 2:
        return ways
    words = text or " / ".join(one.text for one in ways)
    return [grouped("WAYS", grid.rows[0], words, kind or "necessity", join="any", children=tuple(ways))]


def _tick(grid: Grid, row: Node, at: int, n: int, asked_at: int, kind: str) -> Criterion | None:
    """One row under one name: what the row says where it is ticked, else the value that stands there."""
    cell, subject = grid.cell(row, n), grid.cell(row, asked_at)
    if NOTHING.match(cell) or not subject or re.match(r"(?i)not\b", cell):
        return None
    name = f"{grid.head[n]}/{grid.cell(row, grid.at('number')) or at}"
    if is_yes(cell):
        return asked(name, row, subject, kind)
    pair = Node("row", row.text, row.page, row.lines, left=row.left, cells=(subject, cell))
    return cell_test(name, pair, 1, kind)


def _are_diagnoses(names: Sequence[str], text: str) -> bool:
    """True where the columns are what a member may have, not what may be asked for."""
    known = sum(1 for name in names if pattern("grids", "illness").search(name))
    return known * 2 > len(names) or pattern("grids", "by_illness").search(text) is not None


def _by_diagnosis(grid: Grid, marks: Sequence[int], asked_at: int, kind: str, text: str) -> list[Criterion]:
    """The rows as criteria, each asked of the diagnoses that its row ticks, and a value of the one that it stands under."""
    found: list[Criterion] = []
    for at, row in enumerate(grid.rows, 1):
        tests = [(n, one) for n in marks if (one := _tick(grid, row, at, n, asked_at, kind)) is not None]
        if not tests:
            continue
        name = grid.cell(row, grid.at("number")) or f"r{at}"
        alike = len({one.text for _, one in tests}) == 1
        whose = " / ".join(grid.head[n] for n, _ in tests)
        if alike:
            first = tests[0][1]
            when = first.when or ("" if len(tests) == len(marks) else whose)
            found.append(replace(first, id=name, when=when, made_id=name == f"r{at}"))
            continue
        each = tuple(replace(one, when=one.when or grid.head[n]) for n, one in tests)
        found.append(grouped(name, row, grid.cell(row, asked_at), kind, join="all", children=each))
    words = text or " / ".join(grid.head[n] for n in marks)
    return [grouped("ALL", grid.rows[0], words, kind, join="all", children=tuple(found))] if found else []
