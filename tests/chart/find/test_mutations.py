"""Mutations, stains and rearrangements: each name with its own result, and nothing where none is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chart.snippets import CASE, reading_of
from chartproof.chart.find.disease import disease, mutations, radiation
from chartproof.model import Fact

ROWS = yaml.safe_load(Path(__file__).with_name("mutations.yaml").read_text(encoding="utf-8"))


def shown(fact: Fact) -> str:
    value = f"{fact.quantity.low:g}" if fact.quantity and fact.quantity.low is not None else fact.value or "-"
    return f"{fact.concept} {value} {fact.extra.get('gene', '-')} {fact.assertion}"


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:60] for row in ROWS])
def test_each_name_has_its_own_result(row: dict[str, Any]) -> None:
    reading = reading_of(row["text"], row.get("kind", "pathology"))
    facts = [fact for finder in (disease, mutations) for fact in finder.find(reading, CASE)]
    said = {shown(fact) for fact in facts}
    assert set(row.get("want", [])) <= said
    assert not set(row.get("never", [])) & (said | {fact.concept for fact in facts})


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Radiation 20 Gy to the mediastinum 05/03/2026 for compression.", [(20, "2026-05-03", "present")]),
        ("Bridging radiotherapy, 2000 cGy in 5 fractions.", [(20, "2026-06-01", "present")]),
        ("Plan radiation to 24 Gy after collection.", [(24, "None", "planned")]),
        ("Conditioning: TBI 12 Gy.", []),
        ("Radiation in 4 Gy per fraction.", []),
        ("The lesion measured 20 mm.", []),
    ],
)
def test_a_dose_of_radiotherapy(text: str, expected: list[tuple[int, str, str]]) -> None:
    facts = radiation.find(reading_of(text), CASE)
    assert [(fact.quantity and fact.quantity.low, str(fact.when), fact.assertion) for fact in facts] == expected
