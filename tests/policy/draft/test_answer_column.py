"""Forms on a scan whose questions are answered in a column of boxes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from chartproof.policy.draft.answer_column import with_answer_columns
from chartproof.policy.draft.lines import Line

FORMS: list[dict[str, Any]] = yaml.safe_load((Path(__file__).parent / "answer_columns.yaml").read_text())


def scanned(cells: list[list[Any]], row: int) -> Line:
    text = " ".join(words for _, words in cells)
    left, right = cells[0][0], cells[-1][0] + 5 * len(cells[-1][1])
    parts = tuple((float(at), words) for at, words in cells)
    top = 14.0 * row
    return Line(1, 100 * row, 100 * row + len(text), text, left, top, right, 10.0, parts, top, scanned=True)


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form["name"])
def test_each_question_stands_apart_from_its_answers(form: dict[str, Any]) -> None:
    lines = [scanned(cells, row) for row, cells in enumerate(form["lines"])]
    assert [line.text for line in with_answer_columns(lines)] == form["read"]
