"""Scores, doses and days of a stay or a course that its own words place in time."""

from __future__ import annotations

import pytest

from chart.find.folder import case, folder
from chartproof.chart.find import markers, performance, radiation

STAY = "Discharge summary\nAdmitted 05/04/2026. Discharged 05/09/2026.\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("On admission she was largely in bed (ECOG 3); by discharge she walked.", [(3, "2026-05-04")]),
        ("ECOG 3 on admission, up and walking by discharge.", [(3, "2026-05-04")]),
        ("Karnofsky at discharge: 60.", [(60, "2026-05-09")]),
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
