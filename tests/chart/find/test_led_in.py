"""A label right before a statement takes it out of the patient's present, whatever finder read it."""

from __future__ import annotations

import pytest

from chart.find.test_others import said
from chartproof.chart.find.led_in import led_in
from chartproof.chart.view import Reading
from chartproof.model import Fact, Page, SourceFile, Span

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


def filed(opinion: str, request: str) -> Fact:
    """What is left of a note on file, its opinion in one paper and what had asked for it in another."""
    pages = [Page("heart.txt", 1, opinion), Page("visit.txt", 1, request)]
    files = tuple(SourceFile(page.file, "0" * 64, "text", (page,)) for page in pages)
    spans = tuple(Span(page.file, 1, 0, len(page.text), page.text) for page in pages)
    fact = Fact("", "specialist_consult", "present", spans, value="filed")
    return next(iter(led_in([fact], Reading(files, (), (), ()))))


def test_a_note_on_file_is_not_held_against_what_had_asked_for_it() -> None:
    opinion = "Acceptable to proceed from the cardiac side."
    for request in ("To be done: cardiology opinion.", "Planned: nephrology consult.", "Scheduled: cardiology visit."):
        assert filed(opinion, request).assertion == "present"
