"""`policy check`: each linter speaks where it should and nowhere else; the worked cases of every packaged policy hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from chartproof.cli import main
from chartproof.errors import PolicyError
from chartproof.model.policy import Policy
from chartproof.policy.checks import LINTERS, check_policy, problems
from chartproof.policy.lint_data import not_in_source
from chartproof.policy.load import knowledge, list_policies, load_policy
from chartproof.policy.reach import reachable
from chartproof.policy.worked import read_cases
from chartproof.trial import answers, failed_cases

VECTORS: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("lint.yaml").read_text(encoding="utf-8"))
RULE = {
    "kind": "necessity", "says": "something is so", "at": {"page": 1, "section": "A"}, "find": "something is so",
    "remedy": "a note", "ask": "attending physician",
}  # fmt: skip
PACKAGED = [entry.path for entry in list_policies()]


def written(folder: Path, one: dict[str, Any]) -> Policy:
    """The policy of a vector, as a file and loaded."""
    data = {
        "policy": "example/1", "edition": "2026-01-01", "title": "an example", "sources": ["written for this test"],
        "terms": one.get("terms"), "criteria": {"A": RULE | one["A"]}, **one.get("head", {}),
    }  # fmt: skip
    file = folder / "example.yaml"
    file.write_text(yaml.safe_dump({key: value for key, value in data.items() if value}, sort_keys=False), "utf-8")
    return load_policy(file)


@pytest.mark.parametrize("one", VECTORS, ids=lambda one: f"{one['linter']}: {one['name']}")
def test_a_linter_speaks_where_it_should(one: dict[str, Any], tmp_path: Path) -> None:
    policy = written(tmp_path, one)
    linter = next(linter for linter in LINTERS if linter.__name__ == one["linter"])
    found = list(linter(policy))
    if "says" not in one:
        assert found == []
        return
    assert any(one["says"] in problem.what and problem.mend for problem in found)
    lines = Path(policy.file).read_text(encoding="utf-8").splitlines()
    assert all(1 <= problem.line <= len(lines) for problem in found)


def test_every_linter_has_a_case_in_which_it_speaks() -> None:
    spoken = {one["linter"] for one in VECTORS if "says" in one}
    elsewhere = {"sources", "missing_cases"}  # test_policy_load and below
    assert {linter.__name__ for linter in LINTERS} == spoken | elsewhere


@pytest.mark.parametrize("path", PACKAGED, ids=lambda path: path.parent.name)
def test_every_packaged_policy_is_clean_and_its_cases_hold(path: Path) -> None:
    policy = load_policy(path)
    assert check_policy(policy) == ()
    worked = read_cases(policy)
    assert worked is not None
    assert failed_cases(policy, worked) == ()
    schema = json.loads(knowledge("schemas", "cases.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(yaml.safe_load((path.with_suffix(".cases.yaml")).read_text(encoding="utf-8")), schema)


@pytest.mark.parametrize("path", PACKAGED, ids=lambda path: path.parent.name)
def test_no_case_gives_a_status_that_is_said_to_be_out_of_reach(path: Path) -> None:
    policy = load_policy(path)
    worked = read_cases(policy)
    assert worked is not None
    within = {rule.id: reachable(rule) for rule in policy.rules}
    assert all(status in within[one.rule] for one, status, _reason in answers(policy, worked))


def cases(folder: Path, text: str) -> Policy:
    policy = written(folder, {"A": {"fact": "hiv", "answers": {"positive": "not_met", "negative": "met", "indeterminate": "needs_judgement"}}})  # fmt: skip
    Path(policy.file).with_suffix(".cases.yaml").write_text(text, encoding="utf-8")
    return policy


def test_a_criterion_needs_a_case_for_each_answer(tmp_path: Path) -> None:
    policy = cases(
        tmp_path, 'as_of: "2026-05-01"\ncases:\n  A:\n    - {expect: met, facts: [{hiv: negative, ago: 3}]}\n'
    )
    assert any("A has no case that is not met and missing" in message for message in check_policy(policy))


def test_a_case_that_the_criterion_answers_otherwise_is_named(tmp_path: Path) -> None:
    policy = cases(
        tmp_path, 'as_of: "2026-05-01"\ncases:\n  A:\n    - {expect: met, facts: [{hiv: positive, ago: 3}]}\n'
    )
    worked = read_cases(policy)
    assert worked is not None
    (problem,) = failed_cases(policy, worked)
    assert problem.words("").startswith("example.cases.yaml:4: A is not_met (value) in this case, which expects met.")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ('as_of: soon\ncases: {A: [{expect: met}]}\n', "CP-POL-05"),
        ('as_of: "2026-05-01"\ncases: {B: [{expect: met}]}\n', "CP-POL-03"),
        ('as_of: "2026-05-01"\ncases: {A: [{facts: [{hiv: negative}]}]}\n', "CP-POL-04"),
        ('as_of: "2026-05-01"\ncases: {A: [{expect: perhaps}]}\n', "CP-POL-05"),
        ('as_of: "2026-05-01"\ncases: {A: [{expect: met, facts: [{hvi: negative}]}]}\n', "CP-POL-08"),
        ('as_of: "2026-05-01"\ncases: {A: [{expect: met, facts: [{age: old}]}]}\n', "CP-POL-05"),
        ('as_of: "2026-05-01"\ncases: {A: [{expect: met, facts: [{hiv: negativ}]}]}\n', "CP-POL-05"),
    ],
)  # fmt: skip
def test_a_wrong_case_is_refused_with_its_line(text: str, code: str, tmp_path: Path) -> None:
    with pytest.raises(PolicyError) as caught:
        read_cases(cases(tmp_path, text))
    assert caught.value.code == code
    assert "line" in caught.value.where


def test_a_phrase_that_the_document_does_not_have_is_named(tmp_path: Path) -> None:
    policy = written(tmp_path, {"A": {"fact": "ecg", "is": "documented"}})
    assert list(not_in_source(policy, ("A page on which\nSomething is so.",))) == []
    assert "is not in the document" in next(iter(not_in_source(policy, ("another edition",)))).what
    assert "is on page 2, not 1" in next(iter(not_in_source(policy, ("a title", "Something  is so")))).what
    assert len(problems(policy, source=("another edition",))) == len(problems(policy)) + 1


def test_check_on_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", "excellus/7.02.11"]) == 0
    assert "no problem found" in capsys.readouterr().out
    page = tmp_path / "edition.txt"
    page.write_text("Another document altogether.", encoding="utf-8")
    assert main(["policy", "check", "excellus/7.02.11", "--source", str(page)]) == 2
    out = capsys.readouterr()
    assert "2026-04-15.yaml:" in out.out
    assert "CP-CLI-05" in out.err


def test_the_seed_document_has_every_phrase(shared: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = shared / "seeds" / "excellus-7.02.11-car-t.txt"
    assert main(["policy", "check", "excellus/7.02.11", "--source", str(source)]) == 0
    assert "no problem found" in capsys.readouterr().out
