"""Each check of `policy audit`, on an invented policy; and the packaged one."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.cli import main
from chartproof.errors import PolicyError
from chartproof.model.audit import AuditFinding
from chartproof.policy.audit import LINTERS, audit
from chartproof.policy.load import load_policy, read_policy

VECTORS = yaml.safe_load((Path(__file__).parent / "audit.yaml").read_text(encoding="utf-8"))


def audited(folder: Path, raw: Any) -> tuple[AuditFinding, ...]:
    file = folder / "policy.yaml"
    file.write_text(yaml.safe_dump(raw, sort_keys=False), encoding="utf-8")
    return audit(read_policy(file))


def changed(case: dict) -> Any:
    """The base policy with `set` merged in, `cite` added and `first` laid over its first citation."""
    raw = merged(copy.deepcopy(VECTORS["base"]), case.get("set", {}))
    raw["citations"][0] |= case.get("first", {})
    if "cite" in case:
        raw["citations"].append({"id": "new", "title": "an invented work", "source": "invented"} | case["cite"])
    return raw


def merged(base: Any, over: Any) -> Any:
    for key, value in over.items():
        base[key] = (
            merged(base[key], value) if isinstance(value, dict) and value and isinstance(base.get(key), dict) else value
        )
    return base


@pytest.mark.parametrize("case", VECTORS["cases"], ids=lambda case: f"{case['linter']}: {case.get('what', '')}")
def test_each_check(case: dict, tmp_path: Path) -> None:
    found = [finding for finding in audited(tmp_path, changed(case)) if finding.linter == case["linter"]]
    if case.get("none"):
        assert found == []
        return
    assert [list(finding.about) for finding in found] == case["about"]
    assert all(finding.what for finding in found)


def test_every_check_has_a_case_in_which_it_speaks() -> None:
    spoken = {case["linter"] for case in VECTORS["cases"] if not case.get("none")}
    named = {linter.__name__ for linter in LINTERS} - {"more_lines_than_label", "classes_beyond_label"}
    assert named | {"stricter_than_label"} == spoken


def test_a_policy_without_printed_data_has_no_findings(tmp_path: Path) -> None:
    raw = {key: VECTORS["base"][key] for key in ("policy", "edition", "title")}
    raw["criteria"] = {"A": VECTORS["base"]["criteria"]["A"]}
    assert audited(tmp_path, raw) == ()


def test_an_edition_that_is_no_date_is_one_coded_error(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="CP-POL-05"):
        audited(tmp_path, copy.deepcopy(VECTORS["base"]) | {"edition": "spring 2026"})


@pytest.mark.parametrize(
    "part",
    [
        {"scope": {"diseases": [{"disease": "b_cell_all"}]}},
        {"scope": ["all"]},
        {"dates": {"committee": "soon"}},
        {"documents_asked": {"verb": "should"}},
        {"citations": [{"id": "one"}]},
        {"citations": [{"id": "one", "kind": "study", "title": "a work", "source": "x", "published": "2024-13-45"}]},
    ],
    ids=str,
)
def test_printed_data_that_does_not_fit_is_one_coded_error(part: dict, tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="CP-POL-05"):
        audited(tmp_path, copy.deepcopy(VECTORS["base"]) | part)


def test_codes_of_another_shape_are_passed_over(tmp_path: Path) -> None:
    found = audited(tmp_path, copy.deepcopy(VECTORS["base"]) | {"codes": {"cpt": "see elsewhere", "icd10cm": "none"}})
    assert not any(finding.where == "code list" for finding in found)


def test_the_packaged_policy_has_the_defects_that_were_found_by_reading() -> None:
    found = {(finding.linter, about) for finding in audit(load_policy("7.02.11")) for about in finding.about}
    assert found >= {
        ("not_billable", "C83.39"), ("not_billable", "C86.6"), ("scope_without_code", "mantle cell lymphoma"),
        ("scope_without_code", "follicular lymphoma"), ("approved_without_mention", "marginal_zone_lymphoma"),
        ("code_of_no_product", "C86.6"), ("code_of_no_product", "C96.0"), ("code_against_criterion", "Z92.850"),
        ("citation_number", "nice_axi_lbcl_3l"), ("number_twice", "nice_tisa_lbcl"), ("citation_order", "nice_axi_fl"),
        ("joined_words", "iqbal_2024"), ("exclusion_against_citation", "II"), ("citation_against_statement", "pasqui_2022"),
        ("citation_against_statement", "nice_axi_fl"), ("undefined_words", "I.C"), ("soft_documents", "DOC.A.1"),
        ("citation_year", "haslam_2024"), ("no_guidance", "mantle_cell_lymphoma"), ("no_guidance", "b_cell_all"),
    }  # fmt: skip
    assert ("scope_without_code", "high-grade B-cell lymphoma") not in found
    assert not any(linter in ("stricter_than_label", "ended_programme", "impossible_dates") for linter, _ in found)


def test_the_command_shows_and_writes_the_findings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "audit.json"
    assert main(["policy", "audit", "7.02.11", "--json", str(out)]) == 0
    record = yaml.safe_load(out.read_text(encoding="utf-8"))
    assert record["edition"] == "2026-04-15"
    assert record["findings"][0].keys() == {"linter", "what", "evidence", "where", "cites", "about", "verified"}
    assert "C83.39 is a header" in capsys.readouterr().out


def test_a_file_that_cannot_be_written_is_refused_first(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["policy", "audit", "7.02.11", "--json", str(tmp_path / "no" / "audit.json")]) == 2
    assert "CP-CLI-0" in capsys.readouterr().err
