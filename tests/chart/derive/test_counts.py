"""Counts of lines behind their labels, on forms and lists too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chart.find.folder import folder
from chartproof.chart.derive.treatment.counts import counted_apart, how_counted, labelled_counts, stated_counts
from chartproof.model import DayRange, Span, TherapyLine


@pytest.mark.parametrize(
    ("kind", "text", "number", "weight"),
    [
        ("prior_auth_form", "Total prior lines: 4", 4, 0),
        ("clinic_note", "Prior MM lines: 3 (VRd / ASCT / DKd)", 3, 1),
        ("flowsheet", "Banner: MM, s/p 3 regimens (VRd, SCT, DKd)", 3, 0),
        ("prior_auth_form", "Lines of treatment: 3 Last ECOG: 0", 3, 0),
        ("primary_care", "prior lines of therapy: two", 2, 0),
        ("lab_report", "Registry abstract: two prior systemic regimens (VRd, DPd), now KPd", 2, 0),
        ("face_sheet", "Myeloma, three previous systemic lines", 3, 0),
    ],
)
def test_a_label_gives_a_count(kind: str, text: str, number: int, weight: int) -> None:
    found = {
        (one.number, one.weight) for one in labelled_counts(folder([{"kind": kind, "day": "2026-06-01", "text": text}]))
    }
    assert found == {(number, weight)}


@pytest.mark.parametrize(
    "text",
    [
        "Prior lines: 1. R-CHOP 2. R-ICE",
        "Prior regimens: 2-3",
        "prior lines: 3/2024 R-CHOP",
        "Two prior lines are not part of that indication.",
        "for adults after at least two prior lines",
    ],
)
def test_a_list_a_range_or_a_day_is_no_count(text: str) -> None:
    assert not list(labelled_counts(folder([{"kind": "clinic_note", "day": "2026-06-01", "text": text}])))


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("I make that two lines, the autograft belonging to the first.", True),
        ("Two lines, with the autograft inside the first.", True),
        ("She has had three prior lines.", False),
    ],
)
def test_whether_a_count_tells_how_it_was_made(text: str, told: bool) -> None:
    assert bool(how_counted().search(text)) is told


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("R-DHAP x3, then BEAM and rescue at this unit (one plan, one line).", []),
        ("Relapsed FL (2 prior lines), for CAR-T.", [2]),
        ("She has had three lines.", [3]),
        ("VTd, the transplant and maintenance are one line.", []),
        ("I count the induction and the autograft together as one line.", []),
        ("Bridging was part of one line.", []),
        ("After the transplant he has had two more; that makes three lines.", [3]),
    ],
)
def test_how_one_course_is_counted_is_no_total(text: str, numbers: list[int]) -> None:
    reading = folder([{"kind": "clinic_note", "day": "2026-06-01", "text": text}])
    assert [one.number for one in stated_counts(reading)] == numbers


@pytest.mark.parametrize(("count", "conflicts"), [("one line", 0), ("two lines", 0), ("three lines", 1)])
def test_a_line_without_a_day_may_be_one_that_was_only_spoken_of(count: str, conflicts: int) -> None:
    reading = folder([{"kind": "clinic_note", "day": "2026-06-01", "text": f"She has had {count}."}])
    given, spoken_of = (
        TherapyLine(number, name, (), start=start, evidence=(Span("a.txt", 1, 0, 3, name),))
        for number, name, start in ((1, "R-CHOP", DayRange.day(date(2025, 3, 4))), (2, "R-ICE", None))
    )
    assert len(list(counted_apart(reading, (given, spoken_of), 0))) == conflicts


@pytest.mark.parametrize("says", ["three lines, high risk.", "after three prior lines.", "s/p three lines."])
def test_whoever_counts_on_the_page_of_the_courses_counted_those(says: str) -> None:
    text = f"R-CHOP in 2021. Then R2. Then glofitamab.\nLymphoma, {says}\n"
    reading = folder([{"text": text}, {"kind": "treatment_summary", "text": "Polatuzumab 2025.\n"}])
    names = ("R-CHOP", "R2", "glofitamab", "polatuzumab")
    day = DayRange.day(date(2025, 1, 2))
    drawn = tuple(
        TherapyLine(number, name, (), start=day, evidence=(Span("note-1.txt", 1, 0, 6, name),))
        for number, name in enumerate(names, 1)
    )
    assert list(counted_apart(reading, drawn, 0)) == []
    elsewhere = tuple(replace(line, evidence=(Span("note-2.txt", 1, 0, 6, line.regimen),)) for line in drawn)
    assert len(list(counted_apart(reading, elsewhere, 0))) == 1


@pytest.mark.parametrize(
    "text",
    [
        "In a randomized trial of patients with two to four prior lines the product was better.",
        "It was studied after one or two prior treatments.",
        "Responses were deep in participants with two prior regimens.",
    ],
)
def test_what_those_had_who_were_studied_is_no_count(text: str) -> None:
    reading = folder([{"kind": "consult_note", "day": "2026-06-01", "text": text}])
    assert not list(labelled_counts(reading)) and not list(stated_counts(reading))
