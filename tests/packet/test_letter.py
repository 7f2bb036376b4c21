"""The letter says what the findings say, in the order of the denial, and no more."""

from __future__ import annotations

from dataclasses import replace

import pytest

from chartproof.model import DenialReason, Document, Page, Review, SourceFile
from chartproof.packet.citations import citations
from chartproof.packet.exhibits import build_book
from chartproof.packet.letter import build_letter
from chartproof.packet.table import Purpose
from chartproof.packet.tree import Letter
from packet.conftest import Made


def _letter(review: Review, purpose: Purpose = "appeal") -> Letter:
    book = build_book(review, citations(review, with_denial=purpose != "prior-auth"))
    return build_letter(review, book, purpose, draft=True)


def _text(letter: Letter) -> str:
    return "\n".join(block.text for block in letter.blocks)


def test_answers_the_reasons_in_the_order_of_the_denial(made: Made) -> None:
    headings = [b.text for b in _letter(made.review).blocks if b.kind == "heading"]
    assert headings[:2] == ["1. Performance status", "2. Prior therapy"]
    swapped = replace(made.review.denial, reasons=tuple(reversed(made.review.denial.reasons)))
    headings = [b.text for b in _letter(replace(made.review, denial=swapped)).blocks if b.kind == "heading"]
    assert headings[:2] == ["1. Prior therapy", "2. Performance status"]


def test_cites_the_exhibit_of_each_statement(made: Made) -> None:
    line = next(b.text for b in _letter(made.review).blocks if "ECOG 1" in b.text)
    assert "ECOG 1 on 21 April 2026 [Exhibit " in line
    assert "2026-04-21" not in line, "dates in prose are written out"


def test_says_that_the_policy_has_no_criterion_on_prior_therapy_and_keeps_label_apart(made: Made) -> None:
    text = _text(_letter(made.review))
    assert "I find no criterion on prior therapy in medical policy 1.2." in text
    assert "The FDA label: the indication names no number of earlier lines." in text


def test_does_not_say_so_where_the_policy_has_one(made: Made) -> None:
    row = replace(
        made.review.criteria[3], id="N.9", says="two prior lines of therapy were given", status="missing", evidence=()
    )
    text = _text(_letter(replace(made.review, criteria=(*made.review.criteria, row))))
    assert "I find no criterion" not in text
    assert "Criterion N.9 asks that two prior lines of therapy were given. This package does not show it yet." in text


def test_gaps_are_gaps(made: Made) -> None:
    text = _text(_letter(made.review))
    gaps = text[text.index("What is not in this package") :]
    assert "DOC.2, that a chest x-ray was done. Ordered, not done." in gaps
    assert "DOC.3" in gaps
    assert "Two items are open. Each will be sent when it exists:" in gaps
    assert "a chest x-ray was done" not in text[: text.index("What is not in this package")]


def test_a_row_that_is_not_met_is_said_to_be_not_met(made: Made) -> None:
    rows = tuple(
        replace(f, status="not_met", shows="ECOG 3 on 2026-04-21") if f.id == "DOC.1" else f
        for f in made.review.criteria
    )
    assert "The chart shows otherwise: ECOG 3 on 21 April 2026" in _text(_letter(replace(made.review, criteria=rows)))


def test_the_numbers_stand_beside_an_attestation(made: Made) -> None:
    line = next(b.text for b in _letter(made.review).blocks if "organ function: adequate" in b.text.lower())
    assert "Measured: LVEF 60\u00a0%" in line


def test_a_reason_without_rows_asks_for_its_criterion(made: Made) -> None:
    denial = replace(made.review.denial, reasons=(DenialReason("other", "Because.", 1),))
    assert "No row of the table speaks to this reason." in _text(_letter(replace(made.review, denial=denial)))


def test_a_denial_over_the_treating_center_names_what_is_to_come(made: Made) -> None:
    denial = replace(made.review.denial, reasons=(DenialReason("rems_atc", "Not certified.", 1),))
    text = _text(_letter(replace(made.review, denial=denial)))
    assert "is not in this package; it is to come from the center" in text
    assert "I find no criterion on a REMS certificate" in text


@pytest.mark.parametrize("purpose", ["prior-auth", "external-review"])
def test_the_request_is_one_sentence_of_its_purpose(made: Made, purpose: Purpose) -> None:
    opening = _letter(made.review, purpose).blocks[0].text
    assert opening.startswith(
        "I ask you to approve" if purpose == "prior-auth" else "I ask you to overturn the plan's denial"
    )
    assert ("denial" in opening) == (purpose == "external-review")


def test_quotes_the_treating_centers_own_letter_on_its_standing(made: Made) -> None:
    text = (
        'The notice says that we are not a "certified center". Our program is accredited by the Invented Foundation. '
        "Beds: 30. Since 2025 no hospital can hold a REMS certification. We would be glad to talk."
    )
    source = SourceFile("program.txt", "", "text", (Page("program.txt", 1, text),))
    letter = Document("p1", "program.txt", 1, 1, "program_letter", "Invented Program", belongs=True, signed=True)
    chart = made.review.chart
    chart = replace(chart, files=(*chart.files, source), documents=(*chart.documents, letter))
    denial = replace(made.review.denial, reasons=(DenialReason("rems_atc", "Not certified.", 1),))
    words = _text(_letter(replace(made.review, chart=chart, denial=denial)))
    assert "The treating center states: “Our program is accredited by the Invented Foundation” [Exhibit" in words
    assert "no hospital can hold a REMS certification" in words
    assert "certified center" not in words and "Beds" not in words


def test_without_a_denial_every_part_has_its_heading_only_where_it_has_a_row(made: Made) -> None:
    rows = tuple(f for f in made.review.criteria if f.status == "missing")
    letter = _letter(replace(made.review, denial=None, criteria=rows, label=()), "prior-auth")
    assert [b.text for b in letter.blocks if b.kind == "heading"] == [
        "The disease and its treatment",
        "What is not in this package",
    ]


def test_a_requirement_that_nobody_confirmed_is_flagged_for_the_signer(made: Made) -> None:
    note = "This row's requirement was not confirmed against its primary source; confirm it before use."
    rows = tuple(replace(f, notes=(note,)) if f.id == "prior_lines" else f for f in made.review.label)
    line = next(b.text for b in _letter(replace(made.review, label=rows)).blocks if b.text.startswith("The FDA label:"))
    assert line.endswith("[Before signing, confirm this requirement against its source.]")
