"""Facts and conflicts of whole small papers, as data: what a careful reader takes from them, and what not.

A vector has one or several notes as in test_rows; `facts` are "concept value day assertion" (a value or a day of - is none),
`not` begins no fact's words, `conflict` is a part of a conflict's name, `agree` of none.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from chart.test_rows import kind_of, paper
from chartproof.chart.files import open_file
from chartproof.chart.reader import read_chart
from chartproof.model import Case, Chart, Fact, Patient, SourceFile

VECTORS = yaml.safe_load(Path(__file__).with_name("small_papers.yaml").read_text(encoding="utf-8"))
CASE = Case(
    date(2026, 6, 15),
    Patient(name="Aurelia Finch", born=date(1961, 4, 2), sex="female", mrn="A-100"),
    "Tecartus",
    indication="brexu_mcl",
)


def shown(fact: Fact) -> str:
    number = fact.quantity.low if fact.quantity else None
    value = fact.value if number is None else f"{number:g}"
    return f"{fact.concept} {value or '-'} {fact.when or '-'} {fact.assertion}"


def chart_of(vector: dict[str, Any]) -> Chart:
    notes = vector.get("notes", [vector])
    files = [open_file(f"note-{n}.{kind_of(note)}", paper(note, {"row": ""})) for n, note in enumerate(notes, 1)]
    return read_chart([file for file in files if isinstance(file, SourceFile)], CASE)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["says"])
def test_a_careful_reader_takes_these(vector: dict[str, Any]) -> None:
    chart = chart_of(vector)
    found = [shown(fact) for fact in chart.facts]
    named = [one.what for one in chart.conflicts]
    assert [one for one in vector.get("facts", ()) if one not in found] == [], found
    assert [one for one in found if any(one.startswith(no) for no in vector.get("not", ()))] == []
    assert [one for one in vector.get("conflict", ()) if not any(one in name for name in named)] == [], named
    assert [one for one in named if any(no in one for no in vector.get("agree", ()))] == []
