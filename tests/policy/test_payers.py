"""Criteria of other payers, written in the policy language as examples: they load, lint and decide a chart."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from chartproof.cli import main
from chartproof.decide.review import review
from chartproof.model.case import Case
from chartproof.policy.checks import problems
from chartproof.policy.compile import compile_policy
from chartproof.policy.load import load_policy
from handmade import chart, fact

FOLDER = Path(__file__).resolve().parents[2] / "examples" / "policies"
FILES = sorted(path for path in FOLDER.glob("*.yaml") if not path.name.endswith(".cases.yaml"))
DAY = date(2026, 5, 1)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_example_loads_and_lints(path: Path) -> None:
    """The places in the payers' documents are not ours to copy: each says that it was written from a summary."""
    policy = load_policy(path)
    assert problems(policy) == ()
    held = replace(policy, facts_of={})
    assert {"no worked case is given"} < {one.what for one in problems(held)}, "a policy of a document must show both"


def test_check_says_that_a_summary_is_no_edition(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "check", str(FILES[0])]) == 0
    assert "no problem found.\nWritten from a summary" in capsys.readouterr().out


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_an_empty_chart_meets_nothing(path: Path) -> None:
    criteria, _ = review(Case(as_of=DAY), chart(), compile_policy(load_policy(path)))
    assert {one.status for one in criteria} <= {"missing", "not_applicable"}


def decided(name: str, *facts: object) -> dict[str, str]:
    criteria, _ = review(Case(as_of=DAY), chart(*facts), compile_policy(load_policy(FOLDER / f"{name}.yaml")))  # type: ignore[arg-type]
    return {one.id: one.status for one in criteria}


def test_a_payer_s_own_conditions_decide() -> None:
    facts = (
        fact("age", "2026-05-01", number=60, unit="years"), fact("prior_lines", "2026-04-01", number=6, unit="lines"),
        fact("alc", "2026-04-20", number=0.05, unit="K/uL"), fact("allogeneic_transplant", "2019-01-01"),
        fact("class_exposure", "2024-01-01", value="btk_inhibitor"),
    )  # fmt: skip
    rows = decided("payer-e-brexu-mcl", *facts)
    assert (rows["age"], rows["regimens"], rows["lymphocytes"], rows["allogeneic"]) == (
        "met", "not_met", "not_met", "not_met",
    )  # fmt: skip
    assert rows["classes"] == "missing"


def test_a_drug_of_a_class_with_an_exception_waits_for_a_person() -> None:
    rows = decided("payer-b-obe-ball", fact("class_exposure", "2024-01-01", value="anti_cd19"))
    assert rows["anti_cd19"] == "missing"


@pytest.mark.parametrize(
    ("number", "status"),
    [({"number": 5}, "not_met"), ({"number": 5.5}, "met"), ({"low": None, "high": 5}, "not_met"), ({"low": 4, "high": 8}, "missing")],
)  # fmt: skip
def test_more_than_is_strict(number: dict[str, float], status: str) -> None:
    ball = fact("diagnosis", "2026-04-01", value="b_cell_all")
    assert decided("payer-b-brexu", ball, fact("marrow_blasts", "2026-03-01", unit="%", **number))["blasts"] == status


def test_less_than_lets_a_failure_wait_for_a_person() -> None:
    every = load_policy(FOLDER.parents[1] / "conformance" / "policies" / "good" / "every-form.yaml")
    leaf = next(leaf for leaf in compile_policy(every).leaves if leaf.limit == 50)
    answers = {one.outcome: (one.truth, one.reason) for one in compile_policy(every).answers if one.leaf == leaf.id}
    assert leaf.operator == "at_least"
    assert answers["fails"] == (1, "value")
    assert answers["holds"] == (0, "needs_judgement")


def test_a_guard_decides_who_is_asked() -> None:
    mcl = fact("diagnosis", "2026-04-01", value="mantle_cell_lymphoma")
    ball = fact("diagnosis", "2026-04-01", value="b_cell_all")
    assert decided("payer-c-brexu", mcl)["cd19"] == "not_applicable"
    assert decided("payer-c-brexu", ball, fact("cd19", "2026-03-01", value="positive"))["cd19"] == "met"
