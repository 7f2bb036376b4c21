"""When silence on lung disease is an answer, and when it is not."""

from __future__ import annotations

from datetime import date

import pytest

from chartproof.chart.derive.history import LUNG, coverage
from chartproof.model import DayRange, Document, Fact, Quantity, Span

DAY = DayRange.day(date(2026, 6, 1))
NOTE = Document("D1", "note.pdf", 1, 1, "clinic_note")
FORM = Document("D2", "form.pdf", 1, 1, "preventive_care")


def fact(concept: str, *, document: str = "D1", years: float | None = None, **more: object) -> Fact:
    base = {
        "id": "",
        "concept": concept,
        "assertion": "present",
        "evidence": (Span("note.pdf", 1, 0, 3, "abc"),),
        "when": DAY,
    }
    quantity = Quantity(years, years) if years is not None else None
    return Fact(**{**base, "document": document, "quantity": quantity, **more})  # type: ignore[arg-type]


LIST = fact("comorbidities_identified")
NEVER = fact("smoking", assertion="absent")


@pytest.mark.parametrize(
    ("what", "facts", "complete"),
    [
        ("a list and a never smoker", [LIST, NEVER], True),
        ("a list and eight pack-years", [LIST, fact("smoking_pack_years", years=8.0)], True),
        ("forty pack-years", [LIST, fact("smoking_pack_years", years=40.0)], False),
        ("two statements, one heavy", [LIST, NEVER, fact("smoking_pack_years", years=30.0)], False),
        ("smoking not stated", [LIST], False),
        ("a smoker without pack-years", [LIST, NEVER, fact("smoking")], False),
        ("no list of conditions", [NEVER], False),
        ("an unsigned list", [fact("comorbidities_identified", signed=False), NEVER], False),
        ("a list that is no evaluation", [fact("comorbidities_identified", document="D2"), NEVER], False),
        ("COPD named", [LIST, NEVER, fact("copd")], False),
        ("the father's emphysema", [LIST, NEVER, fact("emphysema", assertion="family")], True),
    ],
)
def test_silence(what: str, facts: list[Fact], complete: bool) -> None:
    found = list(coverage(facts, [NOTE, FORM]))
    assert [row.concepts for row in found] == ([LUNG] if complete else [])
