"""Codes in the tables of a policy document: which columns hold codes, and which cells say what they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from chartproof.policy.draft.code_services import other_system
from chartproof.policy.draft.code_text import codes_in, column_named, is_codes, misread, system_named
from chartproof.policy.draft.coded import Listed, coding
from chartproof.policy.draft.nodes import Node

_HEADING = re.compile(r"(?i)(?:ICD-?10(?:-?CM)?|CPT|HCPCS|diagnosis|procedure)?\s*codes?")


def of_table(rows: Sequence[Node], system: str, status: str) -> Iterator[Listed]:
    """The codes of a table's rows. `system` and `status` are what the text above it says of all of them."""
    cells = [row.cells for row in rows if row.cells]
    if not cells or re.search(coding()["skip"]["table"], cells[0][0].strip(), re.IGNORECASE):
        return
    # A row of headings begins a list of its own: on a scan, tables that stand side by side run into one.
    starts = [n for n, row in enumerate(rows) if any(_HEADING.fullmatch(cell.strip()) for cell in row.cells)]
    for first, last in pairwise([0, *(n for n in starts if n), len(rows)]):
        yield from _of_list(rows[first:last], system, status)


def _of_list(rows: Sequence[Node], system: str, status: str) -> Iterator[Listed]:
    cells = [row.cells for row in rows if row.cells]
    head = cells[0] if cells and not any(codes_in(cell, "") for cell in cells[0]) else ()
    columns = _code_columns(cells, head) if cells else []
    if not columns:
        return
    above = system_named(" ".join(head)) or system
    before: list[Listed] = []
    for row in rows:
        named = next((name for cell in row.cells if len(cell.split()) < 5 and (name := system_named(cell))), "")
        found = [
            replace(one, problem=other_system(one.code, one.system, named if row.cells is not head else ""))
            for column in columns
            for one in _row(row, column, columns, head, named or above, status)
        ]
        if not found and before and row.cells is not head and (words := _fallen(row, columns)):
            yield from (replace(one, text=f"{one.text} {words}".strip()) for one in before)
            before = []
            continue
        yield from before
        before = found
        if not found and len(list(filter(None, row.cells))) == 1:
            above = system_named(row.text) or above
    yield from before


def _fallen(row: Node, columns: Sequence[int]) -> str:
    """The words of a row without a code, which belong to the code above; "" where a column of codes has text."""
    if any(row.cells[n] for n in columns if n < len(row.cells)):
        return ""
    return " ".join(cell for n, cell in enumerate(row.cells) if cell and n not in columns)


def _code_columns(rows: Sequence[tuple[str, ...]], head: Sequence[str]) -> list[int]:
    """Columns in which most cells are codes, or whose heading says so and some are."""
    found = []
    first = bool(head) and re.match(coding()["skip"]["labels"], head[0].strip(), re.IGNORECASE) is not None
    for n in range(first, max(len(row) for row in rows)):
        cells = [row[n] for row in rows[bool(head) :] if n < len(row) and row[n]]
        coded = sum(1 for cell in cells if is_codes(cell))
        special = (
            n < len(head)
            and bool(system_named(head[n]))
            and any(codes_in(cell, system_named(head[n])) for cell in cells)
        )
        named = n < len(head) and column_named("code", head[n])
        if (coded and (coded * 2 >= len(cells) or named)) or (named and special):
            found.append(n)
    return found


def _row(
    row: Node, column: int, columns: Sequence[int], head: Sequence[str], system: str, status: str
) -> Iterator[Listed]:
    """The codes of one cell, with the cells between it and the next column of codes as their words and status."""
    if column >= len(row.cells):
        return
    beside = _beside(column, columns, len(row.cells))
    titled = {
        name: n
        for n in beside
        for name in ("system", "status", "says")
        if n < len(head) and column_named(name, head[n].strip())
    }
    texts = [n for n in beside if row.cells[n] and n not in titled.values() and not _is_system(row.cells[n])]
    says = titled.get("says", max(texts, key=lambda n: len(row.cells[n]), default=None))
    said = titled.get("status", next((n for n in reversed(texts) if n != says), None))
    group = head[column] if column < len(head) and not column_named("code", head[column]) else ""
    words = row.cells[says] if says is not None else ""
    listed = (row.cells[said] if said is not None else "") or group or status
    cell = row.cells[column]
    guess = misread(cell)
    for code, of in codes_in(cell, system_named(group) or system) or ([guess] if guess else []):
        yield Listed(of, code, words, listed, row.page)


def _beside(column: int, columns: Sequence[int], width: int) -> list[int]:
    after = next((n for n in columns if n > column), width)
    first_alone = len(columns) == 1
    return [n for n in range(width) if n not in columns and (column < n < after or (n < column and first_alone))]


def _is_system(cell: str) -> bool:
    return len(cell.split()) < 4 and bool(system_named(cell))
