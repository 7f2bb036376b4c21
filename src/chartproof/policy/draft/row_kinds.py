"""What a row of a table with several columns is for, by its first cell: "Renewal after a year", "Papers to send", "Quantity"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from chartproof.policy.draft.cells import cell_test
from chartproof.policy.draft.criterion import Criterion
from chartproof.policy.draft.labels import label_of
from chartproof.policy.draft.nodes import Node
from chartproof.policy.draft.words import pattern

#: The kinds that a row of its own may have among rows of another kind, and the patterns of their first cells.
_KINDS = {"documentation": "row_papers", "continuation": "row_renews", "exclusion": "row_refuses"}


def row_kind(row: Node) -> str:
    """documentation, continuation, exclusion or limits by what the row is about, "" where it is asked like the others."""
    label = label_of(row.cells[0])
    subject = row.cells[0][label.length if label is not None else 0 :]
    if pattern("grids", "row_limits").search(subject):
        return "limits"
    return next((kind for kind, name in _KINDS.items() if pattern("grids", name).search(subject)), "")


def apart(rows: Sequence[Node], kind: str) -> tuple[list[Node], list[Node]]:
    """The rows that are asked like the table's other rows, and those that are of a kind of their own. Limits are neither."""
    kinds = [row_kind(row) for row in rows]
    if not any(kind_of in ("", kind) for kind_of in kinds):
        return list(rows), []
    asked = [row for row, own in zip(rows, kinds, strict=True) if own in ("", kind)]
    return asked, [row for row, own in zip(rows, kinds, strict=True) if own in _KINDS and own != kind]


def of_rows(head: Sequence[str], rows: Sequence[Node], columns: Sequence[int]) -> list[Criterion]:
    """The cells of rows of their own kinds, each for whom or what its column is named."""
    return [
        replace(one, when=one.when or head[n])
        for row in rows
        for n in columns
        if (one := cell_test(f"{row.cells[0]}/{head[n]}", row, n, row_kind(row))) is not None
    ]
