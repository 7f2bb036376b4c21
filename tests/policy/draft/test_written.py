"""A draft as a policy file: it loads, passes the checks, and never makes a test of what is not certain."""

from __future__ import annotations

from pathlib import Path

import pytest

from chartproof.model.page import Page
from chartproof.model.policy import Constant, FactTest, Policy
from chartproof.policy.audit import audit
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


@pytest.mark.parametrize(
    ("words", "concept", "test", "limit", "within"),
    [
        ("The member is at least 18 years old on the date of the request.", "age", "at_least", 18, None),
        ("Platelets of 50,000 per microliter or more within 14 days.", "platelets", "at_least", 50, 14),
        ("An absolute neutrophil count of at least 1.0 x 10^9/L.", "anc", "at_least", 1, None),
        ("An absolute neutrophil count above 750/µL.", "anc", "more_than", 0.75, None),
        ("Hemoglobin of 8 g/dL or higher.", "hemoglobin", "at_least", 8, None),
        ("Estimated GFR is not lower than 30 mL/min/1.73 m2.", "egfr", "at_least", 30, None),
        ("FEV1 below 50 percent of predicted.", "fev1_percent_predicted", "less_than", 50, None),
        ("ECOG of 0 to 1 within 14 days of the request.", "ecog", "at_most", 1, 14),
        ("At least two prior lines of systemic therapy.", "prior_lines", "at_least", 2, None),
        ("LVEF of 45 percent or higher.", "lvef", "at_least", 45, None),
    ],
)
def test_a_limit_in_the_concepts_own_unit(
    tmp_path: Path, words: str, concept: str, test: str, limit: float, within: int | None
) -> None:
    (rule,) = written(
        tmp_path, f"COVERAGE CRITERIA\n\nCoverage is approved when the following is met:\nA. {words}\n"
    ).rules
    assert isinstance(rule.body, FactTest)
    assert (rule.body.concept, rule.body.test, rule.body.limit, rule.body.within) == (concept, test, limit, within)


@pytest.mark.parametrize(
    "words",
    [
        "Platelets of 75,000 per microliter or more (50,000 with marrow disease).",
        "Platelets above 50 after the last transfusion.",
        "Hemoglobin of 8 or higher.",
        "Relapsed or refractory disease after two or more lines of therapy.",
        "A urine albumin below 30 mg/g.",
        "Creatinine clearance of 30 or more.",
    ],
)
def test_a_limit_that_may_mean_something_else_is_left(tmp_path: Path, words: str) -> None:
    (rule,) = written(
        tmp_path, f"COVERAGE CRITERIA\n\nCoverage is approved when the following is met:\nA. {words}\n"
    ).rules
    assert not isinstance(rule.body, FactTest)


def test_what_is_not_certain_is_left_untranslated(tmp_path: Path) -> None:
    rules = {rule.id: rule for rule in written(tmp_path).rules}
    assert isinstance(rules["C"].body, Constant)
    # The limit is certain, its exception is not.
    assert isinstance(rules["D"].body, FactTest)
    assert isinstance(rules["D"].unless, Constant)


CODES = """\
Effective date: 03/01/2026

COVERAGE CRITERIA

Coverage is approved when the following is met:
A. The member has relapsed multiple myeloma.

CODES

One infusion of Q2055 per lifetime. HCPCS: Q2055 ciltacabtagene autoleucel. CPT: 38228 and 0540T
ICD-10-CM: C90.0 and C90.00
"""


def test_codes_stand_as_policy_files_have_them_and_can_be_audited(tmp_path: Path) -> None:
    policy = written(tmp_path, CODES)
    codes = policy.facts_of["codes"]
    assert isinstance(codes, dict)
    assert [row["code"] for row in codes["cpt"]] == ["38228", "0540T"]
    assert "ended on 2024-12-31" in codes["cpt"][1]["problem"]
    # A first mention in passing does not hide the words of the list.
    assert "idecabtagene" in codes["hcpcs"][0]["problem"]
    assert codes["icd10cm"]["listed"] == ["C90.0", "C90.00"]
    assert codes["icd10cm"]["as_printed"] == ["C90.0"]
    assert {finding.linter for finding in audit(policy)} >= {"ended"}


@pytest.mark.parametrize("said", [
    "Splenic pain shows a fall in hemoglobin of 2 g/dL or more.", "A platelet count that fell below 50,000/uL.",
    "ECOG is 3 because of a fracture.", "A scar with a platelet count of 50,000/uL or more.",
])  # fmt: skip
def test_no_level_is_read_from_a_change_a_reason_or_a_part_of_what_is_asked(tmp_path: Path, said: str) -> None:
    policy = written(tmp_path, TEXT.replace("The tumor board has agreed to the plan.", said))
    row = next(rule for rule in policy.rules if rule.id == "C")
    assert not isinstance(row.body, FactTest)
