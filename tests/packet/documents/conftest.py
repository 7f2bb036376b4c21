"""The invented case of tests/packet for each kind of plan: what the documents of an appeal must get right."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from chartproof.model import DenialReason, Review
from chartproof.packet.citations import citations
from chartproof.packet.documents.registry import documents_for
from chartproof.packet.exhibits import Book, build_book
from chartproof.packet.table import Purpose
from chartproof.packet.tree import Letter
from chartproof.rights.deadlines import case_deadlines
from chartproof.rights.law import rights_of


def plan_review(review: Review, plan_type: str, state: str = "", **denial: Any) -> Review:
    """The same chart and notice under another plan, with that plan's own dates and rights.

    `denial` replaces fields of the notice; `child` makes the patient nine years old.
    """
    child = denial.pop("child", False)
    patient = replace(review.case.patient, born=date(2017, 1, 9)) if child else review.case.patient
    case = replace(review.case, plan_type=plan_type, state=state, patient=patient)
    assert review.denial is not None
    notice = replace(review.denial, **{"decision_type": "pre_service", "letter_kind": "denial", **denial})
    return replace(
        review,
        case=case,
        denial=notice,
        deadlines=case_deadlines(notice, case),
        rights=rights_of(plan_type, state, on=case.as_of),
    )


def book_of(review: Review, purpose: Purpose = "appeal") -> Book:
    return build_book(review, citations(review, with_denial=purpose != "prior-auth"))


def letters(review: Review, purpose: Purpose = "appeal", asked: tuple[str, ...] = ()) -> dict[str, Letter]:
    """Every document of the case by its name."""
    book = book_of(review, purpose)
    return {one.name: one.build(review, book, purpose) for one in documents_for(review, purpose, asked)}


def text(letter: Letter) -> str:
    """The letter's words: title, lines, blocks; what stands in the box is left out."""
    lines = [letter.title, *letter.addressee, *(f"{name} {value}" for name, value in letter.reference)]
    lines += [letter.salutation, *(" ".join(map(str, b.runs)) if b.kind == "row" else b.text for b in letter.blocks)]
    return "\n".join([*lines, letter.enclosures])


def reason(kind: str) -> tuple[DenialReason, ...]:
    return (DenialReason(kind, "Prior therapy was not shown.", 1),)
