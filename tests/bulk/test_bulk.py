"""A bulk export becomes a facts table: by subject, every line used or told, the same after a kill as without one."""

from __future__ import annotations

import base64
import csv
import gzip
import json
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from chartproof.bulk.run import gather
from chartproof.cli import main
from chartproof.errors import InputError

DAY = date(2026, 5, 4)


def observation(subject: str, value: float, day: str, **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Observation", "id": f"{subject}-{day}", "status": "final", "subject": {"reference": f"Patient/{subject}"},
        "code": {"coding": [{"system": "http://loinc.org", "code": "777-3", "display": "Platelets [#/volume] in Blood"}]},
        "effectiveDateTime": day, "valueQuantity": {"value": value, "unit": "K/uL"}, **more,
    }  # fmt: skip


def patient(name: str) -> dict[str, Any]:
    return {"resourceType": "Patient", "id": name, "birthDate": "1970-01-02", "gender": "female"}


def note(subject: str, text: str) -> dict[str, Any]:
    data = base64.b64encode(text.encode()).decode()
    return {
        "resourceType": "DocumentReference", "id": f"note-{subject}", "status": "current", "subject": {"reference": f"Patient/{subject}"},
        "date": "2026-04-20T10:00:00Z", "content": [{"attachment": {"contentType": "text/plain; charset=utf-8", "data": data}}],
    }  # fmt: skip


def written(folder: Path, name: str, *resources: dict[str, Any] | str) -> None:
    folder.mkdir(exist_ok=True)
    lines = "".join((one if isinstance(one, str) else json.dumps(one)) + "\n" for one in resources).encode()
    (folder / name).write_bytes(gzip.compress(lines, mtime=0) if name.endswith(".gz") else lines)


def gathered(folder: Path, out: Path) -> list[tuple[Any, ...]]:
    found = gather(folder, out, as_of=DAY, workers=1, progress=lambda what, done, total: None)
    names = [str(path) for path in found.facts.glob("*.parquet")]
    with duckdb.connect() as connection:
        return connection.execute(
            "select subject, kind, concept, low, first_day, tier from read_parquet($n) order by all", {"n": names}
        ).fetchall()


@pytest.fixture
def export(tmp_path: Path) -> Path:
    folder = tmp_path / "export"
    written(folder, "Patient.ndjson", patient("p1"), patient("p2"), patient("p3"))
    written(folder, "Observation.ndjson.gz", observation("p1", 88, "2026-05-01"), observation("p2", 40, "2026-04-30"),
            observation("p1", 91, "2026-05-02", status="entered-in-error"))  # fmt: skip
    written(
        folder,
        "DocumentReference.ndjson",
        note(
            "p2",
            "Clinic note\nDate of service: 04/20/2026\n\nECOG 1 today.\n\nElectronically signed by A. Wren, MD 04/20/2026\n",
        ),
    )
    return folder


def test_each_subject_has_its_rows_and_what_was_entered_in_error_has_none(export: Path, tmp_path: Path) -> None:
    rows = gathered(export, tmp_path / "out")
    assert [row[0] for row in rows if row[1] == "subject"] == ["p1", "p2", "p3"]
    platelets = [(row[0], row[3], row[4], row[5]) for row in rows if row[2] == "platelets"]
    assert platelets == [("p1", 88.0, date(2026, 5, 1), "code"), ("p2", 40.0, date(2026, 4, 30), "code")]


def test_a_note_inside_a_document_reference_is_read_and_its_tier_says_so(export: Path, tmp_path: Path) -> None:
    rows = gathered(export, tmp_path / "out")
    assert [(row[0], row[3], row[5]) for row in rows if row[2] == "ecog"] == [("p2", 1.0, "note")]


