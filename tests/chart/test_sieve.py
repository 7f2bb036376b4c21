"""The sieve before a long list of expressions: it lets through exactly what one of them would find."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartproof.chart.files import read_folder
from chartproof.chart.find.mentions import names_a_thing, rules
from chartproof.chart.find.sieve import sieve


@pytest.mark.parametrize(
    ("text", "passes"),
    [
        ("Echo done", True),
        ("an ECHO", True),
        ("echoes", False),
        ("he re-echo", False),
        ("grade 3 GVHD", True),
        ("GRADE x gvhd", False),
        ("", False),
    ],
)
def test_a_sieve_asks_for_any_expression_between_its_assertions_whatever_the_case(text: str, passes: bool) -> None:
    may = sieve(["echo", r"(?P<n>grade) \d gvhd", r"(?P<n>X)ray"], left=r"(?<![\w-])", right=r"(?!\w)")
    assert may(text) is passes


def test_no_name_of_a_chart_is_lost_in_the_sieve(demo_case: Path) -> None:
    lines = {line for file in read_folder(demo_case) for page in file.pages for line in page.text.split("\n")}
    named = {line for line in lines if any(words.search(line) for *_rule, words in rules())}
    assert {line for line in lines if names_a_thing()(line)} == named
    assert named
