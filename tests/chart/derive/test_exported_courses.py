"""Courses of treatment that exports tell: tables of treatments, fills of a pharmacy, orders that were closed."""

from __future__ import annotations

import json
from datetime import date

import pytest

from chartproof.chart.fhir import read_json
from chartproof.chart.reader import read_chart
from chartproof.chart.tables import read_table
from chartproof.model import Case, Patient, SourceFile

CASE = Case(as_of=date(2026, 6, 15), patient=Patient(name="Nadia Q. Ferrone", born=date(1960, 3, 9), mrn="5550123"))


def lines(file: SourceFile) -> list[tuple[tuple[str, ...], str, str]]:
    return [(line.drugs, str(line.start), str(line.end)) for line in read_chart([file], CASE).lines]


@pytest.mark.parametrize(
    "head", ["regimen,start,end,cycles,best response,why stopped", "Treatment,Begun,Last dose,Cycles,Best,Stop reason"]
)
def test_a_table_of_treatments(head: str) -> None:
    rows = f"{head}\nBR,2021-03-22,2021-07-30,6,CR,\nibrutinib,2023-01-29,2025-05-12,,PR,progression\n"
    chart = read_chart([read_table("flow.csv", rows.encode(), "a" * 64)], CASE)
    told = [(line.drugs, str(line.start), str(line.end), line.best_response, line.stop_reason) for line in chart.lines]
    assert told == [
        (("bendamustine", "rituximab"), "2021-03-22", "2021-07-30", "CR", None),
        (("ibrutinib",), "2023-01-29", "2025-05-12", "PR", "progression"),
    ]


def test_what_came_back_to_the_pharmacy_was_not_taken() -> None:
    rows = (
        "patient,dob,rx_no,drug,qty,event,event_date\nFERRONE NADIA,1960-03-09,81-1,acalabrutinib,60,FILL,2024-10-14\n"
        "FERRONE NADIA,1960-03-09,99-1,venetoclax,1,FILL,2026-01-05\nFERRONE NADIA,1960-03-09,99-1,venetoclax,1,RETURN TO STOCK,2026-01-30\n"
        "FERRONE SUE,1971-01-30,77-2,ibrutinib,90,FILL,2026-02-03\n"
    )
    found = lines(read_table("ledger.csv", rows.encode(), "a" * 64))
    assert [drugs for drugs, _start, _end in found] == [("acalabrutinib",)]


def test_fills_of_a_pharmacy_and_one_that_was_never_picked_up() -> None:
    rows = (
        "fill_date,drug,strength,qty,days,status\n2019-10-14,acalabrutinib,100 mg,60,30,paid\n"
        "2025-12-02,acalabrutinib,100 mg,60,30,paid (last)\n2026-01-05,venetoclax,10 mg,1,28,REVERSED - not picked up\n"
    )
    found = lines(read_table("fills.csv", rows.encode(), "a" * 64))
    assert [drugs for drugs, _start, _end in found] == [("acalabrutinib",)]


@pytest.mark.parametrize(
    ("status", "given"), [("stopped", True), ("completed", True), ("active", False), ("cancelled", False)]
)
def test_an_order_tells_a_course_only_where_it_was_closed(status: str, given: bool) -> None:
    order = {
        "resourceType": "MedicationRequest", "status": status, "intent": "order", "authoredOn": "2022-06-13",
        "medicationCodeableConcept": {"text": "Acalabrutinib 100 MG Oral Capsule"},
        "dosageInstruction": [{"timing": {"repeat": {"boundsPeriod": {"start": "2022-06-13", "end": "2024-09-16"}}}}],
    }  # fmt: skip
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": order}]}
    found = lines(read_json("meds.json", json.dumps(bundle).encode(), "a" * 64))
    assert found == ([(("acalabrutinib",), "2022-06-13", "2024-09-16")] if given else [])
