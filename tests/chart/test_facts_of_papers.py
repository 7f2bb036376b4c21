"""Facts of whole small papers, as vectors: what is read of them, and what must not be."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from chart.find.test_measured import shown
from chart.test_rows import paper
from chartproof.chart.files import open_file
from chartproof.chart.reader import read_chart
from chartproof.model import Case, Patient, SourceFile

VECTORS = yaml.safe_load((Path(__file__).parent / "facts_of_papers.yaml").read_text(encoding="utf-8"))
CASE = Case(
    date(2026, 6, 15), Patient(name="Aurelia Finch", born=date(1961, 4, 2), mrn="A-100"), "Tecartus",
    indication="brexu_mcl",
)  # fmt: skip


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["says"])
def test_a_careful_reader_agrees(vector: dict[str, Any]) -> None:
    opened = open_file("paper.txt", paper(vector, {"row": ""}))
    assert isinstance(opened, SourceFile)
    found = {shown(fact) for fact in read_chart([opened], CASE).facts}
    about = {one.split()[0] for one in (*vector.get("facts", []), *vector.get("never", []))}
    near = sorted(one for one in found if one.split()[0] in about)
    assert set(vector.get("facts", [])) <= found, near
    assert not set(vector.get("never", [])) & found, near
