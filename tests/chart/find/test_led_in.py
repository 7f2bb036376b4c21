"""A label right before a statement takes it out of the patient's present, whatever finder read it."""

from __future__ import annotations

import pytest

from chart.find.test_others import said

#: concept, text, the assertions that may be left: "Planned:" is to come, "Donor's" another's, "No" before a capital denies.
VECTORS = [
    ("ecog", "Planned: ECOG 1.", {"planned"}),
    ("karnofsky", "Planned: KPS = 90.", {"planned"}),
    ("karnofsky", "No KPS = 90.", {"absent"}),
    ("risk_benefit_analysis", "On balance I judge that benefit outweighs risk and she agrees.", {"present"}),
    ("risk_benefit_analysis", "Planned: On balance I judge that benefit outweighs risk and she agrees.", {"planned"}),
    ("risk_benefit_analysis", "No On balance I judge that benefit outweighs risk and she agrees.", {"absent"}),
    ("active_infection", "1. Lymphoma.\n2. Infection: there is no evidence of active infection.", {"absent"}),
    ("active_infection", "1. Lymphoma.\nPlanned: 2. Infection: there is no evidence of active infection.", {"planned"}),
    ("active_infection", "1. Lymphoma.\nFather's 2. Infection: there is no evidence of active infection.", {"family"}),
    ("colonoscopy", "Health maintenance: Colonoscopy 10/21/2019, normal, repeat in 10 years.", {"present"}),
    ("colonoscopy", "Scheduled: Colonoscopy 10/21/2026 at the outpatient endoscopy unit.", {"planned"}),
    # what was seen or measured and then refused says nothing; in a cell of its own "No" answers the one before
    ("chest_xray", "Chest x-ray 06/02/2026: R IJ port, tip distal SVC. No PTX. Lungs clear.", {"present"}),
    ("lvef", "Echo 06/02/2026. LV size normal. No LV ejection fraction 58 percent (biplane).", {"planned"}),
    ("lvef", "Echo 06/02/2026. LV size normal. LV ejection fraction 58 percent (biplane).", {"present"}),
    (
        "inpatient_reason",
        "Inpatient admission for infusion. Outpatient is not safe: he lives three hours away, alone.",
        {"present"},
    ),
    ("inpatient_reason", "Planned: Inpatient admission, since he lives three hours away, alone.", {"present"}),
    # a label that closed its own clause says nothing of the next
    ("ecog", "Next visit planned: two weeks. ECOG 1 today.", {"present"}),
    ("place_of_service", "Planned: Tecartus as an outpatient infusion.", {"present"}),
]


@pytest.mark.parametrize(("concept", "text", "left"), VECTORS)
def test_what_a_label_leaves(concept: str, text: str, left: set[str]) -> None:
    assert said(text, concept) == left
