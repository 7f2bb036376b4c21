"""A draft as a policy file: it loads, passes the checks, and never makes a test of what is not certain."""

from __future__ import annotations

from pathlib import Path

from chartproof.model.page import Page
from chartproof.model.policy import Constant, FactTest, Policy
from chartproof.policy.checks import check_policy
from chartproof.policy.draft.draft import draft_policy
from chartproof.policy.draft.written import policy_yaml
from chartproof.policy.load import read_policy

TEXT = """\
Policy number: ZT-9
Effective date: 03/01/2026

COVERAGE CRITERIA

Coverage is approved when all of the following are met:
A. ECOG performance status of 0 or 1 within the past 30 days.
B. Ejection fraction of 45 percent or higher within 60 days of the request.
C. The tumor board has agreed to the plan.
D. Hemoglobin above 8 g/dL, unless the member refuses transfusion.
"""


def written(tmp_path: Path, text: str = TEXT) -> Policy:
    file = tmp_path / "draft.yaml"
    file.write_text(policy_yaml(draft_policy([Page("policy.txt", 1, text)]), source="policy.txt"), encoding="utf-8")
    return read_policy(file)


def test_the_file_passes_the_checks(tmp_path: Path) -> None:
    policy = written(tmp_path)
    # The cases that prove it are written by the person who reviews it.
    assert [message for message in check_policy(policy) if "no worked case" not in message] == []
    assert (policy.number, policy.edition) == ("ZT-9", "2026-03-01")
    assert [rule.id for rule in policy.rules] == ["A", "B", "C", "D"]


def test_certain_words_become_tests(tmp_path: Path) -> None:
    bodies = {rule.id: rule.body for rule in written(tmp_path).rules}
    lvef = bodies["B"]
    assert isinstance(lvef, FactTest)
    assert (lvef.concept, lvef.test, lvef.limit, lvef.within) == ("lvef", "at_least", 45, 60)


def test_what_is_not_certain_is_left_untranslated(tmp_path: Path) -> None:
    rules = {rule.id: rule for rule in written(tmp_path).rules}
    assert isinstance(rules["C"].body, Constant)
    assert isinstance(rules["D"].body, Constant)
    assert isinstance(rules["D"].unless, Constant)
