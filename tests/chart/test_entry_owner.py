"""A batch of messages and an export of a worklist: another person's rows never count, the patient's are never lost."""

from __future__ import annotations

from datetime import date

import pytest

from chartproof.chart.find.infection import infections
from chartproof.chart.find.performance.scales import find as performance
from chartproof.chart.find.viral import serology
from chartproof.chart.plain import read_text
from chartproof.chart.sort import reading
from chartproof.chart.tables import read_table
from chartproof.model import Case, Fact, Patient

CASE = Case(as_of=date(2026, 6, 15), patient=Patient(name="Aurelia Finch", born=date(1961, 4, 2), mrn="40-118-2267"))
OURS = "PID|1||401182267^^^HH^MR||FINCH^AURELIA^R||19610402|F"


def message(person: str, rows: str) -> str:
    return f"MSH|^~\\&|LAB|HH|CLINIC|HH|20260602||ORU^R01|1|P|2.3\n{person}\nOBR|1|7|8|P^Panel|||20260601\n{rows}\n"


def of_message(text: str, finder: object) -> list[Fact]:
    return finder(reading([read_text("batch.txt", text.encode(), "")], CASE), CASE)  # type: ignore[operator]


@pytest.mark.parametrize(
    ("person", "mine"),
    [
        (OURS, True),
        ("PID|1||401182267^^^HH^MR||FINCH^AURELIA||19610204|F", True),  # day and month changed about
        ("PID|1||401812267^^^HH^MR||FINCH^AURELIE^M||19710914|F", False),
        ("PID|1||401812267^^^HH^MR||FINCH^AURELIA||19610402|F", True),  # a merged record
        ("PID|1||401922735^^^HH^MR||FINCH^AURELIE||19610204|F", False),  # name, number and birth date each a slip apart
        ("PID|1||401922735^^^HH^MR||FINCH MOSS^AURELI||19610402|F", False),  # a donor born on the same day
        ("PID|1||77^^^OT^MR||FINCH^BERTRAM||19610402|M", False),  # a twin
        ("PID|1||77^^^OT^MR||LARKIN^OTTO|||M", False),
    ],
)
def test_a_message_of_a_batch_is_its_own_persons(person: str, mine: bool) -> None:
    text = message(OURS, "OBX|1|NM|718-7^Hemoglobin||10.1|g/dL||||F") + message(
        person, "OBX|1|ST|13949-3^CMV IgG||POSITIVE||Negative|A|||F|||20260601"
    )
    assert bool([one for one in of_message(text, serology.find) if one.concept == "cmv_igg"]) is mine


def test_a_row_of_an_export_is_its_own_persons() -> None:
    rows = '"FINCH, AURELIA",40-118-2267,1961-04-02,2026-06-01,HIV Ag/Ab,Nonreactive\n"LARKIN, OTTO",40-229-1188,1980-01-09,2026-06-02,HCV Ab,Reactive\n'
    file = read_table("e.csv", f"patient,mrn,dob,collected,component,result\n{rows}".encode(), "")
    found = {one.concept for one in serology.find(reading([file], CASE), CASE)}
    assert "hiv" in found and "hcv_ab" not in found


def test_what_stands_beside_a_row_of_days_names_what_was_measured() -> None:
    rows = "Patient,MRN,Row of the flowsheet,06/01/2026,06/08/2026\nFINCH AURELIA,40-118-2267,Temp C,36.5,36.9\nFINCH AURELIA,40-118-2267,KPS (adult),90,70\n"
    read = reading([read_table("f.csv", rows.encode(), "")], CASE)
    assert read.documents[0].kind == "lab_export"
    scores = {(str(one.when), one.quantity.low) for one in performance(read, CASE) if one.quantity}
    assert scores == {("2026-06-01", 90.0), ("2026-06-08", 70.0)}


@pytest.mark.parametrize(
    ("rows", "live"),
    [
        ("OBX|1|TX|630-4^Bacteria identified urine||>100,000 CFU/mL Proteus mirabilis||No growth|A|||F|||20260601", True),
        ("OBX|1|TX|600-7^Blood culture||No growth at 5 days||||||F|||20260601", False),
        ("OBX|1|TX|630-4^Urine culture||Mixed flora, 10,000 CFU/mL||||||F|||20260601", False),
        ("OBX|1|NM|718-7^Hemoglobin||10.1|g/dL||||F\nNTE|1||Dx acute pyelonephritis. Started cefdinir 300 mg bid.", True),
        ("OBX|1|NM|718-7^Hemoglobin||10.1|g/dL||||F\nNTE|1||No growth. No evidence of infection.", False),
    ],
)  # fmt: skip
def test_a_culture_that_grew_or_a_note_below_a_result_tells_of_an_infection(rows: str, live: bool) -> None:
    found = of_message(message(OURS, rows), infections.find)
    assert bool(found) is live
    assert all(str(one.when) == "2026-06-01" for one in found)
