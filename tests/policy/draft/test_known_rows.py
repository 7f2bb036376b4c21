"""Criteria whose whole words are known become tests; one qualifier more leaves them to the person who reviews the draft."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.model.page import Page
from chartproof.policy.checks import check_policy
from chartproof.policy.draft.draft import draft_policy
from chartproof.policy.draft.written import policy_yaml
from chartproof.policy.load import read_policy

VECTORS = yaml.safe_load(Path(__file__).with_name("known_rows.yaml").read_text(encoding="utf-8"))


def rows_of(tmp_path: Path, says: str) -> dict[str, Any]:
    """The rows of a policy that asks this alone; the file passes the checks."""
    text = f"Policy number: KR-1\n\nCOVERAGE CRITERIA\n\nCoverage is approved when the following is met:\nA. {says}\n"
    written = policy_yaml(draft_policy([Page("policy.txt", 1, text)]), source="policy.txt")
    file = tmp_path / "draft.yaml"
    file.write_text(written, encoding="utf-8")
    assert [message for message in check_policy(read_policy(file)) if "no worked case" not in message] == []
    rows = yaml.safe_load(written)["criteria"]
    assert isinstance(rows, dict)
    return rows


def asked_in(body: Any) -> Iterator[dict[str, Any]]:
    if isinstance(body, dict):
        if "fact" in body:
            yield body
        for value in body.values():
            yield from asked_in(value)
    elif isinstance(body, list):
        for part in body:
            yield from asked_in(part)


@pytest.mark.parametrize("vector", VECTORS["known"], ids=lambda one: one["says"])
def test_words_that_are_wholly_known_are_a_test(vector: dict[str, Any], tmp_path: Path) -> None:
    row = rows_of(tmp_path, vector["says"])
    assert "untranslated" not in str(row)
    assert [one["fact"] for one in asked_in(row)] == vector["facts"]
    if "within" in vector:
        assert {one["within"] for one in asked_in(row)} == {f"{vector['within']}d"}


@pytest.mark.parametrize("says", VECTORS["left"])
def test_one_qualifier_more_is_left_to_a_person(says: str, tmp_path: Path) -> None:
    assert "untranslated" in str(rows_of(tmp_path, says))
