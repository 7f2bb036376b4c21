"""Policy files: what loads, what does not and where the error points; the packaged policy and labels."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from chartproof.errors import PolicyError
from chartproof.model.policy import Body, Group
from chartproof.policy.checks import check_policy
from chartproof.policy.compile import compile_policy
from chartproof.policy.english import english
from chartproof.policy.labels import ROWS, find_indications, find_product, list_products, load_label
from chartproof.policy.load import knowledge, list_policies, load_policy

POLICIES = Path(__file__).resolve().parents[2] / "conformance" / "policies"
BAD = sorted((POLICIES / "bad").glob("*.yaml"))
GOOD = sorted((POLICIES / "good").glob("*.yaml"))
IDS = [
    "PRE",
    "I.A",
    "I.B",
    "I.C",
    "II",
    "DOC.A.1",
    "DOC.A.2",
    "DOC.B.1",
    "DOC.B.2",
    "DOC.B.3",
    "DOC.B.4",
    "DOC.B.5",
    "DOC.B.6",
    "DOC.C.1",
    "DOC.D",
    "DOC.E.1",
    "DOC.E.2",
    "DOC.E.3",
    "DOC.E.4",
    "DOC.F.1",
    "DOC.F.2",
    "DOC.G.1",
    "DOC.G.2",
    "DOC.H.1",
]


def schema(name: str) -> dict[str, Any]:
    return json.loads(knowledge("schemas", name).read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", BAD, ids=lambda path: path.stem)
def test_a_bad_file_is_refused_with_code_and_line(path: Path) -> None:
    expect = re.match(r'# expect: (\S+) line (\d+) "(.*)"', path.read_text(encoding="utf-8").splitlines()[0])
    assert expect
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    assert caught.value.code == expect[1]
    assert caught.value.where.startswith(path.name)
    assert caught.value.where.endswith(f"line {expect[2]}")
    assert expect[3] in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("path", GOOD, ids=lambda path: path.stem)
def test_a_good_file_loads_compiles_and_fits_the_schema(path: Path) -> None:
    policy = load_policy(path)
    rows = compile_policy(policy)
    assert rows == compile_policy(load_policy(str(path)))
    assert len(rows.criteria) == len(policy.rules)
    jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), schema("policy.schema.json"))


@pytest.mark.parametrize("name", ["excellus/7.02.11", "excellus-7.02.11", "7.02.11", "EXCELLUS/7.02.11@2026-04-15"])
def test_a_policy_is_found_by_its_names(name: str) -> None:
    assert load_policy(name).id == "excellus/7.02.11"


def test_an_unknown_policy_lists_the_known_ones() -> None:
    with pytest.raises(PolicyError, match=r"CP-POL-01.*excellus/7\.02\.11"):
        load_policy("nobody/1")
    with pytest.raises(PolicyError, match="CP-POL-01"):
        load_policy("7.02.11@1999-01-01")
    with pytest.raises(PolicyError, match=r"CP-POL-02.*does not exist"):
        load_policy("nowhere.yaml")


def test_excellus_has_every_statement_and_document() -> None:
    policy = load_policy("excellus/7.02.11")
    assert [rule.id for rule in policy.rules] == IDS
    assert all(rule.says and rule.remedy and rule.ask and rule.page and rule.find for rule in policy.rules)
    assert {term.basis for term in policy.terms} <= {"convention", "interpretation"}
    assert all(term.because for term in policy.terms)
    assert {"codes", "related"} <= set(policy.facts_of)


def test_a_term_can_be_replaced_and_a_wrong_name_cannot() -> None:
    policy = load_policy("excellus/7.02.11")
    leaf = next(leaf for leaf in compile_policy(policy, {"ecg_days": 45}).leaves if leaf.concept == "ecg")
    assert leaf.window_days == 45
    with pytest.raises(PolicyError, match="CP-POL-07"):
        compile_policy(policy, {"egc_days": 45})


def test_an_undefined_term_is_unknown() -> None:
    rows = compile_policy(load_policy(POLICIES / "good" / "every-form.yaml"))
    assert [leaf.reason for leaf in rows.leaves if leaf.terms == ("nobody_knows",)] == ["term_undefined"]


def test_every_packaged_file_fits_its_schema_and_passes_the_checks() -> None:
    for entry in list_policies():
        jsonschema.validate(yaml.safe_load(entry.path.read_text(encoding="utf-8")), schema("policy.schema.json"))
        assert check_policy(load_policy(entry.path)) == ()
    for product in list_products():
        path = knowledge("labels", f"{product.id}.yaml")
        jsonschema.validate(yaml.safe_load(path.read_text(encoding="utf-8")), schema("label.schema.json"))
        for indication in product.indications:
            assert check_policy(load_label(indication.id)) == ()


def test_every_indication_answers_the_same_rows() -> None:
    indications = [item for product in list_products() for item in product.indications]
    assert len(list_products()) == 7
    assert len(indications) == 18
    for item in indications:
        label = load_label(item.id)
        assert tuple(rule.id for rule in label.rules) == ROWS
        assert label.layer == "label"
        assert all(rule.source for rule in label.rules)


def test_what_was_not_confirmed_is_flagged() -> None:
    flags = {rule.id: rule.verified for rule in load_label("liso_lbcl_2l_nothct").rules}
    assert not flags["prior_lines"]
    assert all(rule.verified for rule in load_label("brexu_mcl").rules)


def test_a_product_is_found_by_its_names() -> None:
    for name in ("Tecartus", "TECARTUS (brexucabtagene autoleucel)", "brexu-cel", "brexu_cel"):
        found = find_product(name)
        assert found
        assert found.id == "brexu_cel"
    assert find_product("aspirin") is None
    assert find_product("Tecartus or Yescarta") is None
    assert [item.id for item in find_indications("brexu_cel", "b_cell_all")] == ["brexu_ball"]
    with pytest.raises(PolicyError, match=r"CP-POL-01.*brexu_mcl"):
        load_label("brexu_mlc")


def test_a_policy_reads_as_plain_text() -> None:
    lines = english(load_policy("excellus/7.02.11"))
    page = "\n".join(lines)
    assert all(f"{key} " in page for key in IDS)
    assert "within 60 days" in page
    assert "180 days (interpretation)" in page
    assert max(len(line) for line in lines) <= 120


def test_checks_name_file_and_line(tmp_path: Path) -> None:
    file = tmp_path / "draft.yaml"
    file.write_text(
        """policy: example/9
