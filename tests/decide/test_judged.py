"""What people judge is laid over the reading: facts are added with a quote or set aside, rows carry who and why."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from chartproof.decide.judged import chart_as_judged, rows_as_judged
from chartproof.errors import InputError
from chartproof.model import Chart, DayRange, Fact, Finding, Page, SourceFile, Span
from chartproof.model.judgement import Judgement, judged_note

DAY = date(2026, 6, 1)
TEXT = "ECOG 1 today.\nSeen by the team."
PAGE = Page("note.txt", 1, TEXT)
QUOTE = Span("note.txt", 1, 0, 6, "ECOG 1")
READ = Fact("F1", "ecog", "present", (QUOTE,), when=DayRange(DAY, DAY))
CHART = Chart((SourceFile("note.txt", "", "text", (PAGE,)),), (), (READ,), (), (), ())
ROW = Finding(
    "I.A", "policy", "necessity", "fit for it", "met", "value", shows="ECOG 1", evidence=(QUOTE,), facts=(READ,)
)


def judged(kind: str, **told: object) -> Judgement:
    return Judgement("J1", kind, "Dana Ortiz, RN", DAY, "seen on the signed note", **told)  # type: ignore[arg-type]


def test_a_fact_that_a_person_adds_joins_the_chart_with_its_quote() -> None:
    added = replace(READ, id="H1", concept="karnofsky")
    assert chart_as_judged(CHART, [judged("add", fact=added)]).facts == (READ, added)


@pytest.mark.parametrize(
    "span",
    [
        Span("note.txt", 1, 0, 6, "ECOG 2"),
        Span("note.txt", 2, 0, 6, "ECOG 1"),
        Span("other.txt", 1, 0, 6, "ECOG 1"),
        Span("note.txt", 1, 0, 0, ""),
    ],
)
def test_a_quote_that_is_not_on_its_page_is_refused(span: Span) -> None:
    with pytest.raises(InputError) as refused:
        chart_as_judged(CHART, [judged("add", fact=replace(READ, id="H1", evidence=(span,)))])
    assert refused.value.code == "CP-JUDGE-02"


def test_an_added_fact_without_any_quote_is_refused() -> None:
    with pytest.raises(InputError) as refused:
        chart_as_judged(CHART, [judged("add", fact=replace(READ, id="H1", evidence=()))])
    assert refused.value.code == "CP-JUDGE-02"


def test_a_rejected_fact_no_longer_decides_and_an_unknown_one_is_told() -> None:
    assert chart_as_judged(CHART, [judged("reject", fact_id="F1")]).facts == ()
    with pytest.raises(InputError) as refused:
        chart_as_judged(CHART, [judged("reject", fact_id="F9")])
    assert refused.value.code == "CP-JUDGE-01"


def test_an_overridden_row_says_who_why_and_what_the_reading_had_given() -> None:
    (row,) = rows_as_judged([ROW], [judged("override", layer="policy", criterion="I.A", status="not_met")])
    assert (row.status, row.reason) == ("not_met", "attested")
    assert "Dana Ortiz, RN" in row.shows and "seen on the signed note" in row.shows
    assert row.evidence == () and row.against == (QUOTE,), "what carried the other answer now speaks against"
    note = judged_note(row.notes)
    assert note.startswith("Judged by Dana Ortiz, RN, 2026-") and "met (the chart states it)" in note
    assert judged_note(ROW.notes) == ""


def test_the_latest_judgement_of_a_row_stands_and_another_layer_is_another_row() -> None:
    first = judged("override", layer="policy", criterion="I.A", status="not_met")
    then = judged("accept", layer="policy", criterion="I.A")
    elsewhere = judged("override", layer="label", criterion="I.A", status="missing")
    (row,) = rows_as_judged([ROW], [first, then, elsewhere])
    assert (row.status, row.evidence) == ("met", (QUOTE,))
    assert "looked at and left so by Dana Ortiz, RN" in row.trace[-1]


@pytest.mark.parametrize(("status", "reason"), [("missing", "needs_judgement"), ("not_applicable", "not_applicable")])
def test_what_a_person_calls_silent_or_not_asked_is_no_attested_answer(status: str, reason: str) -> None:
    (row,) = rows_as_judged([ROW], [judged("override", layer="policy", criterion="I.A", status=status)])
    assert (row.status, row.reason, row.valid_until) == (status, reason, None)
