"""A count that the plan's letter gives, beside the record of whoever gave the treatment."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chart.find.folder import folder
from chartproof.chart.derive.claimed.plan_claims import plan_claims
from chartproof.model import Span, TherapyLine

LETTER = "Notice of denial\nThe records show only one completed line of treatment.\n"
LINES = tuple(
    TherapyLine(number, regimen, (), evidence=(Span("note-2.txt", 1, 0, 3, regimen),))
    for number, regimen in enumerate(("R-CHOP", "R2", "pola-BR"), 1)
)


@pytest.mark.parametrize(
    "count",
    [
        "Lymphoma, third relapse, prior three regimens.",
        "Relapsed after R-CHOP; three prior regimens in all.",
        "She has had three lines.",
    ],
)
def test_whoever_gave_the_lines_counts_them_before_whoever_heard_of_them(count: str) -> None:
    reading = folder(
        [
            {"kind": "denial_letter", "day": "2026-06-01", "text": LETTER},
            {"kind": "clinic_note", "day": "2026-02-10", "text": count},
            {"kind": "clinic_note", "day": "2026-06-05", "text": "Lymphoma, relapsed after three lines."},
        ]
    )
    (one,) = plan_claims(reading, (), LINES, date(2026, 6, 15))
    assert (one.a.file, one.b.file, one.b.quote) == ("note-1.txt", "note-2.txt", count)


def test_a_count_that_the_documents_bear_out_comes_before_who_gave_them() -> None:
    reading = folder(
        [
            {"kind": "denial_letter", "day": "2026-06-01", "text": LETTER},
            {"kind": "clinic_note", "day": "2025-02-10", "text": "She has had two lines."},
            {"kind": "clinic_note", "day": "2026-06-05", "text": "Lymphoma, relapsed after three lines."},
        ]
    )
    (one,) = plan_claims(reading, (), LINES, date(2026, 6, 15))
    assert one.b.file == "note-3.txt"


@pytest.mark.parametrize(
    "claim",
    [
        "The records show treatment with rituximab, cyclophosphamide, doxorubicin and vincristine only.",
        "The only regimen in the chart is R-CHOP.",
        "We found no treatment other than R-CHOP.",
    ],
)
def test_what_the_letter_calls_all_there_was_stands_beside_the_newest_line(claim: str) -> None:
    drugs = (("rituximab", "cyclophosphamide", "doxorubicin", "vincristine"), ("lenalidomide",), ("glofitamab",))
    lines = tuple(replace(line, drugs=given) for line, given in zip(LINES, drugs, strict=True))
    lines = (*lines[:2], replace(lines[2], evidence=(Span("note-3.txt", 1, 0, 3, "glofitamab"),)))
    reading = folder([{"kind": "denial_letter", "day": "2026-06-01", "text": f"Notice of denial\n{claim}\n"}])
    (one,) = plan_claims(reading, (), lines, date(2026, 6, 15))
    assert (one.a.file, one.b.file) == ("note-1.txt", "note-3.txt")


def test_a_letter_that_names_every_line_as_all_there_was_is_right() -> None:
    claim = "The records show treatment with lenalidomide and glofitamab only."
    lines = tuple(
        replace(line, drugs=(drug,)) for line, drug in zip(LINES[1:], ("lenalidomide", "glofitamab"), strict=True)
    )
    reading = folder([{"kind": "denial_letter", "day": "2026-06-01", "text": f"Notice of denial\n{claim}\n"}])
    assert not list(plan_claims(reading, (), lines, date(2026, 6, 15)))


@pytest.mark.parametrize(
    "claim",
    [
        "The records show only three completed lines of treatment.",
        "Your records show three prior regimens.",
        "The product is covered only after four lines of systemic therapy.",
    ],
)
def test_a_letter_that_gives_the_charts_own_number_or_a_rule_contradicts_nobody(claim: str) -> None:
    reading = folder(
        [
            {"kind": "denial_letter", "day": "2026-06-01", "text": f"Notice of denial\n{claim}\n"},
            {"kind": "clinic_note", "day": "2026-06-05", "text": "Lymphoma, relapsed after three lines."},
        ]
    )
    assert not list(plan_claims(reading, (), LINES, date(2026, 6, 15)))


def test_a_clinician_who_counts_the_lines_since_the_letter_answers_it() -> None:
    letter = "Notice of denial\nThe records show treatment with R-CHOP only.\n"
    notes = [
        {"kind": "denial_letter", "day": "2026-06-01", "text": letter},
        {"kind": "clinic_note", "day": "2026-06-05", "text": "She has had three lines of treatment."},
    ]
    lines = [
        replace(line, drugs=(drug,))
        for line, drug in zip(LINES, ("doxorubicin", "lenalidomide", "polatuzumab"), strict=True)
    ]
    (one,) = plan_claims(folder(notes), (), lines, date(2026, 6, 15))
    assert one.b.quote == "She has had three lines of treatment."
    (one,) = plan_claims(folder(notes[:1]), (), lines, date(2026, 6, 15))
    assert one.b.file == "note-2.txt" and one.b.quote == "pola-BR"
