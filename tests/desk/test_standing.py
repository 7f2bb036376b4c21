"""What the queue says is next: the first of our dates that is still to come, and what is late where filing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chartproof.desk.casework import next_date
from chartproof.model import Review
from chartproof.tour import review_folder

DEMO = Path(__file__).parents[2] / "examples" / "tecartus-mcl"


@pytest.fixture(scope="module")
def review() -> Review:
    return review_folder(DEMO, today=date(2026, 5, 4))


@pytest.mark.parametrize(
    ("today", "what"),
    [
        (date(2026, 5, 4), "peer_to_peer"),
        (date(2026, 5, 20), "internal_appeal"),
        (date(2026, 11, 2), "internal_appeal"),
    ],
)
def test_the_first_date_that_is_ours_and_still_to_come_is_next(review: Review, today: date, what: str) -> None:
    found = next_date(review, today)
    assert found is not None and what in found.what.lower().replace("-", "_").replace(" ", "_")


def test_a_case_without_a_denial_has_no_date_of_the_law(review: Review) -> None:
    assert next_date(replace(review, denial=None, deadlines=()), date(2026, 5, 4)) is None
