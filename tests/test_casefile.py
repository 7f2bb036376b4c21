"""case.yaml: every key is read, a slip is named with its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from chartproof.chart.casefile import parse_day, parse_state, read_case_file
from chartproof.errors import InputError
from chartproof.typed import check_typed

TODAY = date(2026, 6, 1)
FULL = """\
as_of: 2026-05-04
drug: Tecartus
indication: brexu_mcl
payer: Invented Health
plan_type: commercial_insured
state: ny
received: 30 April 2026
apheresis_planned: 05/18/2026
patient: {name: Rosa Invented, dob: 1962-09-14, mrn: "00417732"}
"""


def write(folder: Path, text: str) -> Path:
    (folder / "case.yaml").write_text(text, encoding="utf-8")
    return folder


def test_every_key_is_read(tmp_path: Path) -> None:
    case = read_case_file(write(tmp_path, FULL), as_of=TODAY)
    assert (case.as_of, case.received, case.apheresis_planned) == (
        date(2026, 5, 4),
        date(2026, 4, 30),
        date(2026, 5, 18),
    )
    assert (case.drug, case.indication, case.plan_type, case.state) == (
        "Tecartus",
        "brexu_mcl",
        "commercial_insured",
        "NY",
    )
    assert (case.patient.name, case.patient.born, case.patient.mrn) == ("Rosa Invented", date(1962, 9, 14), "00417732")


@pytest.mark.parametrize("text", ["", "# nothing\n", "drug:\nstate: ~\npatient:\n"])
def test_what_is_left_out_stays_empty_and_the_day_is_today(tmp_path: Path, text: str) -> None:
    case = read_case_file(write(tmp_path, text), as_of=TODAY)
    assert (case.as_of, case.drug, case.state, case.patient.name) == (TODAY, "", "", "")


def test_no_file_at_all(tmp_path: Path) -> None:
    assert read_case_file(tmp_path, as_of=TODAY).as_of == TODAY


@pytest.mark.parametrize(
    ("text", "code", "line", "hint"),
    [
        ("drug: x\npayr: y\n", "CP-CASE-02", 2, "'payer'"),
        ("drug: x\n\npatient:\n  name: x\n  dbo: 2000-01-01\n", "CP-CASE-02", 5, "'dob'"),
        ("drug: x\ndrug: y\n", "CP-CASE-02", 2, "Keep one"),
        ("state: NY\nas_of: 2026-13-44\n", "CP-CASE-03", 2, "2026-05-04"),
        ("as_of: next week\n", "CP-CASE-03", 1, "2026-05-04"),
        ("received: May 2026\n", "CP-CASE-03", 1, "2026-05-04"),
        ("patient: {dob: yesterday}\n", "CP-CASE-03", 1, "2026-05-04"),
        ("\nstate: New York\n", "CP-CASE-05", 2, "NY"),
        ("- drug\n- x\n", "CP-CASE-01", 1, "drug"),
        ("patient: Rosa Invented\n", "CP-CASE-01", 1, "name"),
        ("drug: [a, b]\n", "CP-CASE-01", 1, "one line"),
        ("drug: x\npayer: 'y\n", "CP-CASE-01", 3, "key: value"),
        ("{a: " * 5000, "CP-CASE-01", 1, "key: value"),
        ("drug: \x01\n", "CP-CASE-01", 1, "key: value"),
    ],
)
def test_a_slip_is_named_with_its_line(tmp_path: Path, text: str, code: str, line: int, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        read_case_file(write(tmp_path, text), as_of=TODAY)
    said = str(caught.value)
    assert caught.value.code == code and f"case.yaml, line {line}" in said and hint in said and "\n" not in said
    assert "Rosa" not in said


def test_text_that_is_not_utf8(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_bytes("drug: \xe9".encode("latin-1"))
    with pytest.raises(InputError, match="CP-CASE-01"):
        read_case_file(tmp_path, as_of=TODAY)


def test_a_folder_of_that_name_is_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").mkdir()
    with pytest.raises(InputError, match="CP-CASE-01: this is a folder"):
        read_case_file(tmp_path, as_of=TODAY)


@pytest.mark.parametrize("text", ["2026-05-04", "05/04/2026", "4 May 2026", "May 4, 2026", " 2026-05-04 "])
def test_days_typed_by_hand(text: str) -> None:
    assert parse_day(text, where="here") == date(2026, 5, 4)


@pytest.mark.parametrize("text", ["", "soon", "2026-02-30", "12/2026", "2026", "2026-05-04 or 2026-05-05"])
def test_what_is_no_day(text: str) -> None:
    with pytest.raises(InputError, match="CP-CASE-03"):
        parse_day(text, where="here")


def test_states() -> None:
    assert (parse_state("ny", where=""), parse_state(" PR ", where=""), parse_state("", where="")) == ("NY", "PR", "")
    with pytest.raises(InputError, match="CP-CASE-05"):
        parse_state("ZZ", where="--state")


def test_the_example_of_the_readme_is_accepted(root: Path, tmp_path: Path) -> None:
    lines = (root / "README.md").read_text(encoding="utf-8").splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith("    as_of:"))
    text = "\n".join(line[4:] for line in lines[start : start + lines[start:].index("")])
    case = read_case_file(write(tmp_path, text), as_of=TODAY)
    check_typed(case)
    assert case.patient.name and case.apheresis_planned and case.indication
