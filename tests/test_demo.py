"""The demo case from end to end, as the command line runs it: read once for the whole module."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from chartproof.policy.load import knowledge

pytestmark = pytest.mark.xdist_group("demo")
GOLDEN = yaml.safe_load((Path(__file__).parent / "golden" / "demo.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True)
class Run:
    out: Path
    shown: str
    said: str
    review: dict[str, Any]


def run(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "chartproof", *arguments], cwd=cwd, capture_output=True, text=True, timeout=300
    )


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """`chartproof demo`, from a folder that is not the project's."""
    place = tmp_path_factory.mktemp("elsewhere")
    done = run("demo", cwd=place)
    assert done.returncode == 0, done.stderr[-2000:]
    out = place / "build" / "demo"
    return Run(out, done.stdout, done.stderr, json.loads((out / "review.json").read_bytes()))


@pytest.mark.parametrize("layer", ["criteria", "label"])
def test_every_row_has_the_expected_answer(demo: Run, layer: str) -> None:
    assert {row["id"]: row["status"] for row in demo.review[layer]} == GOLDEN[layer]


def test_exactly_two_things_are_missing_and_each_says_whom_to_ask(demo: Run) -> None:
    missing = [row for row in demo.review["criteria"] + demo.review["label"] if row["status"] == "missing"]
    assert [row["id"] for row in missing] == ["DOC.C.1", "DOC.G.1"]
    assert all(row["remedy"] and row["ask"] for row in missing)
    assert "an unsigned paper is there (13-social-work-assessment.pdf, p. 1-2)" in missing[0]["shows"]


def test_every_met_row_has_a_quote(demo: Run) -> None:
    for row in demo.review["criteria"] + demo.review["label"]:
        if row["status"] == "met":
            assert row["evidence"] and all(one["quote"] for one in row["evidence"]), row["id"]


def test_the_lines_of_therapy(demo: Run) -> None:
    assert [[line["regimen"], line["start"]] for line in demo.review["therapy_lines"]] == GOLDEN["therapy_lines"]


def test_the_denial(demo: Run) -> None:
    denial = demo.review["denial"]
    assert {key: denial[key] for key in GOLDEN["denial"]} == GOLDEN["denial"]
    assert [reason["kind"] for reason in denial["reasons"]] == GOLDEN["reasons"]
    assert {row["what"] for row in demo.review["deadlines"]} >= {"internal_appeal", "external_review", "peer_to_peer"}


def test_the_review_file_has_the_published_shape(demo: Run) -> None:
    schema = json.loads(knowledge("schemas", "review.schema.json").read_text(encoding="utf-8"))
    assert [error.message for error in Draft202012Validator(schema).iter_errors(demo.review)] == []


def test_every_file_is_in_the_ledger(demo: Run, demo_case: Path) -> None:
    listed = {row["file"] for row in demo.review["documents"]}
    assert listed == {path.name for path in demo_case.iterdir() if path.name != "case.yaml"}


def test_what_is_written_and_what_is_shown(demo: Run) -> None:
    assert sorted(path.name for path in demo.out.iterdir()) == GOLDEN["written"]
    assert max(len(line) for line in demo.shown.splitlines() if "build" not in line and "demo case:" not in line) <= 100
    assert "2 missing" in demo.shown and "packet.pdf" in demo.shown
    assert "\x1b" not in demo.shown + demo.said


def test_progress_and_errors_name_files_and_no_patient(demo: Run) -> None:
    assert "Reading 01-excellus-denial-letter.pdf" in demo.said
    assert "vandermeulen" not in demo.said.lower() and "russell" not in demo.said.lower()


def test_another_machine_reads_the_same_bytes(demo: Run, demo_case: Path, tmp_path: Path) -> None:
    """Other times of the files, another number of workers, another folder: the same review file."""
    copy = tmp_path / "copy"
    shutil.copytree(demo_case, copy)
    for number, path in enumerate(sorted(copy.iterdir(), reverse=True)):
        os.utime(path, (1_600_000_000 + number, 1_600_000_000 + number))
    done = run("review", "copy", "--workers", "1", "--json", "again.json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "again.json").read_bytes() == (demo.out / "review.json").read_bytes()
