"""Scores, doses and days of a stay or a course that its own words place in time."""

from __future__ import annotations

import pytest

from chart.find.folder import case, folder
from chartproof.chart.find.disease import markers, radiation
from chartproof.chart.find.heart import cardiac
from chartproof.chart.find.labs import values as labs
from chartproof.chart.find.lungs import tests as lung
from chartproof.chart.find.performance import scales as performance

STAY = "Discharge summary\nAdmitted 05/04/2026. Discharged 05/09/2026.\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On admission she was largely in bed (ECOG 3); by discharge she walked.", [(3, "2026-05-04")]),
        ("ECOG 3 on admission, up and walking by discharge.", [(3, "2026-05-04")]),
        ("Karnofsky at discharge: 60.", [(60, "2026-05-09")]),
        ("Function. Karnofsky by interview 70.", [(70, "2026-05-09")]),
        ("ECOG 2 at the time of discharge.", [(2, "2026-05-09")]),
        ("Her E C O G is one.", [(1, "2026-05-09")]),
        ("Karnofsky 80 (walks 1/2 mile, cooks, naps).", [(80, "2026-05-09")]),
    ],
)
def test_a_score_is_of_the_day_that_its_stay_names(text: str, expected: list[tuple[int, str]]) -> None:
    reading = folder([{"text": STAY + text + "\n", "kind": "discharge_summary", "day": "2026-05-09"}])
    facts = performance.find(reading, case({}))
    assert [(fact.quantity and fact.quantity.low, str(fact.when)) for fact in facts] == expected
    assert all(fact.assertion == "present" for fact in facts)


def test_a_course_without_a_year_ended_on_its_last_day() -> None:
    text = "Radiation 20 Gy to the mediastinum 04/13 to 04/26.\n"
    (fact,) = radiation.find(folder([{"text": text, "kind": "clinic_note", "day": "2026-06-01"}]), case({}))
    assert str(fact.when) == "2026-04-26"


def test_each_specimen_of_a_file_keeps_its_own_day() -> None:
    text = "Collected 09/24/2025\nKi-67 40%.\nCollected 07/14/2026\nKi-67 90%.\n"
    facts = markers.find(folder([{"text": text, "kind": "pathology", "day": "2025-09-24"}]), case({}))
    assert [(fact.quantity and fact.quantity.low, str(fact.when)) for fact in facts] == [
        (40, "2025-09-24"),
        (90, "2026-07-14"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CrCl (C-G, 81.2 kg, Cr 1.09 on 05/08) = 70 mL/min.", {"creatinine_clearance 70"}),
        ("CrCl (CG, 61.8 kg, Cr 0.9) 59.", {"creatinine_clearance 59"}),
        ("Kidneys: creatinine clearance 28 mL/min.", {"creatinine_clearance 28"}),
    ],
)
def test_a_clearance_is_worked_out_when_it_is_written(text: str, expected: set[str]) -> None:
    facts = labs.find(folder([{"text": text + "\n", "kind": "clinic_note", "day": "2026-06-01"}]), case({}))
    found = [one for one in facts if one.concept == "creatinine_clearance"]
    assert {f"{one.concept} {one.quantity and one.quantity.low:g}" for one in found} == expected
    assert all(one.when for one in found)


def test_an_ejection_fraction_in_words_and_one_at_the_bedside() -> None:
    words = "The radionuclide study of May 20 shows an ejection fraction of sixty-one percent (61%).\n"
    bedside = "EF looks about 45, limited views.\n"
    for text, value in ((words, 61), (bedside, 45)):
        facts = cardiac.find(folder([{"text": text, "kind": "clinic_note", "day": "2026-06-01"}]), case({}))
        (fact,) = [one for one in facts if one.concept == "lvef"]
        assert fact.quantity and fact.quantity.low == value
        assert fact.when
    assert not [one for one in facts if one.concept == "cardiac_imaging" and one.assertion == "present"]


def test_a_test_is_booked_for_a_day_to_come() -> None:
    text = "PFT lab called: 06/15 1300.\n"
    facts = lung.find(folder([{"text": text, "kind": "nursing_note", "day": "2026-06-01"}]), case({}))
    assert [(one.concept, one.assertion, str(one.when)) for one in facts] == [
        ("pulmonary_function_test", "planned", "2026-06-15")
    ]


def test_a_caregivers_score_is_not_the_patients() -> None:
    text = "Caregiver own function: ECOG 2 after hip replacement.\n"
    (fact,) = performance.find(folder([{"text": text, "kind": "nursing_note", "day": "2026-06-01"}]), case({}))
    assert fact.assertion == "family"
