"""Several documents that say different things of one transplant: which day stands, and which claim."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from chart.find.folder import case, folder
from chartproof.chart.find.transplant import given as transplant
from chartproof.chart.reader import numbered
from chartproof.decide.review import review
from chartproof.model import Chart
from chartproof.policy.compile import compile_policy
from chartproof.policy.labels import load_label
from chartproof.policy.load import load_policy

ROWS = yaml.safe_load((Path(__file__).parent / "transplant_weigh.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_what_stands(row: dict[str, Any]) -> None:
    facts = transplant.find(folder(row["notes"]), case(row))
    seen = {f"{f.concept} {f.assertion} {f.when}{' (weak)' if not f.rank else ''}" for f in facts}
    for wanted in row.get("facts", []):
        assert wanted in seen, seen
    for barred in row.get("never", []):
        assert not [have for have in seen if have.startswith(barred)], seen


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_a_day_in_doubt_never_makes_a_transplant_long_past(row: dict[str, Any]) -> None:
    reading, asked = folder(row["notes"]), replace(case(row), indication="liso_cll")
    chart = Chart(reading.files, reading.documents, numbered(transplant.find(reading, asked)), (), (), ())
    policy, label = compile_policy(load_policy("excellus/7.02.11")), compile_policy(load_label("liso_cll"))
    criteria, _label = review(asked, chart, policy, label)
    assert next(one.status for one in criteria if one.id == "II") == row["recent_transplant"]
