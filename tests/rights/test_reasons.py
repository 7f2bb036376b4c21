"""What a paragraph of a denial asserts, in lists and in prose."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.model import Page
from chartproof.rights.letter import read_letter
from letterhead import HEAD

ENTRIES = yaml.safe_load((Path(__file__).parent / "reasons.yaml").read_text(encoding="utf-8"))["paragraphs"]
TAIL = """
How to appeal
You may appeal within 180 days after you receive this notice. Send records that show your organ function, ECOG score or
earlier treatments. An appeal of an experimental denial may go to external review within four months of the final decision.
"""


@pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: "-".join(entry["kinds"]))
def test_reasons(entry: dict) -> None:
    text = HEAD + entry["text"] + TAIL
    denial = read_letter([Page("letter.txt", 1, text)], file="letter.txt")
    assert denial.is_denial
    assert [reason.kind for reason in denial.reasons] == entry["kinds"], [reason.quote for reason in denial.reasons]
    for reason in denial.reasons:
        assert " ".join(reason.quote.split()) in " ".join(text.split())
