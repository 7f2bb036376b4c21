"""The page of the ladder: one page for every plan, its dates in words, no label over another."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pypdfium2 as pdfium
import pytest

from chartproof.model import Case, Denial, Patient, Review
from chartproof.packet.ladder import ladder_data, ladder_pdf
from chartproof.rights.deadlines import case_deadlines
from chartproof.rights.ladder import ladder
from packet.invented import Made

PLANS = ("commercial_insured NY", "self_funded_erisa", "medicare_advantage", "dsnp", "medicaid_mco NY", "fehb", "tricare",
         "marketplace", "grandfathered", "chip NY", "original_medicare")  # fmt: skip
DENIAL = Denial(
    file="denial.pdf", is_denial=True, letter_kind="denial", appeal_level_next="internal", decision_type="pre_service",
    letter_date=date(2026, 4, 28), received=date(2026, 4, 30), reference="UM-26-0304417", peer_to_peer_phone="315-555-0190",
    appeal_fax="315-555-0148", appeal_address="Advocacy Unit, Building 4, Suite 210, P.O. Box 38225, Cato Falls, NY 13047-0221",
)  # fmt: skip


def review_of(made: Made, plan: str, **changes: object) -> Review:
    plan_type, _, state = plan.partition(" ")
    denial = replace(DENIAL, plan_type=plan_type, state=state or None, **changes)  # type: ignore[arg-type]
    case = Case(
        as_of=date(2026, 5, 1), plan_type=plan_type, state=state, apheresis_planned=date(2026, 5, 26),
        patient=Patient(name="Rosalind Theodora Abernathy-Calloway"),
    )  # fmt: skip
    dates = case_deadlines(denial, case)
    return replace(made.review, denial=denial, case=case, deadlines=dates, ladder=ladder(denial, case, dates))


def words(pdf: bytes) -> list[str]:
    return [" ".join(page.get_textpage().get_text_range().split()) for page in pdfium.PdfDocument(pdf)]


@pytest.mark.parametrize("plan", PLANS)
def test_one_page_with_every_step_and_day(made: Made, plan: str) -> None:
    review = review_of(made, plan)
    pages = words(ladder_pdf(review))
    assert len(pages) == 1
    for number, step in enumerate(review.ladder, 1):
        assert f"{number}. {step.name}" in pages[0]
        assert step.safe_due is None or step.safe_due.isoformat()[:10] in pages[0]
    assert "open now" in pages[0] and "last day passed" in pages[0]


def test_a_final_decision_fits_too(made: Made) -> None:
    review = review_of(made, "commercial_insured NY", letter_kind="final_internal", appeal_level_next="external")
    pages = words(ladder_pdf(review))
    assert len(pages) == 1 and "2026-08-28" in pages[0] and "before this letter" in pages[0]


def test_labels_that_stand_close_are_at_different_heights(made: Made) -> None:
    line = ladder_data(review_of(made, "dsnp"))["line"]
    points = line["points"]
    for at, point in enumerate(points):
        for other in points[at + 1 :]:
            # At the right edge a label stands left of its day, against that of an earlier one.
            turned = (point["at"] > 0.86) != (other["at"] > 0.86)
            apart = 0.32 if turned else 0.16
            assert abs(point["at"] - other["at"]) >= apart or point["level"] != other["level"]


def test_the_same_review_gives_the_same_bytes(made: Made) -> None:
    review = review_of(made, "fehb")
    assert ladder_pdf(review) == ladder_pdf(review)
