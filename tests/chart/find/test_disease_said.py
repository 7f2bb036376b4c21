"""The disease, its proof and its course, and what transplants are said of, as vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chart.snippets import CASE, reading_of
from chartproof.chart.find.disease import disease
from chartproof.chart.find.transplant import given as transplant

ROWS = yaml.safe_load((Path(__file__).parent / "disease_said.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:60].replace("\n", " "))
def test_a_careful_reader_agrees(row: dict[str, Any]) -> None:
    reading = reading_of(row["text"], row["kind"])
    facts = [fact for finder in (disease, transplant) for fact in finder.find(reading, CASE)]
    said = {fact.concept for fact in facts} | {f"{fact.concept} {fact.assertion}" for fact in facts}
    assert set(row.get("want", [])) <= said
    assert not set(row.get("never", [])) & said
    for fact in facts:
        for span in fact.evidence:
            assert row["text"][span.start : span.end] == span.quote
