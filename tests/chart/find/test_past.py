"""Disease, transplant and cell-therapy history, as vectors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chart.snippets import CASE, reading_of
from chartproof.chart.find.disease import disease
from chartproof.chart.find.drugs import mentions
from chartproof.chart.find.transplant import given as transplant
from chartproof.model import Fact

ROWS = [
    row
    for name in ("history.yaml", "past.yaml")
    for row in yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
]


def found(row: dict[str, Any]) -> list[Fact]:
    reading = reading_of(row["text"], row.get("kind", "clinic_note"))
    return [*disease.find(reading, CASE), *transplant.find(reading, CASE)]


def value_of(fact: Fact) -> str:
    if fact.quantity and fact.quantity.low is not None:
        return f"{fact.quantity.low:g}"
    return fact.value or "-"


@pytest.mark.parametrize("row", ROWS, ids=[row["text"][:48] for row in ROWS])
def test_history(row: dict[str, Any]) -> None:
    facts = found(row)
    seen = [(fact.concept, value_of(fact), fact.assertion, str(fact.when)) for fact in facts]
    for wanted in row.get("facts", []):
        concept, value, said, day = wanted.split()
        assert any(have[:3] == (concept, value, said) and day in ("*", have[3]) for have in seen), (wanted, seen)
    for barred in row.get("never", []):
        words = barred.split()
        assert not [have for have in seen if have[0] == words[0] and all(word in have for word in words[1:])], seen


def test_quotes_are_verbatim() -> None:
    for row in ROWS:
        page = reading_of(row["text"]).files[0].pages[0]
        for fact in found(row):
            for quote in fact.evidence:
                assert page.text[quote.start : quote.end] == quote.quote


@pytest.mark.parametrize(
    ("text", "regimens"),
    [
        ("bortezomib, lenalidomide and dexamethasone (VRd)", ["VRd"]),
        ("Bendamustine 90 mg/m2 D1,2 + Rituximab 375 mg/m2 D1", ["BR"]),
        ("after bendamustine-rituximab with rituximab maintenance, ibrutinib and pirtobrutinib", ["BR", "", "", ""]),
        ("Refractory to lenalidomide, pomalidomide and daratumumab", ["", "", ""]),
        ("Pola-R-CHP x6, then R-CHOP/R-DHAP", ["Pola-R-CHP", "R-CHOP/R-DHAP"]),
        ("ICE 10/10, TP53 R248Q, Group PVD-20418, R2 star", []),
        ("hyper-CVAD, then FLAG-IDA and mini-hyper-CVD", ["hyper-CVAD", "FLAG-IDA", "mini-hyper-CVD/ino"]),
        ("CALGB 10403-type regimen", ["CALGB 10403"]),
    ],
)
def test_regimens_are_recognised(text: str, regimens: list[str]) -> None:
    assert [one.regimen for one in mentions(text)] == regimens
