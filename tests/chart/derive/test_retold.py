"""What a later paper tells again of a measurement, and what a quote calls the state that it tells."""

from __future__ import annotations

import pytest

from chart.find.folder import case, folder
from chartproof.chart.derive.retold import told_again
from chartproof.chart.derive.written import as_written
from chartproof.chart.find import cardiac
from chartproof.model import Fact, Span
from chartproof.packet.record import stands


@pytest.mark.parametrize(
    ("kind", "text", "told"),
    [
        ("discharge_summary", "Echocardiogram of 02/03/2026 showed LVEF 61%.", "historical"),
        ("clinic_note", "Echo 05/20/2026: LVEF 58%.", "present"),  # of the present work-up
        ("clinic_note", "LVEF 58% today by echocardiogram.", "present"),
    ],
)
def test_a_measurement_told_by_a_later_paper_is_history_there(kind: str, text: str, told: str) -> None:
    reading = folder([{"kind": kind, "day": "2026-06-01", "text": text}])
    found = [one for one in told_again(cardiac.find(reading, case({})), reading) if one.concept == "lvef"]
    assert {stands(one) for one in found} == {told}
    assert {one.assertion for one in found} == {"present"}  # what decides stays as it was


@pytest.mark.parametrize(
    ("concept", "value", "quote", "words"),
    [
        ("pharmacy_approval", "denied", "The unit did not approve Tecartus.", "not approved"),
        ("pharmacy_approval", "denied", "Tecartus is denied.", None),
        ("clinical_mention", "disease_status", "partial metabolic response", "PR"),
        ("relapsed_or_refractory", None, "The scan of May showed progression.", "progression"),
        ("cd22", "positive", "CD22 in 40%, dim", "dim"),
        ("cd22", "positive", "CD22 positive, dim", None),
    ],
)
def test_the_words_of_the_quote(concept: str, value: str | None, quote: str, words: str | None) -> None:
    fact = Fact("", concept, "present", (Span("a.txt", 1, 0, len(quote), quote),), value=value)
    assert as_written(fact).extra.get("words") == words


def test_a_test_that_was_not_run_is_absent_to_a_reader_and_one_to_come_is_planned() -> None:
    cancelled = Fact("", "cmv_igg", "planned", (), note="TEST CANCELLED")
    ordered = Fact("", "cmv_igg", "planned", (), note="ordered")
    assert [stands(cancelled), stands(ordered)] == ["absent", "planned"]
