"""The claimant's deadlines as sentences state them, in many wordings."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.model import Page
from chartproof.rights.stated import stated_deadlines
from chartproof.rights.text import Letter

RIGHTS = yaml.safe_load((Path(__file__).parent / "deadlines_told.yaml").read_text(encoding="utf-8"))["rights"]
OTHERS = ("_decision", "_acknowledgment", "_held", "peer_to_peer")


@pytest.mark.parametrize("entry", RIGHTS, ids=lambda entry: entry["text"][:60])
def test_deadlines_that_a_sentence_states(entry: dict) -> None:
    page = Page("letter.txt", 1, f"Your request is denied.\n\nYour rights\n{entry['text']}\n")
    rows = stated_deadlines(Letter([page], file="letter.txt"), kind="denial", next_level="internal")
    told = [[row.what, row.on or row.days or row.months] for row in rows if not row.what.endswith(OTHERS)]
    assert told == entry["want"]
