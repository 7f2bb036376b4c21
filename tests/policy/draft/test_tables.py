"""Ruled tables in many forms: each row a criterion, a case or a step, by the words over the columns and in the cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.policy.draft.ruled_pages import Sheet

from chartproof.policy.draft.criterion import Criterion, every

TABLES = yaml.safe_load((Path(__file__).parent / "tables.yaml").read_text(encoding="utf-8"))


def drafted(case: dict[str, Any]) -> list[Criterion]:
    sheet = Sheet()
    sheet.prose("Medical criteria", size=14.0)
    if "prose" in case:
        sheet.prose(case["prose"])
    sheet.table(case["rows"], case["lefts"])
    return list(every(sheet.draft().criteria))


@pytest.mark.parametrize("case", TABLES, ids=lambda case: case["name"])
def test_a_table_of_another_form(case: dict[str, Any]) -> None:
    found = drafted(case)
    for want in case["drafted"]:
        matching = [
            one for one in found if (one.id == want["id"] if "id" in want else one.text.startswith(want["find"]))
        ]
        assert matching, (want, [(one.id, one.text) for one in found])
        one = matching[-1]  # the innermost
        assert one.kind == want["kind"], want
        for key in ("join", "when", "unless"):
            assert key not in want or getattr(one, key) == want[key], (want, one)
        assert "children" not in want or len(one.children) == want["children"], (want, one)
        for key in ("op", "value", "within_days"):
            assert key not in want or getattr(one.leaf, key) == want[key], (want, one.leaf)
    for words in case.get("never", []):
        assert not [one for one in found if one.text.startswith(words)]
    for words in case.get("once", []):
        assert len([one for one in found if one.text.startswith(words)]) == 1
