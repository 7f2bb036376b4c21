"""Which sentences of a denial bear a reason, and which only look like one."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.model import Page
from chartproof.rights.letter import read_letter
from letterhead import HEAD

ENTRIES = [
    entry
    for name in ("bearing", "once")
    for entry in yaml.safe_load((Path(__file__).parent / f"{name}.yaml").read_text(encoding="utf-8"))["paragraphs"]
]


@pytest.mark.parametrize("entry", ENTRIES, ids=range(len(ENTRIES)))
def test_what_bears_a_reason(entry: dict) -> None:
    denial = read_letter([Page("letter.txt", 1, HEAD + entry["text"])], file="letter.txt")
    assert denial.is_denial
    assert [reason.kind for reason in denial.reasons] == entry["kinds"], [reason.quote for reason in denial.reasons]
