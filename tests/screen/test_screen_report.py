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
from chartproof.screen.disclosure import closed, settled
from chartproof.screen.page import written_day
from chartproof.screen.synthetic import write_registry
from randomly import AS_OF

Cell = tuple[str, ...]


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
    assert hidden([[95, 105]], beside=[[[100], [100]]]) == ((None, None),)
    assert funnel([("a", 95), ("b", 60)], 200, {"a": [100], "b": [60]}) == (("a", None), ("b", 60))


def test_a_hidden_cell_that_the_equations_tell_is_found_and_hidden_better() -> None:
    a, b, c, d = ((0, "t", "r", name) for name in "abcd")
    assert settled([{a: 1, b: 1}], {a}) == {a}
    assert settled([{a: 1, b: 1}], {a, b}) == set()
    assert settled([{a: 1, b: 1}, {a: 1, b: -1}], {a, b}) == {a, b}
    assert settled([{a: 1, b: 1, c: 1}, {b: 1, c: 1}], {a, b, c}) == {a}
    assert closed([{a: 1, b: 1, c: 1, d: 1}], {a: 3, b: 0, c: 20, d: 12}, {a}) == {a, d}
    assert closed([{a: 1}], {a: 3}, {a}) == {a}, "what no cell can hide ends too"
    headline = (0, "overall", "all", "met")
    assert closed([{a: 1, d: 1, headline: -1}], {a: 3, d: 91, headline: 94}, {a}) == {a, d}
    assert closed([{a: 1, d: 1, headline: -1}], {a: 3, d: 91, headline: 94}, {a, d}) == {a, d}
    assert closed([{a: 1, headline: -1}], {a: 3, headline: 3}, {a}) == {a, headline}


def worked_out(sums: list[tuple[int, list[tuple[int, Cell]]]], known: dict[Cell, int]) -> dict[Cell, int]:
    found: dict[Cell, int] = {}
    while True:
        before = len(found)
        for whole, equation in sums:
            open_ = [(times, key) for times, key in equation if key not in known]
            if len(open_) == 1:
                ((times, key),) = open_
                known[key] = found[key] = times * (whole - sum(n * known[one] for n, one in equation if one != key))
        if len(found) == before:
            return found


def follows(told: dict[tuple[str, ...], str]) -> dict[tuple[str, ...], int]:
    """What one who has all shown counts can work out of the hidden ones, an equation with one unknown at a time."""
    known = {key: int(value) for key, value in told.items() if value != "hidden"}
    people = 400
    sums: list[tuple[int, list[tuple[int, Cell]]]] = []
    editions = sorted({key[0] for key in told if key[0]})

    def cells(edition: str, table: str, **of: str) -> list[tuple[str, ...]]:
        return [key for key in told if key[:2] == (edition, table) and of.get("row", key[2]) == key[2] and of.get("column", key[3]) == key[3]]  # fmt: skip

    for edition in editions:
        sums.append((people, [(1, key) for key in cells(edition, "overall")]))
        for column in {key[3] for key in cells(edition, "overall")}:
            for table in ("sites", "products"):
                parts = [(1, key) for key in cells(edition, table, column=column)]
                sums.append((0, [*parts, (-1, (edition, "overall", "all", column))]))
        ways = [(1, key) for key in cells(edition, "settle")]
        sums.append((0, [*ways, (-1, (edition, "overall", "all", "one_away"))]))
        rows = [key[2] for key in cells(edition, "criteria", column="met")]
        for row in rows:
            sums.append((people, [(1, key) for key in cells(edition, "criteria", row=row)]))
            ages = [(1, key) for key in cells(edition, "ages", row=row)]
            sums.append((0, [*ages, (-1, (edition, "criteria", row, "met"))]))
        first, last = (edition, "funnel", rows[0], "left"), (edition, "funnel", rows[-1], "left")
        sums.append(
            (0, [(-1, first), *((1, (edition, "criteria", rows[0], one)) for one in ("met", "not_applicable"))])
        )
        sums.append((0, [(-1, last), *((1, (edition, "overall", "all", one)) for one in ("provisional_met", "rows_rejected"))]))  # fmt: skip
    moves = [key for key in told if key[1] == "changes"]
    for key in (key for key in told if key[:2] in ((editions[0], "criteria"), (editions[0], "overall"))):
        name = "overall" if key[1] == "overall" else key[2]
        equation = [(1, key), (-1, (editions[1], *key[1:]))]
        for move in moves:
            of, _, moved = move[2].rpartition(": ")
            old, _, new = moved.partition(" to ")
            if of == name and key[3] in (old, new):
                equation.append((1 if key[3] == new else -1, move))
        sums.append((0, equation))
    return worked_out(sums, known)


