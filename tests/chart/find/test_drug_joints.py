"""What joins two drugs of one combination, and that a column of numbers between two drugs ends soon."""

from __future__ import annotations

import pytest

from chartproof.chart.find.drugs import mentions


@pytest.mark.parametrize(
    ("text", "together"),
    [
        ("ibrutinib 420 mg daily + rituximab 375 mg/m2 IV", True),
        ("ibrutinib d1-5 PO / rituximab d1, 8", True),
        ("ibrutinib D1/8 + rituximab", True),
        ("ibrutinib D 40 mg with rituximab", True),
        ("ibrutinib\n" + "00904516561\n" * 200 + "rituximab", False),
        ("ibrutinib " + "1,1 PO d1 " * 200 + "rituximab", False),
        ("ibrutinib " + " " * 5000 + "x rituximab", False),
        ("ibrutinib + " + "1 mg " * 100 + "rituximab", False),
    ],
)
def test_a_joint_is_short_and_of_doses_routes_and_schedules(text: str, together: bool) -> None:
    found = [set(one.drugs) for one in mentions(text)]
    assert ({"ibrutinib", "rituximab"} in found) == together
    assert set().union(*found) == {"ibrutinib", "rituximab"}
