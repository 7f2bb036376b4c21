"""Sheets of ruled tables under headings, read by what each table is for: vectors in sheets.yaml and matrices.yaml."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from tests.policy.draft.ruled_pages import Sheet

from chartproof.policy.draft.criterion import Criterion, every

SHEETS = [
    case
    for name in ("sheets.yaml", "matrices.yaml", "cited.yaml")
    for case in yaml.safe_load((Path(__file__).parent / name).read_text(encoding="utf-8"))
]


def drafted(case: dict[str, Any]) -> list[Criterion]:
    sheet = Sheet()
    sheet.prose(case["title"], size=16.0)
    for block in case["blocks"]:
        if "heading" in block:
            sheet.prose(block["heading"], size=12.0)
        elif "prose" in block:
            sheet.prose(block["prose"])
        else:
            sheet.table(block["rows"], block["lefts"])
    return list(every(sheet.draft().criteria))


@pytest.mark.parametrize("case", SHEETS, ids=lambda case: case["name"])
def test_a_sheet(case: dict[str, Any]) -> None:
    found = drafted(case)
    for want in case["drafted"]:
        matching = [one for one in found if (one.id == want["id"] if "id" in want else want["says"] in one.text)]
        assert matching, (want, [(one.id, one.text) for one in found])
        one = matching[-1]  # the innermost
        for key in ("kind", "join", "when", "unless"):
            assert key not in want or getattr(one, key) == want[key], (want, one)
        assert "children" not in want or len(one.children) == want["children"], (want, one)
        for key in ("op", "value", "within_days"):
            assert key not in want or getattr(one.leaf, key) == want[key], (want, one.leaf)
    for words in case.get("never", []):
        assert not [one for one in found if words in one.text], words