def test_no_hidden_count_follows_from_all_tables_together(screened: Path) -> None:
    with (screened / "counts.csv").open(encoding="utf-8") as file:
        told = {
            (row["edition"], row["table"], row["row"], row["column"]): row["subjects"] for row in csv.DictReader(file)
        }
    assert "hidden" in told.values()
    assert follows(told) == {}


def test_nobody_few_follows_from_counts_that_contain_each_other(tmp_path: Path) -> None:
    """Who misses one row alone is who is near by the facts it asks about, and who fails it first is of those who fail it."""
    write_registry(tmp_path / "facts", 400, seed=400, as_of=AS_OF)
    asked = ["--policy", "brexu_mcl", "--as-of", AS_OF.isoformat(), "--threads", "1", "--out", str(tmp_path / "out")]
    assert main(["screen", str(tmp_path / "facts"), *asked]) == 0
    with (tmp_path / "out" / "counts.csv").open(encoding="utf-8") as file:
        told = {(row["table"], row["row"], row["column"]): row["subjects"] for row in csv.DictReader(file)}
    rows = [key[1] for key in told if key[0] == "criteria" and key[2] == "met"]
    near = duckdb.sql(
        f"""select would_settle, criterion, missing = 1, count(distinct subject) from '{tmp_path}/out/subjects/*.parquet'
        inner join '{tmp_path}/out/criteria/*.parquet' using (subject) where status = 'missing' and not_met = 0 group by all"""
    ).fetchall()
    several = {fact for fact, _row, alone, _n in near if not alone}
    parts = {(fact, row if alone else "") for fact, row, alone, _n in near}
    assert several and any(row for _fact, row in parts)
    sums: list[tuple[int, list[tuple[int, Cell]]]] = []
    for fact in {fact for fact, _row in parts}:
        whole = ("settle", fact, "one_away") if fact else ("overall", "all", "more_missing")
        sums.append((0, [(-1, whole), *((1, ("near", *part)) for part in parts if part[0] == fact)]))
    for row in rows:
        sums.append((0, [(-1, ("alone", row, "missing")), *((1, ("near", *part)) for part in parts if part[1] == row)]))
    ways = [(1, key) for key in told if key[0] == "settle"]
    sums.append((0, [*ways, (-1, ("overall", "all", "one_away"))]))
    left: list[tuple[int, Cell]] = []
    for row in rows:
        fails: list[tuple[int, Cell]] = [(1, ("criteria", row, status)) for status in ("missing", "not_met")]
        late: list[tuple[int, Cell]] = [(-1, ("late", row))] if left else []
        here = ("funnel", row, "left")
        sums.append((0 if left else 400, [*fails, *late, *left, (1, here)]))
        left = [(-1, here)]
    sums += [(400, [(1, key) for key in told if key[:2] == ("criteria", row)]) for row in rows]
    found = worked_out(sums, {key: int(value) for key, value in told.items() if value != "hidden"})
    assert {key for key, n in found.items() if 0 < n < SMALL} == set()


def test_a_row_that_two_policies_ask_is_hidden_in_both_or_in_none(tmp_path: Path) -> None:
    write_registry(tmp_path / "facts", 300, seed=4, as_of=AS_OF)
    labels = ["--policy", "brexu_mcl", "--policy", "brexu_ball", "--as-of", AS_OF.isoformat()]
    assert main(["screen", str(tmp_path / "facts"), *labels, "--out", str(tmp_path / "out")]) == 0
    with (tmp_path / "out" / "counts.csv").open(encoding="utf-8") as file:
        told: dict[Cell, set[str]] = {}
        for row in csv.DictReader(file):
            if row["table"] in ("criteria", "ages") and row["row"] in ("age", "no_active_infection", "viral_screen"):
                told.setdefault((row["table"], row["row"], row["column"]), set()).add(row["subjects"])
    assert {"hidden"} in told.values() and {len(shown) for shown in told.values()} == {1}


def test_a_count_that_adds_up_to_nothing_shown_is_hidden_alone() -> None:
    assert hidden([[4, 30], [50, 60]], parts=False, sums=False) == ((None, 30), (50, 60))


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


@pytest.mark.parametrize(("day", "words"), [("2026-05-04", "4 May 2026"), ("2nd edition", "2nd edition"), ("", "")])
def test_a_day_is_written_out_and_other_words_stay(day: str, words: str) -> None:
    assert written_day(day) == words
