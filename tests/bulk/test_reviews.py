"""A folder of reviews is screened with the answers that the reviews themselves gave."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pytest

from chartproof.bulk.reviews import gather_reviews, reviews
from chartproof.bulk.table import VERSION, rows_of_chart
from chartproof.cli import main
from chartproof.errors import InputError
from chartproof.model import Chart, DayRange, Document, Fact, Span
from chartproof.screen import schema
from chartproof.tour import review_folder, review_json

DAY = date(2026, 5, 4)
POLICIES = ["--policy", "excellus/7.02.11", "--policy", "brexu_mcl", "--as-of", DAY.isoformat(), "--threads", "1"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, demo_case: Path) -> Path:
    """The demo case as it stands, and without its laboratory and its notes: three reviews, one in a package."""
    place = tmp_path_factory.mktemp("reviews")
    for number, without in enumerate(((), ("lab", "cardiology"), ("consult", "records"))):
        case = place / "cases" / str(number)
        shutil.copytree(demo_case, case)
        for file in case.iterdir():
            if any(word in file.name.lower() for word in without):
                file.unlink()
        written = place / "in" / (f"case-{number}.json" if number else "packed/review.json")
        written.parent.mkdir(parents=True, exist_ok=True)
        written.write_bytes(review_json(review_folder(case, today=DAY, as_of=DAY)))
    return place / "in"


def test_the_screen_of_reviews_gives_the_answers_of_the_reviews(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["screen", str(folder), *POLICIES, "--out", str(tmp_path / "out")]) == 0
    assert "3 reviews of 3 subjects" in capsys.readouterr().out
    told = duckdb.sql(f"select subject, policy, criterion, status, reason from '{tmp_path}/out/criteria/*.parquet'")
    got = {row[:3]: row[3:] for row in told.fetchall()}
    statuses = set()
    for path in reviews(folder):
        review = json.loads(path.read_bytes())
        name = path.stem if path.parent == folder else path.parent.name
        assert review["criteria"] and review["label"]
        for policy, rows in (("excellus/7.02.11", review["criteria"]), ("brexu_mcl", review["label"])):
            for row in rows:
                assert got.pop((name, policy, row["id"])) == (row["status"], row["reason"]), (name, row["id"])
                statuses.add(row["status"])
    assert not got and {"met", "missing", "not_applicable"} <= statuses
    assert "CP-SCR" not in (tmp_path / "out" / "ledger.csv").read_text(encoding="utf-8")


def test_what_is_no_review_is_in_the_ledger_and_the_others_are_screened(folder: Path, tmp_path: Path) -> None:
    mixed = tmp_path / "in"
    shutil.copytree(folder, mixed)
    (mixed / "broken.json").write_text("{", encoding="utf-8")
    (mixed / "other.json").write_text('{"criteria": []}', encoding="utf-8")
    (mixed / "older.json").write_text(changed(folder, version=99), encoding="utf-8")
    found = gather_reviews(mixed, tmp_path / "out", progress=lambda *told: None)
    assert (found.lines, found.left, found.subjects) == (3, 3, 3)
    told = (tmp_path / "out" / "reviews-ledger.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(",")[0::2] for line in told] == [
        [name, "CP-BULK-08"] for name in ("broken.json", "older.json", "other.json")
    ]


@pytest.mark.parametrize("bad", ["no row", {"kind": "fact", "strange": 1}, {"kind": "fact", "concept": ["ecog"]}])
def test_a_row_that_is_none_takes_the_met_away(bad: object, folder: Path, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "one.json").write_text(changed(folder, more=[bad]), encoding="utf-8")
    assert main(["screen", str(tmp_path / "in"), *POLICIES, "--out", str(tmp_path / "out")]) == 0
    assert (tmp_path / "out" / "ledger.csv").read_text(encoding="utf-8").count("CP-SCR-22") == 1
    told = duckdb.sql(f"select distinct rejected_rows from '{tmp_path}/out/subjects/*.parquet'").fetchall()
    assert told == [(1,)]


def changed(folder: Path, *, version: int = VERSION, more: list[Any] | None = None) -> str:
    """The first review with another version, or with rows more."""
    review = json.loads((folder / "case-1.json").read_bytes())
    rows = [*review["facts_table"]["rows"], *(more or [])]
    return json.dumps({**review, "facts_table": {"version": version, "rows": rows}})


def test_two_reviews_of_one_name_are_refused(folder: Path, tmp_path: Path) -> None:
    mixed = tmp_path / "in"
    shutil.copytree(folder, mixed)
    shutil.copy(mixed / "case-1.json", mixed / "packed.json")
    with pytest.raises(InputError) as refused:
        gather_reviews(mixed, tmp_path / "out", progress=lambda *told: None)
    assert refused.value.code == "CP-BULK-07"


def test_a_folder_of_other_json_is_refused_in_one_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.json").write_text("[]", encoding="utf-8")
    assert main(["screen", str(tmp_path / "in"), *POLICIES, "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.strip().splitlines()[-1].startswith("CP-BULK-08")


def test_another_persons_page_stays_another_persons_and_a_record_is_known_on_its_last_day() -> None:
    said = Fact("F1", "ecog", "present", (Span("a.pdf", 1, 0, 3, "one"),), known=DayRange.month(2026, 4), document="D1")
    for belongs, assertion in ((True, "present"), (False, "family"), (None, "present")):
        paper = Document("D1", "a.pdf", 1, 1, "note", belongs=belongs)
        (row,) = rows_of_chart("p", Chart((), (paper,), (said,), (), (), ()))
        assert row[3] == assertion and row[10] == date(2026, 4, 30)


def test_the_rows_of_a_chart_are_of_the_version_that_is_screened() -> None:
    assert VERSION == schema.VERSION
