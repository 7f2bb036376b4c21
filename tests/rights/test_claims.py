"""What the letter says against what the findings prove."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from chartproof.model import Chart, Conflict, DayRange, Denial, DenialReason, Fact, Finding, Quantity, Span
from chartproof.rights.claims import answered, contradictions

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
