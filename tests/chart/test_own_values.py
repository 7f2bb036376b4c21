"""A result file without a name is the patient's where the patient's own papers tell its values of the same days."""

from __future__ import annotations

from datetime import date

import pytest

from chartproof.chart.files import open_file
from chartproof.chart.reader import read_chart
from chartproof.model import Case, Document, Patient, SourceFile

CASE = Case(
    date(2026, 6, 15),
    Patient(name="Aurelia Finch", born=date(1961, 4, 2), mrn="A-100"),
    "Tecartus",
    indication="brexu_mcl",
)
EXPORT = (
    "collected,test,result,unit\n2026-06-10,HGB,{hgb},g/dL\n2026-06-10,PLT,141,x10E9/L\n2026-06-10,CREAT,0.93,mg/dL\n"
    "2026-06-10,WBC,3.7,x10E9/L\n2026-06-10,TBIL,0.5,mg/dL\n"
)
NOTE = (
    "Progress Note\nPatient: Aurelia Finch   DOB: 04/02/1961   MRN: A-100\nDate of service: 06/10/2026\n\n"
    "Labs of today: hemoglobin 10.9, platelets 141, creatinine 0.93{more}.\n\nElectronically signed by Jane Moreno, MD on 06/10/2026\n"
)


def export_of(note: str, hgb: str) -> Document:
    files = [open_file("note.txt", note.encode()), open_file("export.csv", EXPORT.format(hgb=hgb).encode())]
    chart = read_chart([file for file in files if isinstance(file, SourceFile)], CASE)
    return next(document for document in chart.documents if document.file == "export.csv")


def test_four_values_of_one_day_are_nobody_elses() -> None:
    export = export_of(NOTE.format(more=", white cells 3.7"), "10.9")
    assert export.belongs is True
    assert "its values of the same days" in export.note


@pytest.mark.parametrize(
    ("more", "hgb"),
    [("", "10.9"), (", white cells 3.7", "11.8")],
    ids=["three values may agree by chance", "one value of that day is another"],
)
def test_otherwise_it_may_be_anybodys(more: str, hgb: str) -> None:
    assert export_of(NOTE.format(more=more), hgb).belongs is False