def test_every_line_that_is_not_used_is_told_with_its_file_and_line(export: Path, tmp_path: Path) -> None:
    orphan = {"resourceType": "Observation", "id": "x", "status": "final", "code": {"text": "platelets"}}
    written(export, "Bad.ndjson", "{broken", '{"a": 1}', orphan, observation("p3", 70, "2026-05-03"))
    whole = gzip.compress(json.dumps(observation("p1", 60, "2026-05-03")).encode() * 50)
    (export / "Cut.ndjson.gz").write_bytes(whole[: len(whole) // 2])
    rows = gathered(export, tmp_path / "out")
    assert [row[3] for row in rows if row[2] == "platelets" and row[0] == "p3"] == [70.0]
    told = [row[:3] for row in ledger(tmp_path / "out")]
    assert ("Bad.ndjson", "1", "CP-BULK-02") in told
    assert ("Bad.ndjson", "2", "CP-BULK-02") in told
    assert ("Bad.ndjson", "3", "CP-BULK-03") in told
    assert any(row[0] == "Cut.ndjson.gz" and row[2] in ("CP-BULK-02", "CP-BULK-04") for row in told)


def test_lines_are_counted_as_they_stand_in_the_file(export: Path, tmp_path: Path) -> None:
    written(export, "Gaps.ndjson", "", observation("p3", 70, "2026-05-03"), "", "{broken")
    gathered(export, tmp_path / "out")
    assert ledger(tmp_path / "out")[0][:3] == ("Gaps.ndjson", "4", "CP-BULK-02")


@pytest.mark.parametrize(
    ("attachment", "code", "refused"),
    [
        ({"contentType": "text/plain", "data": "no base64!"}, "CP-BULK-09", True),
        ({"contentType": "application/pdf", "data": base64.b64encode(b"%PDF-1.7 cut").decode()}, "CP-READ-06", True),
        ({"contentType": "image/jpeg", "data": base64.b64encode(b"a picture").decode()}, "CP-BULK-10", False),
        ({"contentType": "text/plain", "url": "https://example.org/Binary/1"}, "CP-BULK-10", False),
    ],
)
def test_a_note_that_is_not_read_is_told_and_a_broken_one_leaves_a_row_that_is_refused(
    attachment: dict[str, str], code: str, refused: bool, export: Path, tmp_path: Path
) -> None:
    written(export, "More.ndjson", {**note("p3", ""), "content": [{"attachment": attachment}]})
    rows = gathered(export, tmp_path / "out")
    assert [(row[2], row[3][:10]) for row in ledger(tmp_path / "out")] == [(code, "subject p3")]
    assert [row[0] for row in rows if row[1] == "fact" and row[2] is None] == ["p3"] * refused


def test_what_was_left_out_of_an_export_stands_on_the_page(export: Path, tmp_path: Path) -> None:
    written(export, "Bad.ndjson", "{broken")
    asked = ["--policy", "brexu_mcl", "--as-of", "2026-05-04", "--threads", "1", "--out", str(tmp_path / "out")]
    assert main(["screen", str(export), *asked]) == 0
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "What could not be used: rows 1" in page and "may speak against anyone's answer" in page


def ledger(out: Path) -> list[tuple[str, ...]]:
    with (out / "export-ledger.csv").open(encoding="utf-8", newline="") as stream:
        return [tuple(row) for row in csv.reader(stream)]


def test_a_rerun_keeps_the_parts_that_are_done_and_gives_the_same_rows(export: Path, tmp_path: Path) -> None:
    first = gathered(export, tmp_path / "out")
    (part,) = (tmp_path / "out" / "facts").glob("*.parquet")
    before = part.stat().st_mtime_ns
    assert gathered(export, tmp_path / "out") == first and part.stat().st_mtime_ns == before
    part.unlink()  # as where a run was killed before this part was whole
    (tmp_path / "out" / "facts" / f"{part.stem}.half").write_bytes(b"half")
    assert gathered(export, tmp_path / "out") == first


def test_another_day_or_another_export_is_read_anew(export: Path, tmp_path: Path) -> None:
    gathered(export, tmp_path / "out")
    written(export, "More.ndjson", observation("p3", 20, "2026-05-03"))
    rows = gathered(export, tmp_path / "out")
    assert [row[3] for row in rows if row[0] == "p3" and row[2] == "platelets"] == [20.0]
    assert len(list((tmp_path / "out" / "facts").glob("*.parquet"))) == 1


def test_a_shared_medication_reaches_the_subject_that_refers_to_it(export: Path, tmp_path: Path) -> None:
    written(
        export,
        "Medication.ndjson",
        {"resourceType": "Medication", "id": "m1", "code": {"text": "ibrutinib 140 mg capsule"}},
    )
    written(export, "MedicationStatement.ndjson", {
        "resourceType": "MedicationStatement", "id": "s1", "status": "completed", "subject": {"reference": "Patient/p3"},
        "medicationReference": {"reference": "Medication/m1"}, "effectivePeriod": {"start": "2024-01-05", "end": "2025-02-01"},
    })  # fmt: skip
    rows = gathered(export, tmp_path / "out")
    assert any(row[0] == "p3" and row[2] == "class_exposure" for row in rows)


def test_the_age_is_that_of_the_patient_resource_and_a_note_about_another_is_not_taken(
    export: Path, tmp_path: Path
) -> None:
    other = "Clinic note\nPatient: Wren Other\nDOB: 03/04/1950\nDate of service: 04/21/2026\n\nECOG 3 today.\n\nElectronically signed by A. Wren, MD 04/21/2026\n"
    later = {**patient("p4"), "birthDate": "2027-01-01"}
    written(export, "More.ndjson", note("p1", other), later)
    rows = gathered(export, tmp_path / "out")
    assert [(row[0], row[3]) for row in rows if row[2] == "age"] == [("p1", 56.0), ("p2", 56.0), ("p3", 56.0)]
    kept = duckdb.sql(
        f"select subject from '{tmp_path}/out/facts/*.parquet' where concept = 'ecog' and assertion = 'present'"
    )
    assert kept.fetchall() == [("p2",)]


@pytest.mark.parametrize(("day", "read"), [("2150-05-01", date(2150, 5, 1)), ("9999-12-31", None)])
def test_days_that_were_moved_for_privacy_are_days_and_the_end_of_time_is_none(
    day: str, read: date | None, export: Path, tmp_path: Path
) -> None:
    written(export, "Moved.ndjson", observation("p3", 33, day))
    assert [row[4] for row in gathered(export, tmp_path / "out") if row[3] == 33.0] == [read]


def test_no_export_and_no_usable_line_are_told_plainly(tmp_path: Path) -> None:
    empty = tmp_path / "none"
    empty.mkdir()
    with pytest.raises(InputError) as refused:
        gather(empty, tmp_path / "out", as_of=DAY, workers=1, progress=lambda *told: None)
    assert refused.value.code == "CP-BULK-01"
    written(empty, "Bad.ndjson", "{broken")
    with pytest.raises(InputError) as refused:
        gather(empty, tmp_path / "out", as_of=DAY, workers=1, progress=lambda *told: None)
    assert refused.value.code == "CP-BULK-01"


def test_one_command_goes_from_the_export_to_the_report(
    export: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "screened"
    assert main(
        [
            "screen",
            str(export),
            "--policy",
            "excellus/7.02.11",
            "--as-of",
            "2026-05-04",
            "--out",
            str(out),
            "--threads",
            "1",
        ]
    ) in (0, None)
    assert "3 subjects" in capsys.readouterr().out
    assert len((out / "ledger.csv").read_text(encoding="utf-8").splitlines()) == 1, (
        "no file of ours is taken for a table"
    )
    assert (out / "report.html").is_file() or any(out.glob("*.html"))
