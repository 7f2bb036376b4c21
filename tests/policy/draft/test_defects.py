"""What the draft of a document says of the document's own faults, and where it is silent."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.model.page import Page
from chartproof.policy.draft.draft import draft_policy

DOCUMENTS = yaml.safe_load((Path(__file__).parent / "defects.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document["what"])
def test_the_defects_of_a_document(document: dict[str, Any]) -> None:
    found = draft_policy([Page("policy.txt", 1, document["text"])]).defects
    told = [(one.what, one.says) for one in found]
    assert len(told) == len(document["found"]), told
    for want in document["found"]:
        assert any(what == want["what"] and want["says"] in says for what, says in told), told
