"""What the letter says against what the findings prove."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chartproof.model import (
    Chart,
    Conflict,
    DayRange,
    Denial,
    DenialReason,
    Fact,
    Finding,
    Quantity,
    Span,
    TherapyLine,
)
from chartproof.rights.claims import answered, contradictions, true_of_lines

LETTER = Span("letter.pdf", 1, 0, 10, "no status.")
NOTE = Span("note.pdf", 2, 0, 6, "ECOG 1")
CHART = Chart(files=(), documents=(), facts=(), coverage=(), lines=(), conflicts=())


def finding(status: str) -> Finding:
    fact = Fact("F1", "ecog", "present", (NOTE,), quantity=Quantity(1, 1), when=DayRange.day(date(2026, 4, 21)))
    return Finding(
        "D",
        "policy",
        "documentation",
        "status",
        status,
        "value",
        shows="ECOG 1",
        evidence=(NOTE,),
        facts=(fact,),  # type: ignore[arg-type]
    )


def denial(kind: str) -> Denial:
    return Denial("letter.pdf", True, reasons=(DenialReason(kind, "no status.", 1, LETTER),))


def test_a_reason_that_the_chart_disproves_is_answered_and_shown() -> None:
    one = answered(denial("performance_status"), [finding("met")])
    assert (one.reasons[0].true_of_chart, one.reasons[0].answer) == ("no", "ECOG 1")
    (conflict,) = contradictions(one, [finding("met")], CHART)
    assert (conflict.a, conflict.b) == (LETTER, NOTE)


def test_a_reason_that_the_chart_does_not_disprove_is_not_contradicted() -> None:
    one = answered(denial("performance_status"), [finding("missing")])
    assert one.reasons[0].true_of_chart == "partly"
    assert list(contradictions(one, [finding("missing")], CHART)) == []


def test_a_reason_on_which_no_finding_speaks_is_left_to_a_person() -> None:
    one = answered(denial("not_covered_benefit"), [finding("met")])
    assert one.reasons[0].true_of_chart is None


def test_where_the_chart_disagrees_with_itself_the_one_that_stands_answers() -> None:
    old, stands = Span("old.pdf", 1, 0, 6, "ECOG 2"), Span("visit.pdf", 1, 0, 6, "ECOG 1")
    chart = replace(CHART, conflicts=(Conflict("performance status (ECOG)", old, stands, "the newest"),))
    (conflict,) = contradictions(answered(denial("performance_status"), [finding("met")]), [finding("met")], chart)
    assert (conflict.a, conflict.b) == (LETTER, stands)


HEART = Span("visit.pdf", 1, 0, 9, "LVEF 57%.")


def organs() -> Finding:
    """Organ function called adequate, with the heart's study and nothing of the lungs."""
    day = DayRange.day(date(2026, 4, 21))
    told = Fact("F2", "organ_function_statement", "present", (HEART,), value="adequate", when=day)
    heart = Fact("F3", "lvef", "present", (HEART,), quantity=Quantity(57, 57), when=day)
    return replace(finding("met"), evidence=(HEART,), facts=(told, heart))


@pytest.mark.parametrize(
    "quote",
    [
        "no recent spirometry was enclosed.",
        "Breathing tests of this year are missing.",
        "The chart lacks pulmonary function studies.",
        "An electrocardiogram was not provided.",
    ],
)
def test_a_test_that_the_letter_misses_is_not_answered_by_another_organ(quote: str) -> None:
    asked = replace(denial("organ_function"), reasons=(DenialReason("organ_function", quote, 1, LETTER),))
    assert answered(asked, [organs()]).reasons[0].true_of_chart is None
    assert list(contradictions(asked, [organs()], CHART)) == []


@pytest.mark.parametrize("quote", ["An echocardiogram was not sent.", "Organ function was not shown to be adequate."])
def test_the_test_itself_and_a_word_on_all_organs_are_answered(quote: str) -> None:
    asked = replace(denial("organ_function"), reasons=(DenialReason("organ_function", quote, 1, LETTER),))
    (conflict,) = contradictions(asked, [organs()], CHART)
    assert conflict.b == HEART


@pytest.mark.parametrize(
    ("quote", "true"),
    [
        ("Records show only one prior course of treatment.", True),
        ("Your records show a single line, R-CHOP.", True),
        ("The record does not show a trial of a non-covalent inhibitor (pirtobrutinib).", True),
        ("The records show two completed lines.", False),
        ("At least one line of treatment must have failed.", False),
        ("Treatment with rituximab was not documented.", False),
    ],
)
def test_what_a_letter_says_of_the_lines_that_the_chart_says_too(quote: str, true: bool) -> None:
    assert true_of_lines(quote, [TherapyLine(1, "R-CHOP", ("rituximab", "doxorubicin"))]) is true
