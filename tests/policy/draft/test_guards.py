"""One sentence at a time: its condition and its exception."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.policy.draft.guards import guarded

SENTENCES = yaml.safe_load((Path(__file__).parent / "guards.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("want", SENTENCES, ids=lambda want: want["text"][:50])
def test_conditions_and_exceptions(want: dict[str, Any]) -> None:
    guard = guarded(want["text"], of_paper=want.get("paper", False))
    for said, words in ((guard.when, want.get("when", "")), (guard.unless, want.get("unless", ""))):
        assert bool(said) == bool(words), (said, words)
        assert words.lower() in said.lower()
    assert "rest" not in want or guard.text.strip(" .") == want["rest"]
