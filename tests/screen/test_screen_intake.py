"""The facts table: what is taken, what is refused and said so."""

from __future__ import annotations

import csv
import gzip
import json
from pathlib import Path

import duckdb
import pytest

from chartproof.cli import main
from chartproof.errors import InputError
from chartproof.model.rows import Answer, Criterion, Leaf, Node, Rows
from chartproof.policy.load import knowledge
from chartproof.screen.cells import define, harmless
from chartproof.screen.report import write_report
from chartproof.screen.run import Limits, screen
from chartproof.screen.schema import CHECKS, OPTIONAL, REQUIRED, VERSION, Vocabulary
from randomly import AS_OF

VOCABULARY = (
    Vocabulary("ecog", "number"), Vocabulary("hiv", "state", ("positive", "negative")), Vocabulary("stroke", "event"),
)  # fmt: skip
HEAD = (
    "subject",
    "concept",
    "assertion",
    "value",
    "first_day",
    "source",
    "kind",
    "low",
    "high",
    "last_day",
    "known_by",
)
GOOD = {
    "subject": "a",
    "concept": "ecog",
    "assertion": "present",
    "value": "1",
    "first_day": "2026-05-01",
    "source": "x",
}
NEVER = Rows(
    "never", "", "2026-01-01", "policy", (Criterion("C", "necessity", "", "q"),), (Node("q", "leaf"),), (),
    (Leaf("q", "stroke", pick="ever", covered=True), Leaf("e", "ecog", measure="recorded"), Leaf("h", "hiv", measure="state")),
    (Answer("q", "present", -1, "value"), Answer("q", "absent", 1, "stated_absent")), (),
)  # fmt: skip
COVERED = {"kind": "coverage", "subject": "a", "concept": "stroke", "assertion": "present", "first_day": "2026-05-01"}


def run(place: Path, out: Path):  # type: ignore[no-untyped-def]
    return screen(place, [NEVER], VOCABULARY, out=out, as_of=AS_OF, limits=Limits(threads=1), progress=lambda *_: None)


def table(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        out = csv.DictWriter(file, HEAD, restval="")
        out.writeheader()
        out.writerows(rows)
    return path


def ledger(out: Path) -> list[tuple[str, str]]:
    with (out / "ledger.csv").open(encoding="utf-8") as file:
        return [(row["code"], row["line"]) for row in csv.DictReader(file)]


def overall(out: Path) -> list[tuple[str, str]]:
    return duckdb.sql(f"select subject, overall from '{out}/subjects/*.parquet' order by subject").fetchall()


def test_the_published_schema_names_the_same_columns() -> None:
    schema = json.loads(knowledge("schemas", "facts-table.schema.json").read_text(encoding="utf-8"))
    assert set(schema["properties"]) == {*REQUIRED, *OPTIONAL}
    assert set(schema["required"]) == set(REQUIRED)
    assert schema["$id"].endswith(f":{VERSION}")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"subject": " "}, "CP-SCR-20"),
        ({"kind": "note"}, "CP-SCR-21"),
        ({"concept": "ecgo"}, "CP-SCR-22"),
        ({"assertion": ""}, "CP-SCR-23"),
        ({"concept": "hiv", "value": "Positiv"}, "CP-SCR-24"),
        ({"concept": "hiv", "value": ""}, "CP-SCR-24"),
        ({"value": "one"}, "CP-SCR-25"),
        ({"value": "nan"}, "CP-SCR-25"),
        ({"value": "1", "low": "1"}, "CP-SCR-25"),
        ({"value": "", "low": "x"}, "CP-SCR-26"),
        ({"value": "", "low": "2", "high": "1"}, "CP-SCR-27"),
        ({"first_day": "2026-02-30"}, "CP-SCR-28"),
        ({"last_day": "2026-04-30"}, "CP-SCR-29"),
        ({"first_day": "", "last_day": "2026-04-30"}, "CP-SCR-29"),
        ({"known_by": "May"}, "CP-SCR-30"),
    ],
)
def test_a_bad_row_is_left_out_and_in_the_ledger(change: dict[str, str], code: str, tmp_path: Path) -> None:
    intake = run(table(tmp_path / "facts.csv", GOOD, {**GOOD, **change}), tmp_path / "out")
    assert ledger(tmp_path / "out") == [(code, "2")]
    assert (intake.rows, intake.rejected, intake.facts) == (2, 1, 1)
    assert any(check.code == code for check in CHECKS)


@pytest.mark.parametrize(
    ("concept", "told"), [("ecgo", ": ecgo"), ("Rosa Invented", ""), ("seen on 2026-05-04", ""), ("x" * 41, "")]
)
def test_a_word_that_is_no_concept_is_named_where_it_is_written_as_one(concept: str, told: str, tmp_path: Path) -> None:
    """A column that holds something else tells nothing of a patient."""
    run(table(tmp_path / "facts.csv", GOOD, {**GOOD, "concept": concept}), tmp_path / "out")
    (row,) = csv.DictReader((tmp_path / "out" / "ledger.csv").open())
    assert row["what"] == f"the concept is not in the vocabulary{told}"


