"""The rows of a table as they are read: their labels in a column of their own, and "same" as the words that it repeats."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.labels import Label, label_of
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.words import pattern


def labels_of(rows: Sequence[Node]) -> list[Label]:
    """The labels that the rows' first cells begin with ("K1. The member ..."), none where a row has none or one stands twice."""
    found = [label_of(row.cells[0]) for row in rows]
    told = [one for one in found if one is not None and one.kind != "bullet"]
    whole = len(told) == len(rows) > 1 and len({one.text for one in told}) == len(told)
    return told if whole and all(_goes_on(one, row) for one, row in zip(told, rows, strict=True)) else []


def _goes_on(label: Label, row: Node) -> bool:
    return label.length < len(row.cells[0])


def parted(rows: Sequence[Node], labels: Sequence[Label]) -> tuple[Node, ...]:
    """The rows with each label as a cell of its own before the words that it labels."""
    return tuple(
        replace(row, cells=(label.text, row.cells[0][label.length :].strip(), *row.cells[1:]))
        for row, label in zip(rows, labels, strict=True)
    )


def with_repeated(rows: Sequence[Node], head: Sequence[str]) -> list[Node]:
    """The rows, each cell that only says "same" with the words of the cell that it repeats: beside it, or above it."""
    found: list[Node] = []
    for row in rows:
        cells = list(row.cells)
        for n in range(1, len(cells)):
            said = pattern("grids", "same").fullmatch(cells[n].strip())
            if said is None:
                continue
            above = found[-1].cells[n] if found and n < len(found[-1].cells) else ""
            meant = above if re.search(r"(?i)above|ditto|[\"”〃]", cells[n]) else _beside(cells, head, n, said["whose"])
            cells[n] = meant or cells[n]
        found.append(replace(row, cells=tuple(cells)))
    return found


def _beside(cells: Sequence[str], head: Sequence[str], n: int, whose: str | None) -> str:
    """The cell of the column that is named ("same as initial"), else of the one before; the first names the row itself."""
    names = (whose or "").lower().split()
    named = [at for at in range(1, n) if at < len(head) and any(word in head[at].lower() for word in names)]
    plain = not names or names[0] in ("left", "beside", "before")
    at = named[0] if named else n - 1 if plain else 0
    return cells[at] if at > 0 else ""
