"""Whose page it is: another person's result must never count, and the patient's own page must never be lost."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chartproof.chart.identity import belongs, guess_patient, same_name
from chartproof.model import DayRange, Entry, Page, Patient

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
    ("another name over a number", "Okafor, Daniel\nOkafor, Daniel K. C-5582046 1974-01-27 Exam 2026-04-16\nLVEF 62%", False),
    ("another name before a birth date", "CHEST, TWO VIEWS\nOKAFOR, DANIEL 01/27/1974\nClear.", False),
    ("another name with initials before a number", "Case 3: OKAFOR, D., 2209-41-876, recommended", False),
    ("another name in a row of cells", "Patient | OKAFOR, DANIEL K, E1048829\nThe committee recommends it", False),
    ("another name, given first, with an id", "Member: Daniel K. Okafor   ID: QMA7 2281 0046\nApproved", False),
    ("another person, titled, with an age", "Mr. Okafor, 52, surveyor, third relapse. ECOG 0.", False),
    ("another person, titled, in a sentence", "Ms. Okafor is a 44-year-old woman with B-cell ALL.", False),
    ("a bad scan of the own name", "FERR0ME, NAOIA  5550128-9\nECG normal", None),
    ("a signer is not a subject", "Lungs are clear.\nOkafor, Daniel MD 05/04/2026", None),
    ("a telephone number is no record number", "Call Okafor, Daniel 585-555-0123 for results", None),
    ("a specimen is no person", "LYMPH NODE, CERVICAL S26-20931\nB-cell lymphoma", None),
    ("an address is no person", "Rochester, New York 14604-1234", None),
    ("a row of a laboratory's page is no person", "Bilirubin, Total   0.4 mg/dL\nCreatinine, Serum  0.9  M 0.7-1.3", None),
    ("a day of the week is no person", "Tuesday, May 12-13-2026 visit", None),
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


def test_a_name_with_the_given_name_first_is_read_where_no_page_has_the_surname_first() -> None:
    plain = Page("a", 1, "Patient: Nadia Q Ferrone   DOB: 03/09/1960")
    assert guess_patient([plain, Page("b", 1, "Patient: Follow up in clinic")]).name == "Nadia Q Ferrone"
    assert guess_patient([plain, Page("b", 1, "Patient: FERRONE, NADIA  DOB 03/09/1960")]).name == "Nadia Ferrone"


def test_a_birth_date_misread_on_a_scan() -> None:
    """Name and record number outweigh it there; on a page of exact text, or without the number, it decides."""
    text = "Patient: FERRONE, NADIA Q   DOB 08/08/1980   MRN 555-0123-9"
    assert belongs([Page("a.pdf", 1, text, read="ocr")], PATIENT)[0] is True
    assert belongs([Page("a.pdf", 1, text)], PATIENT)[0] is False
    assert belongs([Page("a.pdf", 1, text[:44], read="ocr")], PATIENT)[0] is False
    donor = (
        "DONOR EVALUATION\nDonor: FERRONE, MARCO  DOB 04/30/1996\nRelationship: brother of FERRONE, NADIA 555-0123-9"
    )
    assert belongs([Page("a.pdf", 1, donor, read="ocr")], PATIENT)[0] is False


def test_a_structured_file_says_whose_it_is() -> None:
    page = Page("a.json", 1, "Daniel Okafor | male | 1974-01-27\nLeukocytes | 5.4 | 2026-05-04")
    born = date(1974, 1, 27)
    entry = Entry("patient", "Daniel Okafor", 0, 13, when=DayRange(born, born), extra={"birth_date": "1974-01-27"})
    assert belongs([page], PATIENT, [entry])[0] is False
    assert belongs([page], replace(PATIENT, born=born), [entry])[0] is True


@pytest.mark.parametrize(
    ("text", "mine"),
    [
        ("CLINIC 10/01/2026\nLYLE, DALE R M 08/30/1949 admission screen\nHIV nonreactive", False),
        ("LAB\nLYLE, WING T M 03/18/1957 12/01/2026\nWBC 7.4", False),
        ("CLINIC\nLyle, Marta   F   Visit 10/01/2026\nECG normal", False),
        ("CLINIC\nFERRONE-LYLE, NADIA   F   10/01/2026\nECG normal", True),
        ("CLINIC\nLYLE, NADIA Q   F 03/09/1960   Visit 10/01/2026\nECG normal", True),
    ],
)
def test_a_relative_shares_a_part_of_the_surname(text: str, mine: bool) -> None:
    patient = Patient(name="Nadia Q. Ferrone-Lyle", born=date(1960, 3, 9), mrn="")
    assert belongs([Page("scan.pdf", 1, text)], patient)[0] is mine
