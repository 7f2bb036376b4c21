"""A sheet of another person under the patient's own running head is another's; a donor's line or the patient's own is none."""

from __future__ import annotations

from datetime import date

import pytest

from chartproof.chart.sheets import lists_persons, names_another
from chartproof.model import Patient

PATIENT = Patient(name="Aurelia Finch", born=date(1961, 4, 2), mrn="A-100")


@pytest.mark.parametrize(
    ("sheet", "another"),
    [
        ("Marsh Clinic Laboratory\nPatient: FINCHER, AUDREY L DOB 04/12/1961 Acct 20774\nHIV nonreactive", True),
        ("Marsh Clinic Laboratory\nPatient: FINCH, AUDREY L DOB 04/12/1961\nHIV nonreactive", True),
        ("Marsh Clinic Laboratory\nPatient: FINCH, AURELIA DOB 04/12/1961\nHIV nonreactive", False),
        ("Marsh Clinic Laboratory\nPatient: FINCH, AURELIA DOB 04/02/1961\nHIV nonreactive", False),
        ("Laboratory summary\nDONOR (sibling, Marcus Finch, DOB 08/30/1964)\nHBsAg neg", False),
        ("Laboratory\nCollected 06/08/2026\nHIV nonreactive", False),
    ],
)
def test_whose_sheet_it_is(sheet: str, another: bool) -> None:
    assert names_another(sheet, PATIENT) is another


@pytest.mark.parametrize(
    ("text", "several"),
    [
        ("COAGULATION Collected 06/07/2026\nINFLAMMATION Collected 06/08/2026\nCHEMISTRY Received 06/08/2026", False),
        ("HEMATOLOGY Previous 06/07/2026\nIRON Drawn 06/08/2026\nLIPIDS Reported 06/08/2026", False),
        ("URINE Final 06/07/2026\nSTOOL Ordered 06/08/2026\nCSF Specimen 06/08/2026", False),
        ("ROE JANE 01/07/1950\nDOE MARY 02/08/1961\nLOW BEN 03/09/1970", True),
    ],
)
def test_a_list_of_persons_is_none_of_panels(text: str, several: bool) -> None:
    assert lists_persons(text) is several
