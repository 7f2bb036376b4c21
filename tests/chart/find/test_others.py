"""A test or judgement said of a donor or a relative is theirs, whatever finder read it; one said beside them is not."""

from __future__ import annotations

import pytest

from chart.snippets import CASE
from chartproof.chart.reader import read_chart
from chartproof.model import Page, SourceFile

HEAD = "Patient: FERRONE, NADIA Q  DOB 03/09/1960\nOffice visit 06/09/2026, CAR-T evaluation\n"
THEIRS = [
    ("lvef", "Donor's LVEF 58 % on echo 06/08/2026."),
    ("lvef", "Her father's LVEF is 35% on echo 06/08/2026."),
    ("ecog", "Donor: ECOG 0 today."),
    ("hiv", "Sibling donor's HIV Ag/Ab nonreactive 06/08/2026."),
    ("active_infection", "Donor's infection status: no evidence of active infection."),
]
HERS = [
    ("lvef", "Her father drove her. LVEF 58 % on echo 06/08/2026."),
    ("ecog", "With her husband's help she walks daily; ECOG 1 today."),
    ("lvef", "Father: coronary disease. LVEF 58 % on echo 06/08/2026."),
]


def said(text: str, concept: str) -> set[str]:
    page = Page("note.pdf", 1, HEAD + text + "\nElectronically signed by A. Okafor, MD 06/09/2026\n")
    chart = read_chart([SourceFile("note.pdf", "0" * 64, "pdf", (page,))], CASE)
    return {fact.assertion for fact in chart.facts if fact.concept == concept}


@pytest.mark.parametrize(("concept", "text"), THEIRS)
def test_of_another(concept: str, text: str) -> None:
    assert not said(text, concept) & {"present", "absent"}


@pytest.mark.parametrize(("concept", "text"), HERS)
def test_of_the_patient(concept: str, text: str) -> None:
    assert "present" in said(text, concept)
