"""The commands as a user meets them: one coded line for what cannot be used, exit 2, and nothing half-written."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chart_reading.test_faults import XXE, bomb, pdf, png
from chartproof.cli import main
from chartproof.policy.load import knowledge

NOTE = "Progress note 2026-04-01\nPatient: INVENTED, Rosa  DOB: 03/04/1961\nECOG 1 today.\nSigned by A. Testdoctor, MD 2026-04-01\n"
Answer = tuple[int, str, str]


@pytest.fixture
def records(tmp_path: Path) -> Path:
    """A folder with one small note."""
    folder = tmp_path / "records"
    folder.mkdir()
    (folder / "note.txt").write_text(NOTE, encoding="utf-8")
    return folder


@pytest.fixture
def call(capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Runs a command in `tmp_path`: exit status, what it printed, and what it said beside progress."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object) -> Answer:
        try:
            status = main([str(one) for one in arguments])
        except SystemExit as stopped:
            status = int(stopped.code or 0)
        out, err = capsys.readouterr()
        return status, out, "".join(line for line in err.splitlines(keepends=True) if not line.startswith("Reading "))

    return run


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def refused(answer: Answer, code: str, *parts: str) -> None:
    """One coded line that says where and what to do, and no word of the records."""
    status, out, err = answer
    assert status == 2
    assert out == ""
    assert err.count("\n") == 1 and err.startswith(f"{code}: "), err
    assert "Traceback" not in err and "Rosa" not in err
    for part in parts:
        assert part in err, err


FILES: list[tuple[str, str, Callable[[], bytes]]] = [
    ("locked.pdf", "CP-READ-05", lambda: pdf(password="secret")),
    ("empty.pdf", "CP-READ-04", lambda: b""),
    ("cut.pdf", "CP-READ-06", lambda: pdf()[:60]),
    ("poster.png", "CP-READ-08", lambda: png(20_000, 10_000)),
    ("bomb.docx", "CP-READ-10", bomb),
    ("entity.xml", "CP-READ-11", lambda: XXE),
    ("export.json", "CP-READ-21", lambda: b'{"resourceType": "Observation", "status": "bogus", "code": {"text": "x"}}'),
]


@pytest.mark.parametrize(("name", "code", "make"), FILES, ids=[row[0] for row in FILES])
@pytest.mark.parametrize("command", ["review", "packet"])
def test_a_file_that_cannot_be_used(
    call: Callable[..., Answer],
    records: Path,
    tmp_path: Path,
    command: str,
    name: str,
    code: str,
    make: Callable[[], bytes],
) -> None:
    (records / name).write_bytes(make())
    before = everything(tmp_path)
    wanted = ["--json", "review.json"] if command == "review" else ["--out", "out"]
    refused(call(command, "records", *wanted), code, name)
    assert everything(tmp_path) == before and not (tmp_path / "out").exists()


def test_a_folder_that_is_not_there_is_empty_or_is_a_file(
    call: Callable[..., Answer], records: Path, tmp_path: Path
) -> None:
    (tmp_path / "empty").mkdir()
    refused(call("review", "none"), "CP-READ-01", "none")
    refused(call("review", "empty"), "CP-READ-03", "empty")
    refused(call("review", records / "note.txt"), "CP-READ-02", "note.txt")


CASES = [
    ("as_of: 2026-13-44\n", "CP-CASE-03", ["case.yaml, line 1", "2026-05-04"]),
    ("state: NY\ndurg: Tecartus\n", "CP-CASE-02", ["case.yaml, line 2", "'drug'"]),
    ("drug: Zorblax\n", "CP-CASE-04", ["'Zorblax'", "Tecartus"]),
    ("drug: Tecartus\nindication: axi_fl\n", "CP-CASE-06", ["brexu_mcl"]),
    ("indication: brexu_mlc\n", "CP-POL-01", ["'brexu_mcl'"]),
    ("plan_type: commerical\n", "CP-LAW-03", ["case.yaml, plan_type", "commercial_insured"]),
    ("state: New York\n", "CP-CASE-05", ["case.yaml, line 1", "NY"]),
]


@pytest.mark.parametrize(("text", "code", "parts"), CASES, ids=[row[1] for row in CASES])
def test_a_slip_in_case_yaml(
    call: Callable[..., Answer], records: Path, text: str, code: str, parts: list[str]
) -> None:
    (records / "case.yaml").write_text(text, encoding="utf-8")
    refused(call("packet", "records", "--out", "out"), code, *parts)
    assert not Path("out").exists()


@pytest.mark.parametrize("day", ["someday", "2026-02-30", "12/2026"])
def test_a_day_that_cannot_be_read(call: Callable[..., Answer], records: Path, day: str) -> None:
    refused(call("review", "records", "--as-of", day), "CP-CASE-03", "--as-of")


def test_a_policy_that_is_not_known_or_misspelt(call: Callable[..., Answer], records: Path, tmp_path: Path) -> None:
    refused(call("review", "records", "--policy", "nope/1"), "CP-POL-01", "nope/1", "excellus/7.02.11")
    refused(call("review", "records", "--policy", "none.yaml"), "CP-POL-02", "none.yaml")
    refused(call("policy", "check", "records"), "CP-POL-02", "records", ".yaml")
    text = next(knowledge("policies").rglob("*.yaml")).read_text(encoding="utf-8").splitlines()
    line = next(number for number, one in enumerate(text) if one.startswith("edition:"))
    text[line] = text[line].replace("edition", "editoin")
    (tmp_path / "own.yaml").write_text("\n".join(text), encoding="utf-8")
    for command in (["review", "records", "--policy", "own.yaml"], ["policy", "check", "own.yaml"]):
        refused(call(*command), "CP-POL-03", f"own.yaml, line {line + 1}", "'edition'")


@pytest.mark.parametrize(
    ("number", "said", "then"),
    [(errno.EACCES, "Permission denied", "permissions"), (errno.ENOSPC, "No space left", "Free some space")],
)
def test_what_the_disk_refuses_is_one_coded_line(
    call: Callable[..., Answer], records: Path, monkeypatch: pytest.MonkeyPatch, number: int, said: str, then: str
) -> None:
    def closed(path: Path, **_: object) -> Iterator[Path]:
        raise OSError(number, os.strerror(number), str(path))

    monkeypatch.setattr(Path, "iterdir", closed)
    refused(call("screen-registry", "records", "--as-of", "2026-05-04"), "CP-CLI-11", "records", said, then)


def test_an_output_folder_with_other_files_is_left_alone(
    call: Callable[..., Answer], records: Path, tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("keep")
    before = everything(tmp_path)
    refused(call("packet", "records", "--out", "out"), "CP-OUT-01", "mine.txt")
    refused(call("packet", "records", "--out", records), "CP-OUT-01", "note.txt")
    assert everything(tmp_path) == before


@pytest.mark.parametrize(
    "arguments",
    [
        ["packet", "records", "--out", "records/note.txt/out"],
        ["packet", "records", "--out", "/dev/null/out"],
        ["review", "records", "--json", "records"],
        ["letter", "records/note.txt", "--json", "records"],
        ["deadlines", "--plan-type", "fehb", "--json", "records"],
    ],
)
def test_a_place_that_cannot_be_written(
    call: Callable[..., Answer], records: Path, tmp_path: Path, arguments: list[str]
) -> None:
    before = everything(tmp_path)
    refused(call(*arguments), "CP-CLI-07")
    assert everything(tmp_path) == before


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a place that refuses to be written: /proc")
def test_a_place_that_refuses_only_when_written(call: Callable[..., Answer], records: Path) -> None:
    refused(call("review", "records", "--json", "/proc/review.json"), "CP-CLI-07")
    refused(call("packet", "records", "--out", "/proc/out"), r"CP-OUT-03")


@pytest.mark.parametrize(
    "arguments", [["review", "records"], ["letter", "records/note.txt"], ["deadlines", "--plan-type", "fehb"]]
)
def test_a_file_into_a_missing_folder(call: Callable[..., Answer], records: Path, arguments: list[str]) -> None:
    refused(call(*arguments, "--json", "nowhere/file.json"), "CP-CLI-06", "nowhere")
    assert not Path("nowhere").exists()


def test_a_review_of_a_small_folder(call: Callable[..., Answer], records: Path, tmp_path: Path) -> None:
    status, out, err = call("review", "records", "--as-of", "2026-04-10", "--json", "review.json")
    assert (status, err) == (0, "")
    assert max(map(len, out.splitlines())) <= 100
    assert "No label was checked" in out and "Written: review.json" in out
    review = json.loads((tmp_path / "review.json").read_bytes())
    assert review["as_of"] == "2026-04-10" and review["denial"] is None and review["notes"]
    assert {row["id"]: row["status"] for row in review["criteria"]}["DOC.D"] == "met"
    assert not list(tmp_path.glob("*.part"))


def test_a_package_may_be_written_again_over_itself(call: Callable[..., Answer], records: Path, tmp_path: Path) -> None:
    for _ in range(2):
        status, _out, err = call("packet", "records", "--out", "new/out", "--as-of", "2026-04-10")
        assert (status, err) == (0, "")
    assert {"packet.pdf", "letter.docx", "review.html"} <= {path.name for path in (tmp_path / "new" / "out").iterdir()}
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["out"]


def test_a_letter_that_is_none(call: Callable[..., Answer], records: Path) -> None:
    status, out, err = call("letter", "records/note.txt", "--json", "letter.json")
    assert (status, err) == (0, "")
    assert "note.txt is not a denial" in out and "not stated" not in out.lower()
    assert json.loads(Path("letter.json").read_bytes())["is_denial"] is False


def test_a_denial_letter_is_told_in_words(call: Callable[..., Answer], demo_case: Path) -> None:
    status, out, err = call("letter", demo_case / "01-excellus-denial-letter.pdf")
    assert (status, err) == (0, "")
    for part in (
        "is a denial.",
        "26-MED-0418837",
        "Reasons given",
        "(p. 1)",
        "180 days from receipt",
        "Not stated in the letter",
        "commercial_insured (insured coverage sold in a state)",
        "Pre-service",
    ):
        assert part in out, part
    assert max(map(len, out.splitlines())) <= 100


def test_a_letter_that_cannot_be_read(call: Callable[..., Answer], records: Path) -> None:
    refused(call("letter", "records"), "CP-READ-02", "records")
    refused(call("letter", "none.pdf"), "CP-READ-01", "none.pdf")
    (records / "locked.pdf").write_bytes(pdf(password="secret"))
    refused(call("letter", "records/locked.pdf"), "CP-READ-05", "locked.pdf")
    (records / "blank.txt").write_text(" \n")
    refused(call("letter", "records/blank.txt"), "CP-READ-18", "blank.txt")


@pytest.mark.parametrize(
    ("arguments", "code", "part"),
    [
        (["--plan-type", "gold"], "CP-LAW-03", "commercial_insured"),
        (["--plan-type", "fehb", "--given", "notice_recieved=2026-04-30"], "CP-DATE-03", "'notice_received'"),
        (["--plan-type", "fehb", "--given", "notice_received=soon"], "CP-DATE-02", "2026-03-14"),
        (["--plan-type", "fehb", "--given", "notice_received=9999-12-31"], "CP-DATE-02", "2026-03-14"),
        (["--plan-type", "fehb", "--given", "notice_received"], "CP-DATE-01", "EVENT=DATE"),
        (["--plan-type", "fehb", "--item", "hat"], "CP-DATE-04", "part_b_drug"),
        (["--plan-type", "fehb", "--state", "New York"], "CP-CASE-05", "--state"),
        (["--state", "NY"], "CP-CLI-01", "--plan-type"),
    ],
)
def test_dates_that_cannot_be_counted(call: Callable[..., Answer], arguments: list[str], code: str, part: str) -> None:
    refused(call("deadlines", *arguments), code, part)


def test_dates_are_told_with_their_reason(call: Callable[..., Answer]) -> None:
    status, out, _ = call(
        "deadlines", "--plan-type", "commercial_insured", "--state", "ny", "--given", "notice_received=2026-04-30",
        "--json", "dates.json",
    )  # fmt: skip
    assert status == 0 and "2026-10-27" in out and "180 calendar days from 2026-04-30" in out and "29 CFR" in out
    assert {row["due"] for row in json.loads(Path("dates.json").read_bytes())} == {"2026-10-27"}
    assert max(map(len, out.splitlines())) <= 100


@pytest.mark.parametrize("plan", ["commercial_insured", "medicare_advantage", "medicaid_mco", "fehb", "tricare"])
def test_without_an_event_those_of_the_plan_are_listed(call: Callable[..., Answer], plan: str) -> None:
    status, out, _ = call("deadlines", "--plan-type", plan)
    assert status == 0
    own, _others = out.split("Events that start the time of others")
    assert "notice_dated" in own or "denial_received" in own
    for event in re.findall(r"^  ([a-z_]+)\b", own, re.MULTILINE):
        assert call("deadlines", "--plan-type", plan, "--given", f"{event}=2026-04-30")[0] == 0


def test_policies(call: Callable[..., Answer]) -> None:
    assert "excellus/7.02.11" in call("policy", "list")[1]
    status, out, _ = call("policy", "show", "7.02.11")
    assert status == 0 and "DOC.G.1" in out and max(map(len, out.splitlines())) <= 100
    assert "the chart must show" in call("policy", "english", "excellus/7.02.11")[1]
    assert "no problem found" in call("policy", "check", "excellus/7.02.11")[1]
    refused(call("policy", "show"), "CP-CLI-04", "policy list")


@pytest.mark.parametrize("command", ["demo", "review", "packet", "letter", "deadlines", "policy"])
def test_help_shows_an_example(call: Callable[..., Answer], command: str) -> None:
    status, out, err = call(command, "--help")
    assert (status, err) == (0, "") and f"example: chartproof {command}" in out


def test_a_command_that_is_none(call: Callable[..., Answer]) -> None:
    refused(call("revew", "records"), "CP-CLI-01")
    refused(call(), "CP-CLI-01", "--help")


def test_as_a_process_it_ends_with_two_and_no_traceback(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "chartproof", "review", "none"], cwd=tmp_path, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 2 and done.stdout == ""
    assert done.stderr == "CP-READ-01: there is no such folder (none). Check the path.\n"


def test_a_date_that_two_laws_give_stands_once(call: Callable[..., Answer]) -> None:
    """Both laws are named under it."""
    given = ["--plan-type", "commercial_insured", "--state", "NY", "--given", "denial_received=2026-04-30"]
    _, out, _ = call("deadlines", *given)
    assert sum(line.startswith("2026-10-27") for line in out.splitlines()) == 1
    assert "So also 29 CFR 2560.503-1(h)(3)(i); NY contract form" in " ".join(out.split())
