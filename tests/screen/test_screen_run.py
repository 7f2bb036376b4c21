"""A run: what it writes, that it goes on where it was stopped, and the invented registry that it is tried on."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import duckdb
import pytest

from chartproof.cli import main
from chartproof.screen import run as run_module
from chartproof.screen.synthetic import write_registry
from randomly import AS_OF

ASKED = ["--policy", "excellus/7.02.11", "--policy", "brexu_mcl", "--as-of", AS_OF.isoformat(), "--threads", "1"]


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("registry") / "facts"
    write_registry(folder, 120, seed=7, as_of=AS_OF)
    return folder


def files(out: Path) -> dict[str, bytes]:
    return {str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()}


def test_the_registry_is_the_same_for_the_same_seed_and_holds_what_is_hard(registry: Path, tmp_path: Path) -> None:
    write_registry(tmp_path / "again", 120, seed=7, as_of=AS_OF)
    write_registry(tmp_path / "other", 120, seed=8, as_of=AS_OF)
    rows = [duckdb.sql(f"select * from '{place}/*.parquet' order by all").fetchall()
            for place in (registry, tmp_path / "again", tmp_path / "other")]  # fmt: skip
    assert rows[0] == rows[1] != rows[2]
    told: Any = duckdb.sql(
        f"""select count(distinct subject), count(*) / 120, bool_or(known_by > '{AS_OF}'), bool_or(unit = 'fraction'),
        bool_or(last_day > first_day), bool_or(not signed), bool_or(rank = 2), count(distinct kind) from '{registry}/*.parquet'"""
    ).fetchall()[0]
    assert told[0] == 120 and 50 < told[1] < 80 and all(told[2:7]) and told[7] == 3


def test_a_stopped_run_goes_on_and_ends_as_if_it_had_not(
    registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    whole, halved = tmp_path / "whole", tmp_path / "halved"
    asked = ["screen", str(registry), *ASKED, "--batch", "50"]
    assert main([*asked, "--out", str(whole)]) == 0
    real, written = run_module.write_batch, []

    def stop_after_two(*given: Any, **named: Any) -> None:
        if len(written) == 2:
            raise KeyboardInterrupt
        written.append(named["criteria"].name)
        real(*given, **named)

    monkeypatch.setattr(run_module, "write_batch", stop_after_two)
    assert main([*asked, "--out", str(halved)]) == 130
    assert not (halved / "run.json").exists()
    monkeypatch.setattr(
        run_module,
        "write_batch",
        lambda *given, **named: (written.append(named["criteria"].name), real(*given, **named)),
    )
    assert main([*asked, "--out", str(halved)]) == 0
    assert written == ["part-00000.parquet", "part-00001.parquet", "part-00002.parquet"]
    assert files(whole) == files(halved)
    assert "120 subjects" in capsys.readouterr().out


def test_a_run_that_was_killed_goes_on_and_ends_as_if_it_had_not(registry: Path, tmp_path: Path) -> None:
    asked = ["screen", str(registry), *ASKED, "--batch", "30"]
    assert main([*asked, "--out", str(tmp_path / "whole")]) == 0
    killed = tmp_path / "killed"
    running = subprocess.Popen(
        [sys.executable, "-m", "chartproof", *asked, "--out", str(killed)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )  # fmt: skip
    while running.poll() is None and not (killed / "criteria" / "part-00001.parquet").exists():
        time.sleep(0.005)
    running.kill()
    running.wait()
    assert not (killed / "run.json").exists(), "it was killed before its end"
    assert main([*asked, "--out", str(killed)]) == 0
    assert files(tmp_path / "whole") == files(killed)


def test_a_run_that_was_stopped_while_it_read_reads_again(
    registry: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = ["screen", str(registry), "--policy", "brexu_mcl", "--as-of", AS_OF.isoformat(), "--threads", "1"]
    real = run_module.survey

    def stop_at_the_end(*given: Any, **named: Any) -> None:
        real(*given, **named)
        raise KeyboardInterrupt

    monkeypatch.setattr(run_module, "survey", stop_at_the_end)
    assert main([*asked, "--out", str(tmp_path / "out")]) == 130
    monkeypatch.setattr(run_module, "survey", real)
    assert main([*asked, "--out", str(tmp_path / "out")]) == 0


def test_the_order_of_the_rows_changes_no_answer(registry: Path, tmp_path: Path) -> None:
    """A subject's rows that do not stand together, in one file or in several, are brought together first."""
    mixed = tmp_path / "mixed"
    mixed.mkdir()
    for part in range(3):
        duckdb.sql(
            f"""copy (select * from '{registry}/*.parquet' where hash(subject, concept) % 3 = {part}
            order by hash(subject, concept, source)) to '{mixed}/{part}.parquet'"""
        )
    told = []
    for number, place in enumerate((registry, mixed)):
        out = tmp_path / f"out{number}"
        assert main(["screen", str(place), *ASKED, "--batch", "50", "--out", str(out)]) == 0
        told.append(
            duckdb.sql(
                f"select subject, policy, criterion, status, reason from '{out}/criteria/*.parquet' order by all"
            ).fetchall()
        )
    assert told[0] == told[1] and len(told[0]) > 120 * 24


