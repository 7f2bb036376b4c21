"""Measured tests: invented snippets with the facts that a careful reader takes from them, as data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chart.find.charts import CASE, coded, exported, note, printed
from chartproof.chart.find.heart import cardiac
from chartproof.chart.find.labs import values as labs
from chartproof.chart.find.lungs import tests as lung
from chartproof.chart.find.viral import serology
from chartproof.model import Fact

FINDERS = {"labs": labs.find, "serology": serology.find, "cardiac": cardiac.find, "lung": lung.find}
FILES = ("measured.yaml", "measured_styles.yaml", "measured_brief.yaml", "measured_dense.yaml")
VECTORS = [yaml.safe_load(Path(__file__).with_name(name).read_text(encoding="utf-8")) for name in FILES]
ROWS = [(topic, row) for vectors in VECTORS for topic, rows in vectors.items() for row in rows]


def shown(fact: Fact) -> str:
    value = fact.value or "-"
    if fact.quantity:
        low, high = fact.quantity.low, fact.quantity.high
        value = (
            f"<{high:g}"
            if low is None
            else f">{low:g}"
            if high is None
            else f"{low:g}"
            if low == high
            else f"{low:g}-{high:g}"
        )
    return f"{fact.concept} {value} {fact.when or '-'} {fact.assertion}"


def spelled(text: str) -> str:
    concept, value, *rest = text.split()
    plain = f"{float(value):g}" if value.replace(".", "", 1).isdigit() else value
    return " ".join((concept, plain, *rest))


def read(topic: str, row: dict[str, Any]) -> list[Fact]:
    if "coded" in row:
        return FINDERS[topic](coded(row["coded"]), CASE)
    if "csv" in row:
        return FINDERS[topic](exported(row["csv"]), CASE)
    if "printed" in row:
        return FINDERS[topic](
            printed(row["printed"], kind=row.get("kind", "lab_report"), day=row.get("day", "2026-06-10")), CASE
        )
    return FINDERS[topic](
        note(row["note"], kind=row.get("kind", "clinic_note"), day=row.get("day", "2026-06-10")), CASE
    )


@pytest.mark.parametrize(("topic", "row"), ROWS, ids=[f"{topic}: {row['says']}" for topic, row in ROWS])
def test_snippet(topic: str, row: dict[str, Any]) -> None:
    found = {shown(fact) for fact in read(topic, row) if fact.concept in row["only"]}
    assert found == {spelled(text) for text in row["facts"]}


@pytest.mark.parametrize(("topic", "row"), ROWS, ids=[f"{topic}: {row['says']}" for topic, row in ROWS])
def test_quotes_are_short_and_never_empty(topic: str, row: dict[str, Any]) -> None:
    for fact in read(topic, row):
        assert fact.evidence
        for span in fact.evidence:
            assert span.quote.strip() and len(span.quote.split()) <= 24
