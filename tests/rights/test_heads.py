"""The head of a letter: the patient, the numbers, the day and the state, in many layouts."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.model import Page
from chartproof.rights.fields import letter_date, stamped_date
from chartproof.rights.members import member_name
from chartproof.rights.numbers import identifiers
from chartproof.rights.state import state
from chartproof.rights.text import Letter

HEADS = yaml.safe_load((Path(__file__).parent / "heads.yaml").read_text(encoding="utf-8"))["heads"]


@pytest.mark.parametrize("entry", HEADS, ids=lambda entry: entry["text"].split("\n")[1])
def test_head_of_a_letter(entry: dict) -> None:
    letter = Letter([Page("letter.txt", 1, entry["text"])], file="letter.txt")
    found = {**identifiers(letter), "member_name": member_name(letter), "letter_date": letter_date(letter)}
    found |= {"state": state(letter), "received": stamped_date(letter)}
    assert {name: str(found[name][0]) if found[name] else None for name in entry["want"]} == entry["want"]
    assert ("group_number" in found) == ("group_number" in entry["want"])
