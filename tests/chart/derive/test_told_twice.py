"""Contradictions of two papers on what every chart tells; changes over time and other people's are none."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.chart.reader import read_chart
from chartproof.model import Case, Chart, Page, Patient, SourceFile

CASE = Case(as_of=date(2026, 6, 15), patient=Patient(name="Nadia Q. Ferrone", born=date(1960, 3, 9), mrn="5550123"))
ROWS = yaml.safe_load(Path(__file__).with_name("told_twice.yaml").read_text(encoding="utf-8"))


def paper(day: date, text: str, title: str = "Lymphoma clinic progress note", born: str = "03/09/1960") -> str:
    head = f"{title}\nPatient: FERRONE, NADIA Q  DOB {born} MRN 5550123\nDate of visit: {day:%m/%d/%Y}\n"
    return f"{head}{text}\nElectronically signed by A. Quill, MD {day:%m/%d/%Y}\n"


def chart(*papers: str) -> Chart:
    pages = [Page(f"{number}.txt", 1, text) for number, text in enumerate(papers)]
    return read_chart([SourceFile(page.file, page.file[0] * 64, "text", (page,)) for page in pages], CASE)


@pytest.mark.parametrize("row", ROWS, ids=[f"{row['what']}: {row['papers'][0][1][:40]}" for row in ROWS])
def test_two_papers(row: dict[str, Any]) -> None:
    conflicts = chart(*(paper(*one) for one in row["papers"])).conflicts
    assert [one.what for one in conflicts] == ([row["what"]] if row["what"] else [])
    for one in conflicts:
        assert one.a.file != one.b.file


def test_a_birth_date_that_is_a_digit_off() -> None:
    day = date(2026, 5, 1)
    found = chart(paper(day, "ECOG 1."), paper(day, "ECOG 1.", born="03/09/1961")).conflicts
    assert [(one.what, one.a.quote, one.b.quote) for one in found] == [
        ("birth date", "DOB 03/09/1961", "DOB 03/09/1960")
    ]
