"""A paper about people in general is none of a patient's; a short note that names nobody is not lost for that."""

from __future__ import annotations

from datetime import date

import pytest

from chartproof.chart.sort import reading
from chartproof.chart.teaching import of_people_in_general
from chartproof.model import Case, Page, Patient, SourceFile

CASE = Case(as_of=date(2026, 6, 15), patient=Patient(name="Nadia Q. Ferrone", born=date(1960, 3, 9), mrn="2209-41-876"))
STUDY = (
    "WHAT THE STUDY SHOWED (version 2024-11)\n\nELM-7 compared the cells with standard care in adults whose lymphoma came"
    " back.\nAll had ECOG 0 or 1. People with ECOG 3 were not in the study.\nYour results may differ. Ask your team.\n"
)


@pytest.mark.parametrize(
    ("text", "general"),
    [
        (STUDY, True),
        ("After the cells\n\nYou may feel tired. Most people have a fever.\nCall your nurse at any hour.", True),
        ("House rule: patients with an LVEF under 45% are seen by cardiology. Members who smoke are sent to the clinic.", True),
        ("Page 2.\nShe had a fever. Most patients have one. Your letter was read.", False),
        ("Seen 06/10/2026. Most patients have a fever. Your letter was read.", False),
        ("ECOG 1. LVEF 60%. HIV nonreactive.", False),
        ("The patient was told that most people have a fever and that your team will call.", False),
    ],
)  # fmt: skip
def test_whom_a_paper_speaks_of(text: str, general: bool) -> None:
    assert of_people_in_general([Page("page.txt", 1, text)]) is general


def test_a_study_told_for_patients_is_set_aside_and_a_bare_note_is_not() -> None:
    def sorted_as(text: str) -> str:
        file = SourceFile("page.txt", "0" * 64, "text", (Page("page.txt", 1, text),))
        return reading([file], CASE).documents[0].set_aside

    assert "teaching sheet" in sorted_as(STUDY)
    assert sorted_as("ECOG 1. LVEF 60%. HIV nonreactive.") == ""