def test_a_row_that_cannot_be_read_takes_the_completeness_and_the_met_away(tmp_path: Path) -> None:
    stroke = {**GOOD, "concept": "stroke", "value": ""}
    run(table(tmp_path / "a.csv", COVERED), tmp_path / "a")
    assert overall(tmp_path / "a") == [("a", "provisional_met")]
    run(table(tmp_path / "b.csv", COVERED, {**stroke, "first_day": "last May"}), tmp_path / "b")
    assert overall(tmp_path / "b") == [("a", "one_away")]
    run(table(tmp_path / "c.csv", COVERED, {**stroke, "concept": "strokee"}), tmp_path / "c")
    assert overall(tmp_path / "c") == [("a", "one_away")]
    run(table(tmp_path / "d.csv", COVERED, {**GOOD, "value": "one"}), tmp_path / "d")
    assert overall(tmp_path / "d") == [("a", "rows_rejected")]


def test_the_same_rows_in_each_format_give_the_same_answers(tmp_path: Path) -> None:
    source = table(
        tmp_path / "facts.csv", GOOD, COVERED, {**GOOD, "subject": "b", "concept": "hiv", "value": "negative"}
    )
    told = f"""select subject, concept, assertion, value, try_cast(first_day as date) as first_day, source, kind
        from read_csv('{source}', all_varchar = true)"""
    duckdb.sql(f"copy ({told}) to '{tmp_path}/facts.parquet'")
    with duckdb.connect(str(tmp_path / "facts.duckdb")) as connection:
        connection.execute(f"create table facts as {told}")
    answers = []
    for name in ("facts.csv", "facts.parquet", "facts.duckdb"):
        out = tmp_path / f"out-{name}"
        run(tmp_path / name, out)
        answers.append(duckdb.sql(f"select * from '{out}/criteria/*.parquet' order by all").fetchall())
    assert answers[0] == answers[1] == answers[2]
    assert {row[4] for row in answers[0]} == {"met", "missing"}


def test_a_view_is_refused_for_what_it_is(tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "facts.DUCKDB")) as connection:
        connection.execute("create table t (subject varchar)")
        connection.execute("create view facts as from t")
    with pytest.raises(InputError, match="facts is a view"):
        run(tmp_path / "facts.DUCKDB", tmp_path / "out")


def test_a_line_that_cannot_be_taken_apart_is_in_the_ledger(tmp_path: Path) -> None:
    path = table(tmp_path / "facts.csv", GOOD)
    path.write_text(path.read_text(encoding="utf-8") + "a,ecog\n", encoding="utf-8")
    intake = run(path, tmp_path / "out")
    assert [code for code, _ in ledger(tmp_path / "out")] == ["CP-SCR-34"]
    assert (intake.nameless, intake.facts) == (1, 1)


def test_a_quotation_mark_that_swallows_lines_leaves_the_file_out_and_is_said(tmp_path: Path) -> None:
    """The rows behind it would be lost without a word."""
    folder = tmp_path / "in"
    folder.mkdir()
    good = table(folder / "a.csv", GOOD).read_text(encoding="utf-8")
    head, row = good.splitlines()
    open_ = row.replace("ecog", '"ecog')
    (folder / "b.csv").write_text("\n".join((head, row, open_, row, row, "")), encoding="utf-8")
    assert run(folder, tmp_path / "out").left_out == ("b.csv",)
    assert ledger(tmp_path / "out") == [("CP-SCR-35", "")]
    (folder / "b.csv").write_text("\n".join((head, row, row, open_)), encoding="utf-8")
    assert run(folder, tmp_path / "last").left_out == ()
    assert ledger(tmp_path / "last") == [("CP-SCR-34", "4")]


@pytest.mark.parametrize("ending", ["\n", "\r\n"])
def test_text_is_read_whatever_its_line_ends_and_first_bytes_are(ending: str, tmp_path: Path) -> None:
    text = table(tmp_path / "facts.csv", GOOD).read_text(encoding="utf-8")
    data = "\ufeff" + text.replace("\r\n", "\n").replace("\n", ending)
    with gzip.open(tmp_path / "facts.csv.gz", "wb") as file:
        file.write(data.encode())
    intake = run(tmp_path / "facts.csv.gz", tmp_path / "out")
    assert (intake.rows, intake.facts, intake.rejected) == (1, 1, 0)
    (tmp_path / "broken.csv.gz").write_bytes((tmp_path / "facts.csv.gz").read_bytes()[:40])
    with pytest.raises(InputError, match="CP-SCR-02"):
        run(tmp_path / "broken.csv.gz", tmp_path / "alone")


