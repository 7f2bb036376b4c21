"""The patient's page: right steps on right days, in words that a reader of the eighth grade can follow."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chartproof.model import Deadline
from chartproof.packet.documents.words import patient_words
from chartproof.packet.look import prose_day
from packet.documents.conftest import letters, plan_review, reason, text
from packet.documents.reading import grade, split, syllables
from packet.documents.test_documents import PLANS, _id
from packet.invented import Made

GRADE = 8.0


@pytest.mark.parametrize(
    ("word", "count"),
    [("cat", 1), ("plan", 1), ("appeal", 2), ("denied", 2), ("table", 2), ("care", 1), ("decides", 2), ("lungs", 1),
     ("EBSA", 4), ("request", 2), ("hospital", 3), ("asked", 1), ("places", 2)],
)  # fmt: skip
def test_syllables_are_counted_as_they_are_spoken(word: str, count: int) -> None:
    assert syllables(word) == count


def test_the_grade_is_that_of_the_published_formula() -> None:
    assert grade(["The cat sat on the mat."]) == pytest.approx(0.39 * 6 + 11.8 - 15.59)
    hard = "Notwithstanding the aforementioned determination, the administrator's utilization reviewer reconsidered."
    assert grade([hard]) > 20


@pytest.mark.parametrize("row", PLANS, ids=_id)
@pytest.mark.parametrize("child", [False, True], ids=["adult", "child"])
def test_the_page_reads_at_the_eighth_grade_or_below(made: Made, row: dict[str, str], child: bool) -> None:
    page = letters(plan_review(made.review, row["plan"], row["state"], child=child))["patient-page"]
    assert grade(split(f"{text(page)}\n{page.foot}")) <= GRADE


@pytest.mark.parametrize("kind", sorted(set(patient_words()["reasons"]) - {"none"}))
def test_every_kind_of_reason_reads_so(made: Made, kind: str) -> None:
    for child in (False, True):
        page = letters(plan_review(made.review, "commercial_insured", "NY", child=child, reasons=reason(kind)))
        blocks = page["patient-page"].blocks
        why = next(n for n, block in enumerate(blocks) if block.text == patient_words()["head"]["why"])
        assert grade(split(blocks[why + 1].text)) <= GRADE


def test_the_days_are_those_of_the_review_and_a_later_step_has_none(made: Made) -> None:
    review = plan_review(made.review, "commercial_insured", "NY")
    page = text(letters(review)["patient-page"])
    days = {one.what: prose_day(one.safe_due) for one in review.deadlines}
    assert f"{days['internal_appeal']} Ask the plan to look again." in page
    assert f"{days['expedited_appeal']} Ask for a fast answer." in page
    assert days["external_review"] not in page
    assert "Later Ask for a review by people outside the plan." in page


def test_at_the_last_decision_the_outside_review_has_its_day(made: Made) -> None:
    review = plan_review(made.review, "commercial_insured", "NY", letter_kind="final_internal")
    day = next(prose_day(one.safe_due) for one in review.deadlines if one.what == "external_review")
    page = text(letters(review)["patient-page"])
    assert f"{day} Ask for a review by people outside the plan." in page
    assert "This is the plan's last word." in page


def test_the_next_step_is_named_where_the_case_gives_it_no_day(made: Made) -> None:
    review = plan_review(made.review, "medicaid_mco", "OH")
    review = replace(review, deadlines=tuple(one for one in review.deadlines if one.what != "fair_hearing"))
    assert "Later Ask the State for a hearing." in text(letters(review)["patient-page"])
    last = plan_review(made.review, "medicaid_mco", "OH", letter_kind="final_internal")
    assert "Later" not in text(letters(last)["patient-page"])


def test_a_call_whose_day_is_over_is_left_out_and_a_late_appeal_is_not(made: Made) -> None:
    review = plan_review(made.review, "commercial_insured", "NY")
    past = date(2026, 5, 1)
    old = tuple(
        Deadline("letter", what, past, past, "claimant", "denial.pdf, p. 1", "")
        for what in ("peer_to_peer", "internal_appeal")
    )
    page = text(letters(replace(review, deadlines=old))["patient-page"])
    assert "can call the plan's doctor" not in page
    assert "1 May 2026 This day has passed." in page


def test_a_reason_of_necessity_is_open_while_any_of_its_rows_is(made: Made) -> None:
    review = plan_review(made.review, "commercial_insured", "NY", reasons=reason("not_medically_necessary"))
    rows = tuple(replace(f, status="missing", facts=()) if f.id == "N.2" else f for f in review.criteria)
    assert "Your records answer this." in text(letters(review)["patient-page"])
    assert "still getting some of this" in text(letters(replace(review, criteria=rows))["patient-page"])


def test_a_member_of_medicare_has_nothing_to_file_for_the_next_step(made: Made) -> None:
    page = text(letters(plan_review(made.review, "medicare_advantage", "NY"))["patient-page"])
    assert "it must send the case to people outside the plan. You do not have to ask." in page
    assert "SHIP" in page and "EBSA" not in page


def test_help_is_that_of_the_plan_and_an_unchecked_number_says_so(made: Made) -> None:
    page = text(letters(plan_review(made.review, "self_funded_erisa", "OH"))["patient-page"])
    assert "1-866-444-3272. (confirm this number)" in page
    assert "New York" not in page
    page = text(letters(plan_review(made.review, "commercial_insured", "NY"))["patient-page"])
    assert "1-800-400-8882.\n" in page


@pytest.mark.parametrize(
    ("status", "words"),
    [("met", "Your records answer this."), ("missing", "The care team is still getting some of this."),
     ("not_met", "The records do not show this yet.")],
)  # fmt: skip
def test_the_answer_is_that_of_the_rows(made: Made, status: str, words: str) -> None:
    review = plan_review(made.review, "commercial_insured", "NY", reasons=reason("performance_status"))
    rows = tuple(replace(f, status=status) if f.id == "DOC.1" else f for f in review.criteria)
    page = text(letters(replace(review, criteria=rows))["patient-page"])
    assert words in page
