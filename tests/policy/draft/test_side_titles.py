"""Titles in the margin beside their text: parts of the document, whatever stands between them; a grid stays a grid."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chartproof.model.page import Box, Page, Word
from chartproof.policy.draft.criterion import every
from chartproof.policy.draft.draft import Draft, draft_policy

MARGIN, TEXT = 50.0, 170.0


def drafted(parts: Sequence[tuple[str, Sequence[str]]], *, margin: float = MARGIN) -> Draft:
    """A page with each title in the margin beside the first lines of its text."""
    text, words, top = "", [], 60.0
    for title, lines in parts:
        names = _wrapped(title, 17)
        for at in range(max(len(lines), len(names))):
            pieces = [(TEXT, top, lines[at])] if at < len(lines) else []
            if at < len(names):
                pieces.insert(0, (margin, top, names[at]))
            for left, height, said in pieces:
                for word in said.split():
                    words.append(
                        Word(
                            word,
                            len(text),
                            len(text) + len(word),
                            Box(left, height, left + 5.0 * len(word), height + 10.0),
                        )
                    )
                    text += f"{word} "
                    left += 5.0 * len(word) + 3.0
            text += "\n"
            top += 13.0
        top += 12.0
    return draft_policy([Page("policy.pdf", 1, text, tuple(words), 620.0, 900.0)])


def _wrapped(title: str, width: int) -> list[str]:
    lines = [""]
    for word in title.split():
        if len(lines[-1]) + len(word) < width:
            lines[-1] = f"{lines[-1]} {word}".strip()
        else:
            lines.append(word)
    return lines


PAPER = [
    ("Which diseases", ["Fernhill pays for treatment of a member 18 years of age or older.",
        "The tumor must express CD19 on a biopsy of the last 60 days."]),
    ("When the answer is no", ["We do not pay for the infusion if any one of these is so:",
        "– an infection is uncontrolled;", "– active disease in the brain;", "– the member is pregnant."]),
    ("What to send", ["With the request we need these papers:", "– the pathology report;", "– a letter of the hematologist."]),
    ("The science", ["In the trial 84 patients were randomized; entry required an", "ejection fraction of at least 50 percent."]),
]  # fmt: skip


@pytest.mark.parametrize("margin", [MARGIN, 80.0])
def test_a_title_in_the_margin_heads_the_text_beside_it(margin: float) -> None:
    draft = drafted(PAPER, margin=margin)
    said = {one.text.rstrip(";.") for one in every(draft.criteria) if not one.children}
    kinds = {one.text.rstrip(";."): one.kind for one in every(draft.criteria)}
    assert kinds["an infection is uncontrolled"] == kinds["the member is pregnant"] == "exclusion"
    assert kinds["the pathology report"] == "documentation"
    assert not any("percent" in words for words in said)
    assert any("18 years" in words for words in said)


def test_rows_of_a_grid_are_no_titles() -> None:
    rows = [("Topic", ["Requirement"]), ("Age", ["18 years or older"]), ("Ferritin", ["below 30 ng/mL"]),
            ("Platelets", ["above 100 per liter"]), ("Prior iron", ["3 months or longer"])]  # fmt: skip
    draft = drafted(rows)
    assert any(one.text.startswith("Ferritin below 30") for one in every(draft.criteria))
