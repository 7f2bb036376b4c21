"""Labels in a column of their own: an outline where nothing is printed over them, a table's numbers where something is."""

from __future__ import annotations

import pytest

from chartproof.policy.draft.lines import Line
from chartproof.policy.draft.margin_labels import with_margin_labels


def line(top: float, *cells: tuple[float, str]) -> Line:
    text = " ".join(words for _, words in cells)
    return Line(1, 0, len(text), text, cells[0][0], top, 500.0, 10.0, cells, top, tops=(top,) * len(cells))


TEXT = [
    line(20, (60, "I-A"), (100, "Adults. A member of 18 or more with loss in both ears,")),
    line(34, (100, "who has worn aids for 90 days.")),
    line(55, (60, "I-B"), (100, "Children. A member from 9 months.")),
    line(76, (60, "I-C"), (100, "Everyone. A scan within 6 months.")),
]


def test_labels_in_the_margin_begin_the_text_beside_them() -> None:
    found = with_margin_labels(TEXT)
    assert [one.text[:10] for one in found] == ["I-A Adults", "who has wo", "I-B Childr", "I-C Everyo"]
    assert [len(one.cells) for one in found] == [1, 1, 1, 1]


@pytest.mark.parametrize("head", [("No.", "Requirement"), ("#", "What is asked")])
def test_numbers_under_a_name_stay_a_table(head: tuple[str, str]) -> None:
    named = [line(6, (60, head[0]), (100, head[1])), *TEXT]
    assert with_margin_labels(named) == named
