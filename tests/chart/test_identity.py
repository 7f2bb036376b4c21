"""Whose page it is: another person's result must never count, and the patient's own page must never be lost."""

from __future__ import annotations

from datetime import date

import pytest

from chartproof.chart.identity import belongs, guess_patient, same_name
from chartproof.model import Page, Patient

PATIENT = Patient(name="Nadia Q. Ferrone", born=date(1960, 3, 9), mrn="555-0123-9")

PAGES = [
    ("own, labelled birth date", "Patient: FERRONE, NADIA Q   DOB 03/09/1960\nHIV NONREACTIVE", True),
    ("own, month in words", "Nadia Ferrone, born 9 Mar 1960", True),
    ("own, no birth date, name in capitals", "FERRONE, NADIA Q   5550123-9\nECG normal", True),
    ("own, record number alone", "MRN 555-0123-9\nCreatinine 1.0", True),
    ("own, one digit of the year misread by OCR", "Patient: FERRONE, NADIA Q  DOB 03/09/1966", True),
    ("another person of the same surname", "Patient: FERRONE, NATALIA E  DOB: 11/19/1961\nHIV Nonreactive", False),
    ("a donor who names the patient", "DONOR FERRONE, MARCO\nDOB / SEX 04/30/1996 M\nRelationship Brother of 555-0123-9", False),
    ("a sibling's report", "SUBJECT: FERRONE, LUCA  DOB: 05/30/1959\nRELATION: SIBLING - POTENTIAL DONOR FOR FERRONE, NADIA", False),
    ("a caregiver's form in the patient's chart", "Filed under: Ferrone, N., 555-0123-9\nCaregiver: Paolo Ferrone  Born: 08/19/1958", False),
    ("another name, no birth date", "Patient: OKAFOR, DANIEL\nLVEF 62%", False),
    ("nothing printed", "Page 3. Lungs are clear.", None),
]  # fmt: skip


@pytest.mark.parametrize(("what", "text", "mine"), PAGES, ids=[row[0] for row in PAGES])
def test_whose_page(what: str, text: str, mine: bool | None) -> None:
    assert belongs([Page("a.pdf", 1, text)], PATIENT)[0] is mine


@pytest.mark.parametrize(
    ("printed", "same"),
    [
        ("FERRONE, NADIA", True),
        ("Ferrone, N.", True),
        ("Nadia Ferrone", True),
        ("FERRONE, NADLA Q", False),
        ("FERRONE, NATALIA", False),
        ("MARCHETTI, NADIA", False),
        ("FERR0NE NADIA", False),
    ],
)
def test_names(printed: str, same: bool) -> None:
    assert same_name(printed, PATIENT.name) is same


def test_the_person_whom_most_pages_name_is_the_patient() -> None:
    pages = [Page("a", n, "Patient: FERRONE, NADIA  DOB 03/09/1960") for n in (1, 2, 3)]
    guessed = guess_patient([*pages, Page("b", 1, "Patient: OKAFOR, DANIEL  DOB 01/02/1950")])
    assert guessed.born == date(1960, 3, 9)
    assert same_name("FERRONE, NADIA", guessed.name)
