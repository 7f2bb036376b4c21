"""A scanned number in the spelling that stands elsewhere, and never one that stands nowhere."""

from __future__ import annotations

import pytest

from chartproof.model import Page
from chartproof.rights.spelling import confirmed


def page(text: str, read: str = "text") -> Page:
    return Page("any", 1, text, read=read)


@pytest.mark.parametrize(
    ("value", "letter", "other", "want"),
    [
        ("HW-0OD-26-077315", "Case HW-0OD-26-077315", "", "HW-0OD-26-077315"),
        ("HW-0OD-26-077315", "Case HW-0OD-26-077315", "appeal of HW-OD-26-077315.", "HW-OD-26-077315"),
        ("VYW 83O1 55274", "VYW 83O1 55274", "Member VYW 8301 55274, PPO", "VYW 8301 55274"),
        ("UM-118", "Case UM-118", "Case UM-119 and UM-119", "UM-118"),
        ("R-8B4", "R-8B4 then R-884 then R-884", "", "R-884"),
    ],
)
def test_confirmed(value: str, letter: str, other: str, want: str) -> None:
    assert confirmed(value, [page(letter, "ocr")], [page(other)]) == want
