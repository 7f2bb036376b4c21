"""Tables in which each row is a way and each column one thing that is asked of it: its cells are asked together.

A row names an indication, or has only a number before its cells: then a dash says that its column is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.cells import NOTHING, cell_test
from chartproof.policy.draft.columns import Grid, are_consecutive
from chartproof.policy.draft.criterion import Criterion, first_words, grouped
from chartproof.policy.draft.entries import asked
from chartproof.policy.draft.labels import label_of, printed_label
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.sentences import sentences
from chartproof.policy.draft.single import single
from chartproof.policy.draft.words import pattern

#: A matrix asks in so many columns at least.
_LEAST = 3
#: What a column of a numbered row may hold where its name does not tell more.
_OPEN = ("", "necessity", "limits", "type", "decision")
#: A cell that says not to look at its column.
_DASH = re.compile(r"[-–—*]+|any|n/?a", re.IGNORECASE)
#: "Later row B. Gout with tophi".
_NAMED_ROW = re.compile(r"(?P<label>[A-Z][a-z]+ (?:row|line|case|group|path|way) (?:[A-Z]|\d{1,2}))[.:]\s+\S")
#: A cell of fewer words is nothing without its column's name.
_SHORT = 5


def is_matrix(grid: Grid, lead: str) -> bool:
    """True where the first column names a case in each row, and the others are numbered or tell nothing by their names.

    `lead` is what is said of the table: of numbered rows it says that one fits, or their cells tell by their dashes.
    """
    columns = _columns(grid)
    told = _reads_rows(lead) and all(_label(row) for row in grid.rows)
    if len(columns) < (_LEAST - 1 if told else _LEAST) or len(grid.rows) < 2:
        return False
    if grid.roles[0] == "number":
        return all(grid.roles[n] in _OPEN for n in columns) and (_reads_rows(lead) or _has_dashes(grid, columns))
    if grid.head[0] and pattern("grids", "asked").search(grid.head[0]) and not _reads_rows(lead):
        return False  # what is asked stands in the rows, and the columns say of whom
    named = pattern("grids", "ways").search(grid.head[0]) is not None
    labelled = all(_label(row) for row in grid.rows)
    plain = sum(1 for n in columns if grid.roles[n] in ("", "necessity"))
    return (named or labelled) and (_are_numbered(grid) or plain == len(columns))


def _reads_rows(lead: str) -> bool:
    return any(pattern("grids", "row_fits").search(said) for said in sentences(lead))


def _has_dashes(grid: Grid, columns: Sequence[int]) -> bool:
    """True where several cells are dashes: numbered criteria have words in each of their columns."""
    dashes = sum(1 for row in grid.rows for n in columns if _DASH.fullmatch(grid.cell(row, n)))
    return dashes > 1 and any(_DASH.fullmatch(grid.cell(row, columns[0])) is None for row in grid.rows)


def matrix(grid: Grid, kind: str, text: str) -> list[Criterion]:
    """Each row as a way that asks all its cells; one way is enough. A column of renewal is asked of a later request alone."""
    later = [n for n in _columns(grid) if grid.roles[n] == "continuation" and kind != "continuation"]
    ways = tuple(
        replace(
            grouped(
                _name(row),
                row,
                row.cells[0],
                kind,
                join="all",
                children=(*_own(grid, row, kind), *_cells(grid, row, kind, later)),
            ),
            find=_found_by(row),
            made_id=not _label(row),
        )
        for row in grid.rows
    )
    found = [grouped("WAYS", grid.rows[0], text or grid.head[0], kind, join="any", children=ways)]
    for n in later:
        others = [one for one in _columns(grid) if one != n]
        renewed = tuple(
            replace(test, when=test.when or row.cells[0])
            for row in grid.rows
            for test in _cells(grid, row, "continuation", others)
        )
        if renewed:
            found.append(grouped("LATER", grid.rows[0], grid.head[n], "continuation", join="all", children=renewed))
    return found


def _own(grid: Grid, row: Node, kind: str) -> tuple[Criterion, ...]:
    """Whom a row is for, as the first thing that it asks, where its column is named for members or for their diseases."""
    words = row.cells[0].removeprefix(_label(row)).lstrip(" .:–—-")
    of_disease = not _label(row) and pattern("grids", "disease_head").match(grid.head[0])
    of_whom = of_disease or pattern("grids", "population").match(grid.head[0])
    if printed_label(row.cells[0]) or not words.strip() or not of_whom:
        return ()
    return (replace(single(f"{_name(row)}/0", row, words.strip(), kind, is_made=True), find=_found_by(row)),)


def _cells(grid: Grid, row: Node, kind: str, without: Sequence[int]) -> tuple[Criterion, ...]:
    """What the cells of a row ask, but for those of some columns."""
    cells = [(_number(grid, n), grid.cell(row, n)) for n in _columns(grid) if n not in without]
    numbered = grid.roles[0] == "number"
    told = (
        _named(f"{_name(row)}/{number}", row, (grid.head[int(number)], cell), kind)
        if numbered
        else asked(f"{_name(row)}/{number}", row, cell, kind)
        for number, cell in cells
        if not NOTHING.match(cell)
    )
    return tuple(_in_row(one, row) for one in told)


def _in_row(one: Criterion, row: Node) -> Criterion:
    """What a cell asks, located by its row: the same words stand in many rows."""
    return replace(one, find=_found_by(row), children=tuple(_in_row(child, row) for child in one.children))


def _named(name: str, row: Node, cells: tuple[str, str], kind: str) -> Criterion:
    """A cell of a row that is only numbered: a few words of it are read with their column's name."""
    pair = Node("row", row.text, row.page, row.lines, left=row.left, cells=cells)
    short = cell_test(name, pair, 1, kind) if len(cells[1].split()) < _SHORT else None
    return short or asked(name, row, cells[1], kind)


def _found_by(row: Node) -> str:
    """The words that locate a row: those after its label, which stand once; all of them where it is only numbered."""
    if printed_label(row.cells[0]):
        return first_words(row.text)
    label = label_of(row.cells[0]) if _label(row) else None
    return first_words(row.cells[0][label.length if label is not None else 0 :])


def _name(row: Node) -> str:
    return _label(row) or row.cells[0]


def _columns(grid: Grid) -> list[int]:
    return [n for n, name in enumerate(grid.head) if n and name and grid.roles[n] not in ("mark", "answer", "aside")]


def _are_numbered(grid: Grid) -> bool:
    return are_consecutive([label.text if (label := label_of(grid.head[n])) else "" for n in _columns(grid)])


def _number(grid: Grid, n: int) -> str:
    label = label_of(grid.head[n]) if _are_numbered(grid) else None
    return label.text if label is not None else str(n)


def _label(row: Node) -> str:
    """The label that the row's first cell is or begins with: "Row A" of "Row A. Lymphoma, relapsed"."""
    if printed_label(row.cells[0]):
        return printed_label(row.cells[0])
    label = label_of(row.cells[0])
    if label is not None and label.kind != "bullet":
        return label.text
    named = _NAMED_ROW.match(row.cells[0])
    return named["label"] if named is not None else ""
