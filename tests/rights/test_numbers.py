"""The numbers of a letter, from labels in any layout."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.model import Page
from chartproof.rights.numbers import identifiers
from chartproof.rights.text import Letter

LINES = yaml.safe_load((Path(__file__).parent / "numbers.yaml").read_text(encoding="utf-8"))["lines"]


@pytest.mark.parametrize("entry", LINES, ids=lambda entry: entry["name"])
def test_numbers_of_a_letter(entry: dict) -> None:
    letter = Letter([Page("letter.txt", 1, entry["text"])], file="letter.txt")
    assert {name: value for name, (value, _span) in identifiers(letter).items()} == entry["want"]
