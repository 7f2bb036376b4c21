"""Which rule set governs, by the member's product; what the review does with it."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import orjson
import pytest

from chartproof.model.denial import Denial
from chartproof.policy.load import load_policy
from chartproof.policy.route import route
from chartproof.rights.law import tables_for
from chartproof.tour import governing, review_folder, review_json

POLICY = load_policy("excellus/7.02.11")
NCD = "cms/ncd-110.24"


@pytest.mark.parametrize(
    ("plan_type", "governs", "steps"),
    [
        ("commercial_insured", POLICY.id, 1), ("marketplace", POLICY.id, 1), ("ny_essential_plan", POLICY.id, 1),
        ("chip", POLICY.id, 1), ("ny_child_health_plus", POLICY.id, 1), ("medicaid_mco", POLICY.id, 2),
        ("self_funded_erisa", POLICY.id, 2), ("medicare_advantage", NCD, 3), ("original_medicare", NCD, 3), ("dsnp", NCD, 3),
    ],
)  # fmt: skip
def test_the_product_says_which_rules_govern(plan_type: str, governs: str, steps: int) -> None:
    found = route(POLICY, plan_type)
    assert found
    assert found.policy == governs
    assert load_policy(found.policy).rules
    assert len(found.order) == steps
    assert found.not_covered
    assert bool(found.ask) == (steps > 1)


def test_medicaid_asks_for_the_state_s_own_criteria_and_a_dual_plan_goes_on_to_medicaid() -> None:
    medicaid, dual = route(POLICY, "medicaid_mco"), route(POLICY, "dsnp")
    assert medicaid
    assert "eMedNY" in medicaid.order[0]
    assert medicaid.confirm
    assert "unless New York State Medicaid" in medicaid.says
    assert dual
    assert "Medicaid product" in dual.not_covered


@pytest.mark.parametrize("plan_type", ["", "fehb", "tricare"])
def test_a_product_that_is_unknown_or_not_named_is_asked(plan_type: str) -> None:
    found = route(POLICY, plan_type)
    assert found
    assert (found.policy, found.governs) == ("", "")
    assert found.ask
    assert found.says


def test_every_plan_type_of_the_rules_is_one_that_the_law_knows() -> None:
    for line in POLICY.facts_of["product_lines"]["lines"]:  # type: ignore[index]
        for plan_type in line["plan_types"]:
            assert tables_for(plan_type, "NY") is not None


def test_a_policy_without_product_lines_has_no_route() -> None:
    assert route(load_policy(NCD), "dsnp") is None


def test_the_policy_that_a_denial_cites_is_answered_even_where_another_governs() -> None:
    found = route(POLICY, "dsnp")
    assert found
    assert governing(POLICY, found, None).id == NCD
    assert governing(POLICY, found, Denial(file="a.pdf", is_denial=True, policy_cited="7.02.11")) is POLICY


NOTE = """Lymphoma clinic note

Patient: Ada Example   DOB: 1960-01-05
Date of visit: 2026-04-20

Diagnosis: mantle cell lymphoma, relapsed. ECOG 1.

Electronically signed by Grace Invented, MD, 2026-04-20
"""


APPROVAL = """Excellus BlueCross BlueShield
Pharmacy Management, drug determination

Date: April 22, 2026
Member: Ada Example   Date of birth: 1960-01-05
Drug: Tecartus (brexucabtagene autoleucel), Q2053

Your drug request is APPROVED. The approval is valid from 2026-04-22 to 2026-10-22.
"""


def reviewed(folder: Path, plan_type: str, policy: str = "") -> dict:
    (folder / "note.txt").write_text(NOTE, encoding="utf-8")
    (folder / "case.yaml").write_text(
        f"as_of: 2026-05-01\ndrug: Tecartus\nindication: brexu_mcl\nplan_type: {plan_type}\nstate: NY\n",
        encoding="utf-8",
    )
    review = review_folder(folder, today=date(2026, 5, 1), policy=policy, workers=1)
    return orjson.loads(review_json(review))


def test_a_medicare_case_is_reviewed_against_the_national_decision(tmp_path: Path) -> None:
    record = reviewed(tmp_path, "medicare_advantage")
    assert record["policy"]["id"] == NCD
    assert record["governs"]["used"]
    assert [row["id"] for row in record["criteria"]] == ["B.1", "B.2", "B.3"]
    rems = record["criteria"][1]
    assert rems["status"] == "not_applicable"
    assert "ended the REMS" in rems["shows"]
    assert not any("the policy used is that of" in note for note in record["notes"])


def test_the_product_rules_of_one_payer_do_not_bind_another(tmp_path: Path) -> None:
    (tmp_path / "note.txt").write_text(NOTE, encoding="utf-8")
    typed = "as_of: 2026-05-01\ndrug: Tecartus\nindication: brexu_mcl\npayer: Invented Health\nplan_type: {}\n"
    (tmp_path / "case.yaml").write_text(typed.format("marketplace"), encoding="utf-8")
    record = orjson.loads(review_json(review_folder(tmp_path, today=date(2026, 5, 1), workers=1)))
    assert record["governs"]["policy"] is None
    assert "Invented Health" in record["governs"]["because"]
    (tmp_path / "case.yaml").write_text(typed.format("medicare_advantage"), encoding="utf-8")
    record = orjson.loads(review_json(review_folder(tmp_path, today=date(2026, 5, 1), workers=1)))
    assert record["governs"]["policy"] == NCD
    assert "7.02.11" not in " ".join(record["governs"]["order"])


def test_what_to_ask_for_is_said_where_the_precondition_is_open(tmp_path: Path) -> None:
    record = reviewed(tmp_path, "commercial_insured")
    (note,) = [note for note in record["notes"] if note.startswith("PRE is open")]
    assert "Pharmacy-103" in note
    (tmp_path / "approval.txt").write_text(APPROVAL, encoding="utf-8")
    record = reviewed(tmp_path, "commercial_insured")
    assert {row["id"]: row["status"] for row in record["criteria"]}["PRE"] == "met"
    assert not [note for note in record["notes"] if note.startswith("PRE is open")]


def test_a_policy_that_is_named_is_used_and_what_governs_is_said(tmp_path: Path) -> None:
    record = reviewed(tmp_path, "medicare_advantage", policy="excellus/7.02.11")
    assert record["policy"]["id"] == "excellus/7.02.11"
    assert record["governs"]["policy"] == NCD
    assert not record["governs"]["used"]
