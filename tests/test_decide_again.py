"""A review that is decided anew: without judgements it is the same; with them the same plan answers from what is left."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from chartproof.model import Review
from chartproof.model.judgement import Judgement
from chartproof.tour import decide_again, review_folder

DAY = date(2026, 6, 1)
DEMO = Path(__file__).parents[1] / "examples" / "tecartus-mcl"


@pytest.fixture(scope="module")
def review() -> Review:
    return review_folder(DEMO, today=DAY)


def test_nothing_judged_changes_nothing(review: Review) -> None:
    assert decide_again(review, []) == review


def test_a_row_falls_when_every_fact_that_carries_it_is_rejected(review: Review) -> None:
    row = next(row for row in review.criteria if row.status == "met" and row.facts)
    concepts = {fact.concept for fact in row.facts}
    rejected = [
        Judgement(f"J{number}", "reject", "Dana Ortiz, RN", DAY, "another visit's draft", fact_id=fact.id)
        for number, fact in enumerate(review.chart.facts)
        if fact.concept in concepts
    ]
    again = decide_again(review, rejected)
    assert next(one for one in again.criteria if one.id == row.id).status != "met"
    assert len(again.chart.facts) == len(review.chart.facts) - len(rejected)


def test_an_overridden_row_is_answered_as_judged_in_the_denial_too(review: Review) -> None:
    row = next(row for row in review.criteria if row.status == "missing")
    judged = Judgement("J1", "override", "Dana Ortiz, RN", DAY, "told by telephone", "policy", row.id, "not_met")
    again = decide_again(review, [judged])
    assert next(one for one in again.criteria if one.id == row.id).status == "not_met"
    assert [one for one in again.criteria if one.id != row.id] == [one for one in review.criteria if one.id != row.id]


def test_a_row_that_is_accepted_changes_in_its_trace_alone(review: Review) -> None:
    row = next(row for row in review.criteria if row.status == "met")
    again = decide_again(review, [Judgement("J1", "accept", "Dana Ortiz, RN", DAY, "", "policy", row.id)])
    changed = [(now, was) for now, was in zip(again.criteria, review.criteria, strict=True) if now != was]
    assert [now.id for now, _ in changed] == [row.id]
    assert changed[0][0].trace[:-1] == row.trace and again.denial == review.denial and again.chart == review.chart
