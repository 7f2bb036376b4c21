"""A row of a table of which only the first cell is filled, told in time that grows as the row does."""

from __future__ import annotations

from time import process_time

import pytest

from chartproof.chart.find.statements import UNANSWERED


@pytest.mark.parametrize(
    ("row", "unanswered"),
    [
        ("Hepatitis screen | |", True),
        ("  Hepatitis screen? |  ", True),
        (". 2 Hepatitis screen: ||", True),
        ("Hepatitis screen | negative |", False),
        ("Hepatitis screen", False),
        ("?: . | |", False),
        (" | |", False),
        ("| Hepatitis screen |", False),
    ],
)
def test_a_row_is_unanswered_where_nothing_stands_behind_its_first_cell(row: str, unanswered: bool) -> None:
    assert bool(UNANSWERED.fullmatch(row)) is unanswered


@pytest.mark.parametrize("row", ["word " * 8_000, "word " * 8_000 + "| |x"])
def test_a_long_line_is_told_at_once(row: str) -> None:
    start = process_time()
    assert not UNANSWERED.fullmatch(row)
    assert process_time() - start < 0.5