def test_a_broken_file_beside_a_good_one_is_named_and_left_out(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    table(folder / "a.csv", GOOD)
    (folder / "b.parquet").write_bytes(b"PAR1 not a table")
    intake = run(folder, tmp_path / "out")
    assert intake.left_out == ("b.parquet",)
    assert ledger(tmp_path / "out") == [("CP-SCR-02", "")]


def broken_inside(path: Path) -> Path:
    """A table whose subjects can be read and whose words of a source cannot."""
    duckdb.sql(
        f"""copy (select 'b' || i // 50 as subject, 'ecog' as concept, 'present' as assertion, date '2026-05-01' as first_day,
        sha256(i::varchar) as source, 1.0 as low, 1.0 as high from range(5000) t(i)) to '{path}' (compression zstd)"""
    )
    place = f"select data_page_offset, total_compressed_size from parquet_metadata('{path}') where path_in_schema = 'source'"
    (start, size), *_ = duckdb.sql(place).fetchall()
    data = bytearray(path.read_bytes())
    data[start + size // 3 : start + size // 2] = bytes(size // 2 - size // 3)
    path.write_bytes(data)
    return path


def test_what_is_no_table_in_the_folder_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "in"
    (folder / "2025").mkdir(parents=True)
    table(folder / "a.csv", GOOD)
    for name in ("more.xlsx", "_SUCCESS", ".a.csv.crc", "a.left"):
        (folder / name).write_bytes(b"")
    asked = ["--policy", "brexu_mcl", "--as-of", AS_OF.isoformat(), "--out", str(tmp_path / "out")]
    assert main(["screen", str(folder), *asked]) == 0
    assert f"Not read, 2 in {folder} beside what is: 2025, more.xlsx\n" in capsys.readouterr().out


def test_a_file_that_breaks_off_inside_is_left_out_whole(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    table(folder / "a.csv", GOOD, COVERED)
    broken_inside(folder / "b.parquet")
    table(folder / "c.csv", {**GOOD, "subject": "c", "concept": "ecgo"})
    intake = run(folder, tmp_path / "out")
    assert (intake.left_out, intake.rows, intake.subjects) == (("b.parquet",), 3, 2)
    assert ledger(tmp_path / "out") == [("CP-SCR-02", ""), ("CP-SCR-22", "1")]
    assert overall(tmp_path / "out") == [("a", "provisional_met"), ("c", "one_away")]
    with pytest.raises(InputError, match="CP-SCR-02"):
        run(folder / "b.parquet", tmp_path / "alone")


@pytest.mark.parametrize(
    ("text", "code"),
    [("subject,concept\na,ecog\n", "CP-SCR-03"), (",".join((*REQUIRED, "asertion")) + "\na,ecog,,,,\n", "CP-SCR-04")],
)
def test_a_table_of_other_columns_is_refused(text: str, code: str, tmp_path: Path) -> None:
    path = tmp_path / "facts.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as raised:
        run(path, tmp_path / "out")
    assert raised.value.code == code
    assert not (tmp_path / "out").exists()


def test_a_foreign_folder_is_never_written_into(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(InputError, match="CP-SCR-06"):
        run(table(tmp_path / "facts.csv", GOOD), out)
    assert [path.name for path in out.iterdir()] == ["thesis.txt"]


@pytest.mark.parametrize("key", ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "\tx"])
def test_no_cell_of_a_written_table_is_a_formula(tmp_path: Path, key: str) -> None:
    bad = {**GOOD, "concept": "no such concept"}
    source = table(tmp_path / "=facts.csv", {**GOOD, "subject": key}, bad)
    out = tmp_path / "out"
    intake = run(source, out)
    write_report(out, [NEVER], intake, as_of=AS_OF, names={})
    listed = duckdb.sql(f"select subject from '{out}/worklist.parquet'").fetchall()
    assert key.strip() in {row[0].strip() for row in listed}, "the parquet file holds the key as it is"
    for name in ("worklist.csv", "ledger.csv", "counts.csv"):
        with (out / name).open(encoding="utf-8", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert cells
        assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]


def test_numbers_stay_numbers_in_a_written_table() -> None:
    assert [harmless(cell) for cell in ("-3", "+1.5", "12", "", "a=b", "-x")] == ["-3", "+1.5", "12", "", "a=b", "'-x"]
    connection = duckdb.connect(":memory:")
    define(connection)
    for cell in ("-3", "+1.5", "12", "", "a=b", "-x", "=1", "@a", "\ta"):
        assert connection.execute("select harmless(?)", [cell]).fetchall() == [(harmless(cell),)]
    assert connection.execute("select harmless(null)").fetchall() == [(None,)]
