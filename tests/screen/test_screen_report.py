"""What is shown of a population: small counts hidden so that none can be told, nothing about a subject on the page."""

from __future__ import annotations

import csv
import re
from pathlib import Path
from random import Random

import duckdb
import pytest

from chartproof.cli import main
from chartproof.policy.load import knowledge
from chartproof.screen.counts import SMALL, funnel, hidden
from chartproof.screen.synthetic import write_registry
from randomly import AS_OF


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ([[40, 30]], ((40, 30),)),
        ([[40, 30, 0]], ((40, 30, 0),)),
        ([[4, 30, 90]], ((None, None, 90),)),
        ([[4, 3, 90]], ((None, None, None),)),
        ([[4, 0]], ((None, None),)),
        ([[4, 50], [60, 70], [80, 90]], ((None, None), (None, None), (80, 90))),
    ],
)
def test_a_small_count_is_hidden_with_what_would_tell_it(
    rows: list[list[int]], shown: tuple[tuple[int | None, ...], ...]
) -> None:
    assert hidden(rows) == shown


def test_no_small_count_follows_by_subtraction() -> None:
    random = Random(5)
    for _ in range(200):
        rows = [[random.choice((0, 3, 9, 12, 40, 200)) for _ in range(5)] for _ in range(4)]
        kept = hidden(rows)
        lines = [[(r, c) for c in range(5)] for r in range(4)] + [[(r, c) for r in range(4)] for c in range(5)]
        for line in lines:
            gone = [rows[r][c] for r, c in line if kept[r][c] is None]
            assert not gone or len(gone) == len(line) or (len(gone) > 1 and sum(gone) >= SMALL)
        assert all(cell is None or cell == 0 or cell >= SMALL for row in kept for cell in row)


def test_a_funnel_shows_no_step_that_loses_a_few() -> None:
    steps = [("a", 100), ("b", 95), ("c", 80), ("d", 80), ("e", 5), ("f", 0)]
    assert funnel(steps, 100) == (("a", 100), ("b", None), ("c", 80), ("d", 80), ("e", None), ("f", 0))


@pytest.fixture(scope="module")
def screened(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """400 invented patients under the policy, and under an edition that gives the laboratory 14 days."""
    place = tmp_path_factory.mktemp("screened")
    write_registry(place / "facts", 400, seed=3, as_of=AS_OF)
    (edition,) = (
        path
        for path in knowledge("policies", "excellus", "7.02.11").glob("*.yaml")
        if not path.name.endswith(".cases.yaml")
    )
    text = edition.read_text(encoding="utf-8")
    changed = re.sub(r"(laboratory_days: *\{value: )\d+", r"\g<1>14", text.replace("2026-04-15", "2027-01-01"))
    (place / "next.yaml").write_text(changed, encoding="utf-8")
    arguments = [str(place / "facts"), "--policy", "7.02.11", "--as-of", AS_OF.isoformat(), "--threads", "1"]
    assert main(["screen", *arguments, "--compare", str(place / "next.yaml"), "--out", str(place / "out")]) == 0
    return place / "out"


def test_the_page_is_self_contained_names_nobody_and_says_what_it_is(screened: Path) -> None:
    page = (screened / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"S0000\d+", page)
    assert not re.search(r"""(src|href)=["']|url\((?!data:)|<script|@import""", page)
    for words in (
        "provisional",
        "codes and structured fields, and notes",
        "180 days is our reading",
        "ranks a patient",
    ):
        assert words in page
    cells = [int(n.replace(",", "")) for n in re.findall(r'<td class="n">([\d,]+)</td>', page)]
    windows = {*range(31), 60, 90, 180}
    assert len(cells) > 200 and not [n for n in cells if 0 < n < SMALL and n not in windows]


def test_counts_agree_with_the_answers_and_hide_small_ones(screened: Path) -> None:
    with (screened / "counts.csv").open(encoding="utf-8") as file:
        told = list(csv.DictReader(file))
    answers = {
        (row[0], row[1], row[2]): row[3]
        for row in duckdb.sql(
            f"select edition, criterion, status, count(*) from '{screened}/criteria/*.parquet' group by all"
        ).fetchall()
    }
    shown = [row for row in told if row["table"] == "criteria"]
    assert shown
    for row in shown:
        true = answers.get((row["edition"], row["row"], row["column"]), 0)
        assert row["subjects"] in ("hidden", str(true)) and (row["subjects"] == "hidden" or not 0 < true < SMALL)
    assert {row["subjects"] == "hidden" for row in told} == {True, False}


def test_no_small_change_follows_from_the_two_editions_tables(screened: Path) -> None:
    with (screened / "counts.csv").open(encoding="utf-8") as file:
        told = {
            (row["edition"], row["table"], row["row"], row["column"]): row["subjects"] for row in csv.DictReader(file)
        }
    compared = hidden_ = 0
    for (edition, *cell), shown in told.items():
        before = told.get(("2026-04-15", *cell)) if edition == "2027-01-01" else None
        compared += before is not None
        hidden_ += before is not None and "hidden" in (before, shown)
        assert before is None or "hidden" in (before, shown) or not 0 < abs(int(before) - int(shown)) < SMALL, cell
    assert compared > 100 and 0 < hidden_ < compared
    assert hidden([[95, 105]], beside=[[100, 100]]) == ((None, None),)
    assert funnel([("a", 95), ("b", 60)], 200, {"a": 100, "b": 60}) == (("a", None), ("b", 60))


def test_the_work_list_names_the_document_and_is_in_its_order(screened: Path) -> None:
    rows = duckdb.sql(f"select * from '{screened}/worklist.parquet' where edition = '2026-04-15'").fetchall()
    with (screened / "worklist.csv").open(encoding="utf-8") as file:
        listed = [row for row in csv.DictReader(file) if row["edition"] == "2026-04-15"]
    assert [row[0] for row in rows] == [row["subject"] for row in listed]
    near = [row for row in listed if row["standing"] == "one_away"]
    assert near and listed[: len(near)] == near
    assert [row["one_fact_that_would_settle"] for row in near] == sorted(
        row["one_fact_that_would_settle"] for row in near
    )
    assert all(row["document"] and row["ask"] and row["missing_rows"] for row in listed)


def test_a_new_edition_changes_what_it_says_and_no_more(screened: Path) -> None:
    rows = duckdb.sql(f"select criterion, before, after, reason from '{screened}/changes.parquet'").fetchall()
    assert rows and {row[0] for row in rows} <= {"I.C", "DOC.E.1", "DOC.E.2"}
    assert ("DOC.E.1", "met", "missing", "stale") in rows


def test_the_same_edition_cannot_be_compared(
    screened: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--policy", "7.02.11", "--compare", "7.02.11", "--as-of", "2026-05-04", "--out", str(tmp_path / "out")]
    assert main(["screen", str(screened.parent / "facts"), *asked]) == 2
    assert capsys.readouterr().err.startswith("CP-SCR-09")
