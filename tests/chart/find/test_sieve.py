"""A sieve never says no where one of its expressions matches."""

from __future__ import annotations

import re

import pytest

from chartproof.chart.find.sieve import sieve

EXPRESSIONS = ["low[- ]dose ct", r"\bfit\b", "TAH(?:/BSO)?", r"psa\W{0,3}\d", "(?P<x>pap) smear"]


@pytest.mark.parametrize(
    "text", ["Low-Dose CT", "FIT negative", "tah/bso", "PSA: 4", "Pap smear", "outfit", "nothing", ""]
)
def test_it_says_what_the_expressions_say(text: str) -> None:
    slow = any(re.search(rf"(?<!\w)(?:{one})", text, re.IGNORECASE) for one in EXPRESSIONS)
    assert sieve(EXPRESSIONS, left=r"(?<!\w)")(text) is slow
