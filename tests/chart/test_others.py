"""What of the patient's own pages speaks of another person."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from tests.chart.snippets import CASE

from chartproof.chart.files import read_file
from chartproof.chart.others import joined, without
from chartproof.chart.sort import reading
from chartproof.model import Page, SourceFile

MINUTES = """Cellular Therapy Selection Committee
Minutes of June 1, 2026
Present: A. Moreau, MD (chair), P. Lind, PharmD
Case 1. R.T., 66 M, 7710045. Myeloma. Not recommended: LVEF 31%.
Case 2. Ferrone, 66 F, 5550123. Mantle cell lymphoma.
The committee recommends brexucabtagene autoleucel.
Case 3. W.K., 41 M, 7714431. Deferred for active pneumonia.
Recorded: L. Ortega RN. Approved A. Moreau, MD 06/02/2026
Page 1 of 1
"""


def _read(folder: Path, name: str, text: str) -> SourceFile:
    (folder / name).write_text(text, encoding="utf-8")
    return read_file(folder / name)


def test_other_cases_of_a_meeting_are_named_and_nothing_else(tmp_path: Path) -> None:
    found = reading([_read(tmp_path, "minutes.txt", MINUTES)], CASE).others
    assert [span.quote for span in found] == [
        "Case 1. R.T., 66 M, 7710045. Myeloma. Not recommended: LVEF 31%.",
        "Case 3. W.K., 41 M, 7714431. Deferred for active pneumonia.",
    ]


def test_a_record_of_one_case_covers_nothing(tmp_path: Path) -> None:
    alone = "\n".join(line for line in MINUTES.split("\n") if not line.startswith(("Case 1", "Case 3")))
    assert reading([_read(tmp_path, "minutes.txt", alone)], CASE).others == ()


def test_the_patients_number_takes_the_word_back(tmp_path: Path) -> None:
    text = MINUTES.replace("Recorded:", "Action items, N.F. 5550123: repeat echo before the visit.\nRecorded:")
    found = reading([_read(tmp_path, "minutes.txt", text)], CASE).others
    assert not any("repeat echo" in span.quote for span in found)


def test_numbers_are_given_anew_in_the_record_of_another_day() -> None:
    first = (
        "Selection Committee\nMinutes of May 4, 2026\nCase 1. Ferrone, 66 F, 5550123. Return with echo.\n"
        "Case 2. R.T., 66 M, 7710045. Defer."
    )
    second = (
        "Selection Committee\nMinutes of June 1, 2026\nPresent: A. Moreau, MD\n"
        "Case 1. W.K., 41 M, 7714431. Defer.\nCase 2. Ferrone, 66 F, 5550123. Recommended."
    )
    source = read_pages(first, second)
    found = reading([source], CASE).others
    assert [(span.page, span.quote) for span in found] == [
        (1, "Case 2. R.T., 66 M, 7710045. Defer."),
        (2, "Case 1. W.K., 41 M, 7714431. Defer."),
    ]


def read_pages(*texts: str) -> SourceFile:
    pages = tuple(Page("minutes.pdf", n, text) for n, text in enumerate(texts, 1))
    return SourceFile("minutes.pdf", "0" * 64, "pdf", pages)


def test_another_persons_row_of_an_export(tmp_path: Path) -> None:
    rows = "patient_name,dob,test,result,collected\n" + "\n".join(
        (
            "Nadia Q. Ferrone,1960-03-09,Creatinine,0.9,2026-06-01",
            "Nadine Ferro,1971-11-30,Creatinine,3.4,2026-06-01",
        )
    )
    found = reading([_read(tmp_path, "labs.csv", rows)], CASE).others
    assert [span.quote for span in found] == ["Nadine Ferro,1971-11-30,Creatinine,3.4,2026-06-01"]


@pytest.mark.parametrize(
    ("own", "left"),
    [
        ([], [(10, 20)]),
        ([(0, 5)], [(10, 20)]),
        ([(12, 15)], [(10, 12), (15, 20)]),
        ([(5, 12), (18, 30)], [(12, 18)]),
        ([(5, 30)], []),
    ],
)
def test_what_is_left_of_a_range(own: list[tuple[int, int]], left: list[tuple[int, int]]) -> None:
    assert list(without((10, 20), own)) == left


def test_ranges_with_blanks_between_them_are_one() -> None:
    assert list(joined("one two | three", [(0, 3), (4, 7), (8, 9), (10, 15)])) == [(0, 7), (10, 15)]


def test_an_unknown_patient_covers_nothing(tmp_path: Path) -> None:
    unknown = replace(CASE, patient=replace(CASE.patient, name="", born=None, mrn=""), as_of=date(2026, 6, 15))
    assert reading([_read(tmp_path, "note.txt", "Note\nNobody is named here.\n")], unknown).others == ()
