"""Policies by their names: a number in any shape beside the word for a rule, and no number of anything else."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.model import Page
from chartproof.rights.policies import policies
from chartproof.rights.text import Letter

TEXTS = yaml.safe_load((Path(__file__).parent / "policies.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("entry", TEXTS, ids=lambda entry: entry["text"][:40])
def test_policies(entry: dict) -> None:
    letter = Letter([Page("letter.txt", 1, entry["text"])], file="letter.txt")
    assert [name for name, _number, _span in policies(letter)] == entry["want"]
