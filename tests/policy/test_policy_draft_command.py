"""`policy draft` and `policy diff` at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from chartproof.cli import main

EXAMPLE = Path(__file__).parents[2] / "examples" / "policies" / "payer-b-brexu.yaml"
FIRST = """\
COVERAGE CRITERIA

Coverage is approved when all of the following are met:
A. The member is 18 years of age or older.
B. Two or more attacks within the past 12 months.
Members should ask their own nurse about travel.
"""


@pytest.fixture
def document(tmp_path: Path) -> Path:
    file = tmp_path / "policy.txt"
    file.write_text(FIRST, encoding="utf-8")
    return file


def test_a_draft_is_written_and_its_policy_file_lacks_only_its_cases(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record, policy = tmp_path / "draft.json", tmp_path / "draft.yaml"
    assert main(["policy", "draft", str(document), "--json", str(record), "--out", str(policy)]) == 0
    said = capsys.readouterr().out
    assert "3 criteria drafted" in said
    assert f"policy check {policy}" in said
    drafted = json.loads(record.read_text(encoding="utf-8"))
    assert [child["id"] for child in drafted["criteria"][0]["children"]] == ["A", "B"]
    # The cases that prove it are written by the person who reviews it: nothing else is left to mend.
    assert main(["policy", "check", str(policy)]) == 2
    told = capsys.readouterr()
    assert told.out.count("\n") == 1
    assert "no worked case is given" in told.out


def test_a_draft_is_written_over_nothing(document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    finished = tmp_path / "finished.yaml"
    finished.write_text("by hand", encoding="utf-8")
    for out in (finished, document):
        kept = out.read_bytes()
        assert main(["policy", "draft", str(document), "--out", str(out)]) == 2
        assert capsys.readouterr().err.startswith("CP-CLI-12") and out.read_bytes() == kept


def test_what_changed_between_two_documents(document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    later = tmp_path / "later.txt"
    later.write_text(FIRST.replace("Two or more", "Three or more"), encoding="utf-8")
    assert main(["policy", "diff", str(document), str(later)]) == 0
    said = capsys.readouterr().out
    lines = said.splitlines()
    assert (lines[0], lines[-1]) == ("changed    B", "1 change.")
    assert [line[:25] for line in lines if line[:9].strip()] == [
        lines[0][:25], "    was  Two or more atta", "    now  Three or more at", lines[-1][:25],
    ]  # fmt: skip


def test_codes_that_only_one_edition_lists_and_drafts_compared_like_their_documents(
    document: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    later = tmp_path / "later.txt"
    document.write_text(f"{FIRST}\nCODES\n\nCPT: 96413 and 38228\n", encoding="utf-8")
    later.write_text(f"{FIRST}\nCODES\n\nCPT: 96413 and 96415\n", encoding="utf-8")
    drafts = []
    for file in (document, later):
        drafts.append(file.with_suffix(".yaml"))
        assert main(["policy", "draft", str(file), "--out", str(drafts[-1])]) == 0
    for one, other in ((document, later), drafts):
        capsys.readouterr()
        assert main(["policy", "diff", str(one), str(other)]) == 0
        assert capsys.readouterr().out.splitlines() == [
            "codes added: 96415", "codes removed: 38228", "Nothing changed in the criteria.",
        ]  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(["draft", "nowhere.pdf"], "CP-READ-01"), (["draft"], "CP-CLI-04"), (["diff", "policy.yaml"], "CP-CLI-09")],
)
def test_what_cannot_be_used_is_one_coded_line(
    arguments: list[str], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy", *arguments]) == 2
    assert capsys.readouterr().err.startswith(code)


def test_an_empty_document_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    empty = tmp_path / "empty.txt"
    empty.write_text(" \n", encoding="utf-8")
    assert main(["policy", "draft", str(empty)]) == 2
    assert capsys.readouterr().err.startswith("CP-")


def test_a_document_where_a_policy_file_is_wanted_says_how_to_draft_it(
    document: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy", "check", str(document)]) == 2
    said = capsys.readouterr().err
    assert "CP-POL-02" in said
    assert "policy draft" in said


def test_editions_that_are_known_here_are_named_by_their_ids(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And what `show` says to do next can be done with what it was given."""
    assert main(["policy", "diff", "excellus/7.02.11", "7.02.11@2026-04-15"]) == 0
    assert "Nothing changed in the criteria." in capsys.readouterr().out
    file = str(EXAMPLE)
    assert main(["policy", "show", file]) == 0
    told = " ".join(capsys.readouterr().out.split())
    assert f"chartproof policy english {file}" in told
    assert main(["policy", "english", file]) == 0


def test_a_paper_without_criteria_leaves_no_policy_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    letter, policy = tmp_path / "letter.txt", tmp_path / "policy.yaml"
    letter.write_text("The garage is closed this week.\n\nUse the street.\n", encoding="utf-8")
    assert main(["policy", "draft", str(letter), "--out", str(policy)]) == 2
    told = capsys.readouterr().err
    assert told.startswith("CP-DRAFT-02")
    assert told.count("\n") == 1
    assert not policy.exists()


@pytest.mark.parametrize(
    ("words", "surplus"),
    [(("list", "all"), "all"), (("show", "excellus/7.02.11", "now"), "now"), (("draft", "a.txt", "b.txt"), "b.txt")],
)
def test_a_surplus_word_is_refused_in_one_line(
    words: tuple[str, ...], surplus: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["policy", *words]) == 2
    told = capsys.readouterr()
    assert not told.out
    assert told.err.startswith("CP-CLI-13")
    assert surplus in told.err
    assert told.err.count("\n") == 1
