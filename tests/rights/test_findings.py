"""What a sentence alone finds against a request, in the words of many writers."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartproof.rights.findings import TREATMENTS, told_in
from chartproof.rights.lines import Sentence

TABLE = yaml.safe_load((Path(__file__).parent / "findings.yaml").read_text(encoding="utf-8"))


def kinds(text: str) -> set[str]:
    return {finding.kind for finding in told_in(Sentence(0, 0, len(text), text, "")) if not finding.weak}


@pytest.mark.parametrize("entry", TABLE["findings"], ids=lambda entry: entry["text"][:40])
def test_finding(entry: dict) -> None:
    # Which of the two a treatment is, the requested service decides.
    want = "treatment" if entry["kind"] in TREATMENTS else entry["kind"]
    assert kinds(entry["text"]) == {want}


@pytest.mark.parametrize("text", TABLE["none"], ids=lambda text: text[:40])
def test_no_finding(text: str) -> None:
    assert kinds(text) == set()
