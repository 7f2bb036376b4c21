"""The numbers and the name on a letter, from labels in any layout."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.model import Page
from chartproof.rights.members import member_name
from chartproof.rights.numbers import identifiers
from chartproof.rights.text import Letter

VECTORS = yaml.safe_load((Path(__file__).parent / "numbers.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", VECTORS["lines"], ids=lambda entry: entry["name"])
def test_numbers_of_a_letter(entry: dict) -> None:
    letter = Letter([Page("letter.txt", 1, entry["text"])], file="letter.txt")
    assert {name: value for name, (value, _span) in identifiers(letter).items()} == entry["want"]


@pytest.mark.parametrize("entry", VECTORS["names"], ids=lambda entry: entry["name"])
def test_name_of_the_patient(entry: dict) -> None:
    found = member_name(Letter([Page("letter.txt", 1, entry["text"])], file="letter.txt"))
    assert found is not None and found[0] == entry["want"]