def test_every_subject_stands_once_under_each_policy(registry: Path, tmp_path: Path) -> None:
    assert main(["screen", str(registry), *ASKED, "--out", str(tmp_path / "out")]) == 0
    rows = duckdb.sql(f"select subject, policy, overall, met_on_all_known, would_settle, missing, not_met from '{tmp_path}/out/subjects/*.parquet'").fetchall()  # fmt: skip
    assert len({row[:2] for row in rows}) == len(rows) == 240
    for _, _, overall, on_known, settle, missing, not_met in rows:
        assert on_known == (not_met == 0)
        assert (overall == "not_met") == (not_met > 0)
        assert (overall == "one_away") == (settle != "")
        if overall == "provisional_met":
            assert missing == 0
        if missing == 1 and not_met == 0:
            assert overall in ("one_away", "more_missing")
    assert {"not_met", "one_away", "more_missing"} <= {row[2] for row in rows}


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["nowhere.csv", *ASKED], "CP-SCR-01"),
        ([".", *ASKED[:2], "--as-of", "soon"], "CP-"),
        ([".", "--policy", "nobody/1", "--as-of", "2026-05-04"], "CP-POL-01"),
    ],
)
def test_bad_input_is_one_coded_line(
    arguments: list[str], code: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["screen", *arguments, "--out", str(tmp_path / "out")]) == 2
    error = capsys.readouterr().err.strip().splitlines()
    assert error[-1].startswith(code) and not (tmp_path / "out").exists()


def test_too_little_memory_is_said_and_no_file_is_blamed(
    registry: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["screen", str(registry), *ASKED, "--memory", "1MB", "--out", str(tmp_path / "out")]) == 2
    assert capsys.readouterr().err.strip().splitlines()[-1].startswith("CP-SCR-07")


def test_a_registry_that_cannot_be_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise duckdb.IOException("No space left")

    monkeypatch.setattr("chartproof.screen.synthetic.write_registry", full)
    assert main(["screen-registry", str(tmp_path / "new"), "--as-of", "2026-05-04"]) == 2
    assert capsys.readouterr().err.startswith("CP-CLI-07")


def test_a_registry_is_a_command_and_is_screened(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place, day = str(tmp_path / "registry"), ["--as-of", AS_OF.isoformat()]
    assert main(["screen-registry", place, "--subjects", "40", "--share", "0.2", *day]) == 0
    assert "40 invented subjects" in capsys.readouterr().out
    assert main(["screen", place, *ASKED, "--out", str(tmp_path / "out")]) == 0
    told: Any = duckdb.sql(
        f"select count(distinct subject), count(*) filter (kind = 'fact') / 40 from '{place}/*.parquet'"
    ).fetchall()[0]
    assert told[0] == 40 and 5 < told[1] < 25
    capsys.readouterr()
    assert main(["screen-registry", place, *day]) == 2 and capsys.readouterr().err.startswith("CP-SCR-06")
    for wrong in (["--subjects", "0"], ["--share", "0"], ["--share", "1.5"]):
        assert main(["screen-registry", str(tmp_path / "none"), *wrong, *day]) == 2
        assert capsys.readouterr().err.startswith("CP-SCR-13")
