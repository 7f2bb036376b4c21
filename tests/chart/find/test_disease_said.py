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


@pytest.mark.parametrize(
    ("text", "disease_", "day"),
    [
        ("Ph positive B-ALL, p210, dx 02/09/2024 on marrow.", "b_cell_all", "2024-02-09"),
        ("Diagnosis 02/09/2024: mantle cell lymphoma, stage IV.", "mantle_cell_lymphoma", "2024-02-09"),
        ("Multiple myeloma diagnosed in 05/2023 after a fracture.", "multiple_myeloma", "2023-05"),
        ("DLBCL, after a follicular lymphoma dx 02/09/2020.", "large_b_cell_lymphoma", "2026-06-01"),
        ("DLBCL. Asthma diagnosed 02/09/2020.", "large_b_cell_lymphoma", "2026-06-01"),
        ("DLBCL, seen 05/20/2026.", "large_b_cell_lymphoma", "2026-06-01"),
    ],
)
def test_a_disease_has_the_day_that_is_told_with_it(text: str, disease_: str, day: str) -> None:
    facts = disease.find(reading_of(text, "clinic_note"), CASE)
    assert {str(one.when) for one in facts if one.concept == "diagnosis" and one.value == disease_} == {day}
