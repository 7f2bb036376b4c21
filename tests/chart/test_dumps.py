"""Chart dumps: where papers begin, whose pages they are, and which are there twice (dumps.yaml, owners.yaml)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import yaml

from chartproof.chart.sort import reading
from chartproof.chart.split import split_file
from chartproof.model import Box, Case, Page, Patient, SourceFile, Word

HERE = Path(__file__).parent
CASE = Case(as_of=date(2026, 6, 15), patient=Patient(name="Nadia Q. Ferrone", born=date(1960, 3, 9), mrn="2209-41-876"))
OWN = "Elm Clinic\nPatient: FERRONE, NADIA Q  DOB 03/09/1960\nVisit date: 05/04/2026\nAssessment. Plan.\nPage 1 of 1"
OTHER = "Oak Clinic\nPatient: OKAFOR, DANIEL  DOB 01/02/1950\nVisit date: 05/04/2026\nAssessment.\nPage 1 of 1"


def pages(texts: list[str], read: str = "text", *, short: bool = False) -> tuple[Page, ...]:
    made = [Page("dump.pdf", number, text, read=read) for number, text in enumerate(texts, 1)]  # type: ignore[arg-type]
    if not short:
        return tuple(made)
    one = Box(40, 40, 90, 52)  # every word stands at the top of its page
    return tuple(replace(page, width=612, height=792, words=(Word(page.text[:1], 0, 1, one),)) for page in made)


def dump(*texts: str) -> SourceFile:
    return SourceFile("dump.pdf", "0" * 64, "pdf", pages(list(texts)))


@pytest.mark.parametrize("row", yaml.safe_load((HERE / "dumps.yaml").read_text(encoding="utf-8")), ids=lambda row: row["why"])  # fmt: skip
def test_where_papers_begin(row: dict) -> None:
    made = pages(row["pages"], row.get("read", "text"), short=row.get("short", False))
    assert [[piece.page.number for piece in group] for group in split_file(made)] == row["documents"]


@pytest.mark.parametrize("row", yaml.safe_load((HERE / "owners.yaml").read_text(encoding="utf-8")), ids=lambda row: row["text"][:40])  # fmt: skip
def test_whose_page(row: dict) -> None:
    assert reading([dump(row["text"])], CASE).documents[0].belongs is row["belongs"]


def test_a_page_without_a_name_between_anothers_pages_goes_with_them() -> None:
    bare = "Oak Clinic\nECG of 05/04/2026\nSinus rhythm, rate 70.\nPage 1 of 1"
    read = reading([dump(OWN, OTHER, bare, OTHER.replace("05/04", "05/09"))], CASE)
    assert [(one.belongs, bool(one.note)) for one in read.documents] == [(True, False)] + [(False, True)] * 3


@pytest.mark.parametrize(
    ("around", "belongs"),
    [((OWN, OWN), None), ((OWN, ""), None), ((OWN, OTHER), False), ((OTHER, OWN), False)],
    ids=["within", "last", "before another's", "behind another's"],
)
def test_a_page_without_a_name_is_kept_among_the_patients_alone(around: tuple[str, str], belongs: bool | None) -> None:
    bare = "Oak Clinic\nECG of 05/04/2026\nSinus rhythm, rate 70.\nPage 1 of 1"
    texts = [text for text in (around[0], bare, around[1]) if text]
    assert reading([dump(*texts)], CASE).documents[1].belongs is belongs


def test_a_file_that_names_nobody_counts_where_the_case_file_vouches_for_it() -> None:
    bare = replace(dump("Oak Clinic\nECG of 05/04/2026\nSinus rhythm, rate 70.\nPage 1 of 1"), name="ecg.pdf")
    bare = replace(bare, pages=tuple(replace(page, file="ecg.pdf") for page in bare.pages))
    assert reading([dump(OWN), bare], CASE).documents[1].belongs is False
    assert "nameless" in reading([dump(OWN), bare], CASE).documents[1].note
    assert reading([dump(OWN), bare], replace(CASE, nameless=("ecg.pdf",))).documents[1].belongs is True


def test_nobody_is_expected_to_be_named_where_no_paper_names_the_patient() -> None:
    bare = dump("Oak Clinic\nECG of 05/04/2026\nSinus rhythm, rate 70.\nPage 1 of 1")
    assert reading([bare], CASE).documents[0].belongs is None


@pytest.mark.parametrize(
    ("sheet", "belongs"),
    [
        ("Chair list, 05/05/2026\n3 DOE, T R-CHOP ECOG 0\n4 ROE-MOE, A fluids\n5 POE, O day 2 ECOG 1", False),
        ("Visits 05/05/2026\n0830 Doe, L ECG done today\n0915 Poe, D labs first\n1000 Moe, K KPS 40", False),
        ("Care team\n1 Doe, Ann MD\n2 Roe, Bo RN\n3 Moe, Cy PharmD", None),
    ],
)
def test_a_schedule_of_several_persons_is_nobodys_evidence(sheet: str, belongs: bool | None) -> None:
    assert reading([dump(OWN, sheet, OWN)], CASE).documents[1].belongs is belongs


def test_a_strange_head_cuts_a_counted_print() -> None:
    first = OWN.replace("Page 1 of 1", "Page 1 of 2")
    second = OTHER.replace("Page 1 of 1", "Page 2 of 2")
    found = reading([dump(first, second)], CASE).documents
    assert [one.belongs for one in found] == [True, False]


def test_a_paper_that_is_there_twice_says_where_it_was_read_first() -> None:
    read = reading([dump(OWN, OTHER, OWN), replace(dump(OTHER), name="b.pdf")], CASE)
    assert [one.note.endswith("the same as p. 1") for one in read.documents[:3]] == [False, False, True]
    assert read.documents[3].note.endswith("the same as dump.pdf p. 2")
    assert read.documents[2].belongs is True


@pytest.mark.parametrize("row", yaml.safe_load((HERE / "days.yaml").read_text(encoding="utf-8")), ids=lambda row: row["text"][:40])  # fmt: skip
def test_the_day_of_a_paper_is_never_a_treatments(row: dict) -> None:
    when = reading([dump(row["text"])], CASE).documents[0].when
    assert (str(when) if when else None) == (str(row["day"]) if row["day"] else None)
