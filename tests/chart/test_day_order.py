"""Papers that write the day before the month are flagged; their doubtful dates are ranges (day_order.yaml)."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chartproof.chart.day_order import day_first, doubts_of
from chartproof.chart.reader import read_chart
from chartproof.model import Case, Page, Patient, SourceFile

CASE = Case(as_of=date(2026, 6, 15), patient=Patient(name="Nadia Q. Ferrone", born=date(1960, 3, 9)))
ROWS = yaml.safe_load((Path(__file__).parent / "day_order.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["why"])
def test_a_doubtful_date_is_a_range(row: dict) -> None:
    page = Page("note.pdf", 1, row["text"])
    chart = read_chart([SourceFile("note.pdf", "0" * 64, "pdf", (page,))], CASE)
    document = chart.documents[0]
    assert document.belongs is True
    assert ("days stand before months" in document.note) is row["flagged"]
    assert str(document.when) == str(row["day"])
    told = {fact.concept: str(fact.when) for fact in chart.facts if fact.concept in row["facts"]}
    assert told == {concept: str(day) for concept, day in row["facts"].items()}


@given(st.dates(min_value=date(1990, 1, 1), max_value=date(2030, 12, 31)))
def test_both_readings_lie_in_the_range(day: date) -> None:
    doubts = doubts_of(day.strftime("%m/%d/%Y"))
    assert (day in doubts) == (day.day <= 12 and day.day != day.month)
    assert all(one.first <= day <= one.last for one in doubts.values())
    assert not day_first(day.strftime("%m/%d/%Y"))
