"""Whose entry of a meeting's record it is, where the hospital has a number of its own for the patient."""

from __future__ import annotations

from datetime import date

from chartproof.chart.minutes import ASIDE, numbers_of, owner
from chartproof.model import Page, Patient

PATIENT = Patient(name="Ines Abelard-Moss", born=date(1961, 4, 11), mrn="GH-207714")


def paper(text: str) -> list[Page]:
    return [Page("a.txt", 1, text)]


def test_a_number_beside_name_and_birth_date_on_two_papers_is_the_patients() -> None:
    head = "ABELARD-MOSS, INES   04/11/1961   F   LUH 5580-113\nHemoglobin 10\n"
    assert numbers_of(PATIENT, [paper(head), paper(head)]) == {"5580113"}
    assert not numbers_of(PATIENT, [paper(head)])
    assert not numbers_of(PATIENT, [paper("LUH 5580-113\n"), paper("ABELARD-MOSS, INES\nLUH 5580-113\n")])


def test_the_number_of_an_encounter_is_the_patients_and_another_number_is_not() -> None:
    assert owner("207714-0931, Clinic, 09/16/2026", PATIENT, date(2026, 9, 16)) is True
    assert owner("318825-0931, Clinic, 09/16/2026", PATIENT, date(2026, 9, 16)) is False


def test_a_sentence_on_another_case_is_an_aside() -> None:
    assert ASIDE.search("Not for this record: item 5 (another member) deferred for ECOG 3.")
    assert ASIDE.search("Another case of today (case 7) was refused for active infection.")
    assert not ASIDE.search("She was seen by another member of the team and is fit.")
