"""Several documents that say different things of one transplant: which day stands, and which claim."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chart.find.folder import case, folder
from chartproof.chart.find import transplant

ROWS = yaml.safe_load((Path(__file__).parent / "transplant_weigh.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("row", ROWS, ids=[row["name"] for row in ROWS])
def test_what_stands(row: dict[str, Any]) -> None:
    facts = transplant.find(folder(row["notes"]), case(row))
    seen = {f"{f.concept} {f.assertion} {f.when}{' (weak)' if not f.rank else ''}" for f in facts}
    for wanted in row.get("facts", []):
        assert wanted in seen, seen
    for barred in row.get("never", []):
        assert not [have for have in seen if have.startswith(barred)], seen
