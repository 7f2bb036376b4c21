"""Names of columns at a page's end head the table that begins the next page."""

from __future__ import annotations

from dataclasses import replace

from chartproof.policy.draft.left_heads import with_left_heads
from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.tables import Row, Table

NAMES = Line(
    1,
    0,
    25,
    "Population Wear Benefit",
    60.0,
    700.0,
    400.0,
    10.0,
    ((60.0, "Population"), (200.0, "Wear"), (340.0, "Benefit")),
)
ROWS = tuple(
    Row(("Row", "words of a cell", "more"), (Line(2, 0, 9, "Row words", 60.0, 60.0 + 20 * n, 400.0, 10.0),))
    for n in range(2)
)


def test_names_at_a_pages_end_are_the_first_row_of_the_table_on_the_next() -> None:
    (table,) = with_left_heads([NAMES, Table(ROWS, (56.0, 196.0, 336.0))])
    assert isinstance(table, Table) and table.rows[0].cells == ("Population", "Wear", "Benefit")


def test_names_of_other_columns_or_on_the_same_page_stay() -> None:
    other = [NAMES, Table(ROWS, (56.0, 250.0, 336.0))]
    same = [replace(NAMES, page=2), Table(ROWS, (56.0, 196.0, 336.0))]
    assert list(with_left_heads(other)) == other and list(with_left_heads(same)) == same
