"""Several draws of one day: the time of day says which is the last."""

from __future__ import annotations

import pytest

from chart.find.charts import CASE, exported
from chartproof.chart.dates import clock
from chartproof.chart.find.labs import values as labs

DRAWS = """Test,Value,Units,Collected
Creatinine,1.9,mg/dL,2026-06-09 18:40:00
Creatinine,1.1,mg/dL,2026-06-10 17:05:00
Creatinine,1.6,mg/dL,2026-06-10 05:34:00
Platelet Count,80,K/uL,2026-06-10
Platelet Count,90,K/uL,2026-06-10
"""


def test_the_last_draw_of_a_day_supersedes_the_earlier_and_untimed_ones_stay_tied() -> None:
    facts = {fact.quantity.low: fact for fact in labs.find(exported(DRAWS), CASE) if fact.quantity}
    assert {value: fact.rank for value, fact in facts.items()} == {1.9: 1, 1.1: 1, 1.6: 0, 80: 1, 90: 1}
    assert facts[1.1].extra["time"] == "17:05"


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("2026-05-12T10:12:00Z", "10:12"),
        ("20260512101500", "10:15"),
        ("2026-05-12 05:34:00", "05:34"),
        ("05/12/2026 2:15 PM", "14:15"),
        ("05/12/2026 12:05 am", "00:05"),
        ("2026-05-12", ""),
        ("20260512", ""),
        ("05/12/2026", ""),
        ("", ""),
    ],
)
def test_clock(stamp: str, time: str) -> None:
    assert clock(stamp) == time
