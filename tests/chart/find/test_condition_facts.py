"""Conditions that documents name: whose, when, and what is no condition at all."""

from __future__ import annotations

import pytest

from chart.find.folder import case, folder
from chartproof.chart.find.comorbid import facts as condition_facts


def found(text: str, kind: str = "clinic_note") -> list[tuple[str | None, str, str]]:
    facts = condition_facts.find(folder([{"text": text, "kind": kind, "day": "2026-06-10"}]), case({}))
    return [(fact.value, fact.assertion, str(fact.when)) for fact in facts]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CKD stage G3a, stable.\n", [("chronic_kidney_disease", "present", "2026-06-10")]),
        ("No evidence of prior stroke.\n", [("stroke", "absent", "2026-06-10")]),
        ("Father: emphysema, died at 71.\n", [("emphysema", "family", "2026-06-10")]),
        ("COPD entered in error, wrong patient.\n", []),
        ("Hepatitis C antibody: nonreactive.\n", []),
        ("Viral serologies today: CMV IgG, hepatitis B, hepatitis C, HIV.\n", []),
    ],
)
def test_a_condition_is_whose_it_is(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert found(text) == expected


def test_an_interpretation_on_a_laboratory_report_names_no_condition() -> None:
    assert found("Reactive, detected: current hepatitis C infection\n", kind="lab_report") == []
