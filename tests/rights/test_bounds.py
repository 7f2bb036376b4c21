"""The bounds that rules set, the values that facts tell, and which of them contradict one another."""

from __future__ import annotations

from math import inf
from pathlib import Path

import pytest
import yaml

from chartproof.rights.bounds import numbers_of
from chartproof.rights.lines import Sentence
from chartproof.rights.weighing import contradicts

ENTRIES = yaml.safe_load((Path(__file__).parent / "bounds.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["text"][:40])
def test_numbers(entry: dict) -> None:
    found = list(numbers_of(entry["text"]))
    ends = [[None if end in (inf, -inf) else end for end in (one.low, one.high)] for one in found if one.bound]
    assert ends == entry["bounds"]
    assert [one.low for one in found if not one.bound] == entry["values"]


@pytest.mark.parametrize(
    ("rule", "fact", "against"),
    [
        ("a forced vital capacity of at least 55 percent", "The forced vital capacity is 41 percent.", True),
        ("a forced vital capacity of at least 55 percent", "The forced vital capacity is 63 percent.", False),
        ("a Lansky score of 60, 70 or 80", "The April note gives a Lansky score of 40.", True),
        ("less than 9 points", "Yours: 9 points.", True),
        ("at least 12 sessions of therapy", "The blast count was 4 percent.", False),
    ],
)
def test_contradiction(rule: str, fact: str, *, against: bool) -> None:
    asked, told = (Sentence(0, 0, len(text), text, "") for text in (rule, fact))
    assert contradicts(asked, told) is against