edition: "2026-01-01"
title: a draft
terms:
  unused: {value: 3, basis: convention}
criteria:
  A:
    kind: necessity
    says: the drug was approved
    fact: pharmacy_approval
    answers: {denied: not_met, pending: no_evidence}
  B:
    kind: necessity
    says: two tests
    remedy: the tests
    ask: laboratory
    first:
      - {untranslated: left to judgement}
      - {fact: ecg, is: documented}
""",
        encoding="utf-8",
    )
    messages = check_policy(load_policy(file))
    assert messages[0].startswith("draft.yaml:1: ")
    page = "\n".join(messages)
    for part in (
        "no source is given", "'unused' is never used", "'unused' is ours", "draft.yaml:8: A can never be met",
        "draft.yaml:10: A does not say what 'approved'", "draft.yaml:8: A does not say where",
        "draft.yaml:8: A does not say what would settle it", "draft.yaml:19: B never reaches this",
    ):  # fmt: skip
        assert part in page


def test_the_policy_can_be_found_in_the_seed_document(shared: Path) -> None:
    text = re.sub(r"\W+", " ", (shared / "seeds" / "excellus-7.02.11-car-t.txt").read_text(encoding="utf-8")).lower()
    for rule in load_policy("excellus/7.02.11").rules:
        assert re.sub(r"\W+", " ", rule.find).strip().lower() in text, rule.id


def depth(body: Body) -> int:
    return 1 + max(depth(child) for child in body.children) if isinstance(body, Group) else 1


def test_bodies_stay_readable() -> None:
    assert max(depth(rule.body) for rule in load_policy("excellus/7.02.11").rules) <= 3
