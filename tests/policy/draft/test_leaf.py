"""One criterion at a time: the test that its words make."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.policy.draft.leaf import read_test

LEAVES = yaml.safe_load((Path(__file__).parent / "leaves.yaml").read_text(encoding="utf-8"))
SENTENCES = [one for group in LEAVES.values() for one in group]


@pytest.mark.parametrize("want", SENTENCES, ids=lambda want: want["text"][:50])
def test_a_criterion_in_its_own_words(want: dict[str, Any]) -> None:
    test = read_test(want["text"])
    if want["op"] == "none":
        assert test is None
        return
    assert test is not None
    assert (test.op, test.value, test.within_days) == (want["op"], want["value"], want.get("days"))
