"""Papers of other hospitals and plans are known for what they are, and dated by their own day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.chart.document_days import document_day
from chartproof.chart.kinds import best_kind

PAPERS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "kinds.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("paper", PAPERS, ids=lambda paper: paper["text"].split("\n")[0][:40])
def test_a_paper_is_known(paper: dict[str, Any]) -> None:
    assert best_kind(paper["text"])[0] == paper["kind"]
    if "day" in paper:
        assert str(document_day([paper["text"]], paper["kind"])) == str(paper["day"])
