"""Rows decided from whole small papers, as vectors: the same criterion in the words and layouts of many hospitals.

A vector names the row, the status a careful reader gives it, and a text or several notes; `wants` gives several rows of
one chart. A note is a text or a mapping with title, day, signed, or raw (a page as it is printed, `ext` the file's kind); asked on 15 June 2026 for Aurelia Finch, for Tecartus in mantle cell lymphoma unless it says more.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.chart.files import open_file
from chartproof.chart.reader import read_chart
from chartproof.decide.review import review
from chartproof.model import Case, Finding, Patient, SourceFile
from chartproof.model.rows import Rows
from chartproof.policy.compile import compile_policy
from chartproof.policy.labels import load_label
from chartproof.policy.load import load_policy

VECTORS = [
    {**vector, "row": row, "want": want}
    for path in sorted(Path(__file__).parent.glob("rows/*.yaml"))
    for vector in yaml.safe_load(path.read_text())
    for row, want in (vector.get("wants") or {vector.get("row"): vector.get("want")}).items()
]


@cache
def policy() -> Rows:
    return compile_policy(load_policy("excellus/7.02.11"))


@cache
def label(indication: str) -> Rows:
    return compile_policy(load_label(indication))


def paper(note: dict[str, Any] | str, vector: dict[str, Any]) -> bytes:
    """The note under its head, with a signature at its foot unless it has none."""
    own = vector | (note if isinstance(note, dict) else {"text": note})
    if own.get("raw"):
        return str(own["text"]).encode()
    day = own.get("day", "06/10/2026")
    head = (
        f"{own.get('title', 'Progress Note - Cellular Therapy Clinic')}\n"
        f"Patient: Aurelia Finch   DOB: 04/02/1961   MRN: A-100\nDate of service: {day}\n\n"
    )
    signature = f"\n\nElectronically signed by Jane Moreno, MD on {day}\n" if own.get("signed", True) else "\n"
    return (head + own["text"].rstrip() + signature).encode()


def finding(vector: dict[str, Any]) -> Finding:
    patient = Patient(name="Aurelia Finch", born=date(1961, 4, 2), sex=vector.get("sex", "female"), mrn="A-100")
    case = Case(date(2026, 6, 15), patient, vector.get("drug", "Tecartus"), indication=vector.get("label", "brexu_mcl"))
    notes = vector.get("notes", [vector.get("text")])
    files = [open_file(f"note-{n}.{kind_of(note)}", paper(note, vector)) for n, note in enumerate(notes, 1)]
    chart = read_chart([file for file in files if isinstance(file, SourceFile)], case)
    criteria, rows = review(case, chart, policy(), label(case.indication))
    return next(row for row in (*criteria, *rows) if row.id == vector["row"])


def kind_of(note: dict[str, Any] | str) -> str:
    return str(note.get("ext", "txt")) if isinstance(note, dict) else "txt"


def name_of(vector: dict[str, Any]) -> str:
    last = vector.get("text") or vector["notes"][-1]
    return f"{vector['row']}: {(last if isinstance(last, str) else last['text'])[:60]}"


@pytest.mark.parametrize("vector", VECTORS, ids=name_of)
def test_a_careful_reader_agrees(vector: dict[str, Any]) -> None:
    found = finding(vector)
    assert found.status == vector["want"], (found.reason, found.shows)
