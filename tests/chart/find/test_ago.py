"""Days that count back from the day of writing are ranges as wide as the words, and no day where they count from another."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from chart.find.folder import case, folder
from chartproof.chart.find.ago import relative_dates
from chartproof.chart.find.labs import values as labs
from chartproof.chart.find.performance import scales as performance
from chartproof.chart.find.screening import whole as screening
from chartproof.model import DayRange, Fact

WRITTEN = date(2026, 6, 10)
VECTORS = yaml.safe_load(Path(__file__).with_name("ago.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", VECTORS, ids=[row["text"] for row in VECTORS])
def test_the_range_is_as_wide_as_the_words(row: dict[str, Any]) -> None:
    found = [days for _start, _end, days in relative_dates(row["text"], WRITTEN)]
    assert found == ([DayRange(*row["days"])] if row["days"] else [])


def test_nothing_counts_back_from_an_unknown_day() -> None:
    assert relative_dates("Echo last week.", None) == []


def only(facts: list[Fact], concept: str) -> Fact:
    (fact,) = [fact for fact in facts if fact.concept == concept]
    return fact


def test_a_result_of_last_week_is_not_of_the_note() -> None:
    read = folder([{"text": "Platelets were 45 two days ago.\n", "day": "2026-06-10"}])
    assert only(labs.find(read, case({})), "platelets").when == DayRange(date(2026, 6, 7), date(2026, 6, 9))


def test_a_score_of_another_day_has_no_day() -> None:
    read = folder([{"text": "She was ECOG 2 on POD 3.\n", "day": "2026-06-10"}])
    score = only(performance.find(read, case({})), "ecog")
    assert (score.when, score.assertion) == (None, "historical")


def test_a_score_with_its_month_in_brackets_is_of_that_month() -> None:
    read = folder([{"text": "ECOG: 2 (when the leg is swollen, per patient, MAR 2026)\n", "day": "2026-06-10"}])
    assert only(performance.find(read, case({})), "ecog").when == DayRange.month(2026, 3)


def test_a_screening_test_of_this_february_has_that_month() -> None:
    read = folder([{"text": "Her mammogram was done this February, normal.\n", "day": "2026-06-10"}])
    assert only(screening.find(read, case({"sex": "female"})), "mammogram").when == DayRange.month(2026, 2)
