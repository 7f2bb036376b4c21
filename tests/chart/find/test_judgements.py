"""Judgements, place of service, the pharmacy's decision and performance scales, as vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chart.snippets import CASE, reading_of
from chartproof.chart.find import place, psychosocial, setting, statements, weighing
from chartproof.chart.find.infection import infections
from chartproof.chart.find.organs import statement as organs
from chartproof.chart.find.performance import scales as performance
from chartproof.chart.find.pharmacy import decided as pharmacy
from chartproof.chart.find.team import committee
from chartproof.model import Fact

HERE = Path(__file__).parent
FINDERS = (statements, infections, committee, organs, weighing, setting, place, psychosocial, performance, pharmacy)
ROWS = [
    row
    for path in (*sorted(HERE.glob("judgements*.yaml")), HERE / "committee.yaml", HERE / "place.yaml")
    for row in yaml.safe_load(path.read_text())
]


def found(row: dict[str, Any], *, signed: bool | None = True) -> list[Fact]:
    reading = reading_of(row["text"], row["kind"], signed=signed)
    return [fact for finder in FINDERS for fact in finder.find(reading, CASE)]


def matches(fact: Fact, wanted: str) -> bool:
    concept, *rest = wanted.split()
    value = fact.value
    if fact.quantity and fact.quantity.low is not None and fact.quantity.high is not None:
        low, high = f"{fact.quantity.low:g}", f"{fact.quantity.high:g}"
        value = low if low == high else f"{low}-{high}"
    have = (str(value), fact.assertion)
    return fact.concept == concept and all(a == b for a, b in zip(rest, have, strict=False))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["text"][:60].replace("\n", " "))
def test_a_careful_reader_agrees(row: dict[str, Any]) -> None:
    facts = found(row)
    for wanted in row.get("want", []):
        assert any(matches(fact, wanted) for fact in facts), (wanted, facts)
    for quote in row.get("quotes", []):
        assert any(quote in fact.evidence[0].quote for fact in facts), (quote, facts)
    for quote in row.get("unquoted", []):
        assert not any(quote in fact.evidence[0].quote for fact in facts), (quote, facts)
    for wrong in row.get("never", []):
        assert not any(matches(fact, wrong) for fact in facts), (wrong, facts)


@pytest.mark.parametrize("row", [row for row in ROWS if row.get("want")], ids=lambda row: row["text"][:60])
def test_every_fact_quotes_the_page(row: dict[str, Any]) -> None:
    for fact in found(row):
        for span in fact.evidence:
            assert row["text"][span.start : span.end] == span.quote
            assert span.quote.strip()


@pytest.mark.parametrize("row", [row for row in ROWS if row["kind"] == "committee"], ids=lambda row: row["text"][:60])
def test_an_unsigned_document_gives_unsigned_facts(row: dict[str, Any]) -> None:
    assert all(not fact.signed for fact in found(row, signed=False) if fact.concept == "mdt_recommendation")
