"""Papers, lists and letters beside the chart: what is shown, and what is no contradiction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from chart.find.folder import case, folder
from chartproof.chart.derive.claimed.disease_claimed import regimens_claimed
from chartproof.chart.kinds import is_evidence
from chartproof.chart.reader import FINDERS, claimed, numbered, shown, told_numbers
from chartproof.model import Span, TherapyLine

VECTORS = [
    row
    for name in ("conflicts.yaml", "contradictions.yaml", "compared.yaml")
    for row in yaml.safe_load((Path(__file__).parent / name).read_text())
]


@pytest.mark.parametrize("row", VECTORS, ids=[row["name"] for row in VECTORS])
def test_what_is_shown(row: Mapping[str, list[object]]) -> None:
    reading = folder([{**note, "day": str(note["day"])} for note in row["notes"]])  # type: ignore[dict-item]
    evidence = tuple(one for one in reading.sentences if is_evidence(one.document))  # as the sorter does
    reading = replace(reading, sentences=evidence)
    asked = case(row)
    facts = numbered(fact for finder in FINDERS for fact in finder(reading, asked))
    found = shown(reading, facts, (), asked, claimed(reading, asked), told_numbers(reading, asked))
    assert len(found) == len(row["shown"]), [(one.what, one.a.quote, one.b.quote) for one in found]
    for expected in row["shown"]:
        what, first, second = str(expected).split(" | ")
        assert any(what in one.what and first in one.a.quote and second in one.b.quote for one in found), found


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("She has relapsed after R-CHOP.", ["R-CHOP"]),
        ("He received VRd and progressed.", []),
        ("She was treated with Pola-R-CHP and relapsed.", []),
        ("We ask whether R-CHOP is wanted first.", []),
    ],
)
def test_a_regimen_of_a_paper_that_no_line_holds(told: str, expected: list[str]) -> None:
    quote = Span("record.pdf", 1, 0, 10, "Pola-R-CHP")
    drugs = ("polatuzumab vedotin", "rituximab", "cyclophosphamide", "doxorubicin", "prednisone")
    line = TherapyLine(1, "Pola-R-CHP", drugs, evidence=(quote,))
    read = folder([{"kind": "draft_letter", "day": "2026-06-12", "text": told, "signed": False}])
    assert [one.a.quote.split()[-1].strip(".") for one in regimens_claimed(read, [line])][:1] == expected
