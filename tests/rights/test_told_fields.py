"""Fields that a short letter tells, as the letter file names them."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.model import Page
from chartproof.rights.letter import read_letter
from chartproof.rights.reading import letter_json
from letterhead import HEAD, TAIL

ENTRIES = yaml.safe_load((Path(__file__).parent / "told_fields.yaml").read_text(encoding="utf-8"))["letters"]


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: "-".join(entry["want"]))
def test_fields_of_a_short_letter(entry: dict) -> None:
    text = f"{entry.get('head', HEAD)}\n{entry['text']}{TAIL}{entry.get('tail', '')}"
    told = letter_json(read_letter([Page("letter.txt", 1, text)], file="letter.txt"))
    found = {name: told.get(name) for name in entry["want"]}
    assert {name: list(one) if isinstance(one, tuple) else one or [] for name, one in found.items()} == entry["want"]
