"""A list of outcomes on a scan decides only where one box is seen to be ticked."""

from __future__ import annotations

import pytest

from chartproof.chart.find.outcome_boxes import undecided


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Outcome (mark one):\n0 APPROVED from to\nNOT APPROVED\n[0 PENDED, papers needed\nReviewed by Q.", 3),
        ("[ ] Approved\n[ ] Denied\n", 2),
        ("[X] Approved\n[ ] Denied\n", 0),
        ("Approved 06/01/2026\nDenied: none", 0),  # no box: two statements
        ("[ ] Approved\n\nThe request is handled by another unit.", 0),
    ],
)
def test_lines_of_a_list_without_one_tick(text: str, lines: int) -> None:
    assert len(undecided(text)) == lines
