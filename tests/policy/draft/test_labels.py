"""The labels that begin a line: their text, their place in their count, and what they stand under."""

from __future__ import annotations

import pytest

from chartproof.policy.draft.labels import label_of
from chartproof.policy.draft.nodes import stem

FORMS = [
    ("1.a The scan shows a stone.", "1.a", 1, "1"),
    ("2(b) The scan shows a stone.", "2(b)", 2, "2"),
    ("§4.2(b) The scan shows a stone.", "4.2(b)", 2, "4.2"),
    ("II.3. The scan shows a stone.", "II.3", 3, "II"),
    ("A.1.b The scan shows a stone.", "A.1.b", 2, "A.1"),
    ("G2-1 The scan shows a stone.", "G2-1", 1, "G2"),
    ("Criterion 2.1. The scan shows a stone.", "Criterion 2.1", 1, "Criterion 2"),
    ("Item A-3. The scan shows a stone.", "Item A-3", 3, "Item A"),
    ("Hurdle 7. The scan shows a stone.", "Hurdle 7", 7, ""),
    ("Rule 104. The scan shows a stone.", "Rule 104", 104, ""),
    ("Part Three. Papers to be sent", "Part Three", 3, ""),
    ("Section Eleven: Amount and place", "Section Eleven", 11, ""),
    ("Condition Two. The scan shows a stone.", "Condition Two", 2, ""),
    ("3: The scan shows a stone.", "3", 3, ""),
]


@pytest.mark.parametrize(("line", "text", "rank", "above"), FORMS, ids=[text for _, text, _, _ in FORMS])
def test_a_label_with_its_rank_and_what_it_stands_under(line: str, text: str, rank: int, above: str) -> None:
    label = label_of(line)
    assert label is not None
    assert (label.text, label.rank, stem(label.text)) == (text, rank, above)


@pytest.mark.parametrize(
    "line",
    [
        "March 15. The plan met.",
        "1(a) and 2 are met",
        "1:50 or lower within a week",
        "Step one. of the ladder",
        "Part Two is skipped",
        "The scan shows a stone.",
    ],
)
def test_a_line_without_a_label(line: str) -> None:
    assert label_of(line) is None
